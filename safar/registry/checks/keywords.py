"""Words to stop, start and ask about the service: each means one thing, to everybody who may write.

One telephone may write any language, so a word is held against those of all variants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from safar.registry.checks.options import is_title
from safar.registry.content import Content
from safar.registry.danger import DangerMatcher
from safar.registry.errors import Problem, Severity
from safar.registry.keyword_schema import Keyword, KeywordKind
from safar.registry.keywords import keyword_form
from safar.registry.language_names import LanguageNames
from safar.registry.variants import VARIANTS
from safar.registry.yamlfile import Loc

SHORTEST: Final = 3
"""Letters and marks: what is shorter is an answer or a slip of the thumb."""

MOST_WORDS: Final = 6
"""A longer text is a sentence, and nobody sends exactly that one."""

_KINDS: Final[tuple[KeywordKind, ...]] = ("stop", "start", "help")
_MORE: Final = "reply.more_title"

_Fault = tuple[str, str]


class _Place(NamedTuple):
    """A word with all that is known of where it stands."""

    word: Keyword
    form: str
    kind: KeywordKind
    variant: str
    loc: Loc


def check_variants(content: Content) -> Iterator[Problem]:
    """Every entry is of a variant of the plan, and every variant that is served has words."""
    document = content.keywords.document
    have: dict[str, list[str]] = {}
    for index, entry in enumerate(content.keywords.model.keywords):
        have[entry.variant] = [kind for kind in _KINDS if getattr(entry, kind)]
        if entry.variant not in VARIANTS:
            yield document.problem(
                ("keywords", index, "variant"),
                f'the variant "{entry.variant}" is not known',
                f"write one of {', '.join(VARIANTS)}",
            )
    for tag in content.languages.tags:
        missing = [kind for kind in _KINDS if kind not in have.get(tag, ())]
        if missing:
            problem = document.problem(
                (),
                f'"{tag}" is in languages.yaml but has no word for {", ".join(missing)}',
                "add words that its writers send, so that they need no English",
            )
            yield problem.as_severity(Severity.WARNING)


def check_words(content: Content) -> Iterator[Problem]:
    """No word is a cry for help, an option, a name or a number, or stands under two kinds."""
    faults = _means_something_else(content)
    first: dict[tuple[str, ...], _Place] = {}
    for place in _places(content):
        earlier = (
            first.setdefault((place.form, place.variant), place),
            first.setdefault((place.form,), place),
        )
        told = _own_faults(place) or faults(place)
        for known in earlier:
            told = told or _twice(content, place, known)
        for message, remedy in told:
            yield content.keywords.document.problem(place.loc, message, remedy)


def _places(content: Content) -> Iterator[_Place]:
    for index, entry in enumerate(content.keywords.model.keywords):
        for kind in _KINDS:
            for number, word in enumerate(getattr(entry, kind)):
                loc = ("keywords", index, kind, number)
                yield _Place(word, keyword_form(word.text), kind, entry.variant, loc)


def _own_faults(place: _Place) -> list[_Fault]:
    word, form, kind, _, _ = place
    if not any(letter.isalpha() for letter in form):
        return [(f'"{word.text}" holds no letters', "write words; a number chooses an option")]
    if len(form) < SHORTEST:
        return [(f'"{word.text}" has fewer than {SHORTEST} letters', "write a longer word")]
    if len(form.split()) > MOST_WORDS:
        return [
            (
                f'"{word.text}" has more than {MOST_WORDS} words',
                "write what a person sends and nothing more; only the whole message is compared",
            )
        ]
    if word.only_when_stopped and kind != "start":
        return [(f'only_when_stopped has no meaning under "{kind}"', "remove it")]
    return []


def _means_something_else(content: Content) -> Callable[[_Place], list[_Fault]]:
    danger = DangerMatcher(file.model for file in content.danger)
    names = LanguageNames(content.languages)
    titles = {
        keyword_form(message.text): message.text
        for message, _ in content.located_messages()
        if is_title(message) or message.id == _MORE
    }
    named = {keyword_form(name) for each in content.places.model.places for name in each.names}

    def faults(place: _Place) -> list[_Fault]:
        text, form = place.word.text, place.form
        if hit := danger.find(text) or danger.find(form):
            why = f'is a cry for help: it holds the danger phrase "{hit.phrase}" of {hit.variant}'
            return [(f'"{text}" {why}', "leave it to the danger words")]
        if names.is_menu(text) or names.is_menu(form):
            return [(f'"{text}" opens the menu', "write another word")]
        if names.language(text) or names.language(form):
            return [(f'"{text}" is the name of a language', "write another word")]
        if form in titles:
            return [(f'"{text}" is the option "{titles[form]}"', "write another word")]
        if form in named:
            return [(f'"{text}" is the name of a place', "write another word")]
        return []

    return faults


def _twice(content: Content, place: _Place, known: _Place) -> list[_Fault]:
    if known is place:
        return []
    text = place.word.text
    where = f"line {content.keywords.document.line(known.loc)}"
    if place.kind != known.kind:
        return [
            (
                f'"{text}" means {known.kind} on {where} ("{known.word.text}" of {known.variant})',
                "keep it under one of the two",
            )
        ]
    if place.variant == known.variant:
        return [
            (
                f'"{text}" is already on {where} as "{known.word.text}"',
                "remove one: case, signs and accents on Latin letters do not matter",
            )
        ]
    marks = (place.word.carrier, place.word.only_when_stopped)
    if marks != (known.word.carrier, known.word.only_when_stopped):
        return [
            (
                f'"{text}" has other marks than on {where}',
                "write the same carrier and only_when_stopped at both",
            )
        ]
    return []
