"""Tells what is due by webhook until nothing is; made to be killed: see test_notice_kill.py.

Usage: notice_process.py DATABASE_URL WEBHOOK MINUTES, with the keys in KEY and HASH. MINUTES is how
late it is by the clock of this process.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from notice_house import plan_with, settings

from safar.cases.notices.by_webhook import WebhookWay
from safar.cases.notices.notice import Notice
from safar.cases.notices.sending import send_due
from safar.cases.office import Office
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import NOW

PAUSE = 0.02


class Slow(WebhookWay):
    """Leaves time to die between the call and writing down that it was made."""

    def send(self, notice: Notice, address: str) -> None:
        """Call, and take a moment."""
        super().send(notice, address)
        time.sleep(PAUSE)


def main() -> None:
    """Tell everything."""
    now = NOW + timedelta(minutes=float(sys.argv[3]))
    keyring = KeyRing([os.environ["KEY"]], os.environ["HASH"])
    plan = plan_with(doha={"webhook": [sys.argv[2]]})
    office = Office(keyring, plan, lambda: now, secrets.choice)
    given = settings()
    way = Slow(given, lambda: now)
    owner = secrets.token_hex(8)
    database = open_database(sys.argv[1])
    while send_due(database, office, way, owner, given):
        pass


main()
