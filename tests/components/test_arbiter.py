"""The last word on a message: what wins over what, and when nothing is sure."""

from __future__ import annotations

import asyncio

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components.arbiter import ALSO, CERTAIN, FALLBACK, GUESSES, Arbiter
from bot.components.danger import DANGER
from bot.components.intents import SENTENCES
from safar.answers.resources import Resources
from safar.assistant.engine import Assistant

THRESHOLD, MARGIN, DANGER_AT, SENTENCE_AT, CRY_AT = 0.30, 0.06, 0.45, 0.6, 0.85
NOT_OURS, SURE_OF_OURS = 0.15, 0.7
SURE = {"ask_wages": 0.9, "greet": 0.05}


@pytest.fixture
def arbiter(resources: Resources) -> Arbiter:
    config = {"threshold": THRESHOLD, "margin": MARGIN, "danger_at": DANGER_AT}
    config |= {"sentence_at": SENTENCE_AT, "cry_at": CRY_AT}
    config |= {"not_ours": NOT_OURS, "sure_of_ours": SURE_OF_OURS}
    return Arbiter(config, resources)


def weigh(arbiter: Arbiter, text: str, shares: dict[str, float], **data: object) -> Message:
    """Return the message after the arbiter, with the classifier's `shares`, best first."""
    ranking = [{"name": name, "confidence": share} for name, share in shares.items()]
    message = Message(data={"text": text, "intent_ranking": ranking, **data})
    message.set("intent", dict(ranking[0]) if ranking else {"name": None, "confidence": 0.0})
    arbiter.look_at(message)
    return message


def place(text: str, name: str, role: str = "destination") -> list[dict[str, object]]:
    start = text.index(name)
    return [{"entity": role, "value": "QA", "start": start, "end": start + len(name)}]


@pytest.mark.parametrize("text", ["MENU", "Hindi", "Qatar", "salary", "", "नेपाली"])
@pytest.mark.parametrize(
    ("kind", "intent"), [("emergency", "emergency"), ("abuse", "report_abuse")]
)
def test_danger_words_beat_all(arbiter, text: str, kind: str, intent: str) -> None:
    entities = place(text, "Qatar") if text == "Qatar" else []
    found = {DANGER: {"found": True, "kind": kind}, "entities": entities}
    message = weigh(arbiter, text, SURE, **found)
    assert message.get("intent") == {"name": intent, "confidence": CERTAIN}
    assert message.get(DANGER)["found"] is True


@pytest.mark.parametrize(
    ("shares", "intent"),
    [
        ({"emergency": 0.46, "ask_wages": 0.44}, "emergency"),
        ({"ask_wages": 0.5, "report_abuse": 0.25, "emergency": 0.21}, "report_abuse"),
        ({"ask_wages": 0.5, "report_abuse": 0.22, "emergency": 0.22}, "ask_wages"),
    ],
    ids=["best", "both together", "too little"],
)
def test_danger_without_a_danger_word(arbiter, shares: dict[str, float], intent: str) -> None:
    message = weigh(arbiter, "he takes me away", shares, **{DANGER: {"found": False, "kind": None}})
    assert message.get("intent")["name"] == intent
    assert message.get(DANGER)["found"] is (intent != "ask_wages")


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("Hindi!", "change_language", "hi"),
        ("नेपाली", "change_language", "ne"),
        ("bahasa", "change_language", "id"),
        (" MENU. ", "menu", None),
        ("मेनु", "menu", None),
        ("hindi ko alam", "ask_wages", None),
        ("what is on the menu", "ask_wages", None),
    ],
)
def test_names_and_the_menu_word_must_be_the_whole_text(arbiter, text, intent, language) -> None:
    message = weigh(arbiter, text, SURE)
    assert message.get("intent")["name"] == intent
    named = [e["value"] for e in message.get("entities") or [] if e["entity"] == "language"]
    assert named == ([language] if language else [])


@pytest.mark.parametrize(
    ("shares", "intent"),
    [
        ({"out_of_scope": 0.9}, FALLBACK),
        ({"report_abuse": 0.5, "ask_wages": 0.2}, FALLBACK),
        ({"ask_money_transfer": 0.6}, FALLBACK),
        ({"ask_wages": 0.8}, "ask_wages"),
    ],
    ids=["not ours", "no cry", "unclear", "a clear question"],
)
def test_another_money_alone_is_left_to_who_knows_the_talk(arbiter, shares, intent) -> None:
    assert weigh(arbiter, "and in dollars?", shares).get("intent")["name"] == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [("STOP", "goodbye"), ("stop!", "goodbye"), ("they did not stop", "ask_wages")],
)
def test_stop_ends_a_talk_that_has_no_gateway(arbiter, text: str, intent: str) -> None:
    assert weigh(arbiter, text, SURE).get("intent")["name"] == intent


@pytest.mark.parametrize(
    ("text", "shares", "intent"),
    [
        ("Qatar", SURE, "inform"),
        ("Qatar?!", SURE, "inform"),
        ("in Qatar?", SURE, "ask_wages"),
        ("in Qatar?", {"ask_wages": 0.2}, "inform"),
        ("to go Qatar", {"ask_wages": 0.2}, "inform"),
        ("in Qatar?", {}, "inform"),
        ("what about Qatar", {"ask_wages": 0.2}, "inform"),
        ("something about Qatar", {"ask_wages": 0.2}, FALLBACK),
        ("is it so Qatar", {"ask_wages": 0.2}, FALLBACK),
        ("no, Qatar", {"deny": 0.9}, "inform"),
        ("होइन Qatar", {"deny": 0.9}, "inform"),
        ("Qatar yes", {"affirm": 0.9}, "inform"),
        ("no salary Qatar", SURE, "ask_wages"),
    ],
)
def test_a_place_and_hardly_more_informs(arbiter, text, shares, intent) -> None:
    message = weigh(arbiter, text, shares, entities=place(text, "Qatar"))
    assert message.get("intent")["name"] == intent


@pytest.mark.parametrize(
    ("shares", "guesses"),
    [
        ({"ask_wages": 0.31, "greet": 0.24, "thank": 0.2}, None),
        ({"ask_wages": 0.31}, None),
        ({"ask_wages": 0.29, "greet": 0.01, "thank": 0.01}, ["ask_wages", "greet", "thank"]),
        ({"ask_wages": 0.40, "greet": 0.35, "thank": 0.1}, ["ask_wages", "greet", "thank"]),
        ({"ask_wages": 0.29}, ["ask_wages"]),
        ({}, []),
        ({"ask_wages": 0.6, "out_of_scope": 0.2}, ["ask_wages", "out_of_scope"]),
        ({"ask_wages": 0.71, "out_of_scope": 0.2}, None),
        ({"ask_wages": 0.6, "out_of_scope": 0.14}, None),
    ],
    ids=[
        "sure",
        "alone",
        "below the threshold",
        "too close",
        "alone and weak",
        "nothing",
        "perhaps not ours",
        "hardly not ours",
        "not ours at all",
    ],
)
def test_doubt_is_said_with_the_best_guesses(arbiter, shares, guesses) -> None:
    message = weigh(arbiter, "three unclear words", shares)
    assert message.get("intent")["name"] == ("ask_wages" if guesses is None else FALLBACK)
    assert message.get(GUESSES) == guesses


def heard(*guesses: tuple[str, float]) -> dict[str, object]:
    """Return the guesses at the sentences of a message as the classifier leaves them."""
    return {SENTENCES: [{"name": name, "confidence": share} for name, share in guesses]}


@pytest.mark.parametrize(
    ("apart", "intent", "also"),
    [
        ([("ask_wages", 0.9), ("ask_contract", 0.8)], "ask_wages", ["ask_contract"]),
        (
            [("ask_contract", 0.8), ("check_agency", 0.7)],
            "ask_wages",
            ["ask_contract", "check_agency"],
        ),
        ([("ask_wages", 0.9), ("ask_contract", 0.5)], "ask_wages", []),
        ([("greet", 0.99), ("thank", 0.99)], "ask_wages", []),
        ([("ask_wages", 0.9), ("report_abuse", 0.9)], "report_abuse", ["ask_wages"]),
        ([("ask_wages", 0.9), ("emergency", 0.8)], "ask_wages", []),
    ],
    ids=["another", "two others", "a weak one", "small talk", "a cry", "a weak cry"],
)
def test_what_else_a_message_asks_is_kept_and_a_cry_comes_first(
    arbiter, apart, intent, also
) -> None:
    message = weigh(arbiter, "one thing. another thing.", SURE, **heard(*apart))
    assert message.get("intent")["name"] == intent
    assert message.get(ALSO) == also


def test_the_clear_sentence_speaks_for_an_unclear_story(arbiter) -> None:
    unclear = {"ask_wages": 0.2, "ask_contract": 0.19}
    message = weigh(arbiter, "a story. a question?", unclear, **heard(("ask_unions", 0.7)))
    assert message.get("intent") == {"name": "ask_unions", "confidence": 0.7}
    assert message.get(ALSO) == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("in Oman?", "inform"),
        ("कतारमा", "inform"),
        ("Qatar, Kuwait", "inform"),
        ("Qatar he will kill me", "emergency"),
        ("menu my boss beats me", "report_abuse"),
        ("passport kept in Qatar", "ask_passport_retention"),
        ("0", FALLBACK),
    ],
)
def test_in_the_whole_pipeline(assistant: Assistant, text: str, intent: str) -> None:
    seen = asyncio.run(assistant.understand(text))
    assert seen.intent == intent
    assert seen.danger is (intent in ("emergency", "report_abuse"))
