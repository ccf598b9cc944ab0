"""What the words of content/money.yaml mean, looked up as they stand in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

import regex

from safar.registry.money_schema import MoneyFile
from safar.registry.money_text import fold
from safar.registry.unspaced import begins, ends, unspaced

_STEM: Final = "~"
_PART: Final = regex.compile(r"[\s'’-]+")
_CASED: Final = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
_WITH_DIGITS: Final = regex.compile(r"\p{Nd}")


@dataclass
class Meaning:
    """All that one word may mean; what it does mean, its neighbours say."""

    number: Decimal | None = None
    factor: int | None = None
    """It multiplies the number before it."""
    leading: int | None = None
    """It multiplies the number after it."""
    sum: Decimal | None = None
    """It is a sum by itself, of this many of `unit`."""
    unit: int | None = None
    more: Decimal | None = None
    """What it adds to the number after it: "sadhe" a half."""
    after: Decimal | None = None
    """What share of the multiplier before it is added: "na nusu" a half."""
    tenths: bool = False
    """A bare digit after this multiplier counts tenths of it: "3tr5"."""
    beside_money: bool = False
    """It multiplies only where a word for money follows."""
    after_digits: bool = False
    """It multiplies digits only, no words."""
    joins: bool = False
    decimal: bool = False
    vague: bool = False
    money: bool = False
    currency: str | None = None
    behind: bool = False
    """As a word for money it stands after its number only."""
    hours: bool = False
    period: bool = False
    thing: bool = False
    counts: bool = False
    rate: bool = False
    numbered: bool = False
    labels: bool = False
    ranges: bool = False

    @property
    def counts_it(self) -> bool:
        """Whether behind a small number it is what the number counts."""
        return self.hours or self.period or self.thing

    @property
    def counted(self) -> bool:
        """Whether a sum may begin with it."""
        return (
            self.number is not None
            or self.factor is not None
            or self.leading is not None
            or self.sum is not None
            or self.more is not None
        )


_NONE: Final = {each.name: each.default for each in fields(Meaning)}


class Lexicon:
    """Looks words up. One that ends in "~" stands for all that begin with it.

    Args:
        words: content/money.yaml. A word shared by several currencies (rupees) names none.
    """

    def __init__(self, words: MoneyFile) -> None:
        """Index the words."""
        self._whole: dict[str, Meaning] = {}
        self._stems: dict[str, Meaning] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        self._add_money(words)
        self._add_numbers(words)
        self._add_joined(words)
        for name, listed in (
            ("joins", words.joining),
            ("decimal", words.decimal),
            ("vague", words.vague),
            ("hours", words.units),
            ("period", words.periods),
            ("thing", words.things),
            ("counts", words.counting),
            ("rate", words.rates),
            ("numbered", words.numbered),
            ("labels", words.labels),
            ("ranges", words.ranges),
        ):
            self._add(listed, **{name: True})
        for word, means in self._whole.items():
            stem = self._stems.get(word)
            if stem is not None:  # "ලක්ෂ" leads, "ලක්ෂ~" follows: the word does both
                for name, default in _NONE.items():
                    if getattr(means, name) == default:
                        setattr(means, name, getattr(stem, name))
        self._prefixes = frozenset(map(fold, words.prefixes))
        for known in self._phrases.values():
            known.sort(key=lambda phrase: -len(phrase[0]))
        lengths = [len(stem) for stem in self._stems] or [0]
        self._shortest, self._longest = min(lengths), max(lengths)
        self._runs: dict[str, list[tuple[str, Meaning]]] = {}
        for word, means in (*self._whole.items(), *self._stems.items()):
            if unspaced(word[0]):
                self._runs.setdefault(word[0], []).append((word, means))
        for run in self._runs.values():
            run.sort(key=lambda entry: -len(entry[0]))
        self.with_digits = frozenset(
            word for word in (*self._whole, *self._phrases) if _WITH_DIGITS.search(word)
        )

    def _add_money(self, words: MoneyFile) -> None:
        for currency in words.currencies:
            for word in (*currency.words, *currency.after, currency.currency):
                code: str | None = currency.currency
                for known in self._known(word):
                    if known.money and known.currency != code:
                        code = None
                self._add([word], money=True, currency=code)
            self._add(currency.after, behind=True)
        for shared in words.shared:
            self._add(shared.words, money=True, currency=None)

    def _add_numbers(self, words: MoneyFile) -> None:
        for entry in words.multipliers:
            self._add((*entry.words, *entry.beside_money), factor=entry.value)
            self._add(entry.beside_money, beside_money=True)
            self._add(entry.after_digits, factor=entry.value, after_digits=True)
            self._add(entry.leading, leading=entry.value)
            self._add(entry.tenths, factor=entry.value, tenths=True)
        for number in words.numbers:
            self._add(number.words, number=number.value)
        for each in words.sums:
            # "පනස් දාහක්": the word that is a thousand by itself multiplies behind a number.
            one = each.unit if each.value == each.unit else None
            self._add(each.words, sum=each.value / each.unit, unit=each.unit, factor=one)
        for share in words.shares:
            self._add(share.before, more=share.value)
            self._add(share.after, after=share.value)

    def _add_joined(self, words: MoneyFile) -> None:
        """Write every number that takes a multiplier onto itself with every such multiplier."""
        for number in words.numbers:
            for start in number.joined:
                for entry in words.multipliers:
                    for end in entry.joined:
                        if bool(_CASED.match(start)) == bool(_CASED.match(end)):
                            self._add([start + end], sum=number.value, unit=entry.value)

    def _known(self, word: str) -> Iterator[Meaning]:
        key = fold(word)
        found = self._stems.get(key[:-1]) if key.endswith(_STEM) else self._whole.get(key)
        if found is not None:
            yield found

    def _add(self, words: Iterable[str], **means: Any) -> None:
        for word in words:
            key = fold(word)
            parts = tuple(_PART.split(key))
            if len(parts) > 1:
                listed = self._phrases.setdefault(parts[0], [])
                known = next((old for rest, old in listed if rest == parts[1:]), None)
                if known is None:
                    listed.append((parts[1:], known := Meaning()))
            elif key.endswith(_STEM):
                known = self._stems.setdefault(key[:-1], Meaning())
            else:
                known = self._whole.setdefault(key, Meaning())
            for name, value in means.items():
                if value != _NONE[name] or name == "currency":
                    setattr(known, name, value)

    def whole(self, word: str) -> Meaning | None:
        """Return what `word`, which is folded, means as a whole."""
        found = self._whole.get(word)
        if found is not None:
            return found
        for length in range(min(len(word), self._longest), self._shortest - 1, -1):
            found = self._stems.get(word[:length])
            if found is not None:
                return found
        return None

    def phrases(self, first: str) -> list[tuple[tuple[str, ...], Meaning]] | None:
        """Return what may follow `first` so that they mean one thing, the longest before others."""
        return self._phrases.get(first)

    def pieces(self, word: str) -> list[tuple[int, int, Meaning | None]]:
        """Part a run of letters into what means something, and what does not."""
        means = self.whole(word)
        if means is not None:
            return [(0, len(word), means)]
        if unspaced(word[0]) or unspaced(word[-1]):
            return self._parted(word)
        if word[0] in self._prefixes:
            inner = self.whole(word[1:])
            if inner is not None and (inner.counted or inner.money):
                return [(0, 1, self._whole.get(word[0])), (1, len(word), inner)]
        if not _CASED.match(word):
            for length in range(1, len(word)):
                number = self._whole.get(word[:length])
                if number is not None and number.number is not None:
                    factor = self.whole(word[length:])
                    if factor is not None and factor.factor is not None:
                        return [(0, length, number), (length, len(word), factor)]
            if word[0] in self._prefixes and len(word) > 1:
                rest = self.pieces(word[1:])
                if len(rest) > 1:
                    shifted = [(one + 1, other + 1, means) for one, other, means in rest]
                    return [(0, 1, self._whole.get(word[0])), *shifted]
        return [(0, len(word), None)]

    def _parted(self, word: str) -> list[tuple[int, int, Meaning | None]]:
        """Part a run of a script without spaces at the words that are known."""
        pieces: list[tuple[int, int, Meaning | None]] = []
        at = plain = 0
        while at < len(word):
            for known, means in self._runs.get(word[at], ()):
                if word.startswith(known, at) and (at == 0 or begins(word, at)):
                    end = at + len(known)
                    if ends(word, end):
                        if plain < at:
                            pieces.append((plain, at, None))
                        pieces.append((at, end, means))
                        at = plain = end
                        break
            else:
                at += 1
        if plain < len(word):
            pieces.append((plain, len(word), None))
        return pieces
