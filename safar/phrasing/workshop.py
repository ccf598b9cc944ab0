"""What editors and translators do with the files in locales/."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from safar.phrasing.checks import translation_faults
from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import LAST_RESORT, Language
from safar.phrasing.merging import merge
from safar.phrasing.pofile import Entry, PoFile, Status, plural_count, read_po, write_po
from safar.phrasing.translations import TEMPLATE, compiled, mo_path, plural_number, po_path, served


class Coverage(BaseModel):
    """How many messages of a variant are translated, and how well."""

    model_config = ConfigDict(frozen=True)

    variant: str
    translated: int
    draft: int
    stale: int
    missing: int

    @property
    def total(self) -> int:
        """How many messages there are."""
        return self.translated + self.draft + self.stale + self.missing

    @property
    def percent(self) -> int:
        """Share of messages with a usable text, reviewed or draft, rounded down."""
        return 100 * (self.translated + self.draft) // self.total if self.total else 0


def read_template(locales_dir: Path) -> PoFile:
    """Read locales/messages.pot.

    Raises:
        LocalesError: It is missing or cannot be read.
    """
    path = locales_dir / TEMPLATE
    if not path.exists():
        raise LocalesError([f"{path}: is missing; run `safar locales extract`."])
    return read_po(path)


def update_catalogues(locales_dir: Path, languages: Iterable[Language]) -> list[Coverage]:
    """Bring every .po file up to messages.pot and say how far each variant is.

    Raises:
        LocalesError: A file cannot be read; then none is written.
    """
    template = read_template(locales_dir)
    merged = [
        (language, merge(template, _existing(locales_dir, language), language))
        for language in _translated(languages)
    ]
    for language, po in merged:
        write_po(po_path(locales_dir, language.tag), po)
    return [coverage(template, po, language.tag) for language, po in merged]


def compile_catalogues(locales_dir: Path, languages: Iterable[Language]) -> dict[str, int]:
    """Check every .po file, then write the .mo files; returns the number of texts by variant.

    Drafts are compiled where the variant serves them; stale translations never are.

    Raises:
        LocalesError: Translations are faulty, each with file and line; then none is written.
    """
    template = read_template(locales_dir)
    problems: list[str] = []
    ready: list[tuple[Language, list[Entry]]] = []
    for language in _translated(languages):
        po = _existing(locales_dir, language)
        if po is None:
            problems.append(
                f"{po_path(locales_dir, language.tag)}: is missing; run `safar locales update`."
            )
            continue
        problems += _faults(po_path(locales_dir, language.tag), po, template, language)
        ready.append((language, served(po, language)))
    if problems:
        raise LocalesError(problems)
    counts = {}
    for language, entries in ready:
        current = [entry for entry in entries if _current(entry, template)]
        path = mo_path(locales_dir, language.tag)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_bytes(compiled(current, language))
        fresh.replace(path)
        counts[language.tag] = len(current)
    return counts


def report(locales_dir: Path, languages: Iterable[Language]) -> list[Coverage]:
    """Say how far each variant is, English included.

    Raises:
        LocalesError: A file cannot be read.
    """
    template = read_template(locales_dir)
    rows = []
    for language in languages:
        if language.tag == LAST_RESORT:
            total = len(template.entries)
            rows.append(
                Coverage(variant=LAST_RESORT, translated=total, draft=0, stale=0, missing=0)
            )
        else:
            po = _existing(locales_dir, language) or PoFile()
            rows.append(coverage(template, po, language.tag))
    return rows


def coverage(template: PoFile, po: PoFile, variant: str) -> Coverage:
    """Count the messages of `template` by the status of their translation in `po`."""
    counts = Counter(
        _status(po.entries.get(message_id), source)
        for message_id, source in template.entries.items()
    )
    return Coverage(variant=variant, **{status.value: counts[status] for status in Status})


def _translated(languages: Iterable[Language]) -> list[Language]:
    return [language for language in languages if language.tag != LAST_RESORT]


def _existing(locales_dir: Path, language: Language) -> PoFile | None:
    path = po_path(locales_dir, language.tag)
    return read_po(path) if path.exists() else None


def _current(entry: Entry, template: PoFile) -> bool:
    source = template.entries.get(entry.id)
    return source is not None and source.english == entry.english


def _status(entry: Entry | None, source: Entry) -> Status:
    """Return the status of an entry for the English of now, which it may not have met yet."""
    if entry is None or entry.status is Status.MISSING:
        return Status.MISSING
    return entry.status if entry.english == source.english else Status.STALE


def _faults(path: Path, po: PoFile, template: PoFile, language: Language) -> list[str]:
    forms = plural_number(language)
    if plural_count(po.headers) != forms:
        return [
            f"{path}:1: Plural-Forms must have nplurals={forms}, as CLDR has for {language.cldr}; "
            "run `safar locales update`."
        ]
    return [
        f"{path}:{entry.line}: {fault}"
        for entry in po.entries.values()
        if entry.status in (Status.TRANSLATED, Status.DRAFT)
        and (_current(entry, template) or not entry.id)
        for fault in translation_faults(entry, forms)
    ]
