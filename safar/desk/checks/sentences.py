"""English sentences: easy to read, and without a number that no fact stands behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safar.desk.rules import Rules
from safar.registry.content import Content
from safar.registry.errors import Problem, Severity
from safar.registry.schema import Fact

_PLACEHOLDER = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NAME = re.compile(r"(?<=[^.!?:;\s] )[A-Z][\w'’-]*")
_END = re.compile(r"[.!?:;]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiou]+(?:y(?![aeiou]))?|(?<![aeiou])y(?![aeiou])")
_SILENT_ENDING = re.compile(r"(?:[^aeiouyl]e|[^aeioustdxzcgh]es|[^aeiouytd]ed)$")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")


def check_reading(content: Content, rules: Rules) -> Iterator[Problem]:
    """Note sentences that ask more school years of a reader than many have; warn of the worst."""
    seen: set[str] = set()
    for message, place in content.located_messages():
        if message.id in seen:
            continue
        seen.add(message.id)
        grade = reading_grade(message.text, rules.reading.least_words)
        if grade <= rules.reading.note:
            continue
        problem = place.document.problem(
            (*place.loc, "text"),
            f'"{message.id}" asks {grade:.0f} school years of its reader',
            "use shorter words, or two sentences",
        )
        hard = grade > rules.reading.warn
        yield problem.as_severity(Severity.WARNING if hard else Severity.NOTE)


def reading_grade(text: str, least_words: int = 1) -> float:
    """Return the school years an English text asks for, after Flesch and Kincaid; 0 if too short.

    A value counts as one short word: what stands there differs from person to person. So does a
    name, since nobody can write "Bangladesh" or "Ordinance 5" in easier words.
    """
    plain = _NAME.sub("Nepal", _PLACEHOLDER.sub("ten", text))
    words = _WORD.findall(plain)
    if len(words) < least_words or not words:
        return 0.0
    sentences = len([each for each in _END.split(plain) if each.strip()])
    per_word = sum(map(syllables, words)) / len(words)
    return max(0.0, 0.39 * len(words) / max(sentences, 1) + 11.8 * per_word - 15.59)


def syllables(word: str) -> int:
    """Return about how many syllables an English word has: at least one."""
    letters = word.casefold()
    count = len(_VOWELS.findall(letters))
    if count > 1 and _SILENT_ENDING.search(letters):
        count -= 1
    return max(count, 1)


def check_numbers(content: Content, rules: Rules) -> Iterator[Problem]:
    """Warn of a number in a sentence that neither a fact's values nor the rules know.

    A figure in a sentence has no date and no source, is not grouped as its reader writes it, and
    has to be translated 24 times anew when it changes.
    """
    facts = {f"fact.{fact.id}": fact for _, fact, _ in content.facts()}
    seen: set[str] = set()
    for message, place in content.located_messages():
        if message.id in seen:
            continue
        seen.add(message.id)
        for number in strange_numbers(message.text, facts.get(message.id), rules.numbers):
            yield place.document.problem(
                (*place.loc, "text"),
                f'the number {number} in "{message.id}" is in no value',
                "write it as a value of the fact ({days: {kind: number, …}}), or list it with its "
                "words under `numbers` in checks.yaml",
            ).as_severity(Severity.WARNING)


def strange_numbers(text: str, fact: Fact | None, allowed: tuple[str, ...]) -> list[str]:
    """Return the numbers of a sentence that its fact and the allowed phrases do not have."""
    bare = _PLACEHOLDER.sub("\0", text)
    covered = [match.span() for phrase in allowed for match in re.finditer(re.escape(phrase), bare)]
    known = _numbers_of(fact) if fact is not None else frozenset()
    return [
        match.group()
        for match in _NUMBER.finditer(bare)
        if match.group() not in known
        and not any(start <= match.start() and match.end() <= end for start, end in covered)
    ]


def _numbers_of(fact: Fact) -> frozenset[str]:
    said = " ".join(value.model_dump_json() for value in fact.values.values())
    return frozenset(_NUMBER.findall(said))
