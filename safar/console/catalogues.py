"""What translators do with the words of the console: collect, bring up to date, check, compile.

Beside the messages for workers: locales/console.pot, and in each language's folder console.po.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po, write_po

from safar.cases.states import SENTENCES
from safar.console.i18n import DOMAIN, catalogue_path, compiled, faults
from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import Language
from safar.phrasing.translations import plural_forms, plural_number
from safar.phrasing.workshop import Coverage

TEMPLATE: Final = f"{DOMAIN}.pot"
LANGUAGES: Final = frozenset({"es", "fr", "ar", "id", "ne"})
"""Into which the console is translated; beside English, in which it is written."""

_SOURCES: Final = ("console", "staff", "cases")
_KEYWORDS: Final[Mapping[str, Any]] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "marked": None,
    "words": None,
    # Sentences that say why something is refused are shown to staff as they are.
    "CaseRefusedError": (2,),
    "StaffRefusedError": (2,),
}
_METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS: Final = {
    "**/templates/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
        "silent": "false",
    }
}
_COMMENTS: Final = ("Translators:",)
_HEADER: Final = """\
# Every text of the console of staff, in English.
# Made by `safar locales extract` from safar/console: change the texts there.
"""
_HEADER_OF_ONE: Final = """\
# The console of staff in another language.
# An entry marked fuzzy is a draft: nobody who speaks the language has read it yet.
"""
# The files must not change when nothing in them did.
_ALWAYS: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class _Row:
    path: Path
    language: Language


def extract_console(locales_dir: Path) -> int:
    """Write locales/console.pot; return how many texts it has."""
    catalogue = _new(_HEADER)
    root = Path(__file__).resolve().parents[1]
    for source in _SOURCES:
        found = extract_from_dir(
            root / source, _METHODS, _OPTIONS, _KEYWORDS, _COMMENTS, directory_filter=_worth_walking
        )
        for file, _line, text, notes, context in found:
            catalogue.add(
                text, locations=[(f"safar/{source}/{Path(file).as_posix()}", 0)],
                auto_comments=notes, context=context,
            )  # fmt: skip
    for sentence in SENTENCES:
        catalogue.add(sentence, locations=[("safar/cases/states.py", 0)])
    _write(locales_dir / TEMPLATE, catalogue)
    return len(catalogue)


def update_console(locales_dir: Path, languages: Iterable[Language]) -> list[Coverage]:
    """Bring each console.po up to console.pot; a text whose English changed is to be done anew.

    Raises:
        LocalesError: A file is missing or cannot be read; then none is written.
    """
    template = _template(locales_dir)
    ready = []
    for row in _rows(locales_dir, languages):
        catalogue = _read(row.path) if row.path.exists() else _new(_HEADER_OF_ONE)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        ready.append((row, catalogue))
    for row, catalogue in ready:
        row.path.parent.mkdir(parents=True, exist_ok=True)
        _write(row.path, catalogue, row.language)
    return [_coverage(catalogue, row.language) for row, catalogue in ready]


def compile_console(locales_dir: Path, languages: Iterable[Language]) -> dict[str, int]:
    """Check every console.po, then write the .mo files; return the number of texts by variant.

    Raises:
        LocalesError: Translations are faulty, each with file and line; then none is written.
    """
    problems: list[str] = []
    ready: list[tuple[_Row, Catalog]] = []
    for row in _rows(locales_dir, languages):
        if not row.path.exists():
            continue
        catalogue = _read(row.path)
        problems += _faults(row, catalogue)
        ready.append((row, catalogue))
    if problems:
        raise LocalesError(problems)
    for row, catalogue in ready:
        row.path.with_suffix(".mo").write_bytes(compiled(catalogue))
    return {row.language.tag: sum(map(_is_done, catalogue)) for row, catalogue in ready}


def report_console(locales_dir: Path, languages: Iterable[Language]) -> list[Coverage]:
    """Say how far each language of the console is.

    Raises:
        LocalesError: A file cannot be read.
    """
    rows = [row for row in _rows(locales_dir, languages) if row.path.exists()]
    if not rows:
        return []
    template = _template(locales_dir)
    found = []
    for row in rows:
        catalogue = _read(row.path)
        catalogue.update(template, no_fuzzy_matching=True)
        found.append(_coverage(catalogue, row.language))
    return found


def _rows(locales_dir: Path, languages: Iterable[Language]) -> Iterator[_Row]:
    for language in languages:
        if language.tag in LANGUAGES:
            yield _Row(catalogue_path(locales_dir, language.tag), language)


def _template(locales_dir: Path) -> Catalog:
    path = locales_dir / TEMPLATE
    if not path.exists():
        raise LocalesError([f"{path}: is missing; run `safar locales extract`."])
    return _read(path)


def _read(path: Path) -> Catalog:
    try:
        with path.open("rb") as file:
            return read_po(file, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise LocalesError(
            [f"{path}: cannot be read ({error}); mend the line it names."]
        ) from error


def _new(comment: str) -> Catalog:
    return Catalog(project="safar", version="", header_comment=comment, fuzzy=False)


def _place(message: Message) -> str:
    """Return the file that a text stands in; a catalogue that was read has no lines."""
    return str(message.locations[0][0]) if message.locations else ""


def _write(path: Path, catalogue: Catalog, language: Language | None = None) -> None:
    catalogue.creation_date = catalogue.revision_date = _ALWAYS
    # In this order and no other: whoever compares two versions sees what changed.
    texts = sorted((m for m in catalogue if m.id), key=lambda m: (_place(m), _first(m)))
    lines = [*catalogue.header_comment.splitlines(), 'msgid ""', 'msgstr ""']
    lines += [f'"{name}: {value}\\n"' for name, value in _headers(language)]
    shown = _new("")
    # So that it writes as many forms of a plural as this language has.
    shown.mime_headers = list(_headers(language))
    for message in texts:
        message.locations = sorted({(file, 0) for file, _ in message.locations})
        shown[message.id] = message
    with path.open("wb") as file:
        file.write(("\n".join(lines) + "\n\n").encode())
        write_po(file, shown, width=100, omit_header=True, include_lineno=False)


def _headers(language: Language | None) -> Iterator[tuple[str, str]]:
    yield "Project-Id-Version", "safar"
    if language is not None:
        yield "Language", language.tag
    yield "MIME-Version", "1.0"
    yield "Content-Type", "text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding", "8bit"
    forms = plural_forms(language) if language is not None else "nplurals=2; plural=(n != 1);"
    yield "Plural-Forms", forms


def _coverage(catalogue: Catalog, language: Language) -> Coverage:
    texts = [message for message in catalogue if message.id]
    done = [message for message in texts if _is_done(message)]
    drafts = sum(message.fuzzy for message in done)
    return Coverage(
        variant=f"{language.tag} ({DOMAIN})",
        translated=len(done) - drafts,
        draft=drafts,
        stale=0,
        missing=len(texts) - len(done),
    )


def _is_done(message: Message) -> bool:
    return bool(message.id) and all(_strings(message))


def _strings(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _faults(row: _Row, catalogue: Catalog) -> Iterator[str]:
    forms = plural_number(row.language)
    if catalogue.num_plurals != forms:
        yield f"{row.path}:1: Plural-Forms must have nplurals={forms}; run `safar locales update`."
        return
    for message in catalogue:
        if not message.id:
            continue
        wrong = sorted(set(faults(message.id, message.string)))
        if wrong:
            names = ", ".join(name if name == "%" else f"%({name})s" for name in wrong)
            yield (
                f"{row.path}:{message.lineno}: {names} is not as in the English text: write it"
                " exactly as there."
            )
        strings = _strings(message)
        if message.pluralizable and any(strings) and len([s for s in strings if s]) != forms:
            yield (
                f"{row.path}:{message.lineno}: give a text for each of the {forms} plural forms,"
                " or for none."
            )


def _worth_walking(folder: str | Path) -> bool:
    return not Path(folder).name.startswith((".", "_"))
