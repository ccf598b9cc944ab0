"""What people write on: corrections, sums in another money, and two questions in one message."""

from __future__ import annotations

import pytest

from tests.talking import ids, offered

FEES = "what fee may they charge"


@pytest.mark.parametrize("text", ["no, Kuwait", "no Kuwait", "sorry Kuwait"])
def test_a_country_is_corrected_by_plain_words(begin, text: str) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    talk.say(FEES)
    after = talk.say(text)
    assert "From Nepal to Kuwait" in after.texts[0]
    assert talk.slots["destination"] == "KW"


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("how much is that in taka?", "en"),
        ("and in dollars", "en"),
        ("रुपैयाँमा कति हुन्छ?", "ne"),
        ("रुपये में कितना हुआ", "hi"),
        ("magkano yun sa piso", "fil"),
        ("¿cuánto es en pesos?", "es"),
        ("а в рублях это сколько?", "ru"),
    ],
)
def test_no_money_is_changed_into_another_and_the_topic_stays(begin, text, variant) -> None:
    talk = begin(variant=variant, origin="NP", destination="QA")
    talk.say(FEES)
    assert ids(talk.say(text)) == ["money.no_rate"]
    assert any(each.startswith("topic.fees.") for each in ids(talk.say("Kuwait")))


def test_of_two_questions_one_is_answered_and_the_other_offered(begin) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    after = talk.say("My salary was not paid for three months. Can my boss keep my passport?")
    assert after.understanding is not None
    answered = after.understanding.intent
    pair = {"ask_wages", "ask_passport_retention"}
    assert answered in pair
    (rest,) = pair - {answered}
    assert offered(after)[0] == rest
    seen = talk.say("1").understanding
    assert seen is not None
    assert seen.intent == rest


def test_a_cry_among_questions_is_answered_first(begin) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    after = talk.say("My salary was not paid for three months. My boss beats me with a stick.")
    assert after.urgent
    assert ids(after)[0] == "danger.first"
    assert "ask_wages" in offered(after)
