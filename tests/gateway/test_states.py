from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.states import advance

POSITIVE = ["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"]
FAILED = ["failed", "undelivered", "canceled"]


def _follow(words: list[str], state: str = "sending") -> str:
    known: str | None = None
    for word in words:
        new = advance(state, known, word)
        if new is not None:
            state, known = new, word
    return state


@given(st.permutations(POSITIVE), st.integers(1, len(POSITIVE)))
def test_good_words_in_any_order_end_at_the_furthest(words: list[str], how_many: int) -> None:
    heard = words[:how_many]
    furthest = max(heard, key=POSITIVE.index)
    own = {"scheduled": "accepted", "queued": "accepted", "sending": "accepted"}
    assert _follow(heard) == own.get(furthest, furthest)


@pytest.mark.parametrize("order", list(permutations(["sent", "failed", "delivered"])))
def test_first_end_stays(order: tuple[str, ...]) -> None:
    ends = [word for word in order if word != "sent"]
    assert _follow(list(order)) == ends[0]


@pytest.mark.parametrize(
    ("state", "known", "word", "expected"),
    [
        pytest.param("sent", "sent", "queued", None, id="late queued"),
        pytest.param("accepted", "queued", "accepted", None, id="late accepted"),
        pytest.param("accepted", "queued", "sending", "accepted", id="within accepted"),
        pytest.param("delivered", "delivered", "undelivered", None, id="delivered stays"),
        pytest.param("read", "read", "delivered", None, id="read stays"),
        pytest.param("sent", "sent", "undelivered", "undelivered", id="sent may fail"),
        pytest.param("failed", "failed", "delivered", None, id="failed is the end"),
        pytest.param("unknown", None, "sent", "sent", id="callback settles unknown"),
        pytest.param("unknown", None, "failed", "failed", id="failure settles unknown"),
        pytest.param("ready", None, "sent", "sent", id="waiting for a resend, yet sent"),
        pytest.param("ready", None, "failed", None, id="older try failed, next one waits"),
        pytest.param("dead", None, "delivered", "delivered", id="given up, yet delivered"),
        pytest.param("dead", None, "failed", None, id="given up and failed"),
        pytest.param("sending", None, "received", None, id="word for incoming messages"),
        pytest.param("sending", None, "nonsense", None, id="no word"),
    ],
)
def test_advance(state: str, known: str | None, word: str, expected: str | None) -> None:
    assert advance(state, known, word) == expected


@pytest.mark.parametrize("end", [*FAILED, "delivered", "read"])
def test_nothing_leaves_an_end_but_delivered_to_read(end: str) -> None:
    moved = {word for word in POSITIVE + FAILED if advance(end, end, word) is not None}
    assert moved == ({"read"} if end == "delivered" else set())
