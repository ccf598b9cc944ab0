"""What follows from Twilio's codes, of its API and of callbacks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    ExpiredError,
    FailureKind,
    GuardedError,
    OptedOutError,
    RecipientError,
    RouteBlockedError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)
from safar.gateway.providers.twilio.errors import error_of, kind_of


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        pytest.param(400, 21610, OptedOutError, id="opted out"),
        pytest.param(400, 21211, RecipientError, id="no such number"),
        pytest.param(400, 21614, RecipientError, id="no mobile"),
        pytest.param(400, 63003, RecipientError, id="not on WhatsApp"),
        pytest.param(400, 63016, WindowClosedError, id="window closed"),
        pytest.param(400, 21617, ContentError, id="too long"),
        pytest.param(400, 21656, ContentError, id="variables of a template"),
        pytest.param(403, 21408, RouteBlockedError, id="country not allowed: only this message"),
        pytest.param(400, 30453, GuardedError, id="range under attack: only this message"),
        pytest.param(400, 63033, ContentError, id="blocked by the person"),
        pytest.param(401, 20003, ChannelPausedError, id="wrong credentials"),
        pytest.param(401, 0, ChannelPausedError, id="refused without a code"),
        pytest.param(400, 30002, ChannelPausedError, id="account suspended"),
        pytest.param(429, 20429, TransientSendError, id="throttled"),
        pytest.param(429, 0, TransientSendError, id="throttled without a code"),
        pytest.param(400, 21611, TransientSendError, id="queue full"),
        pytest.param(400, 63018, TransientSendError, id="WhatsApp's rate"),
        pytest.param(400, 30036, ExpiredError, id="expired"),
        pytest.param(503, 20503, UnknownOutcomeError, id="server error"),
        pytest.param(500, 21610, UnknownOutcomeError, id="server error whatever the code"),
        pytest.param(400, 99999, ContentError, id="unknown code"),
    ],
)
def test_error(status: int, code: int, error: type[SendError]) -> None:
    assert type(error_of(status, code)) is error


MEANT = {
    FailureKind.OPT_OUT: (21610,),
    FailureKind.RECIPIENT: (21211, 21612, 21614, 30005, 30006, 63003, 63013, 63024),
    FailureKind.CONTENT: (
        *(21602, 21603, 21604, 21606, 21212, 21617, 21620, 21656),
        *(63014, 63021, 63027, 63028, 63033, 63041),
    ),
    FailureKind.WINDOW: (63016,),
    FailureKind.CHANNEL: (20003, 20005, 30002, 63001, 63007, 63020),
    FailureKind.BLOCKED: (21408, 21608, 30034),
    FailureKind.GUARDED: (30450, 30453),
    FailureKind.TRANSIENT: (
        *(14107, 20429, 20500, 20503, 21611, 30001, 30003, 30007, 30008, 30022, 30410),
        *(63012, 63017, 63018, 63032, 63049, 63051),
    ),
    FailureKind.EXPIRED: (30036, 35115),
}
"""Every code that Twilio's pages name, and what it is taken for."""
CODES = [(code, kind) for kind, codes in MEANT.items() for code in codes]
SAID = {
    FailureKind.OPT_OUT: "notes the wish",
    FailureKind.RECIPIENT: "tries SMS",
    FailureKind.CONTENT: "gives it up",
    FailureKind.WINDOW: "tries SMS",
    FailureKind.CHANNEL: "pauses the channel",
    FailureKind.BLOCKED: "tries again every hour",
    FailureKind.GUARDED: "gives it up and alerts",
    FailureKind.TRANSIENT: "tries later",
    FailureKind.EXPIRED: "makes the answer anew",
}
PAGE = Path(__file__).parents[2] / "docs" / "operators" / "gateway.md"


@pytest.mark.parametrize(("code", "kind"), CODES, ids=[str(code) for code, _ in CODES])
def test_every_code_means_what_it_should_and_operators_are_told_so(
    code: int, kind: FailureKind
) -> None:
    assert kind_of(code) is kind
    (row,) = [row for row in _rows() if str(code) in row[0]]
    assert f"**{SAID[kind]}**" in row[1]


def test_operators_are_told_of_no_code_that_is_not_known() -> None:
    told = {int(code) for codes, _ in _rows() for code in codes}
    assert told == {code for code, _ in CODES}


def test_an_unknown_code_of_a_report_is_our_own_fault() -> None:
    assert kind_of(12345) is FailureKind.CONTENT


def _rows() -> list[tuple[list[str], str]]:
    """Return the codes of each row of the page's table, and what is said to be done."""
    cells = [line.split("|") for line in PAGE.read_text("utf-8").splitlines()]
    rows = [(re.findall(r"\b\d{5}\b", cell[1]), cell[3]) for cell in cells if len(cell) == 5]  # noqa: PLR2004
    return [row for row in rows if row[0]]


@given(st.integers(100, 599), st.integers(0, 99_999))
def test_every_answer_has_a_meaning_and_a_short_word(status: int, code: int) -> None:
    error = error_of(status, code)
    assert error.code.isdigit()
    assert len(error.code) <= 5
    if status >= 500:
        assert not error.retryable, "what may have been accepted is never simply sent again"
