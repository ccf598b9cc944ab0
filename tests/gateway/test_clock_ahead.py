"""The clock jumps ahead while a text is in doubt."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import UnknownOutcomeError
from safar.gateway.settling import Settled, Settler

pytestmark = pytest.mark.both_databases


def test_nothing_overtakes_a_text_in_doubt_because_the_clock_jumps(
    post, clock, make_provider, make_dispatcher, monkeypatch
) -> None:
    post.queue("one", "two")
    provider = make_provider(before=[UnknownOutcomeError("timeout")])
    dispatcher = make_dispatcher(provider)
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
