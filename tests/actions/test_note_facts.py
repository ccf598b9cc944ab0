"""When the variant of one message becomes the variant of the conversation."""

from __future__ import annotations

import pytest

from actions.base import Turn
from actions.inform import ActionInform
from actions.note_facts import ActionNoteFacts
from safar.answers.resources import Resources


@pytest.mark.parametrize(
    ("known", "letters", "confidence", "changes"),
    [
        (None, 2, 0.6, True),
        ("en", 40, 0.9, True),
        ("en", 40, 0.8, False),
        ("en", 9, 0.99, False),
        ("ne", 40, 0.99, False),
    ],
    ids=["first message", "long and clear", "long and unclear", "short", "the same"],
)
@pytest.mark.parametrize("chosen", [False, True], ids=["guessed", "chosen"])
def test_a_variant_is_changed_only_by_what_is_clear(
    resources: Resources, known: str | None, letters: int, confidence: float, changes: bool, chosen
) -> None:
    seen = {"tag": "ne", "letters": letters, "confidence": confidence}
    slots = {"variant": known, "variant_chosen": chosen}
    turn = Turn(resources, "ask_wages", "-", {"variant": seen}, slots)
    assert ActionNoteFacts(resources).answer(turn) is None
    assert turn.memory == ({"variant": "ne"} if changes and not chosen else {})


def _entity(name: str, value: str, start: int) -> dict[str, object]:
    return {"entity": name, "value": value, "start": start, "end": start + 4}


@pytest.mark.parametrize(
    ("entities", "city"),
    [
        ([("destination", "QA", 0), ("city", "Doha", 0)], "Doha"),
        ([("origin", "BD", 0), ("city", "Dhaka", 0), ("destination", "AE", 9)], None),
        (
            [
                ("origin", "BD", 0),
                ("city", "Dhaka", 0),
                ("destination", "AE", 9),
                ("city", "Dubai", 9),
            ],
            "Dubai",
        ),
        ([("origin", "BD", 0), ("city", "Dhaka", 0)], None),
    ],
    ids=["there", "at home", "both", "only at home"],
)
def test_the_city_is_that_of_the_destination(
    resources: Resources, entities: list[tuple[str, str, int]], city: str | None
) -> None:
    message = {"entities": [_entity(*each) for each in entities]}
    turn = Turn(resources, "inform", "-", message, {})
    ActionNoteFacts(resources).answer(turn)
    assert turn.memory.get("city") == city


@pytest.mark.parametrize(
    ("text", "pending", "told", "replied"),
    [
        ("Mali", "ask_wages:destination", "ML", "answer.everywhere"),
        ("Mali", None, None, "ask.which_country"),
        ("Congo", "ask_wages:destination", None, "ask.which_country"),
    ],
)
def test_a_name_that_is_a_word_is_taken_as_an_answer_and_else_asked_back(
    resources: Resources, text: str, pending: str | None, told: str | None, replied: str
) -> None:
    turn = Turn(resources, "inform", text, {}, {"pending_topic": pending})
    ActionNoteFacts(resources).answer(turn)
    assert turn.memory.get("destination") == told
    again = Turn(resources, "inform", text, {}, {**turn.slots, **turn.memory})
    reply = ActionInform(resources).answer(again)
    assert reply.parts[0].id == replied
    if replied == "ask.which_country":
        offered = [option.id for option in reply.options]
        expected = ["CG", "CD"] if text == "Congo" else ["ML"]
        assert offered == [*(f"destination:{code}" for code in expected), "menu"]
