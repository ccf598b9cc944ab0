"""Connections of providers that the dispatcher keeps."""

from __future__ import annotations

import random
import threading

from safar.gateway.dispatcher import Dispatcher


def test_a_connection_that_held_for_long_is_tried_again_soon(
    database, keyring, clock, make_provider
) -> None:
    """Else a line that breaks once a day would be left alone for half an hour each time."""
    stop, slept, held = threading.Event(), [], iter([0, 0, 0, 0, 3600])
    provider = make_provider()

    def listen(_stop: threading.Event) -> None:
        seconds = next(held, None)
        if seconds is None:
            stop.set()
            return
        clock.pass_(seconds)
        raise OSError

    provider.listen = listen
    dispatcher = Dispatcher(
        database,
        keyring,
        [provider],
        owner="dispatcher",
        clock=clock,
        rng=random.Random(1),
        sleep=lambda seconds: slept.append(seconds) or stop.is_set(),
    )
    dispatcher._listen("fake", provider.listen, stop)

    assert len(slept) == 5
    assert slept[:4] == sorted(slept[:4])
    assert slept[4] < slept[3] / 2
