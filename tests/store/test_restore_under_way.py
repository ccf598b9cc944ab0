"""What was under way when a backup was made is neither sent twice nor lost unseen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from safar.store import audit
from safar.store.case_tables import audit as audit_table
from safar.store.crypto import KeyRing
from safar.store.in_flight import CASE_JUMP, JUMP
from safar.store.staff_tables import staff_accounts, staff_sessions
from safar.store.tables import conversations, inbox, outbox
from tests.clock import NOW
from tests.filled_store import Filled

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(hours=14)


def test_what_waited_is_of_unknown_outcome(filled: Filled, put_back, saved) -> None:
    talk = filled.talk()
    for state in ("ready", "leased", "sending", "unknown"):
        filled.told(talk, state, state=state, lease_owner="d", provider_message_id=None)
    filled.told(talk, "gone")
    assert put_back(filled.database, saved()).under_way["texts"] == 4
    rows = filled.all(outbox)
    assert [row.state for row in rows] == ["unknown"] * 4 + ["delivered"]
    for row in rows[:4]:
        assert (row.lease_owner, row.resends, row.error_code) == (None, 1, "restored")
        assert (row.sending_at, row.unknown_at) == (row.created_at, LATER)


def test_messages_that_waited_are_read_for_danger_only(filled: Filled, put_back, saved) -> None:
    talk = filled.talk()
    wanted = {
        "answer": ("ready", "danger_only"),
        "limit": ("ready", "danger_only"),
        "danger_only": ("ready", "danger_only"),
        "stopped": ("ready", "danger_only"),
        "stop": ("done", "stop"),
        "start": ("done", "start"),
        "help": ("done", "help"),
    }
    for treatment in wanted:
        filled.wrote(talk, treatment=treatment, state="leased", lease_owner="w")
    officer = filled.talk("+97455555555")
    with filled.database.write() as tx:
        tx.execute(
            update(conversations).where(conversations.c.id == officer).values(person_has_it=True)
        )
    filled.wrote(officer, treatment="answer", state="ready")
    put_back(filled.database, saved())
    rows = filled.all(inbox)
    assert [(row.state, row.treatment) for row in rows[:-1]] == list(wanted.values())
    assert (rows[-1].state, rows[-1].treatment) == ("ready", "answer")
    assert {row.lease_owner for row in rows} == {None}


def test_of_a_store_that_was_not_used_since_what_waits_goes_on(
    filled: Filled, put_back, saved
) -> None:
    talk = filled.talk()
    filled.wrote(talk, state="leased", lease_owner="w")
    for state in ("ready", "leased", "sending"):
        filled.told(talk, state=state, provider_message_id=None)
    put_back(filled.database, saved(), unused_since=True)
    (row,) = filled.all(inbox)
    assert (row.state, row.treatment, row.lease_owner) == ("ready", "answer", None)
    assert [each.state for each in filled.all(outbox)] == ["ready", "ready", "unknown"]


def test_numbers_given_after_the_backup_are_not_given_again(
    filled: Filled, copy: Path, put_back
) -> None:
    """They stand in callbacks of providers, which must not find another text."""
    talk = filled.talk()
    lost = [filled.told(talk) for _ in range(3)]
    case = filled.case(talk)
    put_back(filled.database, copy)
    assert filled.told(talk) >= max(lost) + JUMP - 10
    assert case + CASE_JUMP - 10 <= filled.case(talk) <= case + CASE_JUMP + 10
    with filled.database.read() as tx:
        assert not audit.verify(tx, filled.keyring).faults


def test_staff_sign_in_anew(filled: Filled, copy: Path, put_back) -> None:
    put_back(filled.database, copy)
    assert filled.all(staff_sessions) == []
    (account,) = filled.all(staff_accounts)
    assert (account.invitation_digest, account.invitation_until) == (None, None)
    assert account.totp_encrypted


def test_it_is_written_down_with_what_was_replaced(
    filled: Filled, copy: Path, put_back, keyring: KeyRing
) -> None:
    with filled.database.write() as tx:
        audit.append(tx, keyring, audit.Deed("staff", "close", "case", "1", "officer"), NOW)
        replaced = audit.head_of(tx).note()
    done = put_back(filled.database, copy)
    assert done.replaced == replaced
    with filled.database.read() as tx:
        last = tx.execute(select(audit_table).order_by(audit_table.c.number.desc())).first()
        verdict = audit.verify(tx, keyring, replaced)
    assert last is not None
    assert (last.actor, last.action, last.subject) == ("operator", "restore", "store")
    assert replaced in last.details
    # Whoever kept the note sees that the record was set back.
    assert "does not pass through what was noted" in verdict.faults[0]
