"""Turns with the real model and content: options, pages, memory, and what a long talk costs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant
from safar.assistant.tracker_store import ConversationRowStore
from safar.assistant.turns import Before, command_for, fallback_turn
from safar.phrasing.values import Phrase
from tests.clock import NOW
from tests.talking import Talk


@pytest.fixture
def talk(assistant: Assistant, resources: Resources) -> Talk:
    return Talk(assistant, resources, variant="en", origin="NP", destination="QA")


@pytest.mark.parametrize(
    "written",
    "2 २ ২ ٢ ۲ ② 2️⃣ 2. (2) #2 no.2 नं२ নং২ رقم٢".split() + ["  2\n", "No 2", "nomor 2", "२।"],
)
def test_an_option_is_chosen_by_its_number_in_any_digits(talk: Talk, written: str) -> None:
    second = talk.say("menu").options[1]
    seen = talk.say(written).understanding
    assert seen is not None
    assert (seen.intent, seen.confidence) == (second.id, 1.0)


@pytest.mark.parametrize("variant", ["en", "ne", "ne-Latn", "hi", "bn", "fil", "id", "ar", "sw"])
def test_an_option_is_chosen_by_its_title(assistant, resources, variant: str) -> None:
    talk = Talk(assistant, resources, variant=variant, variant_chosen=True)
    offered = [option for option in talk.say("menu").options if option.id != "more"]
    assert offered
    for option in offered:
        talk.say("menu")
        seen = talk.say(f"{option.title.upper()}!").understanding
        assert seen is not None
        assert (option.title, seen.intent) == (option.title, option.id)


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("ask_wages", "/ask_wages"),
        ("country:QA", '/inform{"country": "QA"}'),
        ("destination:QA", '/inform{"destination": "QA"}'),
        ("variant:ne-Latn", '/change_language{"language": "ne-Latn"}'),
    ],
)
def test_command_of_an_option(option: str, command: str) -> None:
    assert command_for(option) == command


def test_a_country_chosen_completes_the_question(assistant, resources) -> None:
    talk = Talk(assistant, resources, variant="en", origin="NP")
    asked = talk.say("my salary was not paid")
    qatar = next(option for option in asked.options if option.id == "destination:QA")
    answer = talk.say(str(qatar.number))
    assert "Qatar" in answer.texts[0]
    assert talk.slots["destination"] == "QA"


def test_a_language_chosen_by_number_holds_against_what_is_written_later(talk: Talk) -> None:
    offered = talk.say("other language please").options
    nepali = next(option for option in offered if option.id == "variant:ne")
    assert talk.say(str(nepali.number)).variant == "ne"
    assert (
        talk.say("How much may the agency charge me for the visa and the ticket?").variant == "ne"
    )


def test_more_gives_page_after_page_and_then_ends(talk: Talk) -> None:
    first = talk.say("how much can the agency charge?")
    pages = list(first.pages)
    assert pages
    shown = [talk.say(more).texts for more in ["9", "९", "more", "৯", "٩"][: len(pages)]]
    assert shown == [[page] for page in pages]
    assert all(option.id != "more" for option in talk.before.options)
    after_the_end = talk.say("9")
    assert after_the_end.texts[0].strip()
    assert after_the_end.texts[0] not in pages


def test_options_still_work_after_more(talk: Talk) -> None:
    option = talk.say("how much can the agency charge?").options[0]
    talk.say("9")
    seen = talk.say("1").understanding
    assert seen is not None
    assert seen.intent == option.id


def test_after_a_silence_the_topic_is_gone_and_the_country_stays(talk: Talk) -> None:
    talk.say("how much can the agency charge?")
    assert talk.slots["last_topic"] == "ask_recruitment_fees"
    talk.now += timedelta(hours=2)
    talk.say("thanks")
    assert "last_topic" not in talk.slots
    assert talk.slots["destination"] == "QA"


def test_the_fallback_never_asks_the_assistant(resources: Resources) -> None:
    state = json.dumps({"at": NOW.isoformat(), "slots": {"variant": "hi"}, "understood": {"a": 1}})
    after = fallback_turn(resources, "sms", Before(state), NOW)
    assert after.texts[0].startswith(resources.catalogue.phrase(Phrase(id="fallback.failed"), "hi"))
    assert [option.id for option in after.options] == ["contact_hotline", "talk_to_person"]
    assert json.loads(after.state)["understood"] == {"answered_in": "hi"}


def test_a_variant_that_is_served_no_longer_is_forgotten(assistant, resources) -> None:
    talk = Talk(assistant, resources, variant="tlh", variant_chosen=True, origin="NP")
    assert fallback_turn(resources, "sms", talk.before, NOW).variant == "en"
    after = talk.say("passport company le rakhyo")
    assert after.variant == "ne-Latn"
    assert talk.slots["variant"] == "ne-Latn"
    assert talk.slots["origin"] == "NP"


def test_what_an_action_cannot_do_is_told_as_our_failure(talk: Talk, monkeypatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("actions.answer_topic.compose_topic", fail)
    after = talk.say("how much can the agency charge?")
    assert after.texts[0].startswith("Something went wrong on our side.")
    assert "contact_hotline" in [option.id for option in after.options]


def test_a_page_of_amounts_does_not_crowd_out_what_is_remembered(talk: Talk) -> None:
    after = talk.say(" ".join(f"{number} usd" for number in range(100, 300)))
    assert after.understanding is not None
    assert len(after.understanding.entities) > 300
    assert talk.slots["destination"] == "QA"
    assert talk.slots["origin"] == "NP"


def test_the_three_hundredth_turn_costs_what_the_third_did(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted: events of the tracker before and after the turn, size of the state and options."""
    events: list[tuple[int, int]] = []
    retrieve, save = ConversationRowStore.retrieve, ConversationRowStore.save

    async def counting_retrieve(self: ConversationRowStore, sender_id: str):
        tracker = await retrieve(self, sender_id)
        events.append((len(tracker.events), 0))
        return tracker

    async def counting_save(self: ConversationRowStore, tracker) -> None:
        events[-1] = (events[-1][0], len(tracker.events))
        await save(self, tracker)

    monkeypatch.setattr(ConversationRowStore, "retrieve", counting_retrieve)
    monkeypatch.setattr(ConversationRowStore, "save", counting_save)
    texts = ["hello", "salary not paid 3 months", "Saudi Arabia", "1", "how much can he charge?"]
    rounds = []
    for _ in range(60):
        events.clear()
        sizes = []
        for text in texts:
            talk.now += timedelta(minutes=1)
            after = talk.say(text)
            sizes.append((len(after.state), len(after.options), len(after.pages)))
        rounds.append((list(events), sizes))
    assert rounds[1][0], "nothing was counted"
    assert rounds[59] == rounds[1]
    assert max(after for _, after in rounds[59][0]) < 40


@pytest.mark.parametrize(
    "unclear",
    ["can i work in Germany, what fee is allowed", "what can you", "topics please maybe"],
)
def test_an_unclear_text_offers_nothing_twice(talk: Talk, unclear: str) -> None:
    offered = [option.id for option in talk.say(unclear).options]
    assert offered
    assert len(offered) == len(set(offered))
