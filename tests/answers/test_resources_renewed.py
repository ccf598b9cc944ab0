"""What is made of the registry is made anew when the registry is replaced, and only then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from content_tree import changed, write_tree

from safar.answers.plain import plain_text
from safar.answers.resources import Resources
from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Phone, Phrase, Ref
from safar.registry import holder
from safar.registry.build import build_registry
from safar.settings import Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
FINDERS = ("danger", "amounts", "places", "keywords")
NEWER = (
    changed("danger/en.yaml", "text: kidnap", "text: abduct")
    | changed("money.yaml", "words: [nrs]", "words: [nrs, rupaiya]")
    | changed("places.yaml", "names: [doha, दोहा]", "names: [doha, दोहा, dawha]")
    | changed("keywords.yaml", "stop all", "stop all of it")
)


class Home:
    """A registry of small content, replaced when told, and the resources that read it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.path = folder, folder / "registry.db"
        # Each look is due: the second between looks is tested with the holder.
        monkeypatch.setattr(holder, "_LOOK_EVERY_SECONDS", 0.0)
        self.build("old", None)
        self.resources = Resources(
            Settings(home=folder, registry_path=self.path, _env_file=None), lambda: NOW
        )

    def build(self, name: str, changes: dict[str, str | bytes] | None) -> None:
        build_registry(write_tree(self.folder / name, changes), self.path, NOW)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(tmp_path, monkeypatch)


def reads(resources: Resources) -> dict[str, bool]:
    """Whether what only the newer content knows is found."""
    return {
        "danger": bool(resources.danger().find("they abduct us")),
        "amounts": any(f.currency == "NPR" for f in resources.amounts().find("500 rupaiya")),
        "places": bool(resources.places().find("dawha")),
        "keywords": bool(resources.keywords().find("stop all of it")),
    }


def test_finders_are_made_once(home: Home) -> None:
    resources = home.resources
    first = {name: getattr(resources, name)() for name in FINDERS}
    assert len({id(finder) for finder in first.values()}) == len(FINDERS)
    for name, finder in first.items():
        assert getattr(resources, name)() is finder


def test_the_same_content_built_again_makes_nothing_anew(home: Home) -> None:
    resources = home.resources
    registry = resources.registry()
    first = {name: getattr(resources, name)() for name in FINDERS}
    home.build("again", None)
    assert resources.registry() is not registry
    for name, finder in first.items():
        assert getattr(resources, name)() is finder


def test_newer_content_is_read_by_every_finder(home: Home) -> None:
    resources = home.resources
    old = {name: getattr(resources, name)() for name in FINDERS}
    assert reads(resources) == dict.fromkeys(FINDERS, False)
    home.build("newer", NEWER)
    assert reads(resources) == dict.fromkeys(FINDERS, True)
    assert not resources.danger().find("they kidnap us")
    new = {name: getattr(resources, name)() for name in FINDERS}
    for name in FINDERS:
        assert new[name] is not old[name]
        assert getattr(resources, name)() is new[name]


def test_a_damaged_file_changes_nothing(home: Home) -> None:
    resources = home.resources
    old: dict[str, Callable[[], object]] = {name: getattr(resources, name)() for name in FINDERS}
    bad = home.path.with_suffix(".bad")
    bad.write_bytes(b"not a registry")
    bad.replace(home.path)
    assert {name: getattr(resources, name)() for name in FINDERS} == old


def test_today_is_the_day_of_the_clock(home: Home) -> None:
    assert home.resources.today() == date(2026, 11, 23)


def test_plain_text_has_a_line_for_each_part_and_option(resources: Resources) -> None:
    reply = Reply(
        parts=[
            Phrase(id="danger.where"),
            Phrase(
                id="hotline.line",
                values={"name": Ref(id="hotline.police"), "phone": Phone(value="999")},
            ),
        ],
        options=[
            Option(id="menu", title=Phrase(id="option.menu")),
            Option(id="ask_wages", title=Phrase(id="option.ask_wages")),
        ],
    )
    assert plain_text(reply, resources.catalogue, "en").split("\n") == [
        "In which country are you now?",
        "Police: 999",
        "1 All topics",
        "2 Wages not paid",
    ]
    nepali = plain_text(reply, resources.catalogue, "ne")
    assert "999" in nepali and "Police" not in nepali
