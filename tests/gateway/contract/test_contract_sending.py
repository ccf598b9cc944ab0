"""What every provider does with a text: takes it once, as it is, or says truly why not."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import structlog

from safar.gateway.providers.base import (
    ChannelPausedError,
    OutboundMessage,
    RecipientError,
    SendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.states import is_positive
from tests.gateway.contract.ledger import Ledger
from tests.gateway.contract.rig import ANA, BEN, Rig, answer_to, lines, rig_module

TEXTS = {
    "plain": "Call 1141. It is free.",
    "GSM extension": "50€ [yes] {no} ~ ^ \\ | é Ω Ç",
    "Devanagari": "तपाईंको राहदानी रोजगारदाताले राख्न पाउँदैन।",
    "ZWJ and ZWNJ": "क्‍ष र्‍य श्‌र",
    "Arabic": "اتصل بالرقم 1141، إنه مجاني.",
    "emoji": "🙏🏽 👩‍👩‍👧 🇳🇵 ok",
    "menu": "Choose:\n1. Wages\n2. Passport",
    "several SMS": "दूतावासलाई फोन गर्नुहोस्। {€} 🙏🏽 " * 9,
    "quotes and tags": '"it\'s" <b>5 & 6</b> %20 + \\n',
}
SECRET_TEXT = "मालिकले पासपोर्ट राख्यो fraudulent"
only_peered = pytest.mark.parametrize("rig", lines(peered=True), indirect=True, ids="-".join)

FAULTS: dict[str, tuple[Callable[[Rig], None], type[SendError], set[int]]] = {
    # What the peer does, the error it must become, and how many messages the peer may have then.
    "throttled": (lambda rig: rig.throttle(), TransientSendError, {0}),
    "nobody there": (lambda rig: rig.go_away(), TransientSendError, {0}),
    "refuses everything": (lambda rig: rig.refuse_everything(), ChannelPausedError, {0}),
    "answer lost": (lambda rig: rig.lose_answer(), UnknownOutcomeError, {1}),
    "says nothing": (lambda rig: rig.hang(), UnknownOutcomeError, {0, 1}),
}


def test_name_and_channels_are_those_of_the_folder(rig: Rig) -> None:
    name = type(rig.provider).__module__.split(".")[-2]
    module = rig_module(name)
    assert module is not None
    assert (rig.provider.name, rig.plugin.name) == (name, name)
    assert rig.provider.capabilities.channels == set(module.CHANNELS)
    assert rig.provider.capabilities.parallel >= 1


def test_every_text_is_taken_once_and_as_it_is(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("hello")
    results = [ledger.deliver(rig.provider, ledger.queue(text)) for text in TEXTS.values()]

    assert [body for _, body in rig.accepted()] == list(TEXTS.values())
    assert {to for to, _ in rig.accepted()} == {ledger.who(-1)}
    _results_are_whole(results)


def _results_are_whole(results: list[SendResult]) -> None:
    ids = [result.provider_message_id for result in results]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(each) <= 200 and each.isascii() for each in ids)
    assert all(is_positive(result.status) for result in results), "a word nobody here knows"
    assert not any(number in each for each in ids for number in (ANA[1:], BEN[1:]))


def test_as_many_at_a_time_as_it_says(rig: Rig, ledger: Ledger) -> None:
    many = rig.provider.capabilities.parallel
    rows = []
    for place in range(many):
        assert rig.arrive("hello", f"+97798412340{place:02}")
        rows.append(ledger.queue(f"text {place}"))
    messages = [ledger.lend(row) for row in rows]

    with ThreadPoolExecutor(many) as pool:
        results = list(pool.map(rig.provider.send, messages))

    for row, result in zip(rows, results, strict=True):
        assert ledger.note(row, result)
    assert sorted(rig.accepted()) == sorted(map(answer_to, messages))
    _results_are_whole(results)


@only_peered
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_error(
    rig: Rig, ledger: Ledger, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The right one, in time, silent about who and what; and nothing is lost by it."""
    happens, expected, taken = FAULTS[fault]
    assert rig.arrive("hello")
    message = ledger.lend(ledger.queue(SECRET_TEXT))
    happens(rig)
    began = time.monotonic()

    error, shown = _refused(rig, message, caplog)

    assert time.monotonic() - began < rig.patience.total_seconds()
    assert isinstance(error, expected)
    # One that is throttled or alone needs nobody to act, so all others go on.
    assert fault != "throttled" or not isinstance(error, ChannelPausedError)
    assert len(rig.accepted()) in taken
    assert (
        _told(shown, *SECRET_TEXT.split(), message.to, message.from_, ANA[1:], *rig.secrets) == []
    )
    if isinstance(error, TransientSendError):
        rig.mend()
        rig.provider.send(message)
        assert rig.accepted() == [answer_to(message)]


@only_peered
def test_who_cannot_be_reached_is_told_from_a_peer_that_fails(
    rig: Rig, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    assert rig.arrive("hello", rig.unreachable)
    message = ledger.lend(ledger.queue(SECRET_TEXT))

    error, shown = _refused(rig, message, caplog)

    assert type(error) is RecipientError
    assert rig.accepted() == []
    assert _told(shown, *SECRET_TEXT.split(), message.to, message.from_, *rig.secrets) == []


def _refused(
    rig: Rig, message: OutboundMessage, caplog: pytest.LogCaptureFixture
) -> tuple[SendError, list[str]]:
    """Send in vain; return the error, and all that it and the logs show."""
    caplog.set_level("INFO")
    with structlog.testing.capture_logs() as logs, pytest.raises(SendError) as caught:
        rig.provider.send(message)
    error = caught.value
    assert 0 < len(error.code) <= 60 and error.code.isascii()
    shown = [error.code, str(error), repr(error), repr(message), *map(repr, error.args)]
    shown += ["".join(traceback.format_exception(error)), repr(logs), caplog.text]
    return error, shown


def _told(shown: list[str], *hidden: str) -> list[str]:
    return [word for word in hidden for text in shown if word in text]


# Looking for what was sent.


def test_what_was_sent_is_found_by_who_says_so(rig: Rig, ledger: Ledger) -> None:
    """As after a crash between the peer's answer and its being written down."""
    assert rig.arrive("hello")
    row = ledger.queue("तपाईंको तलब")
    result = rig.provider.send(ledger.lend(row))
    item = ledger.doubt(row, rig.plugin.name)

    if not rig.provider.capabilities.can_find:
        with pytest.raises(SendError):
            rig.provider.find(item.message, _before(ledger))
        return
    found = rig.provider.find(item.message, _before(ledger))
    assert found is not None
    assert found.provider_message_id == result.provider_message_id
    assert is_positive(found.status)


@only_peered
@pytest.mark.parametrize("before", [0, 1], ids=["alone", "behind the same text"])
def test_what_was_never_sent_is_not_found(rig: Rig, ledger: Ledger, before: int) -> None:
    """The same text to the same person, sent before under another row, is not mistaken for it."""
    assert rig.arrive("hello")
    for _ in range(before):
        ledger.deliver(rig.provider, ledger.queue("1. थप"))
    row = ledger.queue("1. थप")
    message = ledger.lend(row)
    rig.throttle()
    with pytest.raises(TransientSendError):
        rig.provider.send(message)
    item = ledger.doubt(row, rig.plugin.name)

    if not rig.provider.capabilities.can_find:
        with pytest.raises(SendError):
            rig.provider.find(item.message, _before(ledger))
        return
    assert rig.provider.find(item.message, _before(ledger)) is None


@only_peered
def test_a_lost_answer_is_never_taken_for_not_sent(rig: Rig, ledger: Ledger) -> None:
    """It is in the list, or nobody can say yet; "not there" would have it sent again."""
    can = rig.provider.capabilities
    assert rig.arrive("hello")
    row = ledger.queue("तपाईंको राहदानी")
    message = ledger.lend(row)
    rig.lose_answer()
    with pytest.raises(UnknownOutcomeError):
        rig.provider.send(message)
    item = ledger.doubt(row, rig.plugin.name)

    if can.has_list:
        assert can.can_find
        assert rig.provider.find(item.message, _before(ledger)) is not None
    else:
        with pytest.raises(SendError):
            rig.provider.find(item.message, _before(ledger))
        # So it must be settled in another way.
        assert can.status_callbacks
        rig.mend()
        assert rig.report("delivered")
        assert ledger.state(row) == "delivered"
    assert rig.accepted() == [answer_to(message)]


@only_peered
def test_a_list_that_cannot_be_read_is_no_empty_one(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("hello")
    row = ledger.queue("तपाईंको राहदानी")
    message = ledger.lend(row)
    rig.lose_answer()
    with pytest.raises(UnknownOutcomeError):
        rig.provider.send(message)
    item = ledger.doubt(row, rig.plugin.name)
    rig.go_away()

    with pytest.raises(SendError):
        rig.provider.find(item.message, _before(ledger))


def _before(ledger: Ledger) -> datetime:
    return ledger.clock() - timedelta(minutes=1)
