"""The words of the console in the languages of staff. English stands in templates and code."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Any, Final

import structlog
from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from safar.phrasing.languages import LAST_RESORT, Language, Languages

DOMAIN: Final = "console"
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
_log = structlog.get_logger(__name__)


def marked(text: str) -> str:
    """Mark a text for translators where it stands; whoever shows it calls `Words` with it."""
    return text


class Words:
    """The words of the console in one language.

    Call it with an English text: ``_("Case %(number)s", number=12)``.
    """

    def __init__(self, language: Language, table: gettext.NullTranslations) -> None:
        """Keep the language and its translations."""
        self.tag = language.tag
        self.language = language
        self.locale: Locale = language.names
        self.direction = "rtl" if language.rtl else "ltr"
        self.table = table

    def __call__(self, text: str, /, **values: Any) -> str:
        """Return a text in this language, in English when it has none."""
        found = self.table.gettext(text)
        return found % values if values else found

    def ngettext(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """Return the form that goes with a number; ``%(num)s`` in it is the number."""
        found = self.table.ngettext(one, many, number)
        return found % {"num": number, **values}


class Wordings:
    """The words in every language that has a catalogue; each is read when somebody needs it."""

    def __init__(self, locales_dir: Path, languages: Languages) -> None:
        """Look which catalogues there are."""
        self._dir = locales_dir
        self._languages = languages
        self._lock = Lock()
        self._made: dict[str, Words] = {}
        self.tags: tuple[str, ...] = tuple(
            language.tag
            for language in languages
            if language.tag == LAST_RESORT or catalogue_path(locales_dir, language.tag).exists()
        )

    def of(self, tag: str | None) -> Words:
        """Return the words of a language; English where there are none in it."""
        wanted = tag if tag in self.tags else LAST_RESORT
        with self._lock:
            if wanted not in self._made:
                self._made[wanted] = Words(self._languages[wanted], self._load(wanted))
            return self._made[wanted]

    def asked_for(self, accept_language: str) -> Words:
        """Return the words of the language that a browser asks for first."""
        asked = [part.partition(";")[0].strip() for part in accept_language[:200].split(",")]
        return self.of(negotiate_locale(filter(None, asked), self.tags, sep="-"))

    def offered(self) -> list[tuple[str, str]]:
        """Return tag and name of each language, the name as its speakers write it."""
        return [(tag, self._languages[tag].name) for tag in self.tags]

    def _load(self, tag: str) -> gettext.NullTranslations:
        if tag == LAST_RESORT:
            return gettext.NullTranslations()
        po = catalogue_path(self._dir, tag)
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            return gettext.GNUTranslations(io.BytesIO(mo.read_bytes()))
        with po.open("rb") as file:
            catalogue = read_po(file)
        for message in catalogue:
            if faults(message.id, message.string):
                _log.warning("console_translation_unusable", variant=tag, line=message.lineno)
                # A plural of nothing falls back to English as well.
                message.string = ("", "") if message.pluralizable else ""
        return gettext.GNUTranslations(io.BytesIO(compiled(catalogue)))


def catalogue_path(locales_dir: Path, tag: str) -> Path:
    """Return where the translations of the console into a language are."""
    return locales_dir / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it, with its drafts: staff see that they are drafts."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue, use_fuzzy=True)
    return buffer.getvalue()


def faults(english: Any, translated: Any) -> list[str]:
    """Return the placeholders that a translation lacks or has too many; a plural may omit one."""
    texts = [english] if isinstance(english, str) else list(english)
    if not texts[0]:
        return []
    wanted = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    found: Iterable[str] = [translated] if isinstance(translated, str) else list(translated)
    wrong = []
    for text in filter(None, found):
        names = set(_PLACEHOLDER.findall(text))
        may_lack = {"num"} if len(texts) > 1 else set()
        wrong += sorted((names - wanted) | (wanted - names - may_lack))
        if "%" in _PLACEHOLDER.sub("", text).replace("%%", "") and wanted:
            wrong.append("%")
    return wrong
