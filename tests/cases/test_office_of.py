"""The plan of a process: read anew when desks.yaml rests changed, kept where that is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from safar.cases.errors import NoDesksError
from safar.cases.office_of import KEPT, PlanHolder, office_source, plan_dir
from safar.desk.shelf import CONTENT, MANIFEST, REGISTRY, Shelf
from safar.settings import Settings
from safar.store.crypto import KeyRing

GOOD = """
desks:
  - id: NAME
    name: "Everybody"
    kind: default
    hours: {zone: UTC}
    notices: {email: [desk@example.org]}
"""
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


class Seconds:
    """Seconds that go on when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    (tmp_path / "content").mkdir()
    return Settings(
        _env_file=None,
        home=tmp_path / "var",
        content_dir=tmp_path / "content",
        registry_path=tmp_path / "var" / "registry.db",
    )


@pytest.fixture
def write(given: Settings) -> Callable[[str], None]:
    def write(text: str) -> None:
        (given.content_dir / "desks.yaml").write_text(text, encoding="utf-8")

    return write


def first(holder: PlanHolder) -> str:
    return holder.current().desks[0].id


def looked_twice(holder: PlanHolder, seconds: Seconds) -> str:
    """Look, and look again a second later, as it rests meanwhile."""
    for _ in range(2):
        seconds.now += 1
        holder.current()
    return first(holder)


def test_a_change_is_taken_once_the_file_rests(given: Settings, write) -> None:
    seconds = Seconds()
    holder = PlanHolder(given, seconds)
    write(GOOD.replace("NAME", "one"))
    assert first(holder) == "one"
    write(GOOD.replace("NAME", "second"))
    assert first(holder) == "one"
    seconds.now += 1
    # Somebody may be writing it still.
    assert first(holder) == "one"
    write(GOOD.replace("NAME", "the-third"))
    seconds.now += 1
    assert first(holder) == "one"
    seconds.now += 1
    assert first(holder) == "the-third"


WRONG = {
    "not YAML": "desks: [",
    "no desk": "desks: []",
    "no default desk": GOOD.replace("kind: default", "kind: ngo"),
    "a wrong address": GOOD.replace("desk@example.org", "nobody"),
    "a language nobody wrote": GOOD + "    language: xx\n",
    "gone": None,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=list(WRONG))
def test_a_wrong_file_changes_nothing_and_is_told_once(given: Settings, write, text) -> None:
    seconds = Seconds()
    holder = PlanHolder(given, seconds)
    write(GOOD.replace("NAME", "one"))
    first(holder)
    if text is None:
        (given.content_dir / "desks.yaml").unlink()
    else:
        write(text)
    with capture_logs() as logs:
        assert looked_twice(holder, seconds) == "one"
        assert looked_twice(holder, seconds) == "one"
    assert [line["event"] for line in logs] == ["desks.kept_old"]
    assert logs[0]["code"] == ("missing" if text is None else "invalid")
    assert "nobody" not in str(logs)
    # Also a process that starts now goes by the last good one.
    assert first(PlanHolder(given)) == "one"
    write(GOOD.replace("NAME", "mended"))
    assert looked_twice(holder, seconds) == "mended"


def test_what_is_kept_is_for_this_user_alone(given: Settings, write) -> None:
    write(GOOD.replace("NAME", "one"))
    first(PlanHolder(given))
    assert (given.home / KEPT).stat().st_mode & 0o777 == 0o600


def test_where_nothing_can_be_kept_it_goes_on(given: Settings, write) -> None:
    write(GOOD.replace("NAME", "one"))
    given.home.write_text("a file where the folder should be")
    assert first(PlanHolder(given)) == "one"


@pytest.mark.parametrize("kept", [None, "{", '{"desks": []}'])
def test_where_there_never_was_a_good_one_that_is_said(given: Settings, write, kept) -> None:
    write("desks: [")
    if kept is not None:
        given.home.mkdir()
        (given.home / KEPT).write_text(kept)
    holder = PlanHolder(given)
    with pytest.raises(NoDesksError, match="safar content check"):
        holder.current()
    write(GOOD.replace("NAME", "one"))
    assert first(holder) == "one"


def test_the_office_has_the_plan_of_now(given: Settings, write) -> None:
    write(GOOD.replace("NAME", "one"))
    keyring = KeyRing([KeyRing.generate()], KeyRing.generate())
    office = office_source(given, keyring, lambda: NOW, lambda signs: signs[0])
    assert office().plan.default_desk.id == "one"
    assert office().keyring is keyring
    assert office().clock() == NOW
    assert office().choose("ab") == "a"


def publish(given: Settings, name: str, text: str) -> None:
    """Put a version on the shelf and into use, as `safar content publish` does."""
    shelf = Shelf(given.home / "content", given.registry_path)
    version = shelf.versions_dir / name
    (version / CONTENT).mkdir(parents=True)
    (version / CONTENT / "desks.yaml").write_text(text, encoding="utf-8")
    (version / MANIFEST).write_text("{}")
    (version / REGISTRY).touch()
    shelf.lead_to(name)


def test_where_content_is_published_desks_are_those_that_were_published(
    given: Settings, write
) -> None:
    write(GOOD.replace("NAME", "draft"))
    holder = PlanHolder(given, seconds := Seconds())
    assert first(holder) == "draft"
    publish(given, "first", GOOD.replace("NAME", "published"))
    assert looked_twice(holder, seconds) == "published"
    write(GOOD.replace("NAME", "newer-draft"))
    assert looked_twice(holder, seconds) == "published"
    publish(given, "second", GOOD.replace("NAME", "published-again"))
    assert looked_twice(holder, seconds) == "published-again"
    Shelf(given.home / "content", given.registry_path).lead_to("first")
    assert looked_twice(holder, seconds) == "published"


def test_a_version_that_came_without_its_files_leaves_the_desks_here(
    given: Settings, write
) -> None:
    write(GOOD.replace("NAME", "here"))
    publish(given, "carried", "")
    shutil.rmtree(given.home / "content" / "versions" / "carried" / CONTENT)
    assert plan_dir(given) == given.content_dir
    assert first(PlanHolder(given)) == "here"
