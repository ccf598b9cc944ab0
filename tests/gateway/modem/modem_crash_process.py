"""A dispatcher with a modem, and somebody who answers, in one process that is made to be killed.

Usage: modem_crash_process.py DATABASE_URL DEVICE OWNER, with the keys in CRASH_KEY and CRASH_HASH.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from safar.gateway import delivery, inbox, receiving
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import ConversationUpdate, OutgoingText
from safar.gateway.providers.modem.modem import Timing
from safar.gateway.providers.modem.provider import ModemProvider
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Surroundings
from safar.settings import Settings
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.gateway.modem.modem_office import QUICK
from tests.peers.gammu_phone import CHILD

LEASE = timedelta(seconds=2)


def now() -> datetime:
    return datetime.now(timezone.utc)


def main() -> None:
    url, device, owner = sys.argv[1:]
    keyring = KeyRing([os.environ["CRASH_KEY"]], os.environ["CRASH_HASH"])
    database = open_database(url)
    surroundings = Surroundings(
        Settings(_env_file=None),
        database,
        keyring,
        now,
        lambda message: receiving.receive(database, keyring, message, now()),
        lambda report: delivery.apply_report(database, keyring, report, now()),
        lambda _name: None,
    )
    settings = ModemSettings(_env_file=None, devices=(device,), doubt_seconds=0, **QUICK)
    provider = ModemProvider(
        surroundings,
        settings,
        command=CHILD,
        timing=Timing(time.monotonic, lambda _seconds: time.sleep(0.01)),
    )
    stop = threading.Event()
    threading.Thread(target=answer, args=(database, keyring, owner, stop), daemon=True).start()
    Dispatcher(
        database,
        keyring,
        [provider],
        owner=owner,
        clock=now,
        rng=random.Random(owner),
        options=DispatcherOptions(
            batch=3,
            lease=LEASE,
            settle=timedelta(),
            poll=0.02,
            base_delay=timedelta(seconds=0.05),
            max_pause=timedelta(seconds=0.2),
            unknown_blocks=timedelta(hours=1),
        ),
    ).run(stop)


def answer(database, keyring, owner, stop) -> None:
    """Answer every message with its own words, as the assistant's worker would."""
    while not stop.wait(0.02):
        for message in inbox.claim(database, keyring, owner, now(), LEASE, 5):
            inbox.finish(
                database,
                keyring,
                message,
                owner,
                now(),
                conversation=ConversationUpdate(state=""),
                outgoing=[OutgoingText(text=message.body)],
            )


if __name__ == "__main__":
    main()
