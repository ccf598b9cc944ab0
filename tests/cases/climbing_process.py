"""Carries out what is due, slowly, until nothing is; made to be killed: see test_case_timers.py.

Usage: climbing_process.py DATABASE_URL, with the keys in KEY and HASH.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from case_plan import PLAN

from safar.cases.climbing import carry_out
from safar.cases.office import Office
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import NOW

PAUSE = 0.01


def main() -> None:
    keyring = KeyRing([os.environ["KEY"]], os.environ["HASH"])
    # One moment for all of them: so a case has just one step to take.
    office = Office(keyring, PLAN, lambda: NOW + timedelta(hours=1), secrets.choice)
    database = open_database(sys.argv[1])
    while carry_out(database, office, between=lambda: time.sleep(PAUSE)):
        pass


main()
