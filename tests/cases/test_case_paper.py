"""A case on paper: every script we answer in, text from anywhere, and how it fails."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.cases.exporting import typeset_process
from safar.cases.exporting.paper import Entry, Event, Fact, Paper, Words
from safar.cases.exporting.printable import breakable, direction_of, lines, shown
from safar.cases.exporting.typesetting import TypesettingError, typeset
from tests.reading_pdf import ReadPdf, read_pdf

# As a clock gives it, with millionths of a second.
MADE = datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=timezone.utc)
WORDS = Words(
    facts="What is known",
    timeline="What was done",
    transcript="What was said",
    columns=("When", "Who", "What"),
    nothing="Nothing was said.",
    page="Page {page} of {pages}",
    missing="[text in the script {script} cannot be printed here]",
)
PAPER = Paper(
    title="Case K7MA-42QX",
    language="en",
    direction="ltr",
    made="Made on 29 November 2026.",
    handling="Confidential.",
    words=WORDS,
    facts=(Fact("Reference", "K7MA-42QX"),),
    timeline=(Event("29 Nov 2026, 12:00", "Sita", "took it"),),
    transcript=(),
)
SAID = {
    "Nepali": ("ne", "मेरो पासपोर्ट मालिकले राखेको छ। मद्दत गर्नुहोस्, क्षत्रिय श्रृंखला"),
    "Tamil": ("ta", "என் கடவுச்சீட்டை முதலாளி வைத்துக் கொண்டார். உதவுங்கள்."),
    "Sinhala": ("si", "මගේ ගමන් බලපත්‍රය සේවායෝජකයා ළඟ තියෙනවා. ශ්‍රී ලංකා"),
    "Burmese": ("my", "ကျွန်တော့်ပတ်စပို့ကို အလုပ်ရှင်က သိမ်းထားပါတယ်။ ကျေးဇူးပြု၍ကူညီပါ"),
    "Amharic": ("am", "አሠሪዬ ፓስፖርቴን ወስዷል። እባክዎ ይርዱኝ።"),
    "Russian": ("ru", "Работодатель забрал мой паспорт."),
    "Vietnamese": ("vi", "Chủ lao động giữ hộ chiếu của tôi. Xin giúp đỡ."),
    "Latin": ("fil", "Kinuha ng amo ko ang pasaporte ko — ₱5,000 ang hinihingi."),
}
# From right to left a file has the letters as they stand on the paper, which readers turn round.
TURNED = {
    "Arabic": ("ar", "صاحب العمل أخذ جواز سفري منذ أشهر ولا يدفع لي."),
    "Urdu": ("ur", "میرا پاسپورٹ کفیل کے پاس ہے۔ براہ کرم مدد کریں"),
}
# The typesetter names letters twice whose marks are drawn apart; on paper they are right.
TWICE = {
    "Bangla": ("bn", "আমার পাসপোর্ট মালিক রেখে দিয়েছে। আমাকে সাহায্য করুন।"),
    "Khmer": ("km", "និយោជកយកលិខិតឆ្លងដែនរបស់ខ្ញុំ។ សូមជួយខ្ញុំផង"),
}


def printed(*texts: str, language: str = "en", paper: Paper = PAPER) -> ReadPdf:
    """Print texts in this process, which saves the time of starting one."""
    entries = tuple(Entry("Worker", "12:00", text, language) for text in texts)
    told = asdict(replace(paper, transcript=entries))
    return read_pdf(typeset_process.typeset(told, MADE))


def solid(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char != "\u200b")


@pytest.mark.parametrize("script", [*SAID, *TURNED, *TWICE])
def test_every_script_we_answer_in_is_printed(script: str) -> None:
    language, text = (SAID | TURNED | TWICE)[script]
    read = printed(text, language=language)
    assert read.boxes == 0
    assert "cannot be printed" not in read.text
    assert set(solid(text)) <= set(read.text)


@pytest.mark.parametrize("script", SAID)
def test_what_was_printed_can_be_copied_out_as_it_was(script: str) -> None:
    language, text = SAID[script]
    assert solid(text) in solid(printed(text, language=language).text)


@pytest.mark.parametrize("script", TURNED)
def test_of_right_to_left_text_every_letter_is_there_once(script: str) -> None:
    language, text = TURNED[script]
    beside = Counter(printed("", language=language).text)
    assert +(Counter(solid(text)) - Counter()) == Counter(
        {
            char: number - beside[char]
            for char, number in Counter(printed(text, language=language).text).items()
            if char in solid(text)
        }
    )


def test_a_script_without_a_font_is_named_instead() -> None:
    read = printed("我的护照 passport 老板")
    assert read.boxes == 0
    assert read.text.count("[text in the script Han cannot be printed here]") == 2
    assert "passport" in read.text


def test_the_sentence_names_the_script_in_the_language_of_the_paper() -> None:
    words = replace(WORDS, missing="[{script}: se puede leer solo en pantalla]")
    read = printed("我", paper=replace(PAPER, language="es", words=words))
    assert "[han: se puede leer solo en pantalla]" in read.text


def test_the_file_is_made_for_screen_readers() -> None:
    read = printed("Help")
    assert (read.title, read.language, read.tagged) == ("Case K7MA-42QX", "en", True)
    assert {"Title", "H1", "Table", "TH", "TD", "P"} <= read.kinds


def test_every_page_has_the_title_and_its_number() -> None:
    read = printed(*["Nobody pays us. " * 20] * 30)
    assert len(read.pages) > 2
    for number, page in enumerate(read.pages, start=1):
        assert page.startswith(f"Case K7MA-42QXPage {number} of {len(read.pages)}")
        assert page.endswith("Confidential.")


def test_a_paper_in_arabic_is_in_arabic_order() -> None:
    words = replace(WORDS, facts="المعروف", nothing="لا شيء", page="صفحة {page} من {pages}")
    paper = replace(PAPER, language="ar", direction="rtl", words=words, title="قضية K7MA-42QX")
    read = printed("Help", "مرحبا", paper=paper)
    assert (read.language, read.boxes) == ("ar", 0)


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") #include "x" #read("/etc/passwd") $x$ *bold* _it_ @ref <label> `raw`',
        "= Heading\n- list\n/ term: x\n// comment\n\\ \\u{41} ~ --- \"'",
        "</script><b>&amp;%s{page}{pages}%(name)s",
    ],
    ids=["code", "marks", "others"],
)
def test_text_is_never_read_as_instructions(text: str) -> None:
    assert solid(text) in solid(printed(text).text)


def test_text_cannot_turn_round_what_stands_beside_it() -> None:
    assert lines("pay \u202e0001\u202c \u2066x\u2069\u200f") == ["pay 0001 x"]


def test_half_an_emoji_and_signs_that_steer_do_no_harm() -> None:
    assert lines("a\ud83d \x00b\x1b[31m\r\nc\u0085d") == ["a\ufffd  b [31m", "c", "d"]
    assert lines("\ud83d\ude00") == ["😀"]


def test_a_word_longer_than_a_line_is_broken() -> None:
    read = printed("x" * 2000)
    assert solid(read.text).count("x") == 2000
    assert all(len(piece) <= 20 for piece in breakable("x" * 2000).split("\u200b"))


def test_a_stretch_that_no_font_has_is_replaced_once() -> None:
    known = {ord(char) for char in "ab "}
    assert shown("a 汉 字 b", known, lambda stretch: f"<{len(stretch)}>") == "a <3> b"
    assert shown("汉a", known, lambda stretch: "?") == "?a"


@pytest.mark.parametrize(
    ("line", "direction"),
    [("12 مرحبا hello", "rtl"), ("12 hello مرحبا", "ltr"), ("123", "ltr"), ("", "ltr")],
)
def test_a_line_runs_as_its_first_letter_does(line: str, direction: str) -> None:
    assert direction_of(line) == direction


ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY_TEXT, max_size=12))
def test_any_text_at_all_is_printed_without_empty_boxes(texts: list[str]) -> None:
    assert printed(*texts).boxes == 0


def test_it_is_set_in_a_process_of_its_own_that_has_no_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAFAR_KEYS", "secret")
    said = tuple(
        Entry("Worker", "12:00", text, tag) for tag, text in (SAID | TURNED | TWICE).values()
    )
    content = typeset(replace(PAPER, transcript=said * 42), MADE)
    assert read_pdf(content).boxes == 0
    assert b"secret" not in content


def test_the_same_paper_is_the_same_file() -> None:
    assert typeset(PAPER, MADE) == typeset(PAPER, MADE)


def test_what_takes_too_long_is_given_up_and_said() -> None:
    with pytest.raises(TypesettingError, match="could not be printed within 0 seconds"):
        typeset(PAPER, MADE, within=0.001)


def test_what_fails_is_said_without_what_a_person_wrote(
    capfd: pytest.CaptureFixture[str],
) -> None:
    wrong = replace(PAPER, language="no language", transcript=(Entry("a", "b", "secret words"),))
    with pytest.raises(TypesettingError, match=r"paper\.failed"):
        typeset(wrong, MADE)
    said = capfd.readouterr()
    assert "secret" not in said.out + said.err
