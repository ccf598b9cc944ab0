"""Sums of money as people of every variant write them, and what is no sum: the files in sums/."""

from __future__ import annotations

import statistics
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.amounts import AmountFinder
from safar.registry.money_schema import MoneyFile
from tests.evaluate.dev_set import read_messages

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "sums").glob("*.yml"))
]
CASES = [
    pytest.param(case["text"], case["amounts"], id=f"{file['variant']}: {case['text']}")
    for file in FILES
    for case in file["sums"]
]
FINDER = AmountFinder(
    MoneyFile.model_validate(yaml.safe_load((ROOT / "content/money.yaml").read_text("utf-8")))
)
VARIANTS = 25
NAMED = {
    "khamsin alf gneh": "EGP",
    "shilingi elfu tano": None,
    "dola mia tatu": "USD",
    "5 штук баксов": "USD",
    "пятьсот рублей": "RUB",
    "hai trăm triệu đồng": "VND",
    "10 man yen": "JPY",
    "៧ម៉ឺនបាត": "THB",
    "ငါးသောင်းကျပ်": "MMK",
    "মোট দেড় লাখ টাকা": "BDT",
    "mille euros": "EUR",
    "seratus ribu rupiah": "IDR",
}
PIECES = st.sampled_from(
    [
        "sadhe",
        "teen",
        "laki",
        "mia",
        "na nusu",
        "elfu",
        "2",
        "3tr5",
        "1,500",
        "lakh",
        "w",
        "y medio",
    ]
    + [
        "ألفين",
        "ونص",
        "၁သိန်း",
        "၅သောင်း",
        "ខ្ញុំ",
        "ලක්ෂ",
        "දෙකක්",
        "riyal",
        "no",
        "to",
        "-",
        ".",
        "%",
        "k",
    ]
)


@pytest.mark.parametrize(("text", "amounts"), CASES)
def test_sums(text: str, amounts: list[str]) -> None:
    assert [found.amount for found in FINDER.find(text)] == [Decimal(amount) for amount in amounts]


def test_every_variant_has_sums() -> None:
    assert len({file["variant"] for file in FILES}) == VARIANTS


@pytest.mark.parametrize("text", NAMED)
def test_currency_beside_words(text: str) -> None:
    (found,) = FINDER.find(text)
    assert found.currency == NAMED[text]


@pytest.mark.parametrize(
    ("written", "part"),
    [
        pytest.param("দেড় লাখ", "দেড় লাখ", id="letters-with-a-dot"),
        pytest.param(
            "du\u0300ng 2 tri\u00ea\u0323u nhe\u0301", "2 tri\u00ea\u0323u", id="parted-accents"
        ),
        pytest.param(
            "ទារ\u200b៥០០\u200bដុល្លារ\u200bហើយ", "៥០០\u200bដុល្លារ\u200b", id="breaks-of-no-width"
        ),
        pytest.param("دفعت خمسـين ألفًا", "خمسـين ألفًا", id="vowels-and-tatweel"),
    ],
)
def test_places_are_of_the_text_as_written(written: str, part: str) -> None:
    (found,) = FINDER.find(written)
    assert written[found.start : found.end] == part


def test_numbers_in_unsure_form_are_unknown() -> None:
    (bare,) = FINDER.find("he gave 1500")
    (named,) = FINDER.find("he gave five hundred dollars")
    assert (bare.known, named.known) == (False, True)


@given(st.lists(PIECES, max_size=12), st.sampled_from([" ", "", "  "]))
def test_words_in_any_order_give_sums_apart_from_each_other(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    found = FINDER.find(text)
    assert all(0 <= each.start < each.end <= len(text) and each.amount >= 0 for each in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


def test_no_word_has_two_values() -> None:
    with pytest.raises(ValueError, match='"teen" stands for 3 and for 4'):
        MoneyFile.model_validate(
            {
                "currencies": [],
                "multipliers": [],
                "numbers": [{"value": 3, "words": ["teen"]}, {"value": 4, "words": ["teen"]}],
            }
        )


def test_fast() -> None:
    texts = [message.text for message in read_messages()]
    times = []
    for text in texts:
        start = perf_counter()
        FINDER.find(text)
        times.append(perf_counter() - start)
    # 0.04 ms where it was written; here with room for a busy machine.
    assert statistics.median(times) < 0.0002  # noqa: PLR2004


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "laki mia na nusu khamsta3shar sadhe teen lakh 2 3tr5 ၁သိန်း၅သောင်း " * 150
    start = perf_counter()
    FINDER.find(text)
    assert perf_counter() - start < 1
