"""Messages whose webhook was lost are fetched from Twilio's list, once and oldest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from safar.gateway.limits import LimitSettings
from safar.gateway.providers.twilio.reconcile import WEBHOOK_FIRST, reconcile
from safar.gateway.surroundings import surroundings_of
from safar.gateway.web import utc_now
from tests.gateway.web_gateway import Gateway, make_settings
from tests.peers.serving import served
from tests.peers.twilio import Account, create_app
from tests.peers.twilio_webhooks import OUR_NUMBER, TOKEN

PERSON = "+9779841234567"


def in_a_while() -> datetime:
    return utc_now() + WEBHOOK_FIRST + timedelta(seconds=5)


@pytest.mark.parametrize("ours", [OUR_NUMBER, ""], ids=["our number", "whole account"])
def test_what_no_webhook_brought_is_fetched(tmp_path: Path, database, keyring, ours: str) -> None:
    account = Account()
    with served(create_app(account)) as address:
        settings = make_settings(
            tmp_path,
            twilio_api_base_url=address,
            twilio_sms_from=ours,
            twilio_auth_tokens=(TOKEN,),
        )
        surroundings = surroundings_of(settings, database, keyring, utc_now, LimitSettings())
        for body in ("first", "second", "मद्दत"):
            written = {"sender": PERSON, "body": body, "deliver": False}
            assert httpx.post(f"{address}/_inbound", json=written).status_code < 300
        assert reconcile(surroundings) == 0, "the webhook knows more, and may still come"
        later = surroundings_of(settings, database, keyring, in_a_while, LimitSettings())
        assert reconcile(later) == 3
        assert reconcile(later) == 0, "what is known changes nothing"
    gateway = Gateway(settings, database, keyring, utc_now)  # type: ignore[arg-type]
    assert gateway.texts() == ["first", "second", "मद्दत"]
    assert gateway.counter("twilio.reconciled") == 3


def test_a_list_that_cannot_be_read_is_no_end(tmp_path: Path, database, keyring) -> None:
    settings = make_settings(tmp_path, twilio_api_base_url="http://127.0.0.1:9")
    surroundings = surroundings_of(settings, database, keyring, utc_now, LimitSettings())
    assert reconcile(surroundings) == 0
