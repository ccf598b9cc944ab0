"""Messages that heap up while the worker is away cost no more than the limits."""

from __future__ import annotations

import pytest

from safar.messaging.segments import measure
from tests.whole_way import BEN, CRY, LONG

QUESTION = "what may they charge?"
BURST = [f"+97798412{number:05}" for number in range(40)]  # one range, one country
HELD_BACK = {"limit.prefix", "limit.country", "limit.total"}


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param({"prefix_segments_day": 6, "total_segments_day": 10}, id="of a range"),
        pytest.param({"country_segments_day": 10}, id="of a country"),
        pytest.param({"total_segments_day": 10}, id="of all"),
    ],
)
@pytest.mark.parametrize("text", [QUESTION, LONG, "STOP"])
def test_a_burst_that_came_while_the_worker_was_away_costs_the_limit_and_one_answer(
    make_way, limit, text
) -> None:
    """All forty were let in before the first was answered, for nothing was counted yet."""
    way = make_way(**limit)
    for sender in BURST:
        way.write(text, sender=sender)
    way.answer()
    one_answer = max(row.segments for row in way.outbox())
    assert 0 < way.segments() < min(limit.values()) + one_answer
    assert {row.state for row in way.inbox()} == {"done"}
    held_back = [row for row in way.inbox() if row.error_code in HELD_BACK]
    assert len(held_back) + len(way.bodies()) == len(BURST)
    way.write(CRY, sender=BURST[-1])
    assert any(body.startswith(way.words("reply.neutral")) for body in way.answer())


def test_cries_in_a_burst_are_answered_beyond_the_limit(make_way) -> None:
    way = make_way(total_segments_day=1)
    for sender in BURST[:10]:
        way.write(CRY, sender=sender)
    assert len(way.answer()) == 10


def test_a_heap_of_long_answers_to_one_person_costs_the_limit_and_one_answer(make_way) -> None:
    way = make_way(sender_segments_day=80, sender_messages_burst=100)
    for number in range(60):
        way.write(f"{LONG} {number}")
    way.answer()
    most = 80 + max(row.segments for row in way.outbox())
    assert way.segments() < most + measure(way.words("limit.reached")).segments + 2


def test_an_answer_held_back_leaves_no_menu_behind(make_way) -> None:
    """A number must not mean what was never shown."""
    way = make_way(total_segments_day=1)
    way.write("hello", sender=BEN)
    way.write("menu")
    assert len(way.answer()) == 1
    way.clock.pass_(24 * 3600)
    way.ask("1")
    assert way.script.asked[-1] == "1"
