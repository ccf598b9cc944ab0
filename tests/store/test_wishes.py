"""Who was forgotten stays forgotten, and who wants to be left alone is, whatever is put back."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from safar.store import audit, case_erasure, erasure, suppressions, wishes
from safar.store.case_tables import case_events, case_messages, case_notices, cases
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.retention_settings import RetentionSettings
from safar.store.tables import contacts, conversations, forgettings, inbox, outbox
from safar.store.tables import suppressions as suppressions_table
from safar.store.wishes import Keeper, Noted, Stop, Wishes, WishesError
from tests.clock import NOW
from tests.filled_store import ANA, BEN, STORY, Filled

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(hours=14)
KEPT = RetentionSettings(_env_file=None)


def forget(filled: Filled, conversation_id: str) -> None:
    """Forget a person as the talk does: first what they wrote, then their address."""
    with filled.database.write() as tx:
        erasure.begin(tx, filled.keyring, conversation_id, filled.clock())
    with filled.database.write() as tx:
        assert erasure.finish(tx, filled.keyring) == 1


def noted(filled: Filled) -> Noted:
    with filled.database.read() as tx:
        return Noted(at=LATER, wishes=wishes.read(tx, filled.keyring))


def test_who_was_forgotten_after_the_backup_stays_so(filled: Filled, saved, put_back) -> None:
    talk = filled.everything()
    contact_id = filled.contact_of(talk)
    other = filled.talk("+97455555555")
    filled.wrote(other, "somebody else's")
    filled.told(talk, "under way", state="ready", provider_message_id=None)
    filled.wrote(talk, "asked", state="ready")
    target = saved()
    forget_waiting(filled, talk)
    done = put_back(filled.database, target)
    assert done.wishes["forgotten"] == 1
    assert not [text for text in filled.texts() if "Rahman" in text or "asked" in text]
    assert "somebody else's" in filled.texts()
    assert filled.addresses() == ["+97455555555"]
    assert contact_id not in {row.id for row in filled.all(contacts)}
    assert {row.state for row in filled.all(outbox)} <= {"canceled", "delivered"}
    assert {row.state for row in filled.all(inbox)} == {"done"}
    assert {row.body_encrypted for row in filled.all(case_messages)} == {""}
    assert filled.talk() != talk
    with filled.database.read() as tx:
        assert not audit.verify(tx, filled.keyring).faults


def forget_waiting(filled: Filled, talk: str) -> None:
    with filled.database.write() as tx:
        tx.execute(update(outbox).where(outbox.c.state == "ready").values(state="sent"))
        tx.execute(update(inbox).values(state="done"))
    forget(filled, talk)


def test_it_holds_for_the_next_backup_and_its_restoring_too(
    filled: Filled, copy: Path, put_back
) -> None:
    """The store that is put back knows afterwards what it could not know by itself."""
    forget(filled, filled.talk())
    put_back(filled.database, copy)
    assert len(filled.all(forgettings)) == 1
    put_back(filled.database, copy)
    assert filled.addresses() == []


def test_a_lost_store_is_known_by_the_file_beside_it(
    filled: Filled, other: Database, copy: Path, put_back, tmp_path: Path, keyring: KeyRing
) -> None:
    forget(filled, filled.talk())
    path = tmp_path / wishes.FILE_NAME
    assert Keeper(path, filled.database, keyring, KEPT).keep(LATER) == 1
    done = put_back(other, copy, noted=(wishes.read_file(path, keyring),), now=LATER)
    assert done.wishes["forgotten"] == 1
    assert Filled(other, keyring).addresses() == []


def test_consent_taken_back_after_the_backup_stays_taken_back(
    filled: Filled, saved, put_back
) -> None:
    talk = filled.talk()
    case_id = filled.case(talk, "with_person", assignee_id=filled.desk()[1])
    quiet = filled.case(filled.talk(BEN), "open")
    with filled.database.write() as tx:
        tx.execute(
            update(conversations).where(conversations.c.id == talk).values(person_has_it=True)
        )
    target = saved()
    with filled.database.write() as tx:
        tx.execute(
            update(cases)
            .where(cases.c.id == case_id)
            .values(state="withdrawn", withdrawn_at=filled.clock())
        )
        case_erasure.empty(tx, [case_id])
    done = put_back(filled.database, target)
    assert done.wishes["withdrawn"] == 1
    rows = {row.id: row for row in filled.all(cases)}
    assert (rows[case_id].state, rows[quiet].state) == ("withdrawn", "open")
    assert (rows[case_id].about_encrypted, rows[case_id].due_at) == (None, None)
    bodies = {
        row.case_id: row.body_encrypted for row in filled.all(case_messages) if row.body_encrypted
    }
    assert set(bodies) == {quiet}
    assert not any(row.person_has_it for row in filled.all(conversations))
    assert [row.action for row in filled.all(case_events) if row.case_id == case_id][-1] == (
        "withdraw"
    )
    assert [row.kind for row in filled.all(case_notices) if row.done_at is None] == ["withdrawn"]
    # Put back once more it is done already.
    assert put_back(filled.database, target).wishes["withdrawn"] == 1


def test_who_asked_to_be_left_alone_after_the_backup_is(
    filled: Filled, copy: Path, put_back
) -> None:
    digest = filled.keyring.digest("phone", ANA)
    with filled.database.write() as tx:
        suppressions.suppress(tx, digest, "sms", "person", LATER)
    done = put_back(filled.database, copy)
    assert done.wishes["stopped"] == 1
    with filled.database.read() as tx:
        assert suppressions.is_suppressed(tx, digest)
    kept = {row.digest: row for row in filled.all(suppressions_table)}
    assert (kept[digest].origin, kept[digest].since) == ("person", LATER)


def test_what_stays_of_the_forgotten_says_nothing_of_them(filled: Filled) -> None:
    talk = filled.everything()
    contact_id = filled.contact_of(talk)
    forget(filled, talk)
    (row,) = filled.all(forgettings)
    addresses = [filled.keyring.digest(kind, ANA) for kind in ("phone", "whatsapp", "contact")]
    assert row.digest not in addresses
    assert contact_id not in row.digest
    assert row.digest == wishes.digest_of(filled.keyring, contact_id)


# The file.


def test_the_file_is_written_when_there_is_another_wish(filled: Filled, tmp_path: Path) -> None:
    path = tmp_path / "home" / wishes.FILE_NAME
    keeper = Keeper(path, filled.database, filled.keyring, KEPT)
    assert keeper.keep(NOW) == 1
    assert keeper.keep(NOW) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    talk = filled.everything()
    assert keeper.keep(NOW) == 1
    forget(filled, talk)
    assert keeper.keep(LATER) == 1
    found = wishes.read_file(path, filled.keyring)
    assert found.at == LATER
    assert found.wishes == noted(filled).wishes
    assert len(found.wishes.forgotten) == 1
    assert len(found.wishes.withdrawn) == 1
    assert [each.name for each in path.parent.iterdir()] == [wishes.FILE_NAME]
    path.unlink()
    assert keeper.keep(LATER) == 1


def test_the_file_says_until_when_wishes_are_known(filled: Filled, tmp_path: Path) -> None:
    """Without a new wish it is written again all the same, or it would look older than it is."""
    path = tmp_path / wishes.FILE_NAME
    keeper = Keeper(path, filled.database, filled.keyring, KEPT)
    keeper.keep(NOW)
    assert keeper.keep(NOW + timedelta(minutes=9)) == 0
    assert keeper.keep(NOW + timedelta(minutes=10)) == 1
    assert wishes.read_file(path, filled.keyring).at == NOW + timedelta(minutes=10)
    # A clock that was set back must not keep it from being written.
    assert keeper.keep(NOW - timedelta(days=1)) == 1


def test_a_store_begun_anew_does_not_empty_the_file_of_the_lost_one(
    filled: Filled, other: Database, tmp_path: Path
) -> None:
    """Services that start again over a missing store must not destroy what would restore it."""
    path = tmp_path / wishes.FILE_NAME
    forget(filled, filled.everything())
    digest = filled.keyring.digest("phone", BEN)
    Keeper(path, filled.database, filled.keyring, KEPT).keep(NOW)
    before = wishes.read_file(path, filled.keyring).wishes
    assert [stop.digest for stop in before.stopped] == [digest]
    keeper = Keeper(path, other, filled.keyring, KEPT)
    keeper.keep(LATER)
    assert wishes.read_file(path, filled.keyring).wishes == before
    # Who begins again there has said so.
    with other.write() as tx:
        suppressions.suppress(tx, digest, "sms", "person", LATER)
        suppressions.lift(tx, digest, "sms", LATER)
    keeper.keep(LATER)
    assert wishes.read_file(path, filled.keyring).wishes.stopped == ()


def test_what_no_backup_is_old_enough_for_leaves_the_file(filled: Filled, tmp_path: Path) -> None:
    path = tmp_path / wishes.FILE_NAME
    forget(filled, filled.everything())
    Keeper(path, filled.database, filled.keyring, KEPT).keep(NOW)
    keeper = Keeper(path, filled.database, filled.keyring, KEPT)
    keeper.keep(NOW + timedelta(days=401))
    assert wishes.read_file(path, filled.keyring).wishes.forgotten == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda said: "a letter", "no file of wishes", id="letter"),
        pytest.param(lambda said: said.replace("1", "2", 1), "another version", id="version"),
        pytest.param(
            lambda said: json.dumps({**json.loads(said), "wishes": {}}), "was altered", id="altered"
        ),
    ],
)
def test_a_file_that_is_none_is_a_sentence(
    filled: Filled, tmp_path: Path, change, said: str
) -> None:
    path = tmp_path / wishes.FILE_NAME
    forget(filled, filled.everything())
    keeper = Keeper(path, filled.database, filled.keyring, KEPT)
    keeper.keep(NOW)
    path.write_text(change(path.read_text()))
    with pytest.raises(WishesError, match=said):
        wishes.read_file(path, filled.keyring)
    before = path.read_text()
    with pytest.raises(WishesError):
        Keeper(path, filled.database, filled.keyring, KEPT).keep(LATER)
    assert path.read_text() == before


def test_a_file_of_another_installation_is_refused(filled: Filled, tmp_path: Path) -> None:
    path = tmp_path / wishes.FILE_NAME
    wishes.write_file(path, filled.keyring, noted(filled))
    stranger = KeyRing([KeyRing.generate()], KeyRing.generate())
    with pytest.raises(WishesError, match="SAFAR_HASH_KEY is not"):
        wishes.read_file(path, stranger)


def test_of_two_files_both_hold() -> None:
    first = Wishes(
        forgotten={"a": NOW},
        withdrawn=frozenset({"r"}),
        stopped=(Stop(digest="d", channel="sms", origin="person", since=NOW),),
    )
    second = Wishes(
        forgotten={"a": LATER, "b": LATER},
        stopped=(
            Stop(digest="d", channel="sms", origin="person", since=LATER),
            Stop(digest="e", channel="sms", origin="person", since=LATER),
        ),
    )
    both = first.and_those(second)
    assert both.forgotten == {"a": NOW, "b": LATER}
    assert both.withdrawn == {"r"}
    assert [(stop.digest, stop.since) for stop in both.stopped] == [("d", NOW), ("e", LATER)]


def test_the_story_is_there_before(filled: Filled, copy: Path) -> None:
    """What the tests above look for is really in the store that they begin with."""
    assert STORY in filled.texts()
    assert filled.addresses() == [ANA]
