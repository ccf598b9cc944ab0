"""Translations of a variant out into a workbook and back: for whoever has no Weblate or Poedit.

A row is a message; its id and its English are not to be changed. What is translated anew is a draft
unless its state says "reviewed".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from safar.desk.errors import SheetError
from safar.desk.sheets import Row, Sheet, read_book, write_book
from safar.phrasing.checks import translation_faults
from safar.phrasing.languages import LAST_RESORT, Language
from safar.phrasing.merging import merge
from safar.phrasing.pofile import (
    LONGEST_OPTION,
    Entry,
    PoFile,
    Status,
    is_option,
    read_po,
    write_po,
)
from safar.phrasing.translations import TEMPLATE, plural_number, po_path

_SHEET: Final = "translations"
_FIXED: Final = ("id", "english", "english plural", "note", "where", "longest")
REVIEWED: Final = "reviewed"
_STATES: Final = (REVIEWED, "draft", "")


@dataclass(frozen=True)
class Taken:
    """What an import changed."""

    changed: tuple[str, ...]
    reviewed: int


def export_words(locales_dir: Path, language: Language, target: Path) -> int:
    """Write the messages of a variant into a workbook; return how many.

    Raises:
        LocalesError: a catalogue cannot be read.
        SheetError: the file cannot be written.
    """
    po = _catalogue(locales_dir, language)
    columns = (*_FIXED, *_forms(language), "state")
    rows = [_cells(entry, language) for _, entry in sorted(po.entries.items())]
    write_book(target, [Sheet(_SHEET, columns, rows, frozenset(_FIXED))])
    return len(rows)


def import_words(locales_dir: Path, language: Language, book: Path) -> Taken:
    """Take over translations that differ from the catalogue; nothing of them, if there are errors.

    Raises:
        LocalesError: a catalogue cannot be read.
        SheetError: with every error, each with its row and column.
    """
    po = _catalogue(locales_dir, language)
    forms = _forms(language)
    columns = ("id", "english", "english plural", *forms, "state")
    rows = read_book(book, {_SHEET: columns})[_SHEET]
    problems: list[str] = []
    seen: dict[str, int] = {}
    changed: dict[str, Entry] = {}
    for row in rows:
        first = seen.setdefault(row["id"], row.number)
        if first != row.number:
            problems.append(row.fault("id", f"is in row {first} already"))
            continue
        entry = po.entries.get(row["id"])
        if entry is None:
            problems.append(row.fault("id", "is no message there is; export it again"))
            continue
        new = _changed(row, entry, language, problems)
        if new is not None:
            changed[entry.id] = new
    if problems:
        raise SheetError(problems)
    if changed:
        path = po_path(locales_dir, language.tag)
        write_po(path, replace(po, entries={**po.entries, **changed}))
    reviewed = sum(entry.status is Status.TRANSLATED for entry in changed.values())
    return Taken(tuple(sorted(changed)), reviewed)


def _catalogue(locales_dir: Path, language: Language) -> PoFile:
    if language.tag == LAST_RESORT:
        raise SheetError(["English is written in content/; there is nothing to translate."])
    template = read_po(locales_dir / TEMPLATE)
    path = po_path(locales_dir, language.tag)
    return merge(template, read_po(path) if path.exists() else None, language)


def _forms(language: Language) -> tuple[str, ...]:
    """Return the columns of the translation: one, and one more a plural form."""
    return ("translation", *(f"form {n}" for n in range(2, plural_number(language) + 1)))


def _cells(entry: Entry, language: Language) -> list[str]:
    english = [*entry.english, ""][:2]
    longest = str(LONGEST_OPTION) if is_option(entry.id) else ""
    where = ", ".join(file for file, _ in entry.locations)
    strings = [*entry.strings, *("",) * len(_forms(language))][: len(_forms(language))]
    return [entry.id, *english, " ".join(entry.notes), where, longest, *strings, _state(entry)]


def _state(entry: Entry) -> str:
    return {
        Status.TRANSLATED: REVIEWED,
        Status.DRAFT: "draft",
        Status.STALE: "stale",
        Status.MISSING: "",
    }[entry.status]


def _changed(row: Row, entry: Entry, language: Language, problems: list[str]) -> Entry | None:
    """Return the entry as the row has it; None where that is as it was, or is wrong."""
    forms = _forms(language)[: len(entry.strings)]
    strings = tuple(row[column] for column in forms)
    state = row["state"].casefold()
    same_words = strings == tuple(text.strip() for text in entry.strings)
    if same_words and state == _state(entry):
        return None
    faults = list(_faults(row, entry, strings, state, language))
    if faults:
        problems += faults
        return None
    if not any(strings):
        return replace(entry, strings=strings, fuzzy=False, previous=())
    kept = entry.strings if same_words else strings
    return replace(entry, strings=kept, fuzzy=state != REVIEWED, previous=())


def _faults(
    row: Row, entry: Entry, strings: tuple[str, ...], state: str, language: Language
) -> Iterator[str]:
    english = tuple(filter(None, (row["english"], row["english plural"])))
    if english != tuple(text.strip() for text in entry.english):
        yield row.fault("english", "is not the English of now; export it again and translate that")
        return
    if state not in _STATES and state != _state(entry):
        yield row.fault("state", f"is {state!r}; write {REVIEWED}, draft or nothing")
    if not any(strings):
        return
    new = replace(entry, strings=strings, fuzzy=True)
    for fault in translation_faults(new, plural_number(language)):
        yield row.fault("translation", fault.removeprefix(f"{entry.id}: "))
    for column, text in zip(_forms(language), strings, strict=False):
        if is_option(entry.id) and "{" not in text and len(text) > LONGEST_OPTION:
            message = f"has {len(text)} characters; an option takes {LONGEST_OPTION} at most"
            yield row.fault(column, message)
