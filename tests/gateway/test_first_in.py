"""A cry for help is read before other people's questions, whatever the queue."""

from __future__ import annotations

import time

import pytest

from safar.gateway.danger_words import LONGEST, DangerWords
from safar.registry.holder import RegistryHolder
from tests.whole_way import ANA, BEN, CRY, Way

QUESTION = "what may they charge?"


def crowd(way: Way, people: int = 30) -> None:
    for number in range(people):
        way.write(f"{QUESTION} {number}", sender=f"+97798100000{number:02}")


def test_a_cry_behind_thirty_questions_of_others_is_read_first(way: Way) -> None:
    crowd(way)
    way.write(CRY, sender=ANA)
    way.work()
    assert way.script.asked[0] == CRY
    assert len(way.script.asked) == 31


def test_what_stands_before_a_cry_in_its_own_conversation_goes_with_it(way: Way) -> None:
    way.write("hello", sender=BEN)
    crowd(way)
    way.write(QUESTION, sender=ANA)
    way.write(CRY, sender=ANA)
    way.write("please", sender=ANA)
    way.work()
    assert way.script.asked[:2] == [QUESTION, CRY]
    assert [text for text in way.script.asked if text in (QUESTION, CRY, "please")] == [
        QUESTION,
        CRY,
        "please",
    ]
    assert way.script.asked.index("hello") < way.script.asked.index("please")


def test_two_cries_are_read_in_the_order_in_which_they_came(way: Way) -> None:
    way.write(QUESTION, sender=BEN)
    way.write(f"{CRY} 1", sender=ANA)
    way.write(f"{CRY} 2", sender="+9779810000099")
    way.work()
    assert way.script.asked == [f"{CRY} 1", f"{CRY} 2", QUESTION]


def test_a_cry_that_must_not_be_answered_takes_no_place(make_way) -> None:
    way = make_way(repeats=1)
    way.write(CRY)
    way.write(CRY)
    assert [(row.treatment, row.priority > 0) for row in way.inbox()] == [
        ("answer", True),
        ("none", False),
    ]


def test_a_registry_that_cannot_be_read_leaves_the_order_as_it_is(tmp_path) -> None:
    assert not DangerWords(RegistryHolder(tmp_path / "none.db")).are_in(CRY)


@pytest.mark.parametrize(
    "text", ["hit " * 4000, "h" * 16_000, "मलाई " * 3000, "he hits me heeelp " * 900], ids=repr
)
def test_no_text_keeps_the_gateway_busy(way: Way, text: str) -> None:
    words = DangerWords(RegistryHolder(way.settings.registry_path))
    words.are_in("once, so that it is loaded")
    began = time.process_time()
    words.are_in(text[:16_000])
    assert time.process_time() - began < 0.2
    assert len(text) > LONGEST
