"""Reads the text of an offer: what it holds in any language, and its words in the one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from safar.registry.amounts import AmountFinder, FoundAmount
from safar.registry.offers.letters import Letters, one_form
from safar.registry.offers.patterns import (
    AMOUNT,
    CHAT,
    FIRM_MAIL,
    FIRM_SITE,
    FREEMAIL,
    NUMBER,
    OTHER_LINK,
    PHONE,
)
from safar.registry.offers.schema import Contacts

LONGEST_READ: Final = 6000
"""Characters of a text that are read; the signs of an offer stand long before."""

LONGEST_START: Final = 5
"""Letters by which stems are sorted; a shorter stem by as many as it has."""

_MAIL_OR_LINK = re.compile(
    r"(?P<mail>[\w.+-]+\s?@\s?[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"|(?:https?://|www\.)(?P<site>[^\s/?#]+)[^\s]*"
    r"|(?<![\w@.])(?P<bare>(?:[a-z0-9-]+\.)+(?:com|org|net|gov|info|co|io|me|ly|gle|gg|int|edu|np"
    r"|in|bd|ph|ke|id|lk|pk|vn|kh|et|ug|ae|sa|qa|kw|om|bh|my|sg|hk|th|uk|eu|fr|ru)"
    r"(?:\.[a-z]{2})?)(?![\w.@-])(?:/[^\s]*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w%])")
_THOUSANDS_BY_DOT = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+)(?![\d.])")
_THOUSANDS_BY_SPACE = re.compile(r"(?<![\d.,+])([1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+)(?![\d])")
_GLUED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,6}\.?|US\$)(?=\d)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LEAST_PHONE, _LONG_RUN = 8, 9
_LEAST_BARE = 101
"""Smaller bare numbers are counts, ages, hours and the 100 of "100 percent"."""


@dataclass(frozen=True)
class OfferText:
    """A text ready to be held against patterns.

    Attributes:
        plain: as it was written, without fancy letters.
        words: its one form, see `one_form`, with private letters for what was found.
        words_set: the different words.
        amounts: those of the private letters for amounts, in order.
        traceable: whether it names a page or an address of a firm's own.
        reachable: whether it names a chat or an address that anybody can have.
    """

    plain: str
    words: str
    words_set: frozenset[str]
    amounts: tuple[FoundAmount, ...]
    traceable: bool
    reachable: bool

    @cached_property
    def letters(self) -> frozenset[str]:
        """The different letters of the one form."""
        return frozenset(self.words)

    @cached_property
    def by_start(self) -> dict[str, list[str]]:
        """The different words by each of their beginnings, up to `LONGEST_START` letters."""
        found: dict[str, list[str]] = {}
        for word in self.words_set:
            for length in range(1, min(len(word), LONGEST_START) + 1):
                found.setdefault(word[:length], []).append(word)
        return found

    @cached_property
    def joined(self) -> str:
        """The one form without spaces, for scripts that have none."""
        return self.words.replace(" ", "")


class TextReader:
    """Reads texts. Build it once a registry; thread-safe but for a cache of letters.

    Args:
        amounts: reads amounts of money.
        contacts: mail services and chats that anybody can have.
    """

    def __init__(self, amounts: AmountFinder, contacts: Contacts) -> None:
        """Keep what reads amounts, and index the services."""
        self._amounts = amounts
        self._free = frozenset(contacts.freemail)
        self._chat = frozenset(contacts.chat)
        self._no_firm = frozenset(contacts.not_a_firm)
        self._letters = Letters()

    def read(self, text: str) -> OfferText:
        """Return `text` in its one form, with what was found in it."""
        plain = text[:LONGEST_READ]
        shown = _MAIL_OR_LINK.sub(self._link, plain) if "." in plain else plain
        amounts: list[FoundAmount] = []
        if _DIGIT.search(shown):
            shown = _PHONE.sub(_phone, shown)
            shown, amounts = self._money(shown)
        words = one_form(shown, self._letters)
        return OfferText(
            plain=plain,
            words=words,
            words_set=frozenset(words.split()),
            amounts=tuple(amounts),
            traceable=FIRM_MAIL in words or FIRM_SITE in words,
            reachable=FREEMAIL in words or CHAT in words,
        )

    def _link(self, match: re.Match[str]) -> str:
        mail = match["mail"]
        if mail is not None:
            domain = mail.partition("@")[2].strip().casefold()
            return f" {FREEMAIL if domain in self._free else FIRM_MAIL} "
        site = (match["site"] or match["bare"]).casefold().removeprefix("www.")
        if site in self._chat:
            return f" {CHAT} "
        if site in self._free:
            return f" {FREEMAIL} "
        return f" {OTHER_LINK if site in self._no_firm else FIRM_SITE} "

    def _money(self, text: str) -> tuple[str, list[FoundAmount]]:
        shown = _THOUSANDS_BY_DOT.sub(lambda found: found[1].replace(".", ""), text)
        shown = _THOUSANDS_BY_SPACE.sub(lambda found: re.sub(r"\D", "", found[1]), shown)
        shown = _GLUED.sub(self._apart, shown)
        kept = [
            amount for amount in self._amounts.find(shown) if _is_money(amount, shown[amount.end :])
        ]
        pieces: list[str] = []
        end = 0
        for amount in kept:
            bare = shown[amount.start : amount.end].strip().replace(",", "").isdigit()
            pieces += [shown[end : amount.start], f" {NUMBER if bare else AMOUNT} "]
            end = amount.end
        return "".join([*pieces, shown[end:]]), kept

    def _apart(self, match: re.Match[str]) -> str:
        word = match[1].rstrip(".")
        if word.casefold() == "us$":
            return "$ "
        return f"{word} " if self._amounts.is_currency(word) else match[0]


def _phone(match: re.Match[str]) -> str:
    written = match[0]
    digits = re.sub(r"\D", "", written)
    if len(digits) < _LEAST_PHONE:
        return written
    begins = written[0] in "+(0" or digits.startswith("0")
    return f" {PHONE} " if begins or _longest_run(written) >= _LONG_RUN else written


def _longest_run(written: str) -> int:
    return max(map(len, re.findall(r"\d+", written)))


def _is_money(amount: FoundAmount, rest: str) -> bool:
    if rest.lstrip()[:1] == "%" or amount.amount == 0:  # "phí 0 đồng": nothing is asked
        return False
    return amount.currency is not None or amount.known or amount.amount >= _LEAST_BARE
