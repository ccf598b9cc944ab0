"""Amounts of money as people write them, with the words of content/money.yaml."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant

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
    "agent wants 1500": ("1500", None, "1500"),
}
NO_MONEY = [
    "call 9801234567",
    "+9779801234567",
    "00977980123456789",
    "3 months",
    "since 2024",
    "room 12",
    "A1500",
    "२०२४ मा आएँ",
    "lakh",
    "",
]


@pytest.mark.parametrize("text", AMOUNTS)
def test_amount(resources: Resources, text: str) -> None:
    amount, currency, part = AMOUNTS[text]
    (found,) = resources.amounts().find(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)
    assert text[found.start : found.end] == part


@pytest.mark.parametrize("text", NO_MONEY)
def test_no_amount(resources: Resources, text: str) -> None:
    assert resources.amounts().find(text) == []


def test_several_amounts_in_order(resources: Resources) -> None:
    found = resources.amounts().find("visa 2 lakh, ticket 45000, medical 50 usd")
    assert [(f.amount, f.currency) for f in found] == [
        (Decimal(200000), None),
        (Decimal(45000), None),
        (Decimal(50), "USD"),
    ]


def test_entities_of_the_pipeline(assistant: Assistant) -> None:
    entities = asyncio.run(assistant.understand("agency charged me 2 lakh npr")).entities
    assert {"entity": "amount", "value": "200000"} in entities
    assert {"entity": "currency", "value": "NPR"} in entities
