"""Our folding of marks against Twilio's Smart Encoding, where both speak of the same thing.

They need not agree: ours happens before counting, on every channel alike, and only where it makes
a text GSM-7. What differs is listed here with the reason; a character that is in neither list
fails the test.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safar.messaging.fold import fold
from safar.messaging.gsm7 import is_gsm7
from safar.messaging.segments import measure
from tests.peers.twilio_segments import Calculator, calculator

ZWNJ, ZWJ = "\u200c", "\u200d"

# Folded by both, to something else: our character, Twilio's.
BOTH_BUT_DIFFERENT = {
    # Twilio puts two spaces for a no-break space and seven for a tab; one is enough, and cheaper.
    "\t": (" ", " " * 7),
    **dict.fromkeys("\u00a0\u202f\u205f\u3000", (" ", "  ")),
    **dict.fromkeys(map(chr, range(0x2002, 0x200B)), (" ", "  ")),
    # A line break stays one.
    **dict.fromkeys("\u2028\u2029", ("\n", " ")),
    # Quotation marks stay quotation marks: "<" opens nothing in a sentence.
    "‚": ("'", ","),
    "‹": ("'", "<"),
    "›": ("'", ">"),
}
# Folded by us alone.
OURS_ALONE = {
    "invisible": "\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "as often typed as those that Twilio folds": "\u2011\u2012\u2212\u2032\u2033\u00b7\u0085",
}
# Folded by Twilio alone, though Latin texts hold them: why we do not.
TWILIOS_ALONE = {
    "a joiner belongs to the spelling of a word": ZWNJ,
    'two and a half, "2½", would become "21/2"': "¼½¾",
    "a sign of arithmetic stays what it says": "÷⁄∕∗∼",
}


@pytest.fixture(scope="module")
def twilio() -> Iterator[Calculator]:
    with calculator() as started:
        yield started


@pytest.fixture(scope="module")
def smart(twilio: Calculator) -> dict[str, str]:
    return twilio.smart_map()


def ours(character: str) -> str:
    """Return what becomes of a character between two letters."""
    return fold(f"a{character}b")[1:-1]


def stands_alone(character: str) -> bool:
    framed = f"a{character}b"
    return (
        unicodedata.category(character) != "Cs" and unicodedata.normalize("NFC", framed) == framed
    )


def test_every_difference_is_known(smart: dict[str, str]) -> None:
    both, alone, theirs = {}, set(), set()
    for character in filter(stands_alone, map(chr, range(0x10000))):
        mine, twilios = ours(character), smart.get(character, character)
        if mine == twilios:
            continue
        if twilios == character:
            alone.add(character)
        elif mine == character:
            theirs.add(character)
        else:
            both[character] = (mine, twilios)

    assert both == BOTH_BUT_DIFFERENT
    assert alone == set("".join(OURS_ALONE.values()))
    assert set("".join(TWILIOS_ALONE.values())) <= theirs
    # The rest: letters and digits in another form (a name is a name), control characters, marks
    # set on a letter, and forms of East Asian and mathematical typesetting. None of them becomes
    # wrong by staying; such a text is only dearer.
    named = set("".join(TWILIOS_ALONE.values()))
    kinds = {unicodedata.category(character) for character in theirs - named}
    assert kinds <= set("Lu Ll Lm Lo Nd Cc Mn Po Ps Pe Pd Pc So Sm Sk Sc".split())
    assert not {"’", "“", "–", "—", "…", "•", "\u00a0"} & theirs


SHARED = "ab1 .,'\"-É\n’‘“”«»–—…•`´\u200b\ufeff\u2060„‟"


@given(st.text(SHARED, max_size=80))
@settings(max_examples=500)
@example("“It’s «ok» – yes…”")
def test_marks_known_to_both_become_the_same(twilio: Calculator, text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    theirs = twilio.count(text, smart=True)

    assert is_gsm7(theirs.sent)
    assert fold(text) == theirs.sent
    assert measure(fold(text)) == theirs[:3]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80).map(fold).filter(is_gsm7))
@settings(max_examples=500)
@example("a^{}\\[~]|€ \f\r\n")
def test_what_we_send_as_gsm7_smart_encoding_leaves_alone(twilio: Calculator, text: str) -> None:
    assert twilio.count(text, smart=True) == twilio.count(text)


@pytest.mark.parametrize("joiner", [ZWJ, ZWNJ], ids=["joiner", "non-joiner"])
@pytest.mark.parametrize(
    "text",
    ["ශ්{}රී “ලංකා”", "नेपाल क्{}ष – ठीक…", "می{}خواهم", "a{}b – c", "“{}”"],
    ids=["Sinhala", "Devanagari", "Persian", "Latin", "on its own"],
)
def test_a_joiner_is_never_dropped(text: str, joiner: str) -> None:
    text = text.format(joiner)
    assert fold(text) == text


def test_twilios_smart_encoding_would_drop_the_non_joiner(twilio: Calculator) -> None:
    """So it must be off for texts of ours: it changes the spelling of Persian and Indic words."""
    text = f"می{ZWNJ}خواهم"
    assert twilio.count(text, smart=True).sent == text.replace(ZWNJ, "")
