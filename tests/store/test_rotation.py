"""A new key for everything that is stored, while services write with old and new ones."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import select, update

from safar.store import rotation
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.errors import CryptoError
from safar.store.sealed import sealed_columns
from safar.store.tables import contact_identities, inbox
from tests.filled_store import ANA, STORY, Filled

pytestmark = pytest.mark.both_databases

HASH_KEY = "h" * 44
OLD, NEW, LOST = KeyRing.generate(), KeyRing.generate(), KeyRing.generate()
old_ring = KeyRing([OLD], HASH_KEY)
both = KeyRing([NEW, OLD], HASH_KEY)
new_ring = KeyRing([NEW], HASH_KEY)


@pytest.fixture
def old(database: Database) -> Filled:
    """A store filled with the old key."""
    filled = Filled(database, old_ring)
    filled.everything()
    return filled


def rotate(database: Database, ring: KeyRing = both) -> rotation.Counted:
    return rotation.rotate(database, ring, pause=lambda _: None)


def test_every_secret_is_opened_by_the_new_key_alone_afterwards(old: Filled) -> None:
    before = sorted(old.texts())
    counted = rotate(old.database)
    assert (counted.moved, counted.old, counted.without_key) == (len(before), 0, 0)
    assert sorted(Filled(old.database, new_ring).texts()) == before
    for column in sealed_columns():
        with old.database.read() as tx:
            tokens = [each for each in tx.execute(select(column.column)).scalars() if each]
        assert tokens, f"the filled store has nothing in {column.name}"
        with pytest.raises(CryptoError):
            old_ring.decrypt(tokens[0])


def test_people_are_found_as_before(old: Filled) -> None:
    talk = old.talk()
    digests = [row.digest for row in old.all(contact_identities)]
    rotate(old.database)
    after = Filled(old.database, new_ring)
    assert [row.digest for row in after.all(contact_identities)] == digests
    assert after.talk(ANA) == talk


def test_a_second_run_changes_nothing(old: Filled) -> None:
    rotate(old.database)
    tokens = [row.body_encrypted for row in old.all(inbox)]
    again = rotate(old.database)
    assert (again.moved, again.by_key[0]) == (0, len(old_texts(old)))
    assert [row.body_encrypted for row in old.all(inbox)] == tokens


def old_texts(filled: Filled) -> list[str]:
    return Filled(filled.database, both).texts()


def test_status_counts_by_key_and_changes_nothing(old: Filled) -> None:
    before = [row.body_encrypted for row in old.all(inbox)]
    Filled(old.database, both, old.clock, 1000).wrote(old.talk(), "new")
    counted = rotation.status(old.database, both)
    assert counted.by_key[0] == 5
    assert counted.by_key[1] == len(old_texts(old)) - 5
    assert counted.old == counted.by_key[1]
    assert [row.body_encrypted for row in old.all(inbox)][:1] == before


def test_what_no_key_opens_is_named_and_left_alone(old: Filled) -> None:
    strange = KeyRing([LOST], HASH_KEY).encrypt("lost")
    row = old.all(inbox)[0]
    with old.database.write() as tx:
        tx.execute(update(inbox).where(inbox.c.id == row.id).values(body_encrypted=strange))
    counted = rotate(old.database)
    assert counted.unreadable == {"inbox.body_encrypted": [str(row.id)]}
    assert old.all(inbox)[0].body_encrypted == strange
    assert counted.old == 0
    with_it = KeyRing([NEW, OLD, LOST], HASH_KEY)
    assert rotate(old.database, with_it).moved == 1
    assert new_ring.decrypt(old.all(inbox)[0].body_encrypted) == "lost"


def test_what_was_erased_stays_empty(old: Filled) -> None:
    with old.database.write() as tx:
        tx.execute(update(inbox).values(body_encrypted="", understood_encrypted=None))
    rotate(old.database)
    assert {(row.body_encrypted, row.understood_encrypted) for row in old.all(inbox)} == {
        ("", None)
    }


def test_what_changed_meanwhile_is_not_written_over(old: Filled, monkeypatch) -> None:
    """Between looking and writing a service empties a text: it must stay empty."""
    looked = both.place_of
    emptied = []

    def look(token: str) -> int | None:
        place = looked(token)
        if not emptied and token == old.all(inbox)[0].body_encrypted:
            emptied.append(token)
            with old.database.write() as tx:
                tx.execute(update(inbox).values(body_encrypted=""))
        return place

    monkeypatch.setattr(both, "place_of", look)
    rotate(old.database)
    assert emptied
    assert {row.body_encrypted for row in old.all(inbox)} == {""}


def test_services_write_meanwhile_with_either_key(old: Filled, database_url: str) -> None:
    talk = old.talk()
    for number in range(300):
        old.wrote(talk, f"{STORY} {number}")
    stop = threading.Event()
    failures: list[Exception] = []

    def serve(ring: KeyRing, start: int) -> None:
        own = open_database(database_url)
        writer = Filled(own, ring, _numbers=start)
        try:
            while not stop.is_set():
                writer.wrote(talk, "meanwhile")
                KeyRing([NEW, OLD], HASH_KEY).decrypt(writer.all(inbox)[0].body_encrypted)
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)
        finally:
            own.close()

    threads = [
        threading.Thread(target=serve, args=(ring, start))
        for ring, start in ((both, 10_000), (old_ring, 20_000))
    ]
    for thread in threads:
        thread.start()
    try:
        counted = rotate(old.database)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert counted.without_key == 0
    # The one that was not started again wrote behind us: the next run takes that up.
    rotate(old.database)
    assert rotation.status(old.database, both).old == 0
    assert len([text for text in Filled(old.database, new_ring).texts() if STORY in text]) > 300


@pytest.mark.sqlite_alone
def test_a_run_that_was_killed_is_taken_up(old: Filled, database_url: str) -> None:
    talk = old.talk()
    for number in range(3 * rotation.BATCH):
        old.wrote(talk, f"{STORY} {number}")
    before = sorted(old.texts())
    code = (
        "import os, sys\n"
        "from safar.store import rotation\n"
        "from safar.store.crypto import KeyRing\n"
        "from safar.store.database import open_database\n"
        "steps = []\n"
        "def pause(_):\n"
        "    steps.append(1)\n"
        "    if len(steps) == 3: os.kill(os.getpid(), 9)\n"
        "ring = KeyRing(sys.argv[2:4], 'h' * 44)\n"
        "rotation.rotate(open_database(sys.argv[1]), ring, pause=pause)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, database_url, NEW, OLD], env=dict(os.environ), check=False
    )
    assert ran.returncode == -9
    half = rotation.status(old.database, both)
    assert half.by_key[0] > 0
    assert half.by_key[1] > 0
    assert half.without_key == 0
    assert rotate(old.database).moved == half.by_key[1]
    assert sorted(Filled(old.database, new_ring).texts()) == before


def test_the_bar_ends_where_it_said_it_would(old: Filled) -> None:
    told: list[tuple[int, int]] = []
    rotation.rotate(old.database, both, lambda *each: told.append(each), pause=lambda _: None)
    assert told[-1][0] == told[-1][1] == len(old_texts(old))
    assert [each[0] for each in told] == sorted(each[0] for each in told)
