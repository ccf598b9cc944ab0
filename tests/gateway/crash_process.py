"""A worker and dispatcher in one process, made to be killed; see test_crash.py.

Usage: crash_process.py DATABASE_URL EFFECTS_FILE OWNER, with the keys in CRASH_KEY and CRASH_HASH.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import datetime, timedelta, timezone

from safar.gateway import inbox, outbox
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import ConversationUpdate, OutgoingText
from safar.gateway.providers.base import Capabilities, OutboundMessage, SendResult
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database

LEASE = timedelta(seconds=1.5)
OPEN = {"ready", "leased", "sending", "unknown"}
PAUSE = 0.004


class EffectLog:
    """A provider whose effect is a line in a file, and whose list is that file."""

    name = "fake"
    capabilities = Capabilities(frozenset({"sms"}), can_find=True)

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def send(self, message: OutboundMessage) -> SendResult:
        time.sleep(PAUSE)  # A kill here comes before the effect, ...
        line = f"{message.outbox_id} {message.conversation_id} {message.body}\n"
        os.write(self._file, line.encode())
        time.sleep(PAUSE)  # ... and one here after it, before anybody knows.
        return SendResult(f"P{message.outbox_id}", "queued")

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        with open(self._path, encoding="utf-8") as lines:
            sent = {int(line.split()[0]) for line in lines}
        return SendResult(f"P{message.outbox_id}") if message.outbox_id in sent else None


def now() -> datetime:
    return datetime.now(timezone.utc)


def answer(database: Database, keyring: KeyRing, owner: str) -> int:
    """Answer some messages with their own words, as the assistant's worker would."""
    claimed = inbox.claim(database, keyring, owner, now(), LEASE, 5)
    for message in claimed:
        time.sleep(PAUSE)
        inbox.finish(
            database,
            keyring,
            message,
            owner,
            now(),
            conversation=ConversationUpdate(state=message.body),
            outgoing=[OutgoingText(text=message.body)],
        )
    return len(claimed)


def main() -> None:
    url, effects, owner = sys.argv[1:]
    keyring = KeyRing([os.environ["CRASH_KEY"]], os.environ["CRASH_HASH"])
    database = open_database(url)
    dispatcher = Dispatcher(
        database,
        keyring,
        [EffectLog(effects)],
        owner=owner,
        clock=now,
        rng=random.Random(owner),
        # A text of unknown outcome holds up its conversation till it is settled: strict order.
        options=DispatcherOptions(
            batch=5, lease=LEASE, settle=timedelta(), unknown_blocks=timedelta(hours=1)
        ),
    )
    while True:
        if not answer(database, keyring, owner) + dispatcher.run_once():
            waiting = set(inbox.counts(database)) | set(outbox.counts(database))
            if not waiting & OPEN:
                return
            time.sleep(0.02)


if __name__ == "__main__":
    main()
