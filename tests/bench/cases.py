"""How long the lists of cases take when a desk has had very many; run by `make bench-cases`.

Cases are made by dice with a fixed seed, so every machine lists the same. The time is what passes
until the rows are there, and beside it stands how often one case by its number fits into it: that
tells a slow machine from a slow list.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import insert, text

from safar.cases import figures, listing, rows
from safar.cases.listing import Place, Tab, Wanted
from safar.cases.office import Office
from safar.cases.plan import Plan, Risk
from safar.cases.plan_file import load_plan
from safar.messaging.case_reference import new_reference
from safar.store.case_tables import cases, desks, staff
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx, open_database
from safar.store.tables import contact_identities, contacts, conversations
from tests.peers.postgresql import postgresql_server

CONTENT: Final = Path(__file__).resolve().parents[2] / "content"
NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
BASELINE: Final = "one case by its number"
ME: Final = "a" * 32
_DESKS: Final = ("one", "two", "three")
_KINDS: Final = "ask_wages report_abuse ask_passport_retention emergency ask_contract greet".split()
_COUNTRIES: Final = "NP BD IN LK PH ID VN KE UG PK".split()
_GOES_ON: Final = "open acknowledged with_person handed_back reopened".split()
_DAYS: Final = 700
_AT_ONCE: Final = 5_000
_RISKS: Final = (["red"] + ["amber"] * 4 + ["green"] * 5, "red amber green".split())


def fill(tx: Tx, keyring: KeyRing, number: int, open_share: float, *, one_desk: bool) -> None:
    """Write cases, each of a person of its own; most of them are at the first desk."""
    luck = random.Random(1)  # noqa: S311 - the same cases every time
    # Two of a hundred thousand are the same sometimes; a set would not keep the order.
    references = list(dict.fromkeys(new_reference(luck.choice) for _ in range(number + 100)))
    stamp = {"created_at": NOW, "updated_at": NOW}
    for desk in _DESKS:
        tx.execute(
            insert(desks).values(
                id=desk, name=desk, kind="ngo", details="{}", notices_encrypted="", updated_at=NOW
            )
        )
    for staff_id in (ME, "b" * 32):
        tx.execute(
            insert(staff).values(
                id=staff_id, name_encrypted="", desk_id="one", role="officer", created_at=NOW
            )
        )
    for start in range(0, number, _AT_ONCE):
        numbers = range(start, min(number, start + _AT_ONCE))
        people = [{"id": f"{n:032x}", "created_at": NOW} for n in numbers]
        tx.execute(insert(contacts), people)
        tx.execute(
            insert(contact_identities),
            [
                {"id": n + 1, "contact_id": f"{n:032x}", "channel": "sms", "kind": "phone"}
                | {"digest": keyring.digest("phone", _phone(n)), "value_encrypted": "x"}
                | {"created_at": NOW}
                for n in numbers
            ],
        )
        tx.execute(
            insert(conversations),
            [
                {"id": f"{n:032x}", "contact_id": f"{n:032x}", "identity_id": n + 1}
                | {"channel": "sms", "provider": "fake", "our_address": "+1500", **stamp}
                for n in numbers
            ],
        )
        tx.execute(
            insert(cases),
            [_case(n, references[n], luck, open_share, one_desk=one_desk) for n in numbers],
        )


def _phone(number: int) -> str:
    return f"+97798{number:08}"


def _case(
    number: int, reference: str, luck: random.Random, open_share: float, *, one_desk: bool
) -> dict[str, Any]:
    goes_on = luck.random() < open_share
    opened = NOW - timedelta(minutes=luck.randrange(60 * 24 * (30 if goes_on else _DAYS)))
    replied = luck.random() < 0.8
    return {
        "reference": reference,
        "contact_id": f"{number:032x}",
        "conversation_id": f"{number:032x}",
        "for_other": False,
        "origin": luck.choice(_COUNTRIES),
        "destination": luck.choice(("QA", "SA", "AE", "KW")),
        "kind": luck.choice(_KINDS),
        "risk": luck.choice(_RISKS[0]),
        "state": luck.choice(_GOES_ON) if goes_on else luck.choice(["closed"] * 9 + ["withdrawn"]),
        "desk_id": "one" if one_desk or luck.random() < 0.7 else luck.choice(_DESKS[1:]),
        "assignee_id": luck.choice((ME, "b" * 32, None)),
        "level": 0,
        "late_at": opened + timedelta(hours=luck.randrange(400)) if goes_on else None,
        "offered_at": opened,
        "opened_at": opened,
        "arrived_at": opened,
        "first_reply_at": opened + timedelta(minutes=luck.randrange(3000)) if replied else None,
        "updated_at": opened,
    }


def questions(office: Office, number: int) -> dict[str, Callable[[Tx, random.Random], object]]:
    """Return what is asked, by name; the first is what the others are compared with."""

    def page(wanted: Wanted) -> Callable[[Tx, random.Random], object]:
        return lambda tx, luck: listing.page(tx, ME, wanted, NOW)

    def deep(wanted: Wanted) -> Callable[[Tx, random.Random], object]:
        def ask(tx: Tx, luck: random.Random) -> object:
            since = NOW - timedelta(days=luck.randrange(_DAYS))
            return listing.page(tx, ME, wanted, NOW, after=Place(1, since, 1))

        return ask

    def reference(tx: Tx, luck: random.Random) -> object:
        row = rows.read(tx, 1 + luck.randrange(number))
        began = time.perf_counter()
        listing.by_reference(tx, office, ME, row.reference)
        return time.perf_counter() - began

    return {
        BASELINE: lambda tx, luck: rows.read(tx, 1 + luck.randrange(number)),
        "list: waiting": page(Wanted()),
        "list: all": page(Wanted(Tab.ALL)),
        "list: all, some page": deep(Wanted(Tab.ALL)),
        "list: mine, some page": deep(Wanted(Tab.MINE)),
        "narrowed: late red ones": page(Wanted(risk=Risk.RED, late=True)),
        "narrowed: to nothing, waiting": page(Wanted(kind="nothing")),
        "narrowed: to nothing, all": page(Wanted(Tab.ALL, kind="nothing")),
        "narrowed: a country, all": page(Wanted(Tab.ALL, country="KE", risk=Risk.RED)),
        "search: reference": reference,
        "search: telephone number": lambda tx, luck: listing.by_numbers(
            tx, office.keyring, ME, [_phone(luck.randrange(number))]
        ),
        "counts": lambda tx, luck: listing.counts(tx, ME, NOW),
        "red ones, the newest first": lambda tx, luck: listing.red_waiting(tx, ME),
        "what may narrow": lambda tx, luck: listing.choices(tx, ME),
        "a look every few seconds": lambda tx, luck: (
            listing.counts(tx, ME, NOW),
            listing.page(tx, ME, Wanted(), NOW),
            listing.red_waiting(tx, ME),
        ),
        "figures: twelve weeks": lambda tx, luck: figures.of(
            tx, ME, figures.Span.weeks_before(NOW.date(), 12)
        ),
        "figures: a year": lambda tx, luck: figures.of(
            tx, ME, figures.Span.weeks_before(NOW.date(), 52)
        ),
    }


def measure(
    database: Database, asked: dict[str, Callable[[Tx, random.Random], object]], times: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what each question took, in milliseconds, and against the first one."""
    luck = random.Random(2)  # noqa: S311 - the same questions every time
    took: dict[str, list[float]] = {name: [] for name in asked}
    # In turn, so that whatever else the machine does hits all alike.
    for _ in range(times):
        for name, ask in asked.items():
            began = time.perf_counter()
            with database.read() as tx:
                found = ask(tx, luck)
            passed = found if isinstance(found, float) else time.perf_counter() - began
            took[name].append(passed * 1000)
    unit = median(took[BASELINE])
    for name, values in took.items():
        yield (
            name,
            {
                "median_ms": round(median(values), 2),
                "p99_ms": round(quantiles(values, n=100)[98], 2),
                "times_baseline": round(median(values) / unit, 1),
            },
        )


def main() -> None:
    """Make the cases, list them, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many, in all")
    parser.add_argument("--open", type=float, default=0.05, help="share that is not closed")
    parser.add_argument("--one-desk", action="store_true", help="all of them at one desk")
    parser.add_argument("--times", type=int, default=100, help="how often each is asked")
    parser.add_argument("--postgresql", action="store_true", help="in PostgreSQL, not in SQLite")
    options = parser.parse_args()
    keyring = KeyRing([KeyRing.generate()], KeyRing.generate())
    plan = load_plan(CONTENT)
    office = Office(keyring, plan or Plan(desks=()), lambda: NOW, lambda signs: signs[0])
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        url = (
            stack.enter_context(postgresql_server()).borrow()
            if options.postgresql
            else f"sqlite:///{folder}/bench.db"
        )
        database = open_database(url)
        stack.callback(database.close)
        began = time.perf_counter()
        with database.write() as tx:
            fill(tx, keyring, options.cases, options.open, one_desk=options.one_desk)
        if options.postgresql:
            # As its own housekeeping does after a while.
            with database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text("VACUUM ANALYZE"))
        print(f"{options.cases:,} cases in {database.describe()}")
        print(f"written in {time.perf_counter() - began:.1f} s; baseline: {BASELINE}")
        asked = questions(office, options.cases)
        for name, result in measure(database, asked, options.times):
            print(f"{name:<32}", json.dumps(result))


if __name__ == "__main__":
    main()
