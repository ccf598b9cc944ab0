"""Catalogues in Latin letters, written from those in the language's own script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import Language, Languages
from safar.phrasing.pofile import Entry, PoFile, Status, read_po, write_po
from safar.phrasing.romanise.texts import SPELLINGS, Romaniser, load_spellings
from safar.phrasing.translations import po_path

BY_HAND = "by hand"
"""Comment of a translator on a text that is not to be derived."""


def derive_catalogues(locales_dir: Path, languages: Languages) -> dict[str, int]:
    """Write every derived variant anew; returns how many texts changed, by variant.

    Raises:
        LocalesError: a catalogue or a file of spellings is missing or cannot be read; then none
            is written.
    """
    ready = [
        (language, *derived(locales_dir, language))
        for language in languages
        if language.romanised_from
    ]
    for language, po, changed in ready:
        if changed:
            write_po(po_path(locales_dir, language.tag), po)
    return {language.tag: changed for language, _, changed in ready}


def derived(locales_dir: Path, language: Language) -> tuple[PoFile, int]:
    """Return the catalogue of `language` as derived now, and how many texts differ from before.

    Raises:
        LocalesError: a file is missing or cannot be read.
    """
    native = read_po(_existing(locales_dir, language.romanised_from or ""))
    own = read_po(_existing(locales_dir, language.tag))
    spellings = load_spellings(locales_dir / language.tag / SPELLINGS)
    romaniser = Romaniser(spellings)
    changed = 0
    for message_id, entry in own.entries.items():
        source = native.entries.get(message_id)
        if source is None or source.status is Status.MISSING or BY_HAND in entry.comments:
            continue
        fresh = _entry(entry, source, romaniser)
        if fresh != entry:
            own.entries[message_id] = fresh
            changed += 1
    return own, changed


def _entry(entry: Entry, source: Entry, romaniser: Romaniser) -> Entry:
    strings = tuple(romaniser.text(text) for text in source.strings)
    if entry.status is Status.TRANSLATED and entry.strings == strings:
        return entry  # a reader has approved just this text
    return replace(entry, strings=strings, fuzzy=True, previous=source.previous)


def _existing(locales_dir: Path, tag: str) -> Path:
    path = po_path(locales_dir, tag)
    if not path.exists():
        raise LocalesError([f"{path}: is missing; run `safar locales update`."])
    return path
