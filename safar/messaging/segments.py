"""How many SMS a text is, and how to cut it for a driver that must cut it itself.

After 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation by a six-octet header). National
shift tables are left out: the networks and providers served here do not take them, so every
text outside the GSM 7-bit default alphabet goes as UCS-2.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from safar.messaging import gsm7
from safar.messaging.breaks import Cut, clusters, cuts

Encoding = Literal["GSM-7", "UCS-2"]

SINGLE_LIMIT: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
"""Units of a text that is one SMS: septets, or UTF-16 code units."""

PART_LIMIT: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}
"""Units of one part of a longer text; the rest of the SMS is its concatenation header."""

_LAST_OF_BMP = 0xFFFF

# How bad a cut is when parts are equally many. One cut inside a conjunct is worse than a few
# between clusters, and any cut between words is better than one inside a word.
_CUT_COST = {Cut.SENTENCES: 0, Cut.WORDS: 1, Cut.CLUSTERS: 10, Cut.CONJUNCT: 30}
_INSIDE_CLUSTER_COST = 100


class Measure(NamedTuple):
    """What a text costs on the air."""

    encoding: Encoding
    """`"GSM-7"` or `"UCS-2"`."""
    units: int
    """Septets for GSM-7, UTF-16 code units for UCS-2, of the whole text."""
    segments: int
    """SMS that the carrier sends and bills."""


def normal(text: str) -> str:
    """Return the form in which a text is counted and sent: Unicode NFC.

    A decomposed "é" is no GSM-7 character, the composed one is.
    """
    return unicodedata.normalize("NFC", text)


def utf16_units(text: str) -> int:
    """Count UTF-16 code units: two for a character beyond the basic plane, such as an emoji."""
    # Nearly every text is within the basic plane, which `max` sees sooner than a loop of ours.
    if not text or ord(max(text)) <= _LAST_OF_BMP:
        return len(text)
    return sum(2 if ord(character) > _LAST_OF_BMP else 1 for character in text)


def measure(text: str) -> Measure:
    """Count a text as it is sent and billed: encoding, units and segments.

    Parts are filled to the brim, but a cluster, such as a letter and its vowel sign, is not divided
    between two parts, as `split` does not: the count is what is sent. (A network that divides
    clusters may need a part less.) The empty text counts as one segment. The text is
    NFC-normalised first.
    """
    text = normal(text)
    encoding = _encoding(text)
    total = _units(text, encoding)
    return Measure(encoding, total, _segments(text, encoding, total))


def is_within(text: str, most: Mapping[Encoding, int]) -> bool:
    """Tell whether a text is no more segments than `most` says for its encoding, as `measure`.

    Far too long a text, of which the search for a page's end tries many, is not looked through.
    """
    text = normal(text)
    encoding = _encoding(text)
    total, room = _units(text, encoding), most[encoding]
    if total > max(room * PART_LIMIT[encoding], SINGLE_LIMIT[encoding]):
        return False
    return _segments(text, encoding, total) <= room


def split(text: str) -> list[str]:
    """Cut a text into the parts of a concatenated SMS.

    For drivers that cut themselves (a modem). There are never more parts than a plain greedy
    filling by grapheme clusters needs; among the ways to cut into so few, the one that cuts
    between sentences, then between words, is taken. A cluster is only divided where it is
    longer than a part.

    Returns:
        The parts; joined they are the NFC form of `text`. All of them must be sent in the
        encoding of the whole, `measure(text).encoding`, even where one would fit a smaller one.
    """
    text = normal(text)
    encoding = _encoding(text)
    if _units(text, encoding) <= SINGLE_LIMIT[encoding]:
        return [text]
    pieces, costs = _pieces(text, encoding)
    units = [_units(piece, encoding) for piece in pieces]
    bounds = _best_cuts(units, costs, PART_LIMIT[encoding])
    return ["".join(pieces[start:end]) for start, end in zip(bounds, bounds[1:], strict=False)]


def _encoding(text: str) -> Encoding:
    return "GSM-7" if gsm7.is_gsm7(text) else "UCS-2"


def _units(text: str, encoding: Encoding) -> int:
    return gsm7.septets(text) if encoding == "GSM-7" else utf16_units(text)


def _segments(text: str, encoding: Encoding, total: int) -> int:
    if total <= SINGLE_LIMIT[encoding]:
        return 1
    limit = PART_LIMIT[encoding]
    if encoding == "GSM-7" and total == len(text) and "\r\n" not in text:
        return -(-total // limit)  # each letter of this alphabet is a cluster of its own
    return _parts(_sizes(text, encoding, total), limit)


def _sizes(text: str, encoding: Encoding, total: int) -> list[int]:
    """Return the units of each piece that may not be divided, as `_pieces` divides, of `total`."""
    found = clusters(text)
    # Nearly every text is one unit a character, and none of its clusters longer than a part.
    sizes = list(map(len, found)) if total == len(text) else [_units(c, encoding) for c in found]
    if max(sizes) <= PART_LIMIT[encoding]:
        return sizes
    return [
        size
        for cluster, whole in zip(found, sizes, strict=True)
        for size in (
            [whole]
            if whole <= PART_LIMIT[encoding]
            else [_units(character, encoding) for character in cluster]
        )
    ]


def _parts(sizes: Sequence[int], limit: int) -> int:
    """Return how many parts pieces fill that come one after another."""
    ends = list(accumulate(sizes))
    parts = full = 0
    while full < ends[-1]:
        # The last piece that ends within this part.
        full = ends[bisect_right(ends, full + limit) - 1]
        parts += 1
    return parts


def _pieces(text: str, encoding: Encoding) -> tuple[list[str], list[int]]:
    """Divide a text into what may not be divided, with the cost of a cut after each piece."""
    pieces: list[str] = []
    costs: list[int] = []
    kinds = [_CUT_COST[kind] for _, kind in cuts(text)]
    for cluster, after in zip(clusters(text), [*kinds, 0], strict=True):
        if _units(cluster, encoding) <= PART_LIMIT[encoding]:
            pieces.append(cluster)
            costs.append(after)
        else:  # no part holds it: let it be cut between its characters
            pieces.extend(cluster)
            costs.extend([_INSIDE_CLUSTER_COST] * (len(cluster) - 1) + [after])
    return pieces, costs


def _best_cuts(units: list[int], costs: list[int], limit: int) -> list[int]:
    """Find the cuts with the fewest parts and, among those, the lowest cost.

    A shortest path over the places between pieces: parts and cost add up in step, so the best
    way to a place is the best way to an earlier one and one part more.

    Returns:
        Indexes of pieces, from 0 to `len(units)`, where the parts begin and end.
    """
    best: list[tuple[int, int]] = [(0, 0)]
    came_from = [0]
    for end in range(1, len(units) + 1):
        start, used = end - 1, units[end - 1]
        choice, origin = best[start], start
        while start > 0 and used + units[start - 1] <= limit:
            start -= 1
            used += units[start]
            if best[start] < choice:
                choice, origin = best[start], start
        best.append((choice[0] + 1, choice[1] + costs[end - 1]))
        came_from.append(origin)
    bounds = [len(units)]
    while bounds[-1] > 0:
        bounds.append(came_from[bounds[-1]])
    return bounds[::-1]
