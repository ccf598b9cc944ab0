"""A backup is one moment of the store, made while it is used, and says what is in it."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from safar.store import audit, backup, backup_file
from safar.store.backup_file import BackupError
from safar.store.copying import copied_tables, plain_columns
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.migrations import MIGRATIONS
from safar.store.tables import counters, inbox
from tests.clock import NOW
from tests.filled_store import Filled, raw_rows

pytestmark = pytest.mark.both_databases


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what is in a file, table by table."""
    connection = sqlite3.connect(path)
    found = {}
    for table in copied_tables():
        columns = ", ".join(f'"{name}"' for name in plain_columns(table))
        rows = connection.execute(f"SELECT {columns} FROM {table.name}")
        found[table.name] = sorted(rows, key=repr)
    connection.close()
    return found


def rows_in(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as tx:
        return {table.name: raw_rows(tx, table) for table in copied_tables()}


def test_it_holds_every_row_of_every_table(filled: Filled, tmp_path: Path) -> None:
    filled.everything()
    target = tmp_path / "safar.backup"
    manifest = backup.make(filled.database, filled.keyring, target, NOW)
    assert rows_of(target) == rows_in(filled.database)
    assert manifest.rows == sum(map(len, rows_in(filled.database).values()))
    assert manifest.source == filled.database.dialect.name
    assert set(manifest.migrations) == {migration.name for migration in MIGRATIONS}
    with filled.database.read() as tx:
        assert manifest.audit_head == audit.head_of(tx).note()
    assert backup_file.read_manifest(target, filled.keyring) == manifest
    backup_file.verify(target, manifest)


def test_it_is_one_file_that_only_this_user_may_read(filled: Filled, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    backup.make(filled.database, filled.keyring, folder / "b", NOW)
    assert [each.name for each in folder.iterdir()] == ["b"]
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o600


def test_no_file_is_written_over(filled: Filled, tmp_path: Path) -> None:
    target = tmp_path / "b"
    target.write_text("a letter")
    with pytest.raises(BackupError, match="is there already"):
        backup.make(filled.database, filled.keyring, target, NOW)
    assert target.read_text() == "a letter"
    with pytest.raises(FileNotFoundError):
        backup.make(filled.database, filled.keyring, tmp_path / "nowhere" / "b", NOW)


def test_under_load_it_is_one_moment(filled: Filled, database_url: str, tmp_path: Path) -> None:
    """Each write adds a message and to a count, at once: in a copy of one moment they are equal."""
    talk = filled.talk()
    for _ in range(400):
        filled.wrote(talk, "x" * 2000)
    filled.put(counters, name="written", day="2026-11-23", value=400)
    stop, written = threading.Event(), threading.Event()

    def serve() -> None:
        own = Filled(open_database(database_url), filled.keyring, _numbers=10_000)
        while not stop.is_set():
            with own.database.write() as tx:
                number = own.number()
                tx.execute(
                    insert(inbox).values(
                        provider="fake",
                        provider_message_id=f"m{number}",
                        conversation_id=talk,
                        body_encrypted="y" * 2000,
                        raw_encrypted="",
                        received_at=NOW,
                        state="done",
                        not_before=NOW,
                        updated_at=NOW,
                    )  # fmt: skip
                )
                tx.execute(update(counters).values(value=counters.c.value + 1))
            written.set()
        own.database.close()

    thread = threading.Thread(target=serve)
    thread.start()
    written.wait(10)
    try:
        seen: list[tuple[int, int]] = []
        for number in range(3):
            target = tmp_path / f"b{number}"
            backup.make(
                filled.database, filled.keyring, target, NOW, lambda *each: seen.append(each)
            )
            found = rows_of(target)
            (count,) = [row[2] for row in found["counters"]]
            assert len(found["inbox"]) == count
            assert seen
    finally:
        stop.set()
        thread.join()
    with filled.database.read() as tx:
        assert tx.execute(select(counters.c.value)).scalar_one() > 401, "nobody wrote meanwhile"


def test_what_was_altered_is_noticed(filled: Filled, tmp_path: Path) -> None:
    filled.everything()
    target = tmp_path / "b"
    manifest = backup.make(filled.database, filled.keyring, target, NOW)
    connection = sqlite3.connect(target)
    connection.execute("UPDATE cases SET risk = 'green'")
    connection.execute("DELETE FROM case_links")
    connection.commit()
    connection.close()
    with pytest.raises(BackupError, match="made: case_links, cases"):
        backup_file.verify(target, manifest)
    connection = sqlite3.connect(target)
    connection.execute(
        "UPDATE safar_backup SET manifest = replace(manifest, 'sqlite', 'sqlitE') || ' '"
    )
    connection.commit()
    connection.close()
    with pytest.raises(BackupError, match="or was altered"):
        backup_file.read_manifest(target, filled.keyring)


def test_keys_of_another_installation_are_noticed(filled: Filled, tmp_path: Path) -> None:
    target = tmp_path / "b"
    key, hash_key = KeyRing.generate(), KeyRing.generate()
    backup.make(filled.database, KeyRing([key], hash_key), target, NOW)
    with pytest.raises(BackupError, match="another SAFAR_HASH_KEY"):
        backup_file.read_manifest(target, KeyRing([key], KeyRing.generate()))
    with pytest.raises(BackupError, match="No key in SAFAR_KEYS"):
        backup_file.read_manifest(target, KeyRing([KeyRing.generate()], hash_key))
    later = KeyRing([KeyRing.generate(), key], hash_key)
    assert backup_file.read_manifest(target, later).made_at == NOW


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a letter, and not a short one\n" * 200, "another kind of file", id="letter"),
        pytest.param(b"", "no backup made by Safar", id="empty"),
        pytest.param(None, "no backup made by Safar", id="database"),
    ],
)
def test_what_is_no_backup_is_a_sentence(
    filled: Filled, tmp_path: Path, content: bytes | None, said: str
) -> None:
    target = tmp_path / "b"
    if content is None:
        sqlite3.connect(target).execute("CREATE TABLE t (x)").connection.close()
    else:
        target.write_bytes(content)
    with pytest.raises(BackupError, match=said):
        backup_file.read_manifest(target, filled.keyring)


def test_a_damaged_page_is_noticed(filled: Filled, tmp_path: Path) -> None:
    talk = filled.talk()
    for _ in range(50):
        filled.wrote(talk, "x" * 3000)
    target = tmp_path / "b"
    manifest = backup.make(filled.database, filled.keyring, target, NOW)
    raw = bytearray(target.read_bytes())
    place = raw.find(b"gAAAA", len(raw) // 2)
    raw[place + 10 : place + 14] = b"AAAA"
    target.write_bytes(bytes(raw))
    with pytest.raises(BackupError, match="does not hold|damaged"):
        backup_file.verify(target, manifest)


def test_a_full_disk_leaves_nothing_behind(filled: Filled, tmp_path: Path, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_file, "write_manifest", full)
    folder = tmp_path / "small"
    folder.mkdir()
    with pytest.raises(OSError, match="No space"):
        backup.make(filled.database, filled.keyring, folder / "b", NOW)
    assert list(folder.iterdir()) == []
