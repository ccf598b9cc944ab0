"""Text from anywhere becomes text that can be printed: nothing turned round, no empty boxes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator
from typing import Final

import regex

from safar.cases.exporting.paper import Direction
from safar.phrasing.bidi import without_controls

_MARKS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C))
_HALF: Final = "\ufffd"
"""For half a sign, which some providers hand on."""
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u00ad\u034f")
_LONGEST_WORD: Final = 40
_BREAK: Final = "\u200b"
# Written without spaces: where their lines break is known from words, not from marks.
_UNSPACED: Final = regex.compile(r"[\p{Khmer}\p{Myanmar}\p{Thai}\p{Lao}]")
_CLUSTER: Final = regex.compile(r"\X")
_SCRIPT_FREE: Final = frozenset({"Zyyy", "Zinh", "Zzzz"})


def lines(text: str) -> list[str]:
    """Return the lines of a text, without anything that steers the printer or turns text round."""
    # A pair of halves that came apart is one sign again, and a half alone is shown as one.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    told = without_controls(whole).translate(_MARKS)
    return ["".join(_plain(line)) for line in told.splitlines()]


def _plain(line: str) -> Iterator[str]:
    for char in line:
        category = unicodedata.category(char)
        if category == "Cc":
            yield " "
        elif category != "Cf" or char in _INVISIBLE:
            yield char


def direction_of(line: str, default: Direction = "ltr") -> Direction:
    """Return how a line runs: as its first letter does."""
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return default


def shown(line: str, known: Collection[int], missing: Callable[[str], str]) -> str:
    """Return a line in which each stretch that no font has is replaced by words.

    Args:
        line: One of `lines`.
        known: Code points that the fonts have.
        missing: Returns the words for a stretch, given that stretch.
    """
    done: list[str] = []
    lost = ""
    for cluster in _CLUSTER.findall(line):
        if all(ord(char) in known or char in _INVISIBLE for char in cluster):
            # A space between two stretches of the same kind does not part them.
            if lost and cluster.isspace():
                lost += cluster
                continue
            if lost:
                done.append(_said(lost, missing))
                lost = ""
            done.append(cluster)
        else:
            lost += cluster
    if lost:
        done.append(_said(lost, missing))
    return "".join(done)


def _said(lost: str, missing: Callable[[str], str]) -> str:
    stretch = lost.rstrip()
    return missing(stretch) + lost[len(stretch) :]


def breakable(line: str) -> str:
    """Return a line whose longest words may be broken, so that none runs off the page."""
    return "".join(
        _with_breaks(word) if len(word) > _LONGEST_WORD else word
        for word in regex.split(r"(\s+)", line)
    )


def _with_breaks(word: str) -> str:
    if _UNSPACED.search(word):
        return word
    clusters = _CLUSTER.findall(word)
    places = range(0, len(clusters), _LONGEST_WORD // 2)
    return _BREAK.join("".join(clusters[at : at + _LONGEST_WORD // 2]) for at in places)


def script_of(stretch: str, script: Callable[[str], str]) -> str | None:
    """Return the four letters of the first script in a stretch; None where it has no letters."""
    return next((found for char in stretch if (found := script(char)) not in _SCRIPT_FREE), None)
