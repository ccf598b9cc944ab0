"""Amounts of money as people write them, with the words of content/money.yaml."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.amounts import AmountFinder
from safar.registry.money_schema import MoneyFile

# written: amount, currency, the part of the text it stands in
AMOUNTS = {
    "2 lakh": ("200000", None, "2 lakh"),
    "they ask 1.5 lakh for visa": ("150000", None, "1.5 lakh"),
    "5 juta": ("5000000", None, "5 juta"),
    "5jt rupiah": ("5000000", "IDR", "5jt rupiah"),
    "10k": ("10000", None, "10k"),
    "10K USD": ("10000", "USD", "10K USD"),
    "80 hajar tiryo": ("80000", None, "80 hajar"),
    "2.5 crore": ("25000000", None, "2.5 crore"),
    "50 libo": ("50000", None, "50 libo"),
    "1,20,000": ("120000", None, "1,20,000"),
    "pay Rs. 1,20,000 now": ("120000", None, "Rs. 1,20,000"),
    "NPR 10,000": ("10000", "NPR", "NPR 10,000"),
    "50 taka": ("50", "BDT", "50 taka"),
    "₱500": ("500", "PHP", "₱500"),
    "500$": ("500", "USD", "500$"),
    "1500 riyal": ("1500", None, "1500 riyal"),
    "1500 qar": ("1500", "QAR", "1500 qar"),
    "२ लाख": ("200000", None, "२ लाख"),
    "नेरु १,५०,०००": ("150000", "NPR", "नेरु १,५०,०००"),
    "২০০০ টাকা": ("2000", "BDT", "২০০০ টাকা"),
    "٥٠٠ درهم": ("500", "AED", "٥٠٠ درهم"),
    "١٬٥٠٠٫٥ درهم": ("1500.5", "AED", "١٬٥٠٠٫٥ درهم"),
    "Rs.50,000/-": ("50000", None, "Rs.50,000"),
    "agent wants 1500": ("1500", None, "1500"),
    "Rp15jt": ("15000000", "IDR", "Rp15jt"),
    "Php50k per month": ("50000", "PHP", "Php50k"),
    "gaji RM1700 sebulan": ("1700", "MYR", "RM1700"),
    "AED 1.500": ("1500", "AED", "AED 1.500"),
    "KD 1.500": ("1.500", "KWD", "KD 1.500"),
    "Rp 1.500.000": ("1500000", "IDR", "Rp 1.500.000"),
    "5,5 juta": ("5500000", None, "5,5 juta"),
    "US$ 1,500.50": ("1500.50", "USD", "US$ 1,500.50"),
    "6 000 рублей": ("6000", "RUB", "6 000 рублей"),
    "50 тысяч рублей": ("50000", "RUB", "50 тысяч рублей"),
    "shilingi elfu 50": ("50000", None, "shilingi elfu 50"),
    "laki mbili": ("200000", None, "laki mbili"),
    "ek lakh": ("100000", None, "ek lakh"),
    "dhai lakh mange": ("250000", None, "dhai lakh"),
    "दो लाख रुपये": ("200000", None, "दो लाख रुपये"),
    "ڈیڑھ لاکھ": ("150000", None, "ڈیڑھ لاکھ"),
    "2 lakh 50 hajar": ("250000", None, "2 lakh 50 hajar"),
    "২ লাখ টাকার": ("200000", "BDT", "২ লাখ টাকার"),
    "15 triệu": ("15000000", None, "15 triệu"),
    "20tr": ("20000000", None, "20tr"),
    "သိန်း ၅၀": ("5000000", None, "သိန်း ၅၀"),
    "၅သိန်းပေးရတယ်": ("500000", None, "၅သိန်း"),
    "500ដុល្លារ": ("500", "USD", "500ដុល្លារ"),
    "50 ሺህ ብር": ("50000", "ETB", "50 ሺህ ብር"),
    "ரூ.50,000": ("50000", None, "ரூ.50,000"),
    "2 லட்சம் ரூபாய்": ("200000", None, "2 லட்சம் ரூபாய்"),
    "රු. 450000": ("450000", None, "රු. 450000"),
    "10000 جنيه": ("10000", "EGP", "10000 جنيه"),
    "3 آلاف ريال": ("3000", None, "3 آلاف ريال"),
    "1.500 dólares": ("1500", "USD", "1.500 dólares"),
    "1500000000 dong": ("1500000000", "VND", "1500000000 dong"),
}
WORDS = MoneyFile.model_validate(
    yaml.safe_load((Path(__file__).resolve().parents[2] / "content/money.yaml").read_text("utf-8"))
)
FINDER = AmountFinder(WORDS)
NO_MONEY = [
    "call 9801234567",
    "+9779801234567",
    "00977980123456789",
    "3 months",
    "since 2024",
    "room 12",
    "A1500",
    "२०२४ मा आएँ",
    "980 123 4567",
    "0171-2345678",
    "call 01 4567 8901",
    "licence no 1234",
    "RL 1234",
    "lot 245678",
    "120 days",
    "500 km",
    "180 दिन",
    "A1500B",
    "lakh",
    "",
]


@pytest.mark.parametrize("text", AMOUNTS)
def test_amount(text: str) -> None:
    amount, currency, part = AMOUNTS[text]
    (found,) = FINDER.find(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)
    assert text[found.start : found.end] == part


@pytest.mark.parametrize("text", NO_MONEY)
def test_no_amount(text: str) -> None:
    assert FINDER.find(text) == []


def test_both_ends_of_a_range() -> None:
    found = FINDER.find("10-15 lakh lagxa")
    assert [each.amount for each in found] == [Decimal(1000000), Decimal(1500000)]


@given(st.text(max_size=60))
def test_any_text_has_amounts_in_order_and_apart(text: str) -> None:
    found = FINDER.find(text)
    for each in found:
        assert 0 <= each.start < each.end <= len(text)
        assert each.amount >= 0
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


@given(st.integers(100, 999_999_999), st.sampled_from([",", ".", " ", "'", "\u00a0"]))
def test_grouped_by_thousands_in_any_custom(number: int, mark: str) -> None:
    written = f"{number:,}".replace(",", mark)
    if number in range(1990, 2101) or str(number) in WORDS.services:
        written = str(number + 1200)
        number += 1200
    (found,) = FINDER.find(f"pay {written} now")
    assert found.amount == number


def test_several_amounts_in_order() -> None:
    found = FINDER.find("visa 2 lakh, ticket 45000, medical 50 usd")
    assert [(f.amount, f.currency) for f in found] == [
        (Decimal(200000), None),
        (Decimal(45000), None),
        (Decimal(50), "USD"),
    ]
