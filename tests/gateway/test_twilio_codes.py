"""What follows from Twilio's codes, of its API and of callbacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    ExpiredError,
    FailureKind,
    OptedOutError,
    RecipientError,
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
        pytest.param(403, 21408, ContentError, id="country not allowed: only this message"),
        pytest.param(400, 30453, ContentError, id="range under attack: only this message"),
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


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (30003, FailureKind.TRANSIENT),
        (30005, FailureKind.RECIPIENT),
        (30007, FailureKind.TRANSIENT),
        (30036, FailureKind.EXPIRED),
        (21610, FailureKind.OPT_OUT),
        (63016, FailureKind.WINDOW),
        (12345, FailureKind.CONTENT),
    ],
    ids=str,
)
def test_kind_of_a_callback(code: int, kind: FailureKind) -> None:
    assert kind_of(code) is kind


@given(st.integers(100, 599), st.integers(0, 99_999))
def test_every_answer_has_a_meaning_and_a_short_word(status: int, code: int) -> None:
    error = error_of(status, code)
    assert error.code.isdigit()
    assert len(error.code) <= 5
    if status >= 500:
        assert not error.retryable, "what may have been accepted is never simply sent again"
