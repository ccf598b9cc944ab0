"""Looks over the training lines and the test messages: `python -m bot.lint`, part of `make check`.

A model cannot be better than its lines. Told with file and line: intents with too few of them in a
variant, lines of two intents that are all but the same, test messages that stand in the training
lines, and letters that only look right (of another script, invisible, torn apart).
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex
import yaml
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.progress import track

from bot.components.text import normalise
from bot.components.variant import script_of_variant

BOT: Final = Path(__file__).resolve().parent
TALK: Final = frozenset(
    "greet goodbye thank affirm deny menu change_language bot_challenge".split()
)
LEAST_TALK, LEAST, LEAST_FOREIGN, LEAST_TESTED = 10, 25, 60, 4
_OUT: Final = "out_of_scope"
_ALIKE: Final = 93.0
"""Share of letters in common, in percent, from which two lines are one with other spelling."""
_COPIED: Final = 96.0
_SHORT: Final = 12
"""Letters; of shorter lines one letter makes the meaning."""
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_SCRIPT = {
    name: regex.compile(rf"\p{{Script={name}}}")
    for name in "Latn Deva Beng Arab Taml Sinh Mymr Khmr Ethi Cyrl Grek".split()
}
_UNSEEN = regex.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd]")


@dataclass(frozen=True)
class Line:
    """One training line or test message."""

    variant: str
    intent: str
    text: str
    place: str

    @property
    def normal(self) -> str:
        """The form in which lines are compared."""
        return normalise(self.text)


def training_lines(folder: Path) -> list[Line]:
    """Read the examples of every file in data/nlu/, with their places."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        intent = ""
        for number, written in enumerate(path.read_text("utf-8").splitlines(), 1):
            text = written.strip()
            if text.startswith("- intent:"):
                intent = text.removeprefix("- intent:").strip()
            elif text.startswith("- ") and written.startswith(" "):
                found.append(Line(path.stem, intent, text[2:].strip(), f"{path.name}:{number}"))
    return found


def test_messages(folder: Path) -> list[Line]:
    """Read the messages of every file in tests/messages/."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for each in yaml.safe_load(path.read_text("utf-8"))["messages"]:
            found.append(Line(path.stem, each["intent"], each["text"], path.name))
    return found


def missing_cells(
    lines: Iterable[Line], tested: Iterable[Line], intents: Iterable[str]
) -> Iterator[str]:
    """Tell of intents with too few lines, or too few tests, in a variant."""
    lines, tested = list(lines), list(tested)
    counts = Counter((line.variant, line.intent) for line in lines)
    tests = Counter((line.variant, line.intent) for line in tested)
    for variant in sorted({line.variant for line in lines}):
        for intent in sorted(intents):
            least = LEAST_FOREIGN if intent == _OUT else LEAST_TALK if intent in TALK else LEAST
            if counts[variant, intent] < least:
                yield (
                    f"{variant}.yml: {intent} has {counts[variant, intent]} lines; "
                    f"write {least} at least."
                )
            if tests[variant, intent] < LEAST_TESTED:
                yield (
                    f"tests/messages/{variant}.yml: {intent} has {tests[variant, intent]} "
                    f"messages; write {LEAST_TESTED} at least."
                )


def near_duplicates(lines: Sequence[Line]) -> Iterator[str]:
    """Tell of lines of one variant that are all but the same under two intents."""
    texts = [line.normal for line in lines]
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=_ALIKE, workers=-1)
    for one, other in zip(*scores.nonzero(), strict=True):
        first, second = lines[one], lines[other]
        if one < other and first.intent != second.intent and len(texts[one]) >= _SHORT:
            yield (
                f"{first.place}: {first.text!r} ({first.intent}) is all but {second.text!r} in "
                f"line {second.place.partition(':')[2]} ({second.intent}); reword or remove one."
            )


def leaks(lines: Sequence[Line], tested: Sequence[Line]) -> Iterator[str]:
    """Tell of test messages of a variant that stand among its training lines."""
    if not lines or not tested:
        return
    texts = [line.normal for line in lines]
    asked = [line.normal for line in tested]
    scores = process.cdist(asked, texts, scorer=fuzz.ratio, score_cutoff=_COPIED, workers=-1)
    for one, other in zip(*scores.nonzero(), strict=True):
        if len(asked[one]) >= _SHORT:
            yield (
                f"{lines[other].place}: {lines[other].text!r} is tested by {tested[one].text!r} "
                f"of tests/messages/{tested[one].place}; remove the line."
            )


def strange_letters(lines: Iterable[Line]) -> Iterator[str]:
    """Tell of words in two scripts, invisible signs and letters torn apart."""
    for line in lines:
        if unicodedata.normalize("NFC", line.text) != line.text:
            yield f"{line.place}: {line.text!r} is not in NFC; type its letters anew."
        if _UNSEEN.search(line.text):
            yield f"{line.place}: {line.text!r} has a sign that nobody sees; remove it."
        own = script_of_variant(line.variant)
        for word in _WORD.findall(line.text):
            scripts = {name for name, pattern in _SCRIPT.items() if pattern.search(word)}
            if len(scripts) > 1 and scripts != {own, "Latn"}:
                yield f"{line.place}: {word!r} has letters of {' and '.join(sorted(scripts))}."


def problems(bot: Path) -> Iterator[str]:
    """Yield every problem of the lines and messages below the folder `bot`."""
    lines = training_lines(bot / "data" / "nlu")
    tested = test_messages(bot / "tests" / "messages")
    intents = {line.intent for line in lines}
    yield from missing_cells(lines, tested, intents)
    yield from strange_letters(lines)
    by_variant: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_variant[line.variant].append(line)
    console = Console(stderr=True)
    for variant, own in track(by_variant.items(), "Comparing lines", console=console):
        yield from near_duplicates(own)
        yield from leaks(own, [each for each in tested if each.variant == variant])


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = list(problems(BOT))
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(found)} problems in the training lines.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
