"""What is old goes, what is young or needed stays, and what went is in no file any more."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from safar.store import audit, retention, suppressions
from safar.store.case_tables import audit as audit_table
from safar.store.case_tables import case_events, case_messages, case_notices, cases
from safar.store.notice_tables import case_notice_sends
from safar.store.retention_cases import OPEN_STATES
from safar.store.retention_kinds import KINDS
from safar.store.retention_settings import RetentionSettings
from safar.store.staff_tables import staff_accounts, staff_sessions, staff_waits
from safar.store.tables import (
    consent_events,
    contact_identities,
    contacts,
    conversations,
    counters,
    forgettings,
    inbox,
    outbox,
    received_parts,
    sent_parts,
    status_events,
    usage,
)
from tests.filled_store import ANA, BEN, STORY, Filled

pytestmark = pytest.mark.both_databases

KEPT = RetentionSettings(_env_file=None)
DAY = 24 * 3600
TOKEN = re.compile(rb"gAAAA[A-Za-z0-9_\-]{60,}={0,2}")


def purge(filled: Filled, kept: RetentionSettings = KEPT, **values: object) -> dict[str, int]:
    return retention.purge(
        filled.database, filled.keyring, kept, filled.clock(), pause=lambda _: None, **values
    )


def pass_days(filled: Filled, days: float) -> None:
    filled.clock.pass_(days * DAY)


def test_what_is_young_stays(filled: Filled) -> None:
    filled.everything()
    before = filled.texts()
    pass_days(filled, 1)
    assert purge(filled) == {}
    assert filled.texts() == before
    assert [each.rows for each in retention.due(filled.database, KEPT, filled.clock())] == [
        0
    ] * len(KINDS)


def test_texts_both_ways_go_with_all_that_came_along(filled: Filled) -> None:
    talk = filled.talk()
    asked = filled.wrote(talk)
    told = filled.told(talk, "An answer about Rahman", inbox_id=asked)
    filled.part(asked)
    filled.put(
        sent_parts, provider="modem", device="s", outbox_id=told, part=1, parts=1, reference="7",
        recipient_digest="d", status="sent", sent_at=filled.clock(),
    )  # fmt: skip
    pass_days(filled, 170)
    young = filled.wrote(talk, "a younger question")
    pass_days(filled, 11)
    gone = purge(filled)
    assert gone == {"texts in": 1, "texts out": 1, "parts": 1, "parts sent": 1}
    old, new = filled.all(inbox)
    assert (old.id, new.id) == (asked, young)
    for column in ("body_encrypted", "raw_encrypted"):
        assert getattr(old, column) == ""
    for column in ("extras", "decided", "understood"):
        assert getattr(old, f"{column}_encrypted") is None
        assert getattr(new, f"{column}_encrypted")
    assert (old.body_digest, old.state) == (None, "done")
    assert old.provider_message_id.startswith("forgotten:")
    (answer,) = filled.all(outbox)
    assert (answer.body_encrypted, answer.provider_message_id) == ("", None)
    assert not filled.all(status_events) + filled.all(received_parts) + filled.all(sent_parts)
    assert not [text for text in filled.texts() if "Rahman" in text]


@pytest.mark.parametrize("state", OPEN_STATES)
def test_what_an_open_case_needs_is_never_purged(filled: Filled, state: str) -> None:
    talk = filled.talk()
    asked = filled.wrote(talk)
    filled.told(talk, inbox_id=asked)
    filled.remember(talk)
    filled.case(talk, state)
    before = sorted(filled.texts())
    pass_days(filled, 4000)
    assert set(purge(filled)) <= {"notices", "usage"}
    assert sorted(filled.texts()) == before
    assert filled.addresses() == [ANA]
    # Once it has ended, its texts are kept for their time, and the talk for its own.
    with filled.database.write() as tx:
        tx.execute(update(cases).values(state="closed", closed_at=filled.clock()))
    gone = purge(filled)
    assert gone["texts in"] == gone["texts out"] == gone["memory"] == 1
    assert "cases" not in gone
    assert "people" not in gone
    assert filled.all(case_messages)[0].body_encrypted


def test_a_case_on_another_channel_keeps_the_talk_on_this_one(filled: Filled) -> None:
    """An officer may ask what was said before, wherever the same person said it."""
    talk = filled.talk()
    filled.wrote(talk)
    contact_id = filled.contact_of(talk)
    identity = filled.all(contact_identities)[0].id
    filled.put(
        conversations, id="other", contact_id=contact_id, identity_id=identity, channel="whatsapp",
        provider="meta", our_address="w", created_at=filled.clock(), updated_at=filled.clock(),
    )  # fmt: skip
    filled.case("other", "open")
    pass_days(filled, 300)
    assert "texts in" not in purge(filled)


@pytest.mark.parametrize("state", ["ready", "leased"])
def test_what_is_still_to_be_answered_stays(filled: Filled, state: str) -> None:
    filled.wrote(filled.talk(), state=state)
    pass_days(filled, 4000)
    assert purge(filled) == {}


@pytest.mark.parametrize("state", ["ready", "leased", "sending", "unknown"])
def test_what_is_still_to_be_sent_stays(filled: Filled, state: str) -> None:
    filled.told(filled.talk(), state=state)
    pass_days(filled, 4000)
    assert purge(filled) == {}


def test_what_a_message_was_taken_for_may_go_before_its_text(filled: Filled) -> None:
    filled.wrote(filled.talk())
    pass_days(filled, 40)
    kept = KEPT.model_copy(update={"understood_days": 30})
    assert purge(filled, kept) == {"understood": 1}
    (row,) = filled.all(inbox)
    assert row.understood_encrypted is None
    assert filled.keyring.decrypt(row.body_encrypted) == STORY


def test_a_talk_forgets_when_it_was_silent_for_long(filled: Filled) -> None:
    talk = filled.talk()
    filled.remember(talk)
    other = filled.talk(BEN)
    filled.remember(other)
    pass_days(filled, 91)
    filled.remember(other)
    assert purge(filled) == {"memory": 1}
    states = {row.id: row.state_encrypted for row in filled.all(conversations)}
    assert states[talk] is None
    assert states[other]
    assert {row.id: row.variant for row in filled.all(conversations)}[talk] is None


def test_a_case_that_ended_long_ago_keeps_what_an_office_must_account_for(filled: Filled) -> None:
    case_id = filled.case(filled.talk(), outcome="helped")
    reference = filled.all(cases)[0].reference
    pass_days(filled, 731)
    assert purge(filled)["cases"] == 1
    (row,) = filled.all(cases)
    assert (row.state, row.outcome, row.origin, row.destination) == ("closed", "helped", "NP", "QA")
    assert (row.about_encrypted, row.city, row.variant) == (None, None, None)
    assert row.erased_at == filled.clock()
    assert row.reference != reference
    assert [each.body_encrypted for each in filled.all(case_messages)] == ["", ""]
    assert [each.action for each in filled.all(case_events)] == ["consent", "erase"]
    with filled.database.read() as tx:
        assert not audit.verify(tx, filled.keyring).faults
        deeds = [
            (each.actor, each.action, each.subject_id) for each in tx.execute(select(audit_table))
        ]
    assert ("system", "erase", str(case_id)) in deeds
    assert "cases" not in purge(filled)


def test_a_note_written_after_the_purge_goes_as_well(filled: Filled) -> None:
    case_id = filled.case(filled.talk())
    pass_days(filled, 731)
    purge(filled)
    filled.put(
        case_messages, case_id=case_id, author="staff", kind="note", at=filled.clock(),
        body_encrypted=filled.keyring.encrypt("Rahman again"),
    )  # fmt: skip
    assert purge(filled)["cases"] == 1
    assert "Rahman again" not in filled.texts()


def test_a_person_silent_for_years_becomes_a_stranger(filled: Filled) -> None:
    talk = filled.talk()
    filled.wrote(talk)
    contact_id = filled.contact_of(talk)
    awake = filled.talk(BEN)
    filled.wrote(awake)
    pass_days(filled, 731)
    filled.wrote(awake)
    assert purge(filled)["people"] == 1
    assert filled.addresses() == [BEN]
    assert contact_id not in {row.id for row in filled.all(contacts)}
    assert filled.talk() != talk
    # A backup that still has them must not bring them back.
    assert len(filled.all(forgettings)) == 1


def test_who_is_written_to_is_not_silent(filled: Filled) -> None:
    talk = filled.talk()
    pass_days(filled, 700)
    filled.told(talk)
    pass_days(filled, 100)
    assert "people" not in purge(filled)


def test_a_person_stays_as_long_as_a_case_of_theirs_is_kept(filled: Filled) -> None:
    talk = filled.talk()
    filled.wrote(talk)
    pass_days(filled, 400)
    filled.case(talk)
    pass_days(filled, 400)
    assert "people" not in purge(filled)
    pass_days(filled, 400)
    gone = purge(filled)
    assert (gone["cases"], gone["people"]) == (1, 1)


def test_who_writes_while_they_are_to_be_forgotten_is_not(filled: Filled, monkeypatch) -> None:
    """The question was asked before they wrote; it is asked again once nobody can write."""
    from safar.store import retention_people

    talk = filled.talk()
    filled.wrote(talk)
    pass_days(filled, 731)
    asked = retention_people.forget

    def late(tx, keyring, ids, now, limit):  # type: ignore[no-untyped-def]
        filled._put(
            tx, inbox, provider="fake", provider_message_id="late", conversation_id=talk,
            body_encrypted=filled.keyring.encrypt("again"), raw_encrypted="", received_at=now,
            state="ready", not_before=now, updated_at=now,
        )  # fmt: skip
        asked(tx, keyring, ids, now, limit)

    kind = next(each for each in KINDS if each.name == "people")
    monkeypatch.setattr(retention, "KINDS", (type(kind)(**{**vars(kind), "purge": late}),))
    purge(filled)
    assert filled.addresses() == [ANA]
    assert [row.erase_at for row in filled.all(contacts)] == [None]


def test_of_consent_the_newest_stays_while_it_holds(filled: Filled) -> None:
    ana, ben = (filled.keyring.digest("phone", each) for each in (ANA, BEN))
    for _ in range(2):
        with filled.database.write() as tx:
            suppressions.suppress(tx, ana, "sms", "person", filled.clock())
        pass_days(filled, 1)
        with filled.database.write() as tx:
            suppressions.lift(tx, ana, "sms", filled.clock())
    with filled.database.write() as tx:
        suppressions.suppress(tx, ben, "sms", "person", filled.clock())
    pass_days(filled, 1826)
    assert purge(filled) == {"consent": 4}
    assert [(row.digest, row.kind) for row in filled.all(consent_events)] == [(ben, "stop")]


def test_of_staff_go_sessions_and_tries_and_never_the_account(filled: Filled) -> None:
    filled.account()
    pass_days(filled, 92)
    gone = purge(filled)
    assert gone == {"sessions": 1, "failed sign-ins": 1, "recovery codes": 1, "form marks": 1}
    assert filled.all(staff_sessions) + filled.all(staff_waits) == []
    assert len(filled.all(staff_accounts)) == 1


def test_counts_and_notices_go(filled: Filled) -> None:
    filled.everything()
    pass_days(filled, 401)
    gone = purge(filled)
    assert (gone["usage"], gone["counts"], gone["notices"]) == (1, 1, 2)
    assert filled.all(usage) + filled.all(counters) + filled.all(case_notices) == []
    assert filled.all(case_notice_sends) == []


def test_a_notice_that_waits_stays(filled: Filled) -> None:
    filled.case(filled.talk(), "open")
    with filled.database.write() as tx:
        tx.execute(update(case_notices).values(done_at=None))
    pass_days(filled, 4000)
    purge(filled)
    assert len(filled.all(case_notices)) == 1


def test_what_was_counted_before_is_what_goes(filled: Filled) -> None:
    filled.everything()
    pass_days(filled, 200)
    before = {
        each.kind.name: each.rows for each in retention.due(filled.database, KEPT, filled.clock())
    }
    gone = purge(filled)
    # What goes with a text is counted once more under its own kind, unless it was gone by then.
    assert {name: rows for name, rows in before.items() if rows and name != "understood"} == gone
