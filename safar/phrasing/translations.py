"""Translations that may be served, as gettext's own lookup tables."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable
from pathlib import Path

import structlog
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.plural import to_gettext

from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import Language
from safar.phrasing.pofile import Entry, PoFile, Status, plural_count, read_po

DOMAIN = "safar"
TEMPLATE = "messages.pot"
_DRAFTS = "X-Safar-Drafts"
"""Header of a .mo file that says whether it holds drafts, so that a change of `serve_drafts` in
languages.yaml is obeyed at once and not only after the next compiling."""

_log = structlog.get_logger(__name__)


class _Missing(gettext.NullTranslations):
    """Stands behind every table: says that there is no translation, where gettext echoes."""

    def pgettext(self, context: str, message: str) -> str:
        raise LookupError(context)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        raise LookupError(context)


def po_path(locales_dir: Path, tag: str) -> Path:
    """Return where the translations of a variant are kept; the folder is named by its tag."""
    return locales_dir / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(locales_dir: Path, tag: str) -> Path:
    """Return where the compiled translations of a variant are kept."""
    return po_path(locales_dir, tag).with_suffix(".mo")


def plural_forms(language: Language) -> str:
    """Return the Plural-Forms header of a variant, by the rules of CLDR.

    Babel's own table of gettext plurals is not used: it lacks Nepali, Filipino and Swahili.
    """
    # `e` is the exponent of a number written short ("1M"), which ours never are; gettext has none.
    return re.sub(r"\be\b", "0", to_gettext(language.locale.plural_form))


def plural_number(language: Language) -> int:
    """Return how many plural forms a variant has."""
    return plural_count({"Plural-Forms": plural_forms(language)})


def served(po: PoFile, language: Language) -> list[Entry]:
    """Return the entries that may be served: translated, and drafts where they are wanted.

    A plural that lacks a form is left out whole: a .mo file would have English in its place.
    """
    wanted = {Status.TRANSLATED} | ({Status.DRAFT} if language.serve_drafts else set())
    forms = plural_number(language)
    return [
        entry
        for entry in po.entries.values()
        if entry.id
        and entry.status in wanted
        and all(text.strip() for text in entry.strings)
        and len(entry.strings) == (forms if entry.plural else 1)
    ]


def compiled(entries: Iterable[Entry], language: Language) -> bytes:
    """Return a .mo file that holds `entries`; the same bytes for the same content."""
    catalog = _Headed(
        {
            "Content-Type": "text/plain; charset=utf-8",
            "Language": language.tag,
            "Plural-Forms": plural_forms(language),
            _DRAFTS: _yes_no(language.serve_drafts),
        }
    )
    for entry in entries:
        catalog.add(
            entry.english if entry.plural else entry.english[0],
            entry.strings if entry.plural else entry.strings[0],
            context=entry.id,
        )
    buffer = io.BytesIO()
    write_mo(buffer, catalog, use_fuzzy=True)
    return buffer.getvalue()


def load_translations(locales_dir: Path, language: Language) -> gettext.NullTranslations:
    """Return the translations of a variant; its lookups raise LookupError for what it lacks.

    The compiled file is used unless it is missing, older than the .po file, or was compiled
    with another `serve_drafts`.

    Raises:
        LocalesError: The file there is cannot be read.
    """
    po, mo = po_path(locales_dir, language.tag), mo_path(locales_dir, language.tag)
    table: gettext.NullTranslations = _Missing()
    if mo.exists() and not (po.exists() and po.stat().st_mtime_ns > mo.stat().st_mtime_ns):
        table = _table(mo.read_bytes(), mo)
        if table.info().get(_DRAFTS.lower()) == _yes_no(language.serve_drafts):
            return table
        if not po.exists():
            raise LocalesError(
                [
                    f"{mo}: was compiled with another serve_drafts than languages.yaml says now; "
                    "run `safar locales compile` where the .po files are."
                ]
            )
    if not po.exists():
        _log.warning("locale_without_catalogue", variant=language.tag)
        return _Missing()
    return _table(compiled(served(read_po(po), language), language), po)


class _Headed(Catalog):
    """A catalogue with these header fields and no other: Babel's would carry the time."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self._fields = "".join(f"{name}: {value}\n" for name, value in headers.items())

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield Message("", string=self._fields)
        yield from self._messages.values()


def _table(content: bytes, where: Path) -> gettext.GNUTranslations:
    try:
        table = gettext.GNUTranslations(io.BytesIO(content))
    except (OSError, ValueError, re.error, UnicodeDecodeError) as error:
        raise LocalesError(
            [f"{where}: cannot be used ({error}); run `safar locales compile` again."]
        ) from error
    table.add_fallback(_Missing())
    return table


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
