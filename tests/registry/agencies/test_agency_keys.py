"""Licence numbers and agency names, as registers and as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.agencies import AgencyWords, NameRules
from safar.registry.agencies.licence import licence_digits, licence_key, numbers_in

RULES = NameRules(
    AgencyWords(
        forms=("ltd pvt co", "प्रा लि"),
        trade=("manpower overseas agency recruitment international",),
        generic=("star", "golden"),
        sentence=("is", "good"),
        licence=("licence no rl", "লাইসেন্স"),
    )
)

SAME_LICENCE = {
    "case": ("RL-0123", "rl-0123"),
    "separators": ("RL-0123", "RL 0123"),
    "no separator": ("RL-0123", "RL0123"),
    "zeros before": ("RL-0123", "RL-123"),
    "slashes": ("1123/064/65", "1123-64-65"),
    "Devanagari digits": ("1123/064", "११२३/०६४"),
    "Arabic digits": ("55", "٥٥"),
    "full-width": ("RL-55", "ＲＬ－５５"),
    "the letter O for a nought": ("101/081", "1O1/O81"),
    "l and I for a one": ("RL-1011", "RL-l0I1"),
    "a letter O in front": ("0123", "O123"),
}

OTHER_LICENCE = {
    "digits parted otherwise": ("12/3", "1/23"),
    "letters": ("RL-1", "RM-1"),
    "zeros after": ("RL-1", "RL-10"),
    "letters that look like digits are letters in a word": ("IOM-12", "10M-12"),
}

NAMES = {
    "legal forms": ("Himal Star Pvt. Ltd.", "himalstar", "himalstar"),
    "M/s": ("M/s Himal Star & Co.", "himalstar", "himalstar"),
    "(P)": ("Himal (P) Ltd", "himal", "himal"),
    "Devanagari forms": ("हिमाल ट्रेड प्रा. लि.", "himaltred", "himaltred"),
    "accents": ("Công Ty Việt", "congtyviet", "congtyviet"),
    "trade word beside a name": ("Himal Manpower", "himal", "himalmanpower"),
    "initials stay": ("S. P. International", "sp", "spinternational"),
    "trade words only": (
        "Overseas Recruitment Agency Ltd",
        "overseasrecruitmentagency",
        "overseasrecruitmentagency",
    ),
    "forms only": ("Ltd", "ltd", "ltd"),
    "signs only": ("?!", "?!", "?!"),
}


@pytest.mark.parametrize("name", SAME_LICENCE)
def test_same_licence(name: str) -> None:
    one, other = SAME_LICENCE[name]
    assert licence_key(one) == licence_key(other) != ""


@pytest.mark.parametrize("name", OTHER_LICENCE)
def test_another_licence(name: str) -> None:
    one, other = OTHER_LICENCE[name]
    assert licence_key(one) != licence_key(other)


def test_digits_are_kept_apart_from_the_letters() -> None:
    assert licence_digits("RL-0101/081") == "101-81"
    assert licence_digits("RL") == ""


@pytest.mark.parametrize("name", NAMES)
def test_name(name: str) -> None:
    written, key, literal = NAMES[name]
    keys = RULES.keys(written)
    assert (keys.key, keys.literal) == (key, literal)
    assert "".join(keys.words) == key


# What a text asks for: digits to look up, and numbers that not finding is worth telling of.
ASKED = {
    "after the word": ("my licence 12 ok?", ("12",), ("12",)),
    "after the word in Bengali": ("লাইসেন্স ১২ কি ঠিক", ("12",), ("১২",)),
    "the number alone": ("012", ("12",), ("012",)),
    "an amount": ("they want 20 lakh from me and it is much", (), ()),
    "an age": ("i am 25 and i want to go", (), ()),
    "four digits in a sentence": ("is 1234 good for me to go", ("1234",), ()),
    "a nought before it": ("is 0012 good for me to go", ("12",), ()),
    "letters and digits": ("RL-12", ("12",), ("12",)),
    "none": ("no number here", (), ()),
    "a digit alone": ("1", (), ()),
}


@pytest.mark.parametrize("name", ASKED)
def test_numbers_in_a_text(name: str) -> None:
    text, digits, sure = ASKED[name]
    asked = numbers_in(text, RULES)
    assert (asked.digits, asked.sure) == (digits, sure)


def test_a_number_is_looked_up_whole_before_its_parts() -> None:
    keys = numbers_in("licence EX-101/081", RULES).keys
    assert keys.index("ex-101-81") < keys.index("101-81")


@given(st.text(max_size=30))
def test_keys_are_stable(text: str) -> None:
    assert licence_key(licence_key(text)) == licence_key(text)
    numbers_in(text, RULES)
    RULES.keys(text)


@given(number=st.integers(1, 99_999), zeros=st.integers(0, 3), zero=st.sampled_from("0०০٠௦០၀"))
def test_zeros_and_digits_of_any_script_do_not_matter(number: int, zeros: int, zero: str) -> None:
    local = "".join(chr(ord(zero) + int(digit)) for digit in f"{number:0{zeros + 5}d}")
    assert licence_key(f"RL-{local}") == licence_key(f"rl {number}")
