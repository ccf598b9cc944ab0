"""Texts as pieces of words, as the encoder was taught (SentencePiece, unigram)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.components.e5.file import Vocabulary

_SPACE: Final = "\u2581"
_WORD: Final = re.compile(f"{_SPACE}[^{_SPACE}]*")
_BEFORE: Final = "query: "
"""Set before every text: so the model was taught to read questions."""
_WORST: Final = 10.0
"""An unknown letter costs so much more than the rarest piece."""
_WORDS_KEPT: Final = 100_000


class Pieces:
    """Cuts texts into the pieces that are likeliest together."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary."""
        self._vocabulary = vocabulary
        self._longest = max(map(len, vocabulary.pieces))
        self._unknown_costs = min(vocabulary.scores) - _WORST
        # No piece goes over a space, so each word is cut for itself; and words come again.
        self._of_word = lru_cache(maxsize=_WORDS_KEPT)(self._cut)

    def numbers(self, text: str) -> tuple[int, ...]:
        """Return the numbers of all pieces, with what is set around every text."""
        written = (_BEFORE + text).translate(self._vocabulary.replaced)
        written = re.sub("  +", " ", written)
        spaced = (written if written.startswith(" ") else f" {written}").replace(" ", _SPACE)
        inner = (number for word in _WORD.findall(spaced) for number in self._of_word(word))
        return (self._vocabulary.begin, *inner, self._vocabulary.end)

    def _cut(self, word: str) -> tuple[int, ...]:
        """Return the likeliest way through a word (Viterbi)."""
        pieces, scores = self._vocabulary.pieces, self._vocabulary.scores
        # For each place: the best score up to there, the last piece, and where it began.
        worst = (float("-inf"), self._vocabulary.unknown, 0)
        ways = [(0.0, 0, 0), *[worst] * len(word)]
        for start in range(len(word)):
            so_far = ways[start][0]
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = pieces.get(word[start:end])
                if number is not None and so_far + scores[number] > ways[end][0]:
                    ways[end] = (so_far + scores[number], number, start)
            if so_far + self._unknown_costs > ways[start + 1][0]:
                unknown = (so_far + self._unknown_costs, self._vocabulary.unknown, start)
                ways[start + 1] = unknown
        found, end = [], len(word)
        while end:
            _, number, end = ways[end]
            found.append(number)
        return tuple(reversed(found))
