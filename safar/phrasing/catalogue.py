"""Messages in words, in the first variant of a chain that has them."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from safar.phrasing.bidi import isolate
from safar.phrasing.errors import LocalesError, PhraseError, TemplateError, UnknownMessageError
from safar.phrasing.languages import LAST_RESORT, Language, Languages
from safar.phrasing.numbers import format_number
from safar.phrasing.pofile import read_po
from safar.phrasing.templates import fill, placeholders
from safar.phrasing.translations import TEMPLATE, load_translations
from safar.phrasing.typography import plain
from safar.phrasing.values import Phrase, Ref, Value
from safar.phrasing.wording import word

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """One message as it was written, in English."""

    id: str
    text: str
    plural: str | None = None

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of every placeholder of either form."""
        return placeholders(self.text) | placeholders(self.plural or "")


class Catalogue:
    """Every message in every variant. Read once, then never changed: threads may share it."""

    def __init__(
        self,
        messages: Iterable[Message],
        languages: Languages,
        translations: Mapping[str, gettext.NullTranslations],
    ) -> None:
        """Keep the messages, and the translations by tag."""
        self._messages = {message.id: message for message in messages}
        self._allowed = {message.id: message.placeholders for message in self._messages.values()}
        self._translations = dict(translations)
        self.languages = languages

    @classmethod
    def load(cls, locales_dir: Path, languages: Iterable[Language]) -> Catalogue:
        """Read messages.pot, and the translations of each of `languages`.

        Raises:
            LocalesError: A file is missing or cannot be read.
            LanguagesError: The languages do not form chains that end in English.
        """
        known = languages if isinstance(languages, Languages) else Languages(languages)
        template = locales_dir / TEMPLATE
        if not template.exists():
            raise LocalesError([f"{template}: is missing; run `safar locales extract`."])
        messages = []
        for entry in read_po(template).entries.values():
            message = Message(entry.id, *entry.english)
            try:
                _ = message.placeholders
            except TemplateError as error:
                raise LocalesError(
                    [f"{template}:{entry.line}: {entry.id}: {error} Then extract again."]
                ) from error
            messages.append(message)
        return cls(
            messages,
            known,
            {
                language.tag: load_translations(locales_dir, language)
                for language in known
                if language.tag != LAST_RESORT
            },
        )

    def with_messages(self, messages: Iterable[Message]) -> Catalogue:
        """Return this catalogue with other messages beside and instead of its own."""
        both = self._messages | {message.id: message for message in messages}
        return Catalogue(both.values(), self.languages, self._translations)

    def has(self, message_id: str) -> bool:
        """Tell whether there is such a message."""
        return message_id in self._messages

    def ids(self) -> list[str]:
        """Return the ids of every message, sorted."""
        return sorted(self._messages)

    def message(self, message_id: str) -> Message:
        """Return a message as it was written, in English.

        Raises:
            UnknownMessageError: There is none of this id.
        """
        try:
            return self._messages[message_id]
        except KeyError:
            raise UnknownMessageError(message_id) from None

    def sms_letters(self, variant: str) -> dict[int, str]:
        """Return the letters that a variant writes plainly in an SMS, for `str.translate`.

        Raises:
            UnknownLanguageError: No variant has this tag.
        """
        return str.maketrans(self.languages[variant].sms_letters)

    def phrase(self, phrase: Phrase, variant: str) -> str:
        """Put a phrase in words, which are never empty.

        The first variant of the chain that has a text gives the words, and the values are
        written as that variant writes them, so that nothing is half one and half the other.

        Raises:
            UnknownMessageError: There is no such message.
            UnknownLanguageError: There is no such variant.
            PhraseError: A placeholder has no value, a plural has no count, or the values leave
                nothing to say.
        """
        text, language = self._text(self.message(phrase.id), phrase.count, variant)
        words = {name: self._placeholder(name, phrase, language) for name in placeholders(text)}
        result = fill(text, words)
        if not result.strip():
            raise PhraseError(
                f"The phrase {phrase.id!r} came out empty: give it values that are not blank."
            )
        return result

    def value(self, value: Value, variant: str) -> str:
        """Write one value as `variant` writes it.

        Raises:
            UnknownLanguageError: There is no such variant.
            PhraseError: A country code is unknown, or a reference cannot be put in words.
        """
        return word(value, self.languages[variant], self._refer)

    def variant_used(self, message_id: str, variant: str, count: int | None = None) -> str:
        """Return the tag of the variant that a message is served in to readers of `variant`.

        Raises:
            UnknownMessageError: There is no such message.
            UnknownLanguageError: There is no such variant.
        """
        message = self.message(message_id)
        if message.plural is not None and count is None:
            count = 1
        return self._text(message, count, variant)[1].tag

    def _text(self, message: Message, count: int | None, variant: str) -> tuple[str, Language]:
        if message.plural is not None and count is None:
            raise PhraseError(f"The message {message.id!r} is plural: give the phrase a count.")
        for tag in self.languages.chain(variant):
            text = self._translated(message, count, tag)
            if text is not None:
                language = self.languages[tag]
                return plain(text, latin=language.latin), language
        raise AssertionError("every chain ends in English, which has every message")

    def _translated(self, message: Message, count: int | None, tag: str) -> str | None:
        if tag == LAST_RESORT:
            return message.text if message.plural is None or count == 1 else message.plural
        table = self._translations[tag]
        try:
            if message.plural is None:
                text = table.pgettext(message.id, message.text)
            else:
                text = table.npgettext(message.id, message.text, message.plural, count or 0)
        except LookupError:
            return None
        try:
            fit = bool(text.strip()) and placeholders(text) <= self._allowed[message.id]
        except TemplateError:
            fit = False
        if not fit:
            # `safar locales compile` refuses such texts; a file made by another tool may hold one.
            _log.warning("translation_unusable", message_id=message.id, variant=tag)
            return None
        return text

    def _placeholder(self, name: str, phrase: Phrase, language: Language) -> str:
        value = phrase.values.get(name)
        if value is not None:
            return word(value, language, self._refer)
        if name == "count" and phrase.count is not None:
            return isolate(format_number(phrase.count, language), rtl=language.rtl)
        raise PhraseError(
            f"The phrase {phrase.id!r} has no value for {{{name}}}: add it to its values."
        )

    def _refer(self, ref: Ref, language: Language) -> str:
        return self.phrase(Phrase(id=ref.id, values=ref.values), language.tag)
