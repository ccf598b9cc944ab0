"""Collect every message of the project into messages.pot."""

from __future__ import annotations

import configparser
from pathlib import Path, PurePath
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from safar.phrasing.errors import LocalesError
from safar.phrasing.pofile import Entry, PoFile, write_po
from safar.phrasing.translations import TEMPLATE

MAPPING = "babel.cfg"

_KEYWORDS = {"pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
_HEADER_COMMENT = (
    "Every message of Safar: its id (msgctxt) and its English text.\n"
    "Made by `safar locales extract` from content/ and bot/domain/: change the texts there."
)
_HEADERS = {
    "Project-Id-Version": "safar",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def collect(root: Path, locales_dir: Path) -> PoFile:
    """Find the messages below `root` that locales/babel.cfg points at.

    Raises:
        LocalesError: The mapping is missing, a source file is faulty, or an id stands for
            different texts; names both places.
    """
    methods, options = _mapping(locales_dir / MAPPING)
    pot = PoFile(headers=dict(_HEADERS), header_comment=_HEADER_COMMENT)
    problems = []
    places: dict[str, str] = {}
    for file, line, english, notes, context in extract_from_dir(
        root, methods, options, _KEYWORDS, directory_filter=_worth_walking
    ):
        texts = (english,) if isinstance(english, str) else tuple(english)
        path = PurePath(file).as_posix()
        # Without the line: an editor who adds one fact would change the place of every other.
        entry = Entry(
            id=str(context), english=texts, notes=tuple(map(str, notes)), locations=((path, None),)
        )
        place = places.setdefault(entry.id, f"{path}:{line}")
        first = pot.entries.setdefault(entry.id, entry)
        if first is entry:
            continue
        if first.english != entry.english:
            problems.append(
                f"{path}:{line}: the id {entry.id!r} has another text in {place}; give one of them "
                "another id, or both the same text."
            )
            continue
        pot.entries[entry.id] = Entry(
            id=entry.id,
            english=texts,
            notes=tuple(dict.fromkeys(first.notes + entry.notes)),
            locations=tuple(dict.fromkeys(first.locations + entry.locations)),
        )
    if problems:
        raise LocalesError(problems)
    return pot


def extract_template(root: Path, locales_dir: Path) -> PoFile:
    """Write locales/messages.pot and return what it holds.

    Raises:
        LocalesError: As `collect`; then nothing is written.
    """
    pot = collect(root, locales_dir)
    write_po(locales_dir / TEMPLATE, pot)
    return pot


def _mapping(path: Path) -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as file:
            methods, options = parse_mapping_cfg(file, str(path))  # type: ignore[no-untyped-call]
    except (OSError, configparser.Error, ValueError) as error:
        raise LocalesError([f"{path}: cannot be read ({error}); restore it."]) from error
    return methods, options


def _worth_walking(folder: str) -> bool:
    return not PurePath(folder).name.startswith((".", "_", "node_modules", "var"))
