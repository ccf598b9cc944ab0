"""Whose address is whose: a table of who is taken for whom, and moments that cross."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.store import identities
from safar.store.contacts import Conversation, address_of, find_or_create_conversation
from safar.store.database import Database, open_database
from safar.store.identities import Address
from tests.clock import NOW

pytestmark = pytest.mark.both_databases

P1, P2 = "+9779841234567", "+639171234567"
X, Y = Address("bsuid", "NP.1349"), Address("bsuid", "NP.9999")


class Wrote(NamedTuple):
    """One message: over what, from where, and what else the provider said of the sender."""

    channel: str
    address: Address
    aliases: tuple[Address, ...] = ()
    profile: str | None = None


def wa(number: str, *aliases: Address, profile: str | None = None) -> Wrote:
    return Wrote("whatsapp", Address("whatsapp", f"whatsapp:{number}"), aliases, profile)


def by_id(own_id: Address, *aliases: Address) -> Wrote:
    return Wrote("whatsapp", own_id, aliases)


def sms(number: str) -> Wrote:
    return Wrote("sms", Address("phone", number))


def phone(number: str) -> Address:
    return Address("phone", number)


def arrive(database: Database, keyring, wrote: Wrote, provider: str = "fake") -> Conversation:
    with database.write() as tx:
        return find_or_create_conversation(
            tx,
            keyring,
            channel=wrote.channel,
            provider=provider,
            kind=wrote.address.kind,
            address=wrote.address.value,
            our_address="+15005550006",
            now=NOW,
            aliases=wrote.aliases,
            profile=wrote.profile,
        )


# Messages in order, and who each of them is: equal numbers are one person.
WHO_IS_WHO: dict[str, tuple[list[Wrote], list[int]]] = {
    "same id and number": ([wa(P1, X), wa(P1, X)], [1, 1]),
    "the id comes later": ([wa(P1), wa(P1, X), by_id(X)], [1, 1, 1]),
    "the number is left out later": ([wa(P1, X), by_id(X)], [1, 1]),
    "the number comes later": ([by_id(X), wa(P1, X), wa(P1)], [1, 1, 1]),
    "same number, new id: the number was given out again": (
        [wa(P1, X), wa(P1, Y), wa(P1), by_id(X)],
        [1, 2, 2, 1],
    ),
    "id known, new number": ([wa(P1, X), wa(P2, X), wa(P2)], [1, 1, 1]),
    "id known, number of somebody else": (
        [wa(P1, X), wa(P2, Y), wa(P2, X), wa(P2)],
        [1, 2, 1, 1],
    ),
    "two numbers, no ids": ([wa(P1), wa(P2)], [1, 2]),
    "WhatsApp first, then SMS": ([wa(P1, X, phone(P1)), sms(P1)], [1, 1]),
    "SMS first, then WhatsApp": ([sms(P1), wa(P1, X, phone(P1)), sms(P1)], [1, 1, 1]),
    "SMS first, then WhatsApp without an id": ([sms(P1), wa(P1, phone(P1))], [1, 1]),
    "SMS and WhatsApp with nothing in common": ([sms(P1), wa(P1, X)], [1, 2]),
    "SMS after the number was given out again": (
        [wa(P1, X, phone(P1)), sms(P1), wa(P1, Y, phone(P1)), sms(P1)],
        [1, 1, 2, 2],
    ),
    "an id writes by itself, with the number of another's WhatsApp": (
        [wa(P1, X, phone(P1)), by_id(Y, phone(P1)), by_id(X)],
        [1, 2, 1],
    ),
}


@pytest.mark.parametrize("name", WHO_IS_WHO)
def test_who_is_taken_for_whom(database, keyring, name: str) -> None:
    messages, expected = WHO_IS_WHO[name]
    found = [arrive(database, keyring, each).contact_id for each in messages]
    people: dict[str, int] = {}
    assert [people.setdefault(each, len(people) + 1) for each in found] == expected


def test_the_next_owner_of_a_number_sees_nothing_old_and_the_old_address_reaches_nobody(
    database, keyring
) -> None:
    old = arrive(database, keyring, wa(P1, X))
    new = arrive(database, keyring, wa(P1, Y))
    assert new.id != old.id
    with database.read() as tx:
        assert address_of(tx, keyring, old.id) == ""
        assert address_of(tx, keyring, new.id) == f"whatsapp:{P1}"


def test_the_answer_goes_to_the_address_that_was_written_from_last(database, keyring) -> None:
    talk = arrive(database, keyring, wa(P1, X))
    assert arrive(database, keyring, by_id(X)).id == talk.id
    with database.read() as tx:
        assert address_of(tx, keyring, talk.id) == X.value
    arrive(database, keyring, wa(P2, X))
    with database.read() as tx:
        assert address_of(tx, keyring, talk.id) == f"whatsapp:{P2}"


@pytest.mark.parametrize(
    ("names", "anew"),
    [
        pytest.param(["Sita", "Sita"], [False, False], id="same"),
        pytest.param(["Sita", "Ram"], [False, True], id="another"),
        pytest.param([None, "Sita"], [False, False], id="the first that is shown"),
        pytest.param(["Sita", None, "Sita"], [False, False, False], id="not shown for once"),
        pytest.param(["Sita", "Ram", "Sita"], [False, True, True], id="back again"),
        pytest.param(["Sita", " Sita "], [False, False], id="spaces"),
    ],
)
def test_another_profile_name_begins_anew(database, keyring, names, anew) -> None:
    for name, expected in zip(names, anew, strict=True):
        with database.write() as tx:
            known = identities.find_or_create(
                tx, keyring, "whatsapp", Address("whatsapp", f"whatsapp:{P1}"), NOW, profile=name
            )
        assert known.new_person is expected


def test_a_race_for_the_same_address_ends_with_one_person(database, keyring, monkeypatch) -> None:
    """On PostgreSQL two processes may both find nobody, and only one of them can write."""
    attach = identities._attach
    raced = []

    def after_another(tx, ring, channel, address, contact_id, now) -> None:
        if not raced:
            raced.append(contact_id)
            other = identities._new_contact(tx, now)
            attach(tx, ring, channel, address, other, now)
        attach(tx, ring, channel, address, contact_id, now)

    monkeypatch.setattr(identities, "_attach", after_another)
    first = arrive(database, keyring, sms(P1))
    assert first.contact_id not in raced
    assert arrive(database, keyring, sms(P1)).id == first.id


PEOPLE = st.sampled_from(
    [
        wa(P1),
        wa(P2),
        wa(P1, X),
        wa(P1, Y),
        wa(P2, X),
        wa(P2, Y),
        by_id(X),
        by_id(Y),
        sms(P1),
        sms(P2),
    ]
    + [wa(P1, X, phone(P1)), wa(P1, Y, phone(P1)), by_id(X, phone(P2)), wa(P2, phone(P2))]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PEOPLE, max_size=10))
def test_in_any_order_two_ids_are_never_one_person_and_the_sender_is_answered(
    tmp_path_factory, keyring, messages: list[Wrote]
) -> None:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('any')}/safar.db")
    people: dict[Address, str] = {}
    for wrote in messages:
        talk = arrive(database, keyring, wrote)
        with database.read() as tx:
            assert address_of(tx, keyring, talk.id) == wrote.address.value
        own_id = next((a for a in (wrote.address, *wrote.aliases) if a.kind == "bsuid"), None)
        if own_id is not None:
            assert people.setdefault(own_id, talk.contact_id) == talk.contact_id
    assert len(set(people.values())) == len(people)
    database.close()
