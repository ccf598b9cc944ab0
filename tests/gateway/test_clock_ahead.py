"""The clock jumps ahead while a text is in doubt."""

from __future__ import annotations

import random

import pytest

from safar.gateway.dispatcher import Dispatcher
from safar.gateway.providers.base import UnknownOutcomeError
from safar.gateway.settling import Settled, Settler

pytestmark = pytest.mark.both_databases


def test_nothing_overtakes_a_text_in_doubt_because_the_clock_jumps(
    database, keyring, post, clock, make_provider, monkeypatch
) -> None:
    post.queue("one", "two")
    provider = make_provider(before=[UnknownOutcomeError("timeout")])
    dispatcher = Dispatcher(
        database, keyring, [provider], owner="dispatcher", clock=clock, rng=random.Random(1)
    )
    dispatcher.run_once()
    settle = Settler.settle

    def settle_and_jump(settler: Settler) -> Settled:
        settled = settle(settler)
        clock.pass_(240)
        return settled

    monkeypatch.setattr(Settler, "settle", settle_and_jump)
    dispatcher.run_once()
    assert provider.bodies == []
    for _ in range(3):
        dispatcher.run_once()
    assert provider.bodies == ["one", "two"]
