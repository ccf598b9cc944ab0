"""When the variant of one message becomes the variant of the conversation."""

from __future__ import annotations

import pytest

from actions.base import Turn
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
