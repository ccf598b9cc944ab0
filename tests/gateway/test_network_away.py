"""The network is away for a while: when it is back, everything goes, soon, once and in order."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import UnknownOutcomeError
from tests.whole_way import BEN, LONG, Way


def wait(way: Way, seconds: int, step: int = 5) -> None:
    for _ in range(0, seconds, step):
        way.answer()
        way.clock.pass_(step)


@pytest.mark.parametrize("minutes", [1, 10, 300])
@pytest.mark.parametrize("taken", [False, True], ids=["it had not been taken", "it had been"])
def test_a_later_text_does_not_overtake_one_in_doubt(way: Way, minutes: int, taken: bool) -> None:
    lost = UnknownOutcomeError("answer_lost")
    if taken:
        way.twilio.loses_answers = [lost]
    else:
        way.twilio.errors = [lost]
    way.write("hello")
    way.answer()
    way.twilio.away = True
    way.write(LONG)
    wait(way, 60 * minutes, step=5 if minutes < 60 else 20)
    assert len(way.bodies()) == int(taken)
    way.twilio.away = False
    wait(way, 40)
    if minutes < 240:
        assert [m.outbox_id for m in way.sent()] == [1, 2] == [m.outbox_id for m in way.twilio.sent]
        assert set(way.states()) <= {"accepted", "sent"}
    else:
        # What grew too old meanwhile was made anew, still behind the one in doubt.
        questions = [way.row(m.outbox_id)["inbox_id"] for m in way.twilio.sent]
        assert questions == sorted(questions)
        assert set(questions) == {1, 2}


def test_everything_goes_within_half_a_minute_after_hours_without_a_network(way: Way) -> None:
    way.twilio.away = True
    for number in range(8):
        way.write("hello", sender=f"+97798412000{number:02}")
    way.write("hello", "whatsapp", sender=BEN)
    wait(way, 3 * 3600, step=20)
    assert way.bodies() == []
    way.twilio.away = False
    wait(way, 35)
    assert len(way.bodies()) == 9


def test_a_provider_that_is_not_reached_is_not_asked_again_and_again(way: Way) -> None:
    """Each try to connect may take seconds; ten texts in doubt cost one of them, not ten."""
    way.twilio.errors = [UnknownOutcomeError("answer_lost")] * 2
    for number in range(2):
        way.write("hello", sender=f"+97798412000{number:02}")
    way.answer()
    way.twilio.away, asked = True, []
    find = way.twilio.find
    way.twilio.find = lambda *given: (asked.append(given), find(*given))[1]  # type: ignore[method-assign]
    way.clock.pass_(20)
    way.send()
    assert len(asked) == 1
    assert way.states() == ["unknown"] * 2
