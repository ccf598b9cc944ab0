"""The variants that are served, as content/languages.yaml lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from safar.phrasing.digits import has_digits
from safar.phrasing.errors import LanguagesError, UnknownLanguageError
from safar.phrasing.templates import placeholders

LAST_RESORT = "en"
"""Every chain ends in the language in which messages are written."""


class Joiners(BaseModel):
    """Words between the last two items of a list, where CLDR has none or a poor one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    and_: str = Field(alias="and", min_length=1)
    or_: str = Field(alias="or", min_length=1)


class Language(BaseModel):
    """One variant: a language in a script, and how it writes numbers and names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")
    """BCP 47, such as "ne-Latn"."""
    name: str = Field(min_length=1)
    """As its writers call it, in its own script."""
    english: str = Field(min_length=1)
    fallback: str | None = None
    """Tag of the variant to try next; none means English."""
    cldr: str
    """CLDR locale for grouping, plural forms and, unless `names_from` says otherwise, names."""
    names_from: str | None = None
    """CLDR locale for what has letters: countries, months, "and". For variants CLDR lacks."""
    script: str = Field(pattern=r"^[A-Z][a-z]{3}$")
    """ISO 15924, such as "Deva"."""
    rtl: bool = False
    native_digits: bool = False
    """Whether money, dates and counts are written in the script's own digits."""
    owner: str = ""
    """Who keeps its translations and answers for them; empty: nobody yet."""
    readiness: Literal["draft", "reviewed"] = "draft"
    """Whether a native speaker has read the whole."""
    romanised_from: str | None = None
    """Tag of the variant in its own script that the catalogue is derived from."""
    serve_drafts: bool = False
    """Whether translations that nobody has reviewed yet are sent to people."""
    likely_origin: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """Country (ISO 3166-1 alpha-2) that its writers come from unless they say otherwise; none
    where they come from several. Answers name the country, so that a wrong guess is seen."""
    also_from: list[str] = []
    """Other countries whose people write it; its name is among the first offered to them."""
    alike: list[str] = []
    """Tags of variants that its writers read as their own; a text may be taken for either."""
    not_in: list[str] = []
    """Tags of variants whose writers use this language's name as an everyday word."""
    menu_words: list[str] = []
    """Words that open the menu when they are the whole text."""
    yes: list[str] = []
    """Words that agree when they are the whole text."""
    no: list[str] = []
    """Words that refuse when they are the whole text."""
    aliases: list[str] = []
    """Other names people use for it, in any language."""
    joiners: Joiners | None = None
    year: str = "{year}"
    """How a year alone is written; says "AD" where people also count by another calendar."""
    countries: dict[str, str] = {}
    """Everyday names by ISO 3166-1 code, where CLDR's is unwieldy."""
    sms_letters: dict[str, str] = {}
    """Letters that GSM-7 lacks and how they are written in an SMS, where that is customary: one
    of them alone would more than halve what an SMS holds."""
    money: dict[str, str] = {}
    """How amounts of a currency are written ("रु {amount}"); must name one currency only."""

    @model_validator(mode="after")
    def _known_to_cldr(self) -> Language:
        for name in filter(None, (self.cldr, self.names_from)):
            try:
                Locale.parse(name, sep="-")
            except (UnknownLocaleError, ValueError) as error:
                raise ValueError(
                    f"CLDR has no locale {name!r}: name the nearest one it has"
                ) from error
        if self.native_digits and not has_digits(self.numbering):
            raise ValueError(f"native_digits: the digits of {self.numbering!r} are not known")
        for field, text in [("year", self.year), *(("amount", t) for t in self.money.values())]:
            if placeholders(text) != {field}:
                raise ValueError(f"{text!r} must hold {{{field}}} and nothing else in braces")
        return self

    @cached_property
    def locale(self) -> Locale:
        """The CLDR locale for grouping and plural forms."""
        return Locale.parse(self.cldr, sep="-")

    @cached_property
    def names(self) -> Locale:
        """The CLDR locale for words."""
        return Locale.parse(self.names_from or self.cldr, sep="-")

    @property
    def offered(self) -> bool:
        """Whether people are asked if they want it: not one that would be answered in English."""
        return self.tag == LAST_RESORT or self.serve_drafts or self.readiness == "reviewed"

    @property
    def latin(self) -> bool:
        """Whether the variant is written in Latin letters."""
        return self.script == "Latn"

    @cached_property
    def numbering(self) -> str:
        """The CLDR numbering system in use, such as "deva"."""
        if not self.native_digits:
            return "latn"
        return str(self.locale.other_numbering_systems.get("native", "latn"))


class Languages:
    """The variants in the order of the file, with their chains of fallback."""

    def __init__(self, languages: Iterable[Language], where: str = "languages") -> None:
        """Check and keep `languages`.

        Raises:
            LanguagesError: None is English, a tag or alias is listed twice, or a fallback is
                unknown or leads back to itself.
        """
        self._by_tag: dict[str, Language] = {}
        for language in languages:
            if language.tag in self._by_tag:
                raise LanguagesError(
                    f"{where}, entry {language.tag}: this tag is listed twice; remove one entry."
                )
            self._by_tag[language.tag] = language
        if LAST_RESORT not in self._by_tag:
            raise LanguagesError(
                f"{where}: {LAST_RESORT!r} is missing, in which every chain ends; add its entry."
            )
        for language in self:
            if language.romanised_from and language.romanised_from not in self._by_tag:
                raise LanguagesError(
                    f"{where}, entry {language.tag}: romanised_from {language.romanised_from!r} is "
                    "not in the list; use the tag of the variant in its own script."
                )
        self._chains = {tag: self._follow(tag, where) for tag in self._by_tag}
        self._names = self._collect_names(where)
        self._check_answers(where)

    def __iter__(self) -> Iterator[Language]:
        """Walk through the variants in the order of the file."""
        return iter(self._by_tag.values())

    def __len__(self) -> int:
        """Count the variants."""
        return len(self._by_tag)

    def __contains__(self, tag: object) -> bool:
        """Tell whether a variant has this tag."""
        return tag in self._by_tag

    def __getitem__(self, tag: str) -> Language:
        """Return the variant of this tag.

        Raises:
            UnknownLanguageError: There is none.
        """
        try:
            return self._by_tag[tag]
        except KeyError:
            raise UnknownLanguageError(tag, self.tags) from None

    @property
    def tags(self) -> list[str]:
        """Every tag, in the order of the file."""
        return list(self._by_tag)

    def reviewed_only(self) -> Languages:
        """Return the same variants, none of which sends what nobody has reviewed."""
        return Languages(each.model_copy(update={"serve_drafts": False}) for each in self)

    def for_people_of(self, country: str | None) -> list[Language]:
        """Return the variants to offer, those of `country` (ISO 3166-1 alpha-2) first."""
        return sorted(
            (language for language in self if language.offered),
            key=lambda each: (
                country is None or (each.likely_origin != country and country not in each.also_from)
            ),
        )

    def chain(self, tag: str) -> list[str]:
        """Return the tags to try for a text, first choice first; the last one is "en".

        Raises:
            UnknownLanguageError: No variant has this tag.
        """
        return list(self._chains[self[tag].tag])

    def named(self, words: str) -> Language | None:
        """Return the variant that people call `words` ("nepali", "नेपाली", "ne"), if any."""
        tag = self._names.get(_folded(words))
        return None if tag is None else self._by_tag[tag]

    def _follow(self, tag: str, where: str) -> list[str]:
        chain = [tag]
        while chain[-1] != LAST_RESORT:
            following = self._by_tag[chain[-1]].fallback or LAST_RESORT
            if following not in self._by_tag:
                raise LanguagesError(
                    f"{where}, entry {chain[-1]}: the fallback {following!r} is not in the list; "
                    f"use one of {', '.join(self._by_tag)}, or add its entry."
                )
            if following in chain:
                raise LanguagesError(
                    f"{where}, entry {tag}: the fallbacks go in a circle "
                    f"({' -> '.join([*chain, following])}); let one of them fall back to "
                    f"{LAST_RESORT}."
                )
            chain.append(following)
        return chain

    def _check_answers(self, where: str) -> None:
        agreeing = {_folded(word): language.tag for language in self for word in language.yes}
        for language in self:
            for word in language.no:
                if _folded(word) in agreeing:
                    raise LanguagesError(
                        f"{where}, entry {language.tag}: {word!r} is no here and yes in "
                        f"{agreeing[_folded(word)]}; leave it out of both, or write it longer."
                    )

    def _collect_names(self, where: str) -> dict[str, str]:
        names: dict[str, str] = {}
        for language in self:
            for name in (language.tag, language.name, language.english, *language.aliases):
                other = names.setdefault(_folded(name), language.tag)
                if other != language.tag:
                    raise LanguagesError(
                        f"{where}, entry {language.tag}: {name!r} is also a name of {other}; "
                        "keep it in one of the two entries."
                    )
        return names


def load_languages(path: Path, *, reviewed_only: bool = False) -> Languages:
    """Read content/languages.yaml.

    Args:
        path: the file.
        reviewed_only: whether no variant sends what nobody has reviewed, whatever the file says.

    Raises:
        LanguagesError: The file is missing or not YAML, or an entry is wrong; says which.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LanguagesError(f"{path}: cannot be read ({error.strerror}); restore it.") from error
    except yaml.YAMLError as error:
        raise LanguagesError(f"{path}: is not YAML ({error}); mend the line it names.") from error
    entries = content.get("languages") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise LanguagesError(f"{path}: has no list under `languages:`; add one entry a variant.")
    languages = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("tag", f"number {number}") if isinstance(entry, dict) else f"no {number}"
        try:
            languages.append(Language.model_validate(entry))
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'entry'}: {fault['msg']}"
                for fault in error.errors(include_url=False, include_input=False)
            )
            raise LanguagesError(f"{path}, entry {name}: {faults}. Correct this entry.") from error
    listed = Languages(languages, where=str(path))
    return listed.reviewed_only() if reviewed_only else listed


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())
