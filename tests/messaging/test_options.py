import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.options import OfferedOption, resolve, title_key, to_ascii_digits

OFFERED = [
    OfferedOption(number=1, id="ask_wages", title="Unpaid wages"),
    OfferedOption(number=2, id="talk_to_person", title="Talk to a person!"),
    OfferedOption(number=3, id="variant:ne", title="नेपाली"),
    OfferedOption(number=4, id="contact_embassy", title="दूतावास (फोन)"),
    OfferedOption(number=9, id="more", title="More"),
]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        pytest.param("1", "ask_wages", id="figure"),
        pytest.param(" 2 \n", "talk_to_person", id="spaces around"),
        pytest.param("1.", "ask_wages", id="full stop"),
        pytest.param("1)", "ask_wages", id="bracket"),
        pytest.param("(1)", "ask_wages", id="brackets"),
        pytest.param("[1]", "ask_wages", id="square brackets"),
        pytest.param("#1", "ask_wages", id="number sign"),
        pytest.param("“1”", "ask_wages", id="quoted"),
        pytest.param("1!!", "ask_wages", id="exclamation"),
        pytest.param("1" + "\n" * 60, "ask_wages", id="many empty lines"),
        pytest.param("01", "ask_wages", id="leading zero"),
        pytest.param("9", "more", id="more"),
        pytest.param("१", "ask_wages", id="Devanagari"),
        pytest.param("१।", "ask_wages", id="Devanagari with danda"),
        pytest.param("২", "talk_to_person", id="Bengali"),
        pytest.param("٢", "talk_to_person", id="Arabic-Indic"),
        pytest.param("۲", "talk_to_person", id="Persian and Urdu"),
        pytest.param("௩", "variant:ne", id="Tamil"),
        pytest.param("၃", "variant:ne", id="Burmese"),
        pytest.param("៣", "variant:ne", id="Khmer"),
        pytest.param("෩", "variant:ne", id="Sinhala Lith"),
        pytest.param("፩", "ask_wages", id="Ethiopic"),
        pytest.param("２．", "talk_to_person", id="full width"),
        pytest.param("②", "talk_to_person", id="circled"),
        pytest.param("2\ufe0f\u20e3", "talk_to_person", id="keycap emoji"),
        pytest.param("\u200f٢\u200f", "talk_to_person", id="direction marks"),
        pytest.param("no 1", "ask_wages", id="no 1"),
        pytest.param("No.1", "ask_wages", id="No.1"),
        pytest.param("NUMBER 2", "talk_to_person", id="number 2"),
        pytest.param("option: 2", "talk_to_person", id="option 2"),
        pytest.param("№ 2", "talk_to_person", id="numero sign"),
        pytest.param("नं १", "ask_wages", id="Nepali abbreviation"),
        pytest.param("नम्बर २", "talk_to_person", id="Nepali number"),
        pytest.param("१ नंबर", "ask_wages", id="Hindi, behind"),
        pytest.param("১ নং", "ask_wages", id="Bengali, behind"),
        pytest.param("رقم ٢", "talk_to_person", id="Arabic number"),
        pytest.param("nomor 2", "talk_to_person", id="Indonesian"),
        pytest.param("namba 2", "talk_to_person", id="Swahili"),
        pytest.param("Unpaid wages", "ask_wages", id="title"),
        pytest.param("unpaid  WAGES.", "ask_wages", id="case, spaces, full stop"),
        pytest.param("talk to a person", "talk_to_person", id="without its mark"),
        pytest.param("नेपाली।", "variant:ne", id="title in Devanagari"),
        pytest.param("दूतावास फोन", "contact_embassy", id="title without brackets"),
        pytest.param("1 Unpaid wages", "ask_wages", id="the line as shown"),
        pytest.param("१. unpaid wages", "ask_wages", id="the line, other digits"),
        pytest.param("more", "more", id="the word for more"),
    ],
)
def test_chosen(text: str, chosen: str) -> None:
    assert resolve(text, OFFERED) == chosen


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("...", id="only marks"),
        pytest.param("5", id="not offered"),
        pytest.param("0", id="zero"),
        pytest.param("19", id="two figures"),
        pytest.param("1000", id="an amount"),
        pytest.param("001", id="three figures"),
        pytest.param("2 lakh", id="2 lakh"),
        pytest.param("२ लाख", id="2 lakh in Nepali"),
        pytest.param("2k", id="2k"),
        pytest.param("1 2", id="two numbers"),
        pytest.param("1,2", id="two numbers and comma"),
        pytest.param("1/2", id="slash"),
        pytest.param("1" + "!" * 60, id="too long for a choice"),
        pytest.param("½", id="a half"),
        pytest.param("1.5", id="decimal"),
        pytest.param("-1", id="minus"),
        pytest.param("+1", id="plus"),
        pytest.param("$2", id="money"),
        pytest.param("2%", id="percent"),
        pytest.param("no", id="no alone"),
        pytest.param("no 1 told me", id="no one told me"),
        pytest.param("1 month unpaid", id="number in a sentence"),
        pytest.param("my wages", id="part of a title"),
        pytest.param("Unpaid wages since May", id="more than a title"),
        pytest.param("2 Unpaid wages", id="number and title disagree"),
        pytest.param("one", id="a word"),
        pytest.param("/ask_wages", id="an intent"),
        pytest.param("ask_wages", id="an id"),
    ],
)
def test_not_chosen(text: str) -> None:
    assert resolve(text, OFFERED) is None


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    assert resolve("1", []) is None


def test_one_title_for_two_options_chooses_neither() -> None:
    twins = [OfferedOption(number=n, id=f"country:{n}", title="Guinea") for n in (1, 2)]
    assert resolve("guinea", twins) is None
    assert resolve("2", twins) == "country:2"


@pytest.mark.parametrize("text", ["don't know", "dont know", "DON’T KNOW", "don`t know"])
def test_apostrophes_are_not_asked_for(text: str) -> None:
    assert resolve(text, [OfferedOption(number=1, id="unsure", title="Don’t know")]) == "unsure"


def test_a_decomposed_title_is_the_same_title() -> None:
    offered = [OfferedOption(number=1, id="variant:es", title="Español")]
    assert resolve(unicodedata.normalize("NFD", "ESPAÑOL"), offered) == "variant:es"


@given(st.text(max_size=200))
def test_any_text_is_an_id_or_nothing(text: str) -> None:
    assert resolve(text, OFFERED) in {None, *(option.id for option in OFFERED)}


@pytest.mark.parametrize("zero", ["0", "०", "০", "٠", "۰", "௦", "၀", "០", "０"])
@pytest.mark.parametrize("option", OFFERED, ids=lambda option: option.id)
def test_every_option_by_every_digit(zero: str, option: OfferedOption) -> None:
    assert resolve(chr(ord(zero) + option.number), OFFERED) == option.id


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("२०१५ असार", "2015 असार"),
        ("১০,০০০ টাকা", "10,000 টাকা"),
        ("٩٦٦", "966"),
        ("12 m²", "12 m²"),
        ("no digits", "no digits"),
    ],
)
def test_digits_of_every_script(text: str, ascii_text: str) -> None:
    assert to_ascii_digits(text) == ascii_text


def test_a_key_of_marks_alone_is_empty() -> None:
    assert title_key(" – “!” ₹ ") == ""
