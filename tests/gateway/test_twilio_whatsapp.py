"""Templates outside WhatsApp's window, and buttons inside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.messages import Choice
from safar.gateway.providers.base import ExpiredError, OutboundMessage, WindowClosedError
from safar.gateway.providers.twilio.provider import TwilioProvider
from safar.gateway.providers.twilio.whatsapp import LONGEST_VARIABLE, button_fields, one_line
from tests.gateway.web_gateway import make_settings
from tests.peers.serving import served
from tests.peers.twilio import Account, create_app
from tests.peers.twilio_webhooks import OUR_NUMBER

PERSON = "whatsapp:+9779841234567"
NE, EN, BUTTONS = ("HX" + digit * 32 for digit in "abc")
WAGES = Choice(id="ask_wages", title="Wages")


def _message(**changes: object) -> OutboundMessage:
    values: dict[str, object] = {
        "outbox_id": 7,
        "conversation_id": "0" * 32,
        "to": PERSON,
        "from_": f"whatsapp:{OUR_NUMBER}",
        "channel": "whatsapp",
        "body": "First line\n1 Wages",
        "callback_id": "7",
        "window_open": True,
    }
    return OutboundMessage(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def peer() -> Iterator[tuple[Account, str]]:
    account = Account()
    with served(create_app(account)) as address:
        yield account, address


def _provider(peer: tuple[Account, str], home: Path, **changes: object) -> TwilioProvider:
    return TwilioProvider(make_settings(home, twilio_api_base_url=peer[1], **changes))


@pytest.mark.parametrize(
    ("variant", "template"), [("ne", NE), ("hi", EN), (None, EN)], ids=["own", "English", "none"]
)
def test_outside_the_window_a_template_carries_the_text(
    peer: tuple[Account, str], tmp_path: Path, variant: str | None, template: str
) -> None:
    provider = _provider(peer, tmp_path, twilio_templates={"ne": NE, "en": EN})
    sent = provider.send(_message(window_open=False, variant=variant))
    (row,) = peer[0].sent
    assert row["template"] == template
    assert json.loads(row["variables"]) == {"1": "First line 1 Wages"}
    since = datetime.now(timezone.utc) - timedelta(hours=1)
    found = provider.find(_message(window_open=False, variant=variant), since)
    assert found is not None
    assert found.provider_message_id == sent.provider_message_id


def test_without_a_template_nothing_is_sent(peer: tuple[Account, str], tmp_path: Path) -> None:
    with pytest.raises(WindowClosedError):
        _provider(peer, tmp_path).send(_message(window_open=False))
    assert peer[0].sent == []


def test_a_text_past_its_time_is_not_sent(peer: tuple[Account, str], tmp_path: Path) -> None:
    with pytest.raises(ExpiredError):
        _provider(peer, tmp_path).send(_message(expires_at=datetime.now(timezone.utc)))
    assert peer[0].sent == []


def test_buttons_are_variables_of_the_configured_content() -> None:
    fields = button_fields(_message(choices=(WAGES,)), {"1": BUTTONS})
    assert fields is not None
    assert json.loads(fields["content_variables"]) == {
        "1": "First line",
        "2": "Wages",
        "3": "ask_wages",
    }


@pytest.mark.parametrize(
    ("choices", "body"),
    [
        pytest.param((WAGES,) * 4, "x", id="too many"),
        pytest.param((WAGES,) * 2, "x", id="no content for two"),
        pytest.param((Choice(id="a", title="x" * 21),), "x", id="title too long"),
        pytest.param((WAGES,), "x" * 1025, id="text too long"),
    ],
)
def test_where_buttons_do_not_fit_the_numbered_text_goes(
    choices: tuple[Choice, ...], body: str
) -> None:
    contents = {"1": BUTTONS, "4": BUTTONS}
    assert button_fields(_message(choices=choices, body=body), contents) is None


@given(st.text(max_size=3000))
def test_one_line_has_no_line_end_and_fits(text: str) -> None:
    line = one_line(text)
    assert len(line) <= LONGEST_VARIABLE
    assert "\n" not in line
    assert "\t" not in line
