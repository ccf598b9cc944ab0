"""A small project with messages, to be extracted, translated and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from safar.phrasing import Catalogue, Languages, load_languages
from safar.phrasing.pofile import Entry, PoFile, write_po
from safar.phrasing.translations import plural_forms, po_path

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def languages() -> Languages:
    """The variants that are really served."""
    return load_languages(PROJECT / "content" / "languages.yaml")


@dataclass
class Shelf:
    """A folder of catalogues that tests write to and read from."""

    locales: Path
    languages: Languages

    def english(self, messages: Mapping[str, str | tuple[str, str]]) -> None:
        """Write messages.pot."""
        entries = {
            message_id: Entry(message_id, (text,) if isinstance(text, str) else text)
            for message_id, text in messages.items()
        }
        write_po(self.locales / "messages.pot", PoFile(entries=entries))

    def translate(self, tag: str, *entries: Entry) -> Path:
        """Write the .po file of a variant."""
        path = po_path(self.locales, tag)
        headers = {"Language": tag, "Plural-Forms": plural_forms(self.languages[tag])}
        write_po(path, PoFile(headers, "", {entry.id: entry for entry in entries}))
        return path

    def open(self, languages: Languages | None = None) -> Catalogue:
        """Read everything."""
        return Catalogue.load(self.locales, languages or self.languages)


@pytest.fixture
def shelf(tmp_path: Path, languages: Languages) -> Shelf:
    """An empty folder of catalogues."""
    return Shelf(tmp_path / "locales", languages)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with the real languages and mapping, and three messages."""
    root = tmp_path / "project"
    for name in ("content/languages.yaml", "locales/babel.cfg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text((PROJECT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (root / "content/topics").mkdir()
    (root / "content/topics/fees.yaml").write_text(FEES, encoding="utf-8")
    (root / "bot/domain/talk").mkdir(parents=True)
    (root / "bot/domain/talk/greet.yml").write_text(GREET, encoding="utf-8")
    return root


@pytest.fixture
def rewrite(project: Path) -> Callable[[str, str, str], None]:
    """Replace a text in a file of the project."""

    def replace(name: str, old: str, new: str) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert old in text
        (project / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace


FEES = """\
intent: ask_recruitment_fees
sections:
  - messages:
      - id: topic.fees.cap
        text: An agency may charge at most {amount}.
        note: |
          Keep it short.
          {amount} has the currency already.
      - id: topic.fees.agencies
        text: One agency
        plural: "{count} agencies"
"""

GREET = """\
version: "3.1"
responses:
  utter_greet:
    - text: Hello, this is Safar.
  utter_picture:
    - image: none
"""
