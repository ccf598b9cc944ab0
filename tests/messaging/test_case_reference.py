"""References of cases: made by chance, read as people write them, wrong ones noticed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.case_reference import ALPHABET, new_reference, reference_in

seeds = st.integers(0, 2**32 - 1)


def made(seed: int) -> str:
    return new_reference(random.Random(seed).choice)


@given(seeds)
def test_what_is_made_is_read_again(seed: int) -> None:
    reference = made(seed)
    assert reference_in(f"my case {reference}, what now?") == (reference, 8, 17)


@given(seeds, st.sampled_from(["{a}{b}", "{a} {b}", "{a}–{b}", "({a}-{b})"]), st.booleans())
def test_it_is_read_as_people_write_it(seed: int, form: str, small: bool) -> None:
    reference = made(seed)
    first, second = reference.split("-")
    written = form.format(a=first, b=second)
    found = reference_in(written.lower() if small else written)
    assert found is not None
    assert found[0] == reference


def test_digits_of_any_script_are_read() -> None:
    reference = made(1)
    local = reference.translate(str.maketrans("23456789", "२३४५६७८९"))
    found = reference_in(f"केस {local}")
    assert found is not None
    assert found[0] == reference


@given(seeds, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(seed: int, place: int, sign: str) -> None:
    signs = made(seed).replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    found = reference_in(wrong)
    assert (found is not None) == (wrong == signs)


@given(seeds, st.integers(0, 6))
def test_two_that_changed_places_are_noticed(seed: int, place: int) -> None:
    signs = made(seed).replace("-", "")
    swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    found = reference_in(swapped)
    assert (found is not None) == (swapped == signs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whatsapp me",
        "12345678",
        "2345-6789",
        "my salary is 1200",
        "call +97430123456",
        "I have been here since 2023-2024",
    ],
)
def test_words_and_numbers_are_no_reference(text: str) -> None:
    assert reference_in(text) is None


def test_two_references_are_hardly_ever_the_same() -> None:
    draw = random.Random(7)
    assert len({new_reference(draw.choice) for _ in range(20_000)}) == 20_000
