"""What is made of an offer: patterns, negations, ceilings, contacts, risk, and the answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.answers.offer import offer_answer, question, result, with_answer
from safar.registry.offers.checker import OfferChecker
from safar.registry.offers.patterns import PatternError, read_pattern
from safar.registry.offers.schema import FLAGS
from safar.registry.query import Registry

ASKED = "From Nepal to Qatar as guard. Service charge {} only."


AT = "@"
"""Apart, since addresses of people stand in no file of ours, not even made-up ones."""


@pytest.mark.parametrize(
    ("text", "flag", "found"),
    [
        ("Pay 500 USD for the visa", "fee_charged", True),
        ("𝗣𝗮𝘆 𝟱𝟬𝟬 𝗨𝗦𝗗 𝗳𝗼𝗿 𝘁𝗵𝗲 𝘃𝗶𝘀𝗮", "fee_charged", True),
        ("PAY  $500 for the VIISA and visaa fee", "fee_charged", True),
        ("No placement fee. Pay 500 USD for the visa", "fee_charged", True),
        ("Candidates never pay 500 USD for the visa", "fee_charged", False),
        ("The employer pays 500 USD for the visa", "fee_charged", False),
        ("Send your passport to us", "passport_surrender", True),
        ("Send your passport copy to us", "passport_surrender", False),
        ("Do not send your passport to anyone", "passport_surrender", False),
        ("Can I send my passport to the agent?", "passport_surrender", False),
        ("Bayad Php50k for visa fee", "fee_charged", True),
        ("biaya visa Rp15jt visa fee", "fee_charged", True),
        ("No contract? No problem. Travel without contract.", "no_contract", True),
        (
            f"gulfjobs{AT}gmail.com, cleaners wanted, good pay",
            "personal_email_or_chat_only",
            True,
        ),
        (
            f"hr{AT}grandhotel.com, cleaners wanted, good pay",
            "personal_email_or_chat_only",
            False,
        ),
        ("Maid wanted in Dubai, salary 9000 AED per month", "too_good_pay", True),
        ("Maid wanted in Dubai, salary 1500 AED per month", "too_good_pay", False),
        ("Engineer wanted in Dubai, salary 9000 AED per month", "too_good_pay", False),
        ("My employer keeps my passport", "passport_surrender", False),
        ("", "fee_charged", False),
    ],
)
def test_signs(real_offers: OfferChecker, today, text: str, flag: str, found: bool) -> None:
    assert (flag in real_offers.check(text, today).flags) is found


@pytest.mark.parametrize(
    ("amount", "above"),
    [
        ("NPR 10,000", False),
        ("NPR 10,001", True),
        ("1.5 lakh", True),
        ("USD 900", False),  # a ceiling holds in its own money
    ],
)
def test_a_fee_is_held_against_the_ceiling(
    real_offers: OfferChecker, today, amount: str, above: bool
) -> None:
    found = real_offers.check(ASKED.format(amount), today)
    assert "fee_charged" in found.flags
    assert ("fee_above_cap" in found.flags) is above
    if above:
        assert found.above is not None
        assert found.above.fact.id == "np-fee-cap"
        assert str(found.above.ceiling.amount) == "10000"


def test_without_destination_a_fee_is_held_against_nothing(real_offers, today) -> None:
    text = "Service charge NPR 200,000 for the visa."
    assert real_offers.check(text, today).flags == ("fee_charged",)
    given_one = real_offers.check(text, today, origin="NP", destination="QA")
    assert given_one.flags == ("fee_above_cap", "fee_charged")


def test_a_ceiling_past_its_review_is_held_against_nothing(real_offers, today) -> None:
    later = today.replace(year=today.year + 5)
    assert real_offers.check(ASKED.format("NPR 200,000"), later).above is None


def test_of_the_worst_offer_all_is_said_in_the_fixed_order(real_offers, today) -> None:
    found = real_offers.check(
        "Dubai maid, no interview, visit visa, send original passport, pay 900 USD today to my "
        "personal account, tell nobody, no contract",
        today,
    )
    assert found.risk == "high"
    assert list(found.flags) == [flag for flag in FLAGS if flag in found.flags]
    assert len(found.flags) >= 6


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        (
            "URGENT HIRING housemaids for Dubai. Salary 1500 AED, no interview. Visit visa, then "
            "work visa. Pay 900 USD for processing to our agent. Apply on WhatsApp.",
            True,
        ),
        (
            "Hiring 20 cleaners in Qatar, salary 1200 QAR, free food and accommodation, interview "
            f"on Sunday, interested candidates send CV to hr{AT}grandhotel.com, two years",
            True,
        ),
        (
            "I am working in Qatar and my employer took my passport, my agent said I must pay him "
            "2000 riyal from my salary before I can go home, what can I do now",
            False,
        ),
        ("Is this job offer real?", False),
        ("pay 500 for visa, no interview", False),  # too short to be forwarded
    ],
    ids=["bad", "plain", "own case", "question", "short"],
)
def test_a_forwarded_offer_is_known_by_its_words(real_offers, today, text, offer) -> None:
    assert real_offers.looks_like_offer(text, today) is offer


# Patterns


@pytest.mark.parametrize(
    "written",
    [
        "",
        "(a|b",
        "a)",
        "(a|)",
        ".. visa",
        "visa ..",
        "a ..50 b",
        "<money>",
        "(a)?",
        "a*b",
        "a & b & c",
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(PatternError):
        read_pattern(written)


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("send .. passport", " send us your passport ", True),
        ("send .. passport", " send a b c d e passport ", False),
        ("send .. passport", " send | passport ", False),
        ("passport & deposit", " deposit of your passport ", True),
        ("passport & deposit", " passport as deposit ", True),
        ("(visa|work permit) fee*", " work permit fees ", True),
        ("(the)? fee", " a fee ", True),
        ("fee", " coffee ", False),
        ("*fee", " coffee ", True),
        ("pasaporte*", " pasaportemo ", True),
        ("جواز", " بالجواز ", True),
    ],
)
def test_patterns(written: str, text: str, found: bool) -> None:
    assert bool(read_pattern(written).regex.search(text)) is found


def test_scripts_without_spaces_are_matched_anywhere() -> None:
    pattern = read_pattern("နိုင်ငံကူး .. အပ်")
    assert pattern.anywhere
    assert pattern.regex.search("သင့်နိုင်ငံကူးလက်မှတ်ကိုအပ်ပါ")


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read(real_offers_of_all, text: str) -> None:
    checker, today = real_offers_of_all
    found = checker.check(text, today)
    assert found.risk in ("high", "medium", "low")
    assert set(found.flags) <= set(FLAGS)


@pytest.fixture(scope="module")
def real_offers_of_all(real_offers: OfferChecker):
    from datetime import date

    return real_offers, date(2026, 11, 23)


# What is said


def ids(reply) -> list[str]:
    return [part.id for part in reply.parts]


def test_the_gravest_comes_first_with_what_to_do(
    real_registry: Registry, real_offers: OfferChecker, today
) -> None:
    text = ASKED.format("NPR 200,000") + " No interview. Only 2 seats left."
    found = real_offers.check(text, today)
    reply = offer_answer(real_registry, real_offers, text, found, today)
    assert ids(reply)[:3] == ["offer.found", "offer.over", "offer.do.no_money"]
    assert reply.sources[0].part == 1
    assert "offer.sign.fee_charged" not in ids(reply), "said already by the ceiling"
    assert len(ids(reply)) == len(set(ids(reply)))


def test_nothing_found_is_never_called_genuine(
    real_registry: Registry, real_offers: OfferChecker, today
) -> None:
    text = "Cleaners wanted in Qatar, salary 1200 QAR, food free"
    reply = offer_answer(real_registry, real_offers, text, real_offers.check(text, today), today)
    assert ids(reply)[0] == "offer.none_found"
    assert "topic.offer.ask_for" in ids(reply)
    assert reply.options[0].id == "offer_answer:begin"


def test_every_question_is_asked_once_and_the_result_tells_the_signs(
    real_registry: Registry, real_offers: OfferChecker
) -> None:
    answers, asked = "", []
    while (reply := question(real_offers, answers)) is not None:
        asked.append(reply.parts[0].values["sign"].id)
        assert [option.id for option in reply.options][:3] == [
            f"offer_answer:{each}" for each in ("so", "not_so", "unsure")
        ]
        assert with_answer(answers, "nonsense") == answers
        answers = with_answer(answers, "so" if len(asked) == 2 else "not_so")
    assert 8 <= len(asked) == len(set(asked)) <= 10
    told = ids(result(real_registry, real_offers, answers, "NP"))
    assert told[:2] == ["offer.found", asked[1]]
    clean = ids(result(real_registry, real_offers, "n" * len(asked), "NP"))
    assert clean[0] == "offer.none_found"
