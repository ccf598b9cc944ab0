from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from safar.store import counters
from safar.store.contacts import Conversation, address_of, find_or_create_conversation
from safar.store.conversations import MAX_FIELD_BYTES, load, save
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import UnknownRowError

pytestmark = pytest.mark.both_databases

PHONE = "+9779841234567"


def _meet(database: Database, keyring: KeyRing, now: datetime, **changes: str) -> Conversation:
    values = {
        "channel": "sms",
        "provider": "twilio",
        "kind": "phone",
        "address": PHONE,
        "our_address": "+15005550006",
    }
    with database.write() as tx:
        return find_or_create_conversation(tx, keyring, now=now, **(values | changes))


def test_same_person_is_met_again(database: Database, keyring: KeyRing, now: datetime) -> None:
    first = _meet(database, keyring, now)
    later = _meet(database, keyring, now + timedelta(days=1), address="+977 984 1234567")
    assert (first.id, first.contact_id) == (later.id, later.contact_id)


def test_ids_are_random_and_say_nothing(
    database: Database, keyring: KeyRing, now: datetime
) -> None:
    conversation = _meet(database, keyring, now)
    assert re.fullmatch("[0-9a-f]{32}", conversation.id)
    assert re.fullmatch("[0-9a-f]{32}", conversation.contact_id)
    assert conversation.id != conversation.contact_id


@pytest.mark.parametrize(
    ("changes", "same_contact", "same_conversation"),
    [
        pytest.param({"provider": "modem"}, True, False, id="other provider"),
        pytest.param({"our_address": "+15005550009"}, True, True, id="other number of ours"),
        pytest.param({"address": "+9779841234568"}, False, False, id="other person"),
        pytest.param(
            {"kind": "whatsapp", "channel": "whatsapp"}, False, False, id="other kind of address"
        ),
    ],
)
def test_who_is_the_same(
    database: Database,
    keyring: KeyRing,
    now: datetime,
    changes: dict[str, str],
    same_contact: bool,
    same_conversation: bool,
) -> None:
    one, other = _meet(database, keyring, now), _meet(database, keyring, now, **changes)
    assert (one.contact_id == other.contact_id) is same_contact
    assert (one.id == other.id) is same_conversation


def test_answers_go_from_the_number_written_to_last(
    database: Database, keyring: KeyRing, now: datetime
) -> None:
    _meet(database, keyring, now)
    assert _meet(database, keyring, now, our_address="+1999").our_address == "+1999"


def test_address_is_given_back_exactly(database: Database, keyring: KeyRing, now: datetime) -> None:
    address = "whatsapp:+977 9841234567"
    conversation = _meet(database, keyring, now, kind="whatsapp", address=address)
    with database.read() as tx:
        assert address_of(tx, keyring, conversation.id) == address
        with pytest.raises(UnknownRowError, match="no conversation abc"):
            address_of(tx, keyring, "abc")


def test_memory_is_kept_and_replaced(database: Database, keyring: KeyRing, now: datetime) -> None:
    conversation = _meet(database, keyring, now)
    with database.read() as tx:
        fresh = load(tx, keyring, conversation.id)
    assert (fresh.state, fresh.offered_options, fresh.pages) == (None, [], [])
    for turn, text in enumerate(["तलब", "أجر"], start=1):
        with database.write() as tx:
            save(
                tx,
                keyring,
                conversation.id,
                state=f'{{"last": "{text}"}}',
                variant="ne",
                offered_options=[{"number": 1, "id": "ask_wages", "title": text}],
                pages=[text, "more"],
                last_inbox_id=turn,
                now=now,
                person_has_it=True if turn == 1 else None,
            )
    with database.read() as tx:
        memory = load(tx, keyring, conversation.id)
    assert memory.state == '{"last": "أجر"}'
    assert memory.offered_options == [{"number": 1, "id": "ask_wages", "title": "أجر"}]
    assert memory.pages == ["أجر", "more"]
    assert (memory.variant, memory.last_inbox_id, memory.person_has_it) == ("ne", 2, True)
    assert "أجر" not in repr(memory)


def test_memory_is_bounded(database: Database, keyring: KeyRing, now: datetime) -> None:
    conversation = _meet(database, keyring, now)
    with pytest.raises(ValueError, match="state of a conversation has"), database.write() as tx:
        save(
            tx,
            keyring,
            conversation.id,
            state="न" * (MAX_FIELD_BYTES // 3 + 1),
            variant=None,
            offered_options=[],
            pages=[],
            last_inbox_id=1,
            now=now,
        )


def test_counters_are_daily(database: Database, now: datetime) -> None:
    with database.write() as tx:
        counters.add(tx, "webhook.bad_signature", now)
        counters.add(tx, "webhook.bad_signature", now, 2)
        counters.add(tx, "webhook.bad_signature", now + timedelta(days=1))
    with database.read() as tx:
        assert counters.value(tx, "webhook.bad_signature", now) == 3
        assert counters.value(tx, "webhook.bad_signature", now + timedelta(days=1)) == 1
        assert counters.value(tx, "other", now) == 0
