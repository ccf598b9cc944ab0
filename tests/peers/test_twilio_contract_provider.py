"""Our own provider against the stand-in, with Prism in between: it speaks as Twilio asks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from safar.gateway.providers.base import (
    OutboundMessage,
    PermanentSendError,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.twilio.provider import TwilioProvider
from safar.settings import Settings
from tests.peers.conftest import Peer
from tests.peers.twilio import Faults
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN

PERSON = "+9779841234567"
WA_PERSON, WA_OURS = f"whatsapp:{PERSON}", f"whatsapp:{OUR_NUMBER}"
TEXT = "तलब नदिए उजुरी गर्नुहोस्।\n1. थप & + % 🙏🏽"


@pytest.fixture
def provider(peer: Peer, tmp_path: Path) -> TwilioProvider:
    return TwilioProvider(
        Settings(
            _env_file=None,
            home=tmp_path,
            public_base_url="https://gw.example.org",
            twilio_account_sid=ACCOUNT,
            twilio_auth_tokens=(TOKEN,),
            twilio_api_base_url=peer.guarded,
            twilio_timeout_seconds=10.0,
        )
    )


def outbound(to: str = PERSON, from_: str = OUR_NUMBER) -> OutboundMessage:
    return OutboundMessage(
        outbox_id=7,
        conversation_id="0" * 32,
        to=to,
        from_=from_,
        channel="whatsapp" if to.startswith("whatsapp:") else "sms",
        body=TEXT,
        callback_id="7",
    )


@pytest.mark.parametrize(("to", "from_"), [(PERSON, OUR_NUMBER), (WA_PERSON, WA_OURS)])
def test_our_provider_sends_as_twilio_asks(
    peer: Peer, provider: TwilioProvider, to: str, from_: str
) -> None:
    result = provider.send(outbound(to, from_))

    (sent,) = peer.account.sent
    assert (result.provider_message_id, result.status) == (sent["sid"], "queued")
    assert (sent["to"], sent["from"], sent["body"]) == (to, from_, TEXT)


def test_our_provider_finds_what_it_sent_among_many(peer: Peer, provider: TwilioProvider) -> None:
    result = provider.send(outbound())
    for number in range(3):
        peer.inbound(sender=PERSON, body=str(number))

    found = provider.find(outbound(), datetime.now(timezone.utc) - timedelta(hours=1))

    assert found is not None
    assert found.provider_message_id == result.provider_message_id


def test_our_provider_understands_refusals(peer: Peer, provider: TwilioProvider) -> None:
    peer.inbound(sender=PERSON, body="STOP")
    with pytest.raises(PermanentSendError) as stopped:
        provider.send(outbound())
    peer.account.faults = Faults(mode="429")
    with pytest.raises(TransientSendError) as throttled:
        provider.send(outbound())
    peer.account.faults = Faults(mode="500_after_accept")
    with pytest.raises(UnknownOutcomeError):
        provider.send(outbound(to="+9779800000000"))

    assert (stopped.value.code, throttled.value.code) == ("21610", "20429")
    assert len(peer.account.sent) == 1, "taken, though the answer was an error"
