"""The stand-in for Twilio, directly and behind Prism, and a gateway that takes its calls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.peers.prism import guarded
from tests.peers.receiving import Receiver
from tests.peers.serving import served
from tests.peers.twilio import Account, Callbacks, create_app
from tests.peers.twilio_contract import write_contract


@dataclass(frozen=True)
class Peer:
    """The stand-in, directly and through Prism, and a gateway that takes its callbacks."""

    account: Account
    direct: str
    guarded: str
    receiver: Receiver
    gateway: str

    def inbound(self, **fields: Any) -> dict[str, Any]:
        """Let somebody write; `sender` and `body` are the fields of most use."""
        answer = httpx.post(self.direct + "/_inbound", json=fields)
        answer.raise_for_status()
        return dict(answer.json())

    def settle(self) -> None:
        """Wait until all callbacks and webhooks were made."""
        deadline = time.monotonic() + 10
        while self.account.reports and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not self.account.reports, "The stand-in still calls."


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    account, receiver = Account(), Receiver()
    document = write_contract(tmp_path_factory.mktemp("contract"))
    with ExitStack() as stack:
        direct = stack.enter_context(served(create_app(account)))
        gateway = stack.enter_context(served(receiver.app))
        yield Peer(
            account, direct, stack.enter_context(guarded(document, direct)), receiver, gateway
        )


@pytest.fixture
def peer(running: Peer) -> Peer:
    running.account.reset()
    running.receiver.forget()
    running.account.callbacks = Callbacks(target=running.gateway)
    return running
