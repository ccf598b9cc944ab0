"""`safar data …`: as the operator calls it."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from safar.store import backup_file, erasure, wishes
from safar.store.case_tables import audit as audit_table
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.retention_settings import RetentionSettings
from safar.store.tables import inbox
from tests.clock import FakeClock
from tests.filled_store import ANA, STORY, Filled


@pytest.fixture
def house(installation: dict[str, str]) -> Filled:
    """The installation's store with a person in it, who wrote a year ago and just now."""
    database = open_database(f"sqlite:///{Path(installation['home']) / 'safar.db'}")
    keyring = KeyRing([installation["keys"]], installation["hash_key"])
    clock = FakeClock()
    clock.now = datetime.now(timezone.utc) - timedelta(days=365)
    filled = Filled(database, keyring, clock)
    talk = filled.talk()
    filled.wrote(talk, "a year ago")
    clock.now = datetime.now(timezone.utc)
    filled.wrote(talk)
    yield filled
    database.close()


def lines(ran) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {line[:16].strip(): line for line in ran.out.splitlines()}


def test_retention_shows_every_kind_with_its_setting(safar_plain, installation, house) -> None:
    ran = safar_plain("data", "retention", RETENTION_TEXTS_DAYS="300", **installation)
    assert ran.code == 0
    assert lines(ran)["texts in"].split()[2:] == [
        "300", "emptied", "1", "SAFAR_RETENTION_TEXTS_DAYS",
    ]  # fmt: skip
    assert "The record of what was done is kept for good." in ran.out


def test_a_setting_that_is_none_is_a_sentence(safar_plain, installation) -> None:
    ran = safar_plain("data", "retention", RETENTION_TEXTS_DAYS="0", **installation)
    assert ran.code == 1
    assert ran.err.startswith("A setting is not right: SAFAR_RETENTION_TEXTS_DAYS.")


def test_a_dry_run_only_counts(safar_plain, installation, house) -> None:
    ran = safar_plain("data", "purge", "--dry-run", **installation)
    assert ran.code == 0
    assert lines(ran)["texts in"].endswith("1 would go, emptied")
    assert sorted(house.texts()).count("a year ago") == 1
    assert house.all(audit_table) == []


def test_purge_lets_old_things_go(safar_plain, installation, house) -> None:
    house.database.close()
    ran = safar_plain("data", "purge", **installation)
    assert (ran.code, lines(ran)["texts in"].endswith("1 gone")) == (0, True)
    assert "a year ago" not in house.texts()
    assert STORY in house.texts()
    (row,) = house.all(audit_table)
    assert (row.actor, row.action) == ("operator", "purge")
    again = safar_plain("data", "purge", **installation)
    assert again.out == "0 rows.\n"


def test_export_reads_the_number_from_standard_input(
    safar_plain, installation, house, tmp_path: Path
) -> None:
    target = tmp_path / "person.json"
    ran = safar_plain("data", "export", str(target), stdin=f"{ANA}\n".encode(), **installation)
    assert (ran.code, ran.err) == (0, "")
    assert ANA not in ran.out
    document = json.loads(target.read_text("utf-8"))
    assert document["addresses"][0]["address"] == ANA
    assert STORY in (tmp_path / "person.txt").read_text("utf-8")
    for path in (target, tmp_path / "person.txt"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (row,) = house.all(audit_table)
    assert (row.actor, row.action, row.subject) == ("operator", "export", "person")
    contact_id = house.contact_of(house.talk())
    said = json.dumps([str(each) for each in row])
    for secret in (ANA, ANA[1:], contact_id, house.keyring.digest("phone", ANA)):
        assert secret not in said


def test_export_writes_over_no_file(safar_plain, installation, house, tmp_path: Path) -> None:
    (tmp_path / "person.txt").write_text("a letter")
    target = str(tmp_path / "person.json")
    ran = safar_plain("data", "export", target, "--phone", ANA, **installation)
    assert ran.code == 1
    assert "person.txt is there already" in ran.err
    assert not (tmp_path / "person.json").exists()
    assert house.all(audit_table) == []


def test_export_needs_a_name_for_two_files(safar_plain, installation, tmp_path: Path) -> None:
    ran = safar_plain("data", "export", str(tmp_path / "p.txt"), "--phone", ANA, **installation)
    assert ran.code == 1
    assert ran.err.startswith("Give a name that ends in .json")


@pytest.mark.parametrize("typed", ["+9779800000000\n", "\n", ""])
def test_export_of_nobody(safar_plain, installation, house, tmp_path: Path, typed: str) -> None:
    ran = safar_plain(
        "data", "export", str(tmp_path / "p.json"), stdin=typed.encode(), **installation
    )
    assert (ran.code, ran.err) == (1, "Nothing is held on anybody with that number.\n")
    assert list(tmp_path.glob("p.*")) == []


def test_a_backup_and_back(safar_plain, installation, house, tmp_path: Path) -> None:
    target = tmp_path / "b"
    ran = safar_plain("data", "backup", str(target), **installation)
    assert (ran.code, "looked through." in ran.out) == (0, True)
    beside = wishes.read_file(Path(installation["home"]) / wishes.FILE_NAME, house.keyring)
    made = backup_file.read_manifest(target, house.keyring).made_at
    assert beside.at >= made
    again = safar_plain("data", "backup", str(target), **installation)
    assert (again.code, "is there already" in again.err) == (1, True)
    house.wrote(house.talk(), "after the backup")
    ran = safar_plain("data", "restore", str(target), "--replace", **installation)
    assert ran.code == 1
    assert "Stop Safar on every machine" in ran.err
    house.database.close()
    ran = safar_plain("data", "restore", str(target), **installation)
    assert (ran.code, "say --replace" in ran.err) == (1, True)
    ran = safar_plain("data", "restore", str(target), "--replace", **installation)
    assert ran.code == 0
    assert "0 people forgotten" in ran.out
    assert "after the backup" not in house.texts()
    assert list((Path(installation["home"])).glob("restore-*")) == []


def test_a_lost_store_comes_back_with_the_wishes_beside_it(
    safar_plain, installation, house, tmp_path: Path
) -> None:
    target, home = tmp_path / "b", Path(installation["home"])
    assert safar_plain("data", "backup", str(target), **installation).code == 0
    talk = house.talk()
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, talk, datetime.now(timezone.utc))
    with house.database.write() as tx:
        erasure.finish(tx, house.keyring)
    kept = wishes.Keeper(
        home / wishes.FILE_NAME, house.database, house.keyring, RetentionSettings(_env_file=None)
    )
    kept.keep(datetime.now(timezone.utc))
    house.database.close()
    away = tmp_path / "away.json"
    (home / wishes.FILE_NAME).rename(away)
    for path in home.glob("safar.db*"):
        path.unlink()
    ran = safar_plain("data", "restore", str(target), **installation)
    assert (ran.code, "--without-wishes" in ran.err) == (1, True)
    ran = safar_plain("data", "restore", str(target), "--wishes", str(away), **installation)
    assert (ran.code, ran.err) == (0, "")
    assert "1 people forgotten" in ran.out
    assert house.addresses() == []
    assert {row.body_encrypted for row in house.all(inbox)} == {""}


def test_a_file_that_is_not_there_is_a_sentence(safar_plain, installation, tmp_path: Path) -> None:
    ran = safar_plain("data", "restore", str(tmp_path / "nothing"), **installation)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "nothing" in ran.err
