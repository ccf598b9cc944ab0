"""From draft to published: two people, a signature, one step; and back."""

from __future__ import annotations

import os
import shutil
import signal
from datetime import datetime
from pathlib import Path

import pytest
from content_tree import FILES

from safar.desk.errors import PublishError
from safar.desk.publishing import Desk, approve, publish, rollback, submit
from safar.desk.shelf import Shelf
from safar.desk.signing import new_keys
from safar.registry.errors import ContentError, RegistryUnsignedError
from safar.registry.holder import RegistryHolder
from safar.registry.query import Registry

NEPAL = "countries/NP.yaml"


def change(content: Path, old: str, new: str, file: str = NEPAL) -> None:
    text = (content / file).read_text()
    assert text.count(old) == 1
    (content / file).write_text(text.replace(old, new))


def cap(registry: Registry) -> str:
    (fact,) = [
        fact for fact in registry.facts("NP", ["fee_cap"], "QA") if fact.id == "np-fee-cap-qa"
    ]
    return str(fact.values["amount"].amount)


def opened(desk: Desk) -> Registry:
    return Registry.open(desk.shelf.registry_path, desk.public_key)


def test_two_people_publish_what_was_handed_in_and_not_what_came_after(
    desk: Desk, content: Path, now: datetime
) -> None:
    handed_in = submit(desk, content, by="Asha", now=now, note="first")
    assert handed_in.name == "2026-11-28"
    change(content, '"10000"', '"11111"')  # the editor goes on
    approve(desk, handed_in.name, by="Binod", now=now)
    made = publish(desk, handed_in.name, now=now)
    assert cap(opened(desk)) == "10000"
    assert (made.submitted_by, made.approved_by, made.base) == ("Asha", "Binod", None)
    assert desk.shelf.current() == handed_in.name
    assert desk.shelf.submissions() == []


@pytest.mark.parametrize("same", ["Asha", "asha", "  ASHA "])
def test_nobody_approves_their_own(desk: Desk, content: Path, now: datetime, same: str) -> None:
    submit(desk, content, by="Asha", now=now, name="one")
    with pytest.raises(PublishError, match="another person"):
        approve(desk, "one", by=same, now=now)
    with pytest.raises(PublishError, match="Nobody but Asha"):
        publish(desk, "one", now=now)
    assert not desk.shelf.registry_path.exists()


def test_what_was_changed_after_it_was_read_is_not_published(
    desk: Desk, content: Path, now: datetime
) -> None:
    submit(desk, content, by="Asha", now=now, name="one")
    approve(desk, "one", by="Binod", now=now)
    change(desk.shelf.review_dir / "one" / "content", '"10000"', '"99999"')
    with pytest.raises(PublishError, match="changed since"):
        publish(desk, "one", now=now)
    assert not desk.shelf.registry_path.exists()


@pytest.mark.parametrize("when", ["before it is read", "before it is published"])
def test_a_file_for_staff_that_was_changed_after_it_was_handed_in(
    desk: Desk, content: Path, now: datetime, when: str
) -> None:
    (content / "desks.yaml").write_text("desks: one")
    submit(desk, content, by="Asha", now=now, name="one")
    handed_in = desk.shelf.review_dir / "one" / "content" / "desks.yaml"
    if when == "before it is read":
        handed_in.write_text("desks: another")
        with pytest.raises(PublishError, match="changed since"):
            approve(desk, "one", by="Binod", now=now)
        return
    approve(desk, "one", by="Binod", now=now)
    handed_in.write_text("desks: another")
    with pytest.raises(PublishError, match="changed since"):
        publish(desk, "one", now=now)
    handed_in.write_text("desks: one")
    publish(desk, "one", now=now)
    assert (desk.shelf.version("one") / "content" / "desks.yaml").read_text() == "desks: one"


def test_faulty_content_is_not_taken(desk: Desk, content: Path, now: datetime) -> None:
    change(content, "country: QA", "contry: QA", "places.yaml")
    with pytest.raises(ContentError):
        submit(desk, content, by="Asha", now=now)
    assert desk.shelf.submissions() == []


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "A", "", "x" * 61])
def test_a_name_is_no_path(desk: Desk, name: str) -> None:
    with pytest.raises(PublishError, match="cannot name a version"):
        rollback(desk, name)


def test_one_goes_back_by_name_while_others_read(
    desk: Desk, content: Path, now: datetime, put_in_use
) -> None:
    put_in_use(desk, content, "one")
    ticks = iter(range(1000))
    holder = RegistryHolder(desk.shelf.registry_path, lambda: float(next(ticks)), desk.public_key)
    assert cap(holder.current()) == "10000"
    change(content, '"10000"', '"10500"')
    put_in_use(desk, content, "two")
    assert cap(holder.current()) == "10500"
    rollback(desk, "one")
    assert cap(holder.current()) == "10000"
    assert [each.name for each in desk.shelf.manifests()] == ["one", "two"]
    with pytest.raises(PublishError, match="There is no version 'three'; there are: one, two"):
        rollback(desk, "three")


def _other_key(desk: Desk) -> str:
    (desk.shelf.version("one") / "manifest.sig").write_text("")
    return new_keys().public


def _no_signature(desk: Desk) -> str:
    (desk.shelf.version("one") / "manifest.sig").unlink()
    return desk.public_key


def _other_file(desk: Desk) -> str:
    with (desk.shelf.version("one") / "registry.db").open("ab") as stream:
        stream.write(b"\0")
    return desk.public_key


def _other_manifest(desk: Desk) -> str:
    path = desk.shelf.version("one") / "manifest.json"
    path.write_text(path.read_text().replace("Binod", "Carla"))
    return desk.public_key


def _no_key(_: Desk) -> str:
    return "not a key"


@pytest.mark.parametrize(
    "spoil", [_other_key, _no_signature, _other_file, _other_manifest, _no_key]
)
def test_only_what_the_key_signed_is_opened(desk: Desk, content: Path, put_in_use, spoil) -> None:
    put_in_use(desk, content, "one")
    opened(desk).close()
    key = spoil(desk)
    with pytest.raises(RegistryUnsignedError, match="not taken"):
        Registry.open(desk.shelf.registry_path, key)


def test_where_a_key_is_asked_for_one_must_sign(desk: Desk, content: Path, now: datetime) -> None:
    unable = Desk(desk.shelf, "", desk.public_key)
    submit(unable, content, by="Asha", now=now, name="one")
    approve(unable, "one", by="Binod", now=now)
    with pytest.raises(PublishError, match="no key to sign with"):
        publish(unable, "one", now=now)
    wrong = Desk(desk.shelf, new_keys().signing, desk.public_key)
    with pytest.raises(RegistryUnsignedError):
        publish(wrong, "one", now=now)
    assert not desk.shelf.registry_path.exists()


LEAST_STEPS = 10


def _publish_and_die_at(desk: Desk, step: int, now: datetime) -> bool:
    """Publish "two" in a process of its own that is killed at a step; return whether it was."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == signal.SIGKILL
    count = 0

    def tell(*_: object) -> None:
        nonlocal count
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    def around(real):
        def step_by_step(*arguments, **options):
            tell()
            done = real(*arguments, **options)
            tell()
            return done

        return step_by_step

    try:
        os.replace, os.rename = around(os.replace), around(os.rename)
        publish(desk, "two", now=now, tell=tell)
    finally:
        os._exit(0)


def test_a_death_at_any_step_leaves_the_old_version_or_the_new(
    desk: Desk, content: Path, now: datetime, put_in_use, tmp_path: Path
) -> None:
    put_in_use(desk, content, "one")
    change(content, '"10000"', '"10500"')
    submit(desk, content, by="Asha", now=now, name="two")
    approve(desk, "two", by="Binod", now=now)
    found = []
    for step in range(200):
        place = tmp_path / f"var{step}"
        shutil.copytree(tmp_path / "var", place, symlinks=True)
        shelf = Shelf(place / "content", place / "registry.db")
        here = Desk(shelf, desk.signing_key, desk.public_key)
        killed = _publish_and_die_at(here, step, now)
        found.append(cap(opened(here)))
        publish(here, "two", now=now) if (shelf.review_dir / "two").exists() else None
        assert cap(opened(here)) == "10500"
        left = [each.name for each in shelf.versions_dir.iterdir() if each.name[0] == "."]
        assert left == []
        shutil.rmtree(place)
        if not killed:
            break
    # It died before and after the step that counts, and the last one came through.
    assert not killed
    assert len(found) > LEAST_STEPS
    assert found == sorted(found)
    assert found[0] == "10000"
    assert found[-2:] == ["10500", "10500"]


def test_two_do_not_publish_at_once(desk: Desk, content: Path, now: datetime) -> None:
    with desk.shelf.alone(), pytest.raises(PublishError, match="Somebody else"):
        submit(desk, content, by="Asha", now=now)


def test_a_shelf_can_be_carried_elsewhere(
    desk: Desk, content: Path, put_in_use, tmp_path: Path
) -> None:
    put_in_use(desk, content, "one")
    os.rename(tmp_path / "var", tmp_path / "stick")
    moved = Shelf(tmp_path / "stick" / "content", tmp_path / "stick" / "registry.db")
    assert moved.current() == "one"
    assert cap(Registry.open(moved.registry_path, desk.public_key)) == "10000"


def test_the_small_content_is_as_these_tests_take_it() -> None:
    assert FILES[NEPAL].count('"10000"') == 1
