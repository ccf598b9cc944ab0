"""The counting of the fault matrix: it must see what is wrong."""

from __future__ import annotations

import pytest

from tests.faults.tally import Answer, Tally, tally

PLACE = {"a1": 1, "b1": 2, "a2": 3, "a3": 4}


@pytest.mark.parametrize(
    ("answers", "lost", "doubled", "most", "out_of_order"),
    [
        pytest.param("a1 b1 a2 a3", 0, 0, 1, 0, id="all is well"),
        pytest.param("b1 a1 a2 a3", 0, 0, 1, 0, id="people overtake each other"),
        pytest.param("a1 b1 a3", 1, 0, 1, 0, id="one was not answered"),
        pytest.param("", 4, 0, 0, 0, id="nobody was answered"),
        pytest.param("a1 a1 b1 a2 a3", 0, 1, 2, 0, id="one was answered twice"),
        pytest.param("a1 b1 b1 b1 a2 a3", 0, 2, 3, 0, id="one was answered three times"),
        pytest.param("a2 b1 a1 a3", 0, 0, 1, 1, id="the second one left first"),
        pytest.param("a3 b1 a2 a1", 0, 0, 1, 2, id="the last one left first"),
        pytest.param("a1 b1 a2 a1 a3", 0, 1, 2, 0, id="a repeat is no wrong order"),
    ],
)
def test_what_is_wrong_is_counted(
    answers: str, lost: int, doubled: int, most: int, out_of_order: int
) -> None:
    taken = [Answer(each[0], each) for each in answers.split()]

    assert tally(list(PLACE), taken, PLACE) == Tally(4, lost, doubled, most, out_of_order)


def test_a_message_that_never_came_is_lost() -> None:
    answers = [Answer("a", "a1")]

    assert tally(["a1", "a2"], answers, {"a1": 1}).lost == 1
