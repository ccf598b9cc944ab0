"""The training lines and the test messages as text: which are all but the same.

A model cannot be better than its lines. `python -m bot.lint` looks over all of them, and what is
learned from use is held against them before it is taken over.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex
import yaml
from rapidfuzz import fuzz, process

from safar.registry.danger import normalise

ALIKE: Final = 93.0
"""Share of letters in common, in percent, from which two lines are one with other spelling."""
COPIED: Final = 96.0
"""The same for a test message and a training line."""
SHORT: Final = 12
"""Letters; of shorter lines one letter makes the meaning."""
_WORD: Final = regex.compile(r"[\p{L}\p{M}]+")
_SCRIPT: Final = {
    name: regex.compile(rf"\p{{Script={name}}}")
    for name in "Latn Deva Beng Arab Taml Sinh Mymr Khmr Ethi Cyrl Grek".split()
}
_UNSEEN: Final = regex.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd]")


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
    """Read the examples of every file in data/nlu/ and below, with their places.

    What was learned from use stands in learned/<variant>.yml, beside the files written by hand.
    """
    found = []
    for path in sorted(folder.rglob("*.yml")):
        intent, name = "", path.relative_to(folder).as_posix()
        for number, written in enumerate(path.read_text("utf-8").splitlines(), 1):
            text = written.strip()
            if text.startswith("- intent:"):
                intent = text.removeprefix("- intent:").strip()
            elif text.startswith("- ") and written.startswith(" "):
                found.append(Line(path.stem, intent, text[2:].strip(), f"{name}:{number}"))
    return found


def test_messages(folder: Path) -> list[Line]:
    """Read the messages of every file in tests/messages/."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for each in yaml.safe_load(path.read_text("utf-8"))["messages"]:
            found.append(Line(path.stem, each["intent"], each["text"], path.name))
    return found


def near_duplicates(lines: Sequence[Line]) -> Iterator[str]:
    """Tell of lines of one variant that are all but the same under two intents."""
    texts = [line.normal for line in lines]
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1)
    for one, other in zip(*scores.nonzero(), strict=True):
        first, second = lines[one], lines[other]
        if one < other and first.intent != second.intent and len(texts[one]) >= SHORT:
            yield (
                f"{first.place}: {first.text!r} ({first.intent}) is all but {second.text!r} in "
                f"{second.place} ({second.intent}); reword or remove one."
            )


def leaks(lines: Sequence[Line], tested: Sequence[Line]) -> Iterator[str]:
    """Tell of test messages of a variant that stand among its training lines."""
    if not lines or not tested:
        return
    texts = [line.normal for line in lines]
    asked = [line.normal for line in tested]
    scores = process.cdist(asked, texts, scorer=fuzz.ratio, score_cutoff=COPIED, workers=-1)
    for one, other in zip(*scores.nonzero(), strict=True):
        if len(asked[one]) >= SHORT:
            yield (
                f"{lines[other].place}: {lines[other].text!r} is tested by {tested[one].text!r} "
                f"of tests/messages/{tested[one].place}; remove the line."
            )


def strange_letters(lines: Iterable[Line], script_of: Callable[[str], str]) -> Iterator[str]:
    """Tell of words in two scripts, invisible signs and letters torn apart.

    Args:
        lines: What is looked at.
        script_of: Gives the script (ISO 15924) of a variant.
    """
    for line in lines:
        if unicodedata.normalize("NFC", line.text) != line.text:
            yield f"{line.place}: {line.text!r} is not in NFC; type its letters anew."
        if _UNSEEN.search(line.text):
            yield f"{line.place}: {line.text!r} has a sign that nobody sees; remove it."
        own = script_of(line.variant)
        for word in _WORD.findall(line.text):
            scripts = {name for name, pattern in _SCRIPT.items() if pattern.search(word)}
            if len(scripts) > 1 and scripts != {own, "Latn"}:
                yield f"{line.place}: {word!r} has letters of {' and '.join(sorted(scripts))}."
