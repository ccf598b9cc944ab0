"""How near a name of a register is to what a message says: the same, alike, or neither.

The same is only what stands there word for word. A word or two in common is no likeness where
many agencies have that word; a letter more or less is one, and is told of as such: whoever copies
a good name changes it a little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from safar.registry.agencies.fold import UNSPACED, Folded, fold
from safar.registry.agencies.index import whole_gram
from safar.registry.agencies.rules import NameRules, Token

_LIKE: Final = 0.76
_SURE: Final = 0.88
_SAME_SOUND: Final = 0.97
_LEAST_SOUND: Final = 4
"""Letters of the sound of a whole name that may be called the same across scripts."""
_LONG_WORD: Final = 4
_SHORT_WORD: Final = 3
_LONG_NAME: Final = 3
"""Words that in a row are a name, however common each of them is."""
_PART: Final = 0.6
_ONE_WORD: Final = 0.4
_RARE: Final = 25
_GENERIC: Final = 0.4
_WHOLE_NAME: Final = 0.2
_MORE: Final = 0.6


class Candidate(NamedTuple):
    """A name of the index."""

    number: int
    agency: int
    name: str
    key: str
    literal: str
    words: str


class Sameness(IntEnum):
    """Whether a name itself stands in a message."""

    NOT = 0
    BUT_FOR_TRADE_WORDS = 1
    WORD_FOR_WORD = 2


class Likeness(NamedTuple):
    """How near a candidate is; `words` is how many telling words it has, if all are there."""

    candidate: Candidate
    same: Sameness
    score: float
    words: int


class Reader:
    """Reads one message for the names of candidates."""

    def __init__(self, words: Sequence[Token], rules: NameRules, counts: Mapping[str, int]) -> None:
        """Keep the words of a message.

        Args:
            words: without legal forms.
            rules: the word lists.
            counts: how many names hold each gram of the words.
        """
        self._words, self._rules, self._counts = words, rules, counts
        self._at = [index for index, token in enumerate(words) if token.kind != "trade"]
        self._telling = [words[index] for index in self._at]
        self._each = list({token.folded.exact: token for token in self._telling}.values())
        self._all = "".join(token.folded.exact for token in words)
        self._all_telling = "".join(token.folded.exact for token in self._telling)
        self._sounds = {
            token.folded.sound
            for token in self._telling
            if token.folded.script not in _NOT_BY_SOUND
        }
        self._known: dict[str, tuple[float, int]] = {}

    def read(self, candidate: Candidate) -> Likeness | None:
        """Return how near `candidate` is, or None if it is not alike."""
        words = len(candidate.words.split())
        if self._literal(candidate):
            length = len(candidate.literal) / 1000  # the longest name that stands there
            return Likeness(candidate, Sameness.WORD_FOR_WORD, 3.0 + length, words)
        if self._by_key(candidate):
            return Likeness(candidate, Sameness.BUT_FOR_TRADE_WORDS, 2.0, words)
        return self._alike(candidate)

    def _literal(self, candidate: Candidate) -> bool:
        """Whether the whole name but legal forms stands in the message."""
        literal = candidate.literal
        run = self._run(literal, self._words) if literal in self._all else None
        if run is None:
            return False
        start, end = run
        length = end - start
        if length == len(self._words):
            return True
        chosen = self._words[start:end]
        # "New Life" may be the name of an agency, and is what everybody hopes for.
        if length < _LONG_NAME and all(token.kind != "name" for token in chosen):
            return False
        # Where the name does not end with its trade, a word behind it may make it another.
        whole = length > 1 and chosen[-1].kind == "trade"
        return self._begins(start) and (whole or self._ends(end))

    def _by_key(self, candidate: Candidate) -> bool:
        """Whether the telling words of the name stand in the message, and no others beside them."""
        key = candidate.key
        run = self._run(key, self._telling) if key in self._all_telling else None
        return (run is not None and self._told(run)) or self._by_sound(candidate)

    def _told(self, run: tuple[int, int]) -> bool:
        if all(token.kind != "name" for token in self._telling[run[0] : run[1]]):
            return False
        return self._begins(self._at[run[0]]) and self._ends(self._at[run[1] - 1] + 1)

    def _by_sound(self, candidate: Candidate) -> bool:
        """Whether the name stands in the message in the letters of another script."""
        if not self._sounds:
            return False
        forms = [fold(word) for word in candidate.words.split()]
        length = len(forms)
        if sum(len(form.sound) for form in forms) < _LEAST_SOUND:
            return False
        for start in range(len(self._telling) - length + 1):
            chosen = self._telling[start : start + length]
            if all(
                token.folded.sound == form.sound and token.folded.sound in self._sounds
                for token, form in zip(chosen, forms, strict=True)
            ):
                return self._told((start, start + length))
        return False

    @staticmethod
    def _run(key: str, words: Sequence[Token]) -> tuple[int, int] | None:
        """Return from where to where `words`, joined, are `key`."""
        for start in range(len(words)):
            joined = ""
            for end in range(start, len(words)):
                joined += words[end].folded.exact
                if joined == key:
                    return start, end + 1
                if not key.startswith(joined):
                    break
        return None

    def _begins(self, start: int) -> bool:
        """Whether no word before the run seems to belong to the name."""
        while start > 0 and self._words[start - 1].kind == "trade":
            start -= 1
        return start == 0 or self._words[start - 1].ends or not self._of_a_name(start - 1, -1)

    def _ends(self, end: int) -> bool:
        """Whether no word behind the run seems to belong to the name."""
        while end < len(self._words) and self._words[end].kind == "trade":
            if self._words[end - 1].ends:
                return True
            end += 1
        return end == len(self._words) or self._words[end - 1].ends or not self._of_a_name(end, 1)

    def _of_a_name(self, index: int, step: int) -> bool:
        """Whether a word beside a name seems to be of a longer one.

        It does where a word of the trade follows, where names of the register hold it, or where
        it has a capital letter as the name has.
        """
        token = self._words[index]
        if token.kind == "sentence":
            return False
        beyond = index + step
        follows = step > 0 and beyond < len(self._words) and self._words[beyond].kind == "trade"
        capital = token.capital and self._words[index - step].capital
        held = self._counts.get(whole_gram(token.folded.skeleton), 0) > 0
        return follows or capital or held

    def _alike(self, candidate: Candidate) -> Likeness | None:
        words = candidate.words.split()
        matched: list[tuple[str, float, Token]] = []
        whole = reached = 0.0
        for word in words:
            generic = self._rules.is_generic(word)
            weight = (_GENERIC if generic else 1.0) * min(1.0, len(word) / _LONG_WORD)
            whole += weight
            likeness, index = self._nearest(word)
            if likeness >= _LIKE:
                reached += weight * likeness
                matched.append((word, likeness, self._each[index]))
        if not matched:
            return None
        share = reached / whole
        if not self._counts_as_alike(words, matched, share):
            return None
        # Before others, the name with more in common, then the one whose other words stand there.
        nearness = fuzz.partial_ratio(candidate.literal, self._all) / 100
        score = share + _MORE * reached + _WHOLE_NAME * nearness
        full = len(words) if len(matched) == len(words) else 0
        return Likeness(candidate, Sameness.NOT, score, full)

    def _counts_as_alike(
        self, words: Sequence[str], matched: Sequence[tuple[str, float, Token]], share: float
    ) -> bool:
        telling = [
            (word, likeness)
            for word, likeness, token in matched
            if not self._rules.is_generic(word) and token.kind != "sentence"
        ]
        if len(matched) == len(words) > 1:
            if telling:
                return True
            others = [token for token in self._each if token.kind != "sentence"]
            return all(likeness == 1.0 for _, likeness, _ in matched) and len(others) <= len(words)
        if not telling:
            # One word such as "Golden": alike only for who sends nothing else.
            return len(matched) == len(words) == len(self._telling)
        if len(matched) > 1:
            return share >= _PART
        word, likeness = telling[0]
        return self._one_word_will_do(word, likeness, len(words), share)

    def _one_word_will_do(self, word: str, likeness: float, of: int, share: float) -> bool:
        """Whether `word` alone makes a name of `of` words alike: it must be rare, or all of it."""
        if of == 1:
            return likeness >= (_LIKE if len(word) > _LONG_WORD else _SURE)
        return (
            likeness >= _SURE
            and share >= _ONE_WORD
            and len(word) > _SHORT_WORD
            and self._counts.get(whole_gram(fold(word).skeleton), 0) <= _RARE
        )

    def _nearest(self, word: str) -> tuple[float, int]:
        """Return how like the nearest word of the message is to `word`, and which it is."""
        known = self._known.get(word)
        if known is None:
            form = fold(word)
            known = max(
                ((_like(form, token.folded), -index) for index, token in enumerate(self._each)),
                default=(0.0, 0),
            )
            self._known[word] = known
        return known[0], -known[1]


_NOT_BY_SOUND: Final = frozenset(("LATIN", "DIGIT", "ARABIC", "HEBREW"))
"""Scripts in which a like sound is no sign of the same name: one does not need it, some of the
others leave the vowels out."""


def _like(one: Folded, other: Folded) -> float:
    """Return how like two words are, from 0 to 1."""
    if one.exact == other.exact:
        return 1.0
    if min(len(one.exact), len(other.exact)) < _SHORT_WORD:
        return 0.0
    letters = fuzz.ratio(one.exact, other.exact) / 100
    bones = fuzz.ratio(one.skeleton, other.skeleton) / 100
    if one.sound == other.sound and len(one.sound) >= _SHORT_WORD:
        return _SAME_SOUND
    if one.script == other.script == "LATIN":
        return max(letters, 0.5 * letters + 0.45 * bones) if bones == 1.0 else letters
    if other.script in UNSPACED and len(one.skeleton) >= _SHORT_WORD:
        bones = max(bones, fuzz.partial_ratio(one.skeleton, other.skeleton) / 100)
    return max(letters, 0.3 * letters + 0.65 * bones)
