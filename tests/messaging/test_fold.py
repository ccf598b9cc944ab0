import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.fold import fold
from safar.messaging.gsm7 import is_gsm7


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("It’s “ok”", 'It\'s "ok"', id="curly quotes"),
        pytest.param("«ok» ‹ok›", "\"ok\" 'ok'", id="angle quotes"),
        pytest.param("2020–2024 — now", "2020-2024 - now", id="dashes"),
        pytest.param("wait…", "wait...", id="ellipsis"),
        pytest.param("10\u00a0000\u202fNPR\tnow", "10 000 NPR now", id="spaces and tab"),
        pytest.param("\ufeffa\u200bb\u00adc", "abc", id="invisible marks"),
        pytest.param("call \u2068112\u2069", "call 112", id="isolates in Latin text"),
        pytest.param("• one\u2028• two", "- one\n- two", id="bullets and line separator"),
        pytest.param("man\u0303ana – señor", "mañana - señor", id="letters of GSM-7 are composed"),
        pytest.param("plain", "plain", id="nothing to do"),
    ],
)
def test_punctuation_becomes_plain(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("“á” is a letter", id="a letter GSM-7 lacks"),
        pytest.param("č – š", id="carons"),
        pytest.param("“ok” 🙏", id="emoji"),
        pytest.param("“काम” – ठीक…", id="Devanagari"),
        pytest.param("He said “काम” – ok", id="one word of another script"),
        pytest.param("“ΔΦ”", id="Greek capitals, though GSM-7"),
        pytest.param("a\u200db – c", id="joiner"),
        pytest.param("a\u200cb – c", id="non-joiner"),
        pytest.param("₱5 – ₹6", id="currency signs"),
    ],
)
def test_left_as_it_is(text: str) -> None:
    assert fold(text) == text


@given(st.text(max_size=60))
def test_letters_digits_and_joiners_are_never_touched(text: str) -> None:
    kept = regex.compile(r"[^\p{L}\p{N}\u200c\u200d]")
    before = unicodedata.normalize("NFC", text)
    assert kept.sub("", unicodedata.normalize("NFC", fold(text))) == kept.sub("", before)


@given(st.text(alphabet="ab1’“–…\u00a0\t.क\u200dá", max_size=40))
def test_folding_pays_or_does_not_happen(text: str) -> None:
    folded = fold(text)
    assert folded == text or is_gsm7(folded)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        pytest.param("¿Le pidió más dinero?", "¿Le pidio mas dinero?", id="customary"),
        pytest.param("mañana", "mañana", id="a letter that GSM-7 has"),
        pytest.param("más, Việt Nam", "más, Việt Nam", id="another letter makes it UCS-2 anyway"),
        pytest.param("más नेपाल", "más नेपाल", id="another script does"),
    ],
)
def test_letters_become_plain_where_a_language_says_so(text: str, sent: str) -> None:
    letters = str.maketrans({"á": "a", "é": "é", "ó": "o"})
    assert fold(text) == text
    assert fold(text, letters) == sent
