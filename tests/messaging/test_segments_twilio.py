"""Our count of segments against Twilio's own calculator, with its Smart Encoding off.

Known differences, each checked below for being just that:

- What a cluster of several characters is (a letter with its vowel sign, a family of emoji). Neither
  divides one between two segments, but the calculator knows an older Unicode. Only texts that end
  close to a limit may differ.
- A cluster longer than a part. The calculator then leaves parts empty or overfull; we divide it.
- A text that is not NFC. We compose it before we count and send it; the calculator does not.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safar.messaging.breaks import clusters
from safar.messaging.segments import PART_LIMIT, SINGLE_LIMIT, Measure, measure, split, utf16_units
from tests.peers.twilio_segments import Calculator, Counted, calculator

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
KNOWN = {
    "160 ASCII": "a" * 160,
    "161 ASCII": "a" * 161,
    "306 ASCII": "a" * 306,
    "307 ASCII": "a" * 307,
    "80 euro": "€" * 80,
    "81 euro": "€" * 81,
    "euro across the edge": "a" * 152 + "€" + "b" * 10,
    "euro, second part full": "a" * 152 + "€" + "b" * 151,
    "brace at each edge": ("a" * 152 + "{") * 2,
    "brace costs a part": "a" * 152 + "{" + "b" * 152,
    "pairs leave a septet unused": "{" * 77 + "a" * 152,
    "n tilde": "Año señor ñ" * 5,
    "a acute": "á" * 5,
    "small c cedilla": "ç",
    "capital c cedilla": "Ç",
    "Greek capitals": "ΔΦΓΛΩΠΨΣΘΞ",
    "160 e acute": "é" * 160,
    "grave accent": "`",
    "tab": "a\tb",
    "form feed": "\f",
    "raw escape": "\x1b",
    "carriage return": "a\rb",
    "CR LF": "a\r\nb",
    "curly quotes and dashes": "It’s “ok” – yes…" * 3,
    "no-break space": "a\u00a0b",
    "joiner in Latin": "a\u200db",
    "byte order mark": "\ufeffhello",
    "one emoji": "🙏",
    "35 emoji": "🙏" * 35,
    "36 emoji": "🙏" * 36,
    "67 emoji": "🙏" * 67,
    "emoji across the edge": "x" * 66 + "🙏" + "y" * 10,
    "emoji across the edge of Devanagari": "क" * 66 + "🙏" + "क" * 66,
    "emoji at each edge": ("क" * 66 + "🙏") * 3,
    "6 families": FAMILY * 6,
    "7 families": FAMILY * 7,
    "17 flags": "🇳🇵" * 17,
    "70 Devanagari": "क" * 70,
    "71 Devanagari": "क" * 71,
    "conjuncts": "क्षत्रिय " * 8,
    "Bengali": "বাংলাদেশ থেকে বিদেশে " * 4,
    "Sinhala": "ශ්‍රී ලංකා " * 8,
    "decomposed e acute": "e\u0301" * 10,
    "decomposed n tilde": "man\u0303ana",
    "empty": "",
}
# Whole clusters of one character each: nothing here is counted in two ways.
SINGLES = st.lists(
    st.sampled_from(
        [*"ab .{€é\n\rÇç’1", "a" * 40, "क" * 30, "word ", "🙏", "[x]", "中文", "მიწა "]
    ),
    max_size=60,
).map("".join)
CLUSTERS = st.lists(
    st.sampled_from(["क्षत्रिय ", "কামদার ", "शोषण। ", FAMILY, "🇳🇵", "ශ්‍රී ", "e\u0323\u0301", "ab "]),
    max_size=60,
).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.fixture(scope="module")
def twilio() -> Iterator[Calculator]:
    with calculator() as started:
        yield started


def filled(sizes: Sequence[int], encoding: str) -> int:
    """Fill parts with pieces of these sizes, none of them divided; give the number of parts."""
    limits = (160, 153) if encoding == "GSM-7" else (70, 67)
    if sum(sizes) <= limits[0]:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > limits[1]:
            parts, used = parts + 1, 0
        used += size
    return parts


def same_clusters(theirs: Counted) -> bool:
    """Whether both take the same for one cluster, and none is longer than a part."""
    ours = [utf16_units(cluster) for cluster in clusters(theirs.sent)]
    few = max(theirs.pieces, default=0) <= PART_LIMIT["UCS-2"]
    return theirs.encoding == "GSM-7" or (few and ours == theirs.pieces)


def agree(text: str, twilio: Calculator) -> None:
    text = unicodedata.normalize("NFC", text)
    ours, theirs = measure(text), twilio.count(text)
    assert (ours.encoding, ours.units) == (theirs.encoding, theirs.units)
    assert theirs.sent == text
    assert ours.segments == len(split(text))
    if same_clusters(theirs):
        assert ours.segments == theirs.segments == filled(theirs.pieces, theirs.encoding)


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_a_known_case_costs_what_twilio_says(twilio: Calculator, text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    theirs = twilio.count(composed)

    assert measure(text) == Measure(theirs.encoding, theirs.units, theirs.segments)


@given(st.one_of(ANY, SINGLES, CLUSTERS))
@settings(max_examples=1500)
@example("x" + "\u0301" * 200)
def test_any_text_costs_what_twilio_says(twilio: Calculator, text: str) -> None:
    agree(text, twilio)


@given(SINGLES)
@settings(max_examples=500)
def test_without_clusters_there_is_no_difference(twilio: Calculator, text: str) -> None:
    theirs = twilio.count(text)
    assert measure(text) == (theirs.encoding, theirs.units, theirs.segments)


def test_texts_of_every_length_around_the_limits_cost_what_twilio_says(twilio: Calculator) -> None:
    rng = random.Random(7)
    for limit, alphabet in ((153, "ab€{é \n"), (67, "aक€🙏 中")):
        for parts in (1, 2, 3, 4):
            for length in range(parts * limit - 12, parts * limit + 13):
                text = "".join(rng.choices(alphabet, k=length))
                theirs = twilio.count(text)
                assert measure(text) == (theirs.encoding, theirs.units, theirs.segments)


def test_a_cluster_across_an_edge_costs_a_part(twilio: Calculator) -> None:
    text = "क" * 66 + "का" + "क" * 66
    assert measure(text) == ("UCS-2", 134, 3)
    assert len(split(text)) == 3
    assert twilio.count(text)[:3] == ("UCS-2", 134, 3)


def test_the_limits_are_twilios(twilio: Calculator) -> None:
    for letter, encoding in (("a", "GSM-7"), ("क", "UCS-2")):
        single, part = SINGLE_LIMIT[encoding], PART_LIMIT[encoding]
        counts = [twilio.count(letter * n).segments for n in (single, single + 1, 2 * part)]
        assert counts == [1, 2, 2]
        assert twilio.count(letter * (2 * part + 1)).segments == 3
