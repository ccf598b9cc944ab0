"""Telephones that several people use: what a locked screen shows, and how long we remember."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from safar.answers.compose import compose_topic
from safar.assistant.turns import SHOWN_FOR
from safar.gateway.providers.base import RecipientError
from safar.gateway.providers.twilio.whatsapp import template_fields
from safar.messaging.segments import measure
from tests.whole_way import Way

SENSITIVE = (
    "ask_change_employer",
    "ask_complaint",
    "ask_contract",
    "ask_domestic_work",
    "ask_equal_treatment",
    "ask_health_safety",
    "ask_hours_rest",
    "ask_passport_retention",
    "ask_return_home",
    "ask_social_security",
    "ask_unions",
    "ask_visa_status",
    "ask_wages",
    "contact_embassy",
    "contact_hotline",
    "emergency",
    "missing_relative",
    "report_abuse",
    "talk_to_person",
)
OPEN = ("ask_recruitment_fees", "ask_departure_steps", "check_agency")
MOST = {"GSM-7": 2, "UCS-2": 3}
TOLD = {"variant": "ne", "origin": "NP", "destination": "QA", "city": "Doha"}


@pytest.mark.parametrize("topic", SENSITIVE)
@pytest.mark.parametrize("variant", ["en", "ne"])
def test_every_page_of_a_sensitive_answer_begins_with_the_neutral_line(
    make_way, topic: str, variant: str
) -> None:
    way = make_way(sender_segments_day=500)
    way.script.variant = variant
    pages = way.ask(topic)
    while more := way.ask("9"):
        pages += more
        if way.script.asked[-1] != topic:
            pages.pop()  # "9" means nothing any more
            break
    for page in pages:
        first, *others = page.split("\n")
        assert first == way.words("reply.neutral", variant)
        assert others
        size = measure(page)
        assert size.segments <= MOST[size.encoding]


@pytest.mark.parametrize("topic", OPEN)
@pytest.mark.parametrize("line", ["sms", "whatsapp"])
def test_other_answers_begin_with_the_answer(way: Way, topic: str, line: str) -> None:
    (said, *_) = way.ask(topic, line, ButtonPayload="") if line == "whatsapp" else way.ask(topic)
    assert way.words("reply.neutral") not in said


@pytest.mark.parametrize("topic", [*SENSITIVE, "they beat me"])
def test_whatsapp_shows_no_button_under_what_is_not_for_others(way: Way, topic: str) -> None:
    """Words on a button show in a notification, and with buttons the text is one line."""
    way.write(topic, "whatsapp", ButtonPayload="")
    way.answer()
    first = way.sent()[0]
    assert first.body.startswith(way.words("reply.neutral") + "\n")
    assert [message.choices for message in way.sent()] == [()] * len(way.sent())


def test_whatsapp_shows_buttons_elsewhere(way: Way) -> None:
    way.write("menu", "whatsapp", ButtonPayload="")
    way.answer()
    assert [choice.id for choice in way.sent()[0].choices] == ["ask_wages", "contact_hotline"]


def test_outside_of_whatsapps_window_the_template_begins_with_the_neutral_words(way: Way) -> None:
    way.write("ask_wages", "whatsapp", ButtonPayload="")
    way.answer()
    fields = template_fields(way.sent()[0], {"en": "HX" + "0" * 32})
    assert json.loads(fields["content_variables"])["1"].startswith(way.words("reply.neutral"))


def test_the_sms_in_the_place_of_a_whatsapp_text_begins_with_the_neutral_line(way: Way) -> None:
    way.ask("hello", "sms")
    way.write("ask_wages", "whatsapp", ButtonPayload="")
    way.twilio.errors = [RecipientError("63024")]
    (by_sms,) = way.answer()
    assert way.sent()[-1].channel == "sms"
    assert by_sms.startswith(way.words("reply.neutral") + "\n")


def test_a_late_answer_begins_with_the_neutral_line_and_then_says_so(way: Way) -> None:
    way.write("ask_wages")
    way.work()
    way.clock.now += timedelta(hours=5)
    way.send()  # too old by now: the question is given back
    (said,) = way.answer()
    first, second, *others = said.split("\n")
    assert first == way.words("reply.neutral")
    assert second.startswith("The network was away.")
    assert others


def test_what_is_sensitive_is_said_in_content_and_nowhere_else(way: Way) -> None:
    registry = way.resources.registry()
    assert {topic.id for topic in registry.topics() if topic.sensitive} == set(SENSITIVE)
    for topic in registry.topics():
        reply = compose_topic(
            registry, topic.id, origin="NP", destination="QA", today=way.resources.today()
        )
        assert reply.sensitive is topic.sensitive
    assert registry.is_sensitive("missing_relative")
    assert not registry.is_sensitive("no_such_intent")


def remembered(way: Way, silence: timedelta) -> dict[str, object]:
    """Return what is remembered of somebody who writes again after a silence."""
    way.script.told = dict(TOLD)
    way.ask("hello")
    way.clock.now += silence
    way.ask("hello again")
    return way.script.slots[-1]


@pytest.mark.parametrize("minutes", [5, 60, 600])
def test_a_session_lasts_as_long_as_the_setting_says(make_way, minutes: int) -> None:
    way = make_way(changes={"session_minutes": minutes})
    assert remembered(way, timedelta(minutes=minutes)) == TOLD | {"last_topic": "hello"}
    way = make_way(changes={"session_minutes": minutes})
    assert remembered(way, timedelta(minutes=minutes, seconds=1)) == TOLD


@pytest.mark.parametrize("days", [1, 30, 90])
def test_after_the_silence_of_the_setting_nothing_is_disclosed(make_way, days: int) -> None:
    way = make_way(changes={"stranger_after_days": days})
    assert remembered(way, timedelta(days=days)) == TOLD
    way = make_way(changes={"stranger_after_days": days})
    assert remembered(way, timedelta(days=days, seconds=1)) == {}


def test_the_language_is_forgotten_after_that_silence_too(make_way) -> None:
    way = make_way(changes={"stranger_after_days": 30})
    remembered(way, timedelta(days=1))
    assert way.ask("STOP") == [way.words("consent.stopped", "ne")]
    way.clock.now += timedelta(days=30, seconds=1)
    assert way.ask("START") == [way.words("consent.started", "en")]


def test_a_number_means_an_option_for_a_day(make_way) -> None:
    for silence, taken_for in (
        (SHOWN_FOR, "/ask_wages"),
        (SHOWN_FOR + timedelta(seconds=1), "1"),
    ):
        way = make_way()
        way.ask("menu")
        way.clock.now += silence
        way.ask("1")
        assert way.script.asked[-1] == taken_for


def test_pages_can_be_read_on_for_a_day(make_way) -> None:
    for silence, asked in ((SHOWN_FOR, 1), (SHOWN_FOR + timedelta(seconds=1), 2)):
        way = make_way()
        way.ask("tell me everything")
        way.clock.now += silence
        way.ask("9")
        assert len(way.script.asked) == asked
