"""`safar audit verify`: as the operator calls it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy import update

from safar.store import audit
from safar.store.case_tables import audit as audit_table
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


def store(installation: dict[str, str]) -> Database:
    return open_database(f"sqlite:///{Path(installation['home']) / 'safar.db'}")


def write(installation: dict[str, str], rows: int) -> None:
    keyring = KeyRing([installation["keys"]], installation["hash_key"])
    database = store(installation)
    for number in range(rows):
        with database.write() as tx:
            audit.append(tx, keyring, audit.Deed("bot", "offer", "case", str(number)), NOW)
    database.close()


def test_a_record_left_alone(safar_cold, installation: dict[str, str]) -> None:
    ran = safar_cold("audit", "verify", **installation)
    assert (ran.code, ran.out) == (0, "0 rows, none altered, removed or moved.\n")
    write(installation, 3)
    ran = safar_cold("audit", "verify", **installation)
    assert ran.code == 0
    note = ran.out.split("Note down: ")[1].strip()
    assert note.startswith("3:")
    write(installation, 1)
    assert safar_cold("audit", "verify", "--noted", note, **installation).code == 0


def test_an_altered_row_is_named(safar_cold, installation: dict[str, str]) -> None:
    write(installation, 3)
    database = store(installation)
    with database.write() as tx:
        tx.execute(update(audit_table).where(audit_table.c.number == 2).values(action="close"))
    database.close()
    ran = safar_cold("audit", "verify", **installation)
    assert ran.code == 1
    assert ran.err.startswith("Row 2 was altered.\n")
    assert "3 rows, faults: 1" in ran.err


def test_a_note_that_is_none_is_a_sentence(safar_cold, installation: dict[str, str]) -> None:
    ran = safar_cold("audit", "verify", "--noted", "yesterday", **installation)
    assert ran.code == 1
    assert ran.err.startswith("What was noted is written as <rows>:<hash>")
