"""Numbers, money, dates, countries and lists as each variant writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import list_currencies

from safar.phrasing import Country, Day, Language, Languages, Money, Phone, PhraseError, Text
from safar.phrasing.dates import format_day
from safar.phrasing.lists import format_list
from safar.phrasing.money import format_money
from safar.phrasing.numbers import format_number
from safar.phrasing.places import country_name
from safar.phrasing.values import Value
from safar.phrasing.wording import word
from tests.variants import SERVED

TAGS = list(SERVED)
LATIN = ["en", "ne-Latn", "fil", "id", "sw"]
COSTLY = set("\u00a0\u2007\u2009\u202f‘’“”–—…")


@pytest.mark.parametrize(
    ("tag", "value", "written"),
    [
        pytest.param("en", "1234567", "1,234,567", id="en by thousands"),
        pytest.param("ne", "1234567", "१२,३४,५६७", id="ne by lakh, own digits"),
        pytest.param("ne-Latn", "1234567", "12,34,567", id="ne-Latn by lakh, Latin digits"),
        pytest.param("hi", "1234567", "12,34,567", id="hi by lakh, Latin digits"),
        pytest.param("bn", "1234567", "১২,৩৪,৫৬৭", id="bn by lakh, own digits"),
        pytest.param("id", "1234567.5", "1.234.567,5", id="id with points and a comma"),
        pytest.param("ar", "1234567", "1,234,567", id="ar with Latin digits"),
        pytest.param("en", "2.50", "2.5", id="no idle nought"),
        pytest.param("en", "0", "0", id="nought"),
        pytest.param("en", "1E+3", "1,000", id="power of ten"),
        pytest.param("en", "-1000", "-1,000", id="negative"),
        pytest.param("en", "0.123456", "0.123456", id="never rounded"),
    ],
)
def test_numbers(languages: Languages, tag: str, value: str, written: str) -> None:
    assert format_number(Decimal(value), languages[tag]) == written


def test_arabic_digits_come_with_arabic_marks(languages: Languages) -> None:
    changed = {"cldr": "ar-EG", "native_digits": True, "joiners": None}
    egypt = Language.model_validate({**languages["ar"].model_dump(), **changed})
    assert format_number(Decimal("1234.5"), egypt) == "١٬٢٣٤٫٥"


@pytest.mark.parametrize(
    ("tag", "amount", "currency", "written"),
    [
        pytest.param("en", "10000", "NPR", "NPR 10,000", id="en shows the code"),
        pytest.param("en", "10000.5", "NPR", "NPR 10,000.50", id="paisa in full"),
        pytest.param("en", "10000.00", "NPR", "NPR 10,000", id="whole, however it was given"),
        pytest.param("en", "10.5", "KWD", "KWD 10.500", id="dinar has a thousand fils"),
        pytest.param("en", "1000", "USD", "USD 1,000", id="no dollar sign"),
        pytest.param("ne", "100000", "NPR", "रु १,००,०००", id="ne own word"),
        pytest.param("ne", "100000", "INR", "भारु १,००,०००", id="ne Indian rupees"),
        pytest.param("ne", "1000", "QAR", "१,००० कतारी रियल", id="ne full name"),
        pytest.param("ne-Latn", "100000", "NPR", "NPR 1,00,000", id="ne-Latn"),
        pytest.param("hi", "100000", "INR", "1,00,000 भारतीय रुपए", id="hi full name"),
        pytest.param("bn", "100000", "BDT", "৳১,০০,০০০", id="bn sign"),
        pytest.param("id", "1000000", "IDR", "Rp1.000.000", id="id own word"),
        pytest.param("fil", "1000", "PHP", "PHP 1,000", id="fil"),
        pytest.param("sw", "1000", "KES", "KES 1,000", id="sw"),
        pytest.param("ar", "1000", "QAR", "1,000 ريال قطري", id="ar full name"),
    ],
)
def test_money(languages: Languages, tag: str, amount: str, currency: str, written: str) -> None:
    money = Money(amount=Decimal(amount), currency=currency)
    assert format_money(money, languages[tag]) == written


@pytest.mark.parametrize("tag", TAGS)
def test_no_two_currencies_are_written_alike(languages: Languages, tag: str) -> None:
    currencies = "NPR INR PKR LKR MUR BDT PHP IDR KES UGX TZS QAR SAR OMR YER AED KWD BHD JOD USD"
    written = {
        format_money(Money(amount=Decimal(5), currency=code), languages[tag])
        for code in currencies.split()
    }
    assert len(written) == len(currencies.split())


@pytest.mark.parametrize(
    ("tag", "day", "written"),
    [
        ("en", "2015-07-14", "14 July 2015"),
        ("en", "2015-07", "July 2015"),
        ("en", "2015", "2015"),
        ("ne", "2015-07-14", "२०१५ जुलाई १४"),
        ("ne", "2015-07", "२०१५ जुलाई"),
        ("ne", "2015", "सन् २०१५"),
        ("ne-Latn", "2015-07", "July 2015"),
        ("ne-Latn", "2015", "san 2015"),
        ("hi", "2015-07-14", "14 जुलाई 2015"),
        ("bn", "2015-07-14", "১৪ জুলাই, ২০১৫"),
        ("fil", "2015-07-14", "Hulyo 14, 2015"),
        ("id", "2015-07-14", "14 Juli 2015"),
        ("ar", "2015-07-14", "14 يوليو 2015"),
        ("sw", "2015-07", "Julai 2015"),
    ],
)
def test_days(languages: Languages, tag: str, day: str, written: str) -> None:
    assert format_day(Day(value=day), languages[tag]) == written


@pytest.mark.parametrize(
    ("tag", "code", "name"),
    [
        ("en", "QA", "Qatar"),
        ("en", "HK", "Hong Kong"),
        ("ne", "QA", "कतार"),
        ("ne-Latn", "QA", "Qatar"),
        ("bn", "SA", "সৌদি আরব"),
        ("ar", "NP", "نيبال"),
        ("sw", "AE", "UAE"),
    ],
)
def test_countries(languages: Languages, tag: str, code: str, name: str) -> None:
    assert country_name(code, languages[tag]) == name


def test_a_code_without_a_country_is_refused(languages: Languages) -> None:
    with pytest.raises(PhraseError, match="'QQ'.*ISO 3166-1"):
        country_name("QQ", languages["en"])


@pytest.mark.parametrize(
    ("tag", "style", "written"),
    [
        ("en", "and", "A, B and C"),
        ("en", "or", "A, B or C"),
        ("ne", "and", "A, B र C"),
        ("ne-Latn", "or", "A, B wa C"),
        ("id", "and", "A, B, dan C"),
        ("ar", "or", "A أو B أو C"),
    ],
)
def test_lists(languages: Languages, tag: str, style: str, written: str) -> None:
    assert format_list(["A", "B", "C"], languages[tag], style) == written  # type: ignore[arg-type]


@pytest.mark.parametrize("tag", TAGS)
def test_lists_of_one_and_two(languages: Languages, tag: str) -> None:
    assert format_list(["{0}"], languages[tag]) == "{0}"
    two = format_list(["{0}", "{1} %s"], languages[tag])
    assert two.startswith("{0}") and two.endswith("{1} %s")


@pytest.mark.parametrize("tag", LATIN)
def test_nothing_from_cldr_costs_extra_in_latin_script(languages: Languages, tag: str) -> None:
    language = languages[tag]
    codes = [code for code in Locale.parse("en").territories if len(code) == len("NP")]
    written = [country_name(code, language) for code in codes if code.isalpha()]
    written += [format_number(Decimal("-1234567.891"), language)]
    written += [
        format_money(Money(amount=Decimal("1234567.5"), currency=code), language)
        for code in list_currencies()
    ]
    written += [
        format_day(Day(value=f"2015-{month:02}{day}"), language)
        for month in range(1, 13)
        for day in ("", "-14")
    ]
    assert len(written) > len(codes)
    assert [text for text in written if COSTLY & set(text)] == []


@pytest.mark.parametrize("tag", TAGS)
def test_telephone_numbers_keep_latin_digits(languages: Languages, tag: str) -> None:
    def nobody(*_: object) -> str:
        raise AssertionError("no reference here")

    values: list[Value] = [Phone(value="+974 16008"), Text(text="1122")]
    for value in values:
        assert word(value, languages[tag], nobody).strip("\u2068\u2069") in ("+974 16008", "1122")
    assert word(Country(code="NP"), languages[tag], nobody)


def test_a_space_parts_the_name_of_a_currency_from_the_amount() -> None:
    # CLDR's Sinhala writes them as one word.
    sinhala = Language(tag="si", name="සිංහල", english="Sinhala", cldr="si", script="Sinh")
    written = format_money(Money(amount=Decimal(1500), currency="KWD"), sinhala)
    assert written == "කුවේට් ඩිනාර් 1,500"
