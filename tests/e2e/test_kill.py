"""kill -9 at random moments: none lost, none answered twice, order kept per person.

A short one for every run of the tests; `tests.faults` plays it at length.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from safar.store.database import open_database
from safar.store.tables import inbox, outbox
from tests.e2e.services import House, running
from tests.peers.twilio_webhooks import new_sid, sms_form

MESSAGES, PEOPLE = 200, 20
KILLS = 9
QUESTIONS = ("menu", "Qatar", "manpower le kati paisa lina pauxa", "1", "passport", "hello", "9")


def test_nothing_is_lost_doubled_or_reordered(
    tmp_path: Path, registry_path: Path, model_path: Path
) -> None:
    seed = int(os.environ.get("SAFAR_TEST_SEED", "20"))
    rng = random.Random(seed)
    with running(
        tmp_path,
        registry_path,
        model_path,
        SAFAR_LEASE_SECONDS="2",
        SAFAR_SETTLE_SECONDS="0.3",
        SAFAR_POLL_SECONDS="0.05",
    ) as house:
        killer = _Killer(house, rng)
        killer.start()
        for number in range(MESSAGES):
            person = f"+97798{number % PEOPLE:08d}"
            text = QUESTIONS[(number // PEOPLE) % len(QUESTIONS)]
            house.deliver(sms_form(text, From=person, MessageSid=new_sid()))
        killer.join()
        assert killer.killed == KILLS, f"seed {seed}"
        sent = house.wait_sent(MESSAGES, within=240)
        time.sleep(1.0)  # a text sent twice would come now
        sent = house.sent()

    database = open_database(f"sqlite:///{house.database}")
    with database.read() as tx:
        came = tx.execute(select(inbox.c.id, inbox.c.state, inbox.c.conversation_id)).all()
        went = tx.execute(select(outbox.c.id, outbox.c.inbox_id, outbox.c.state)).all()
    database.close()
    assert Counter(row.state for row in came) == {"done": MESSAGES}, f"seed {seed}"

    answers = Counter(row.inbox_id for row in went)
    assert len(answers) == MESSAGES, f"messages without an answer, seed {seed}"
    assert set(answers.values()) == {1}, f"messages answered twice, seed {seed}"

    accepted = [_outbox_id(message) for message in sent]
    assert Counter(accepted) == Counter(row.id for row in went), f"lost or doubled, seed {seed}"

    by_person = defaultdict(list)
    for message in sent:
        by_person[message["to"]].append(_outbox_id(message))
    inbox_of = {row.id: row.inbox_id for row in went}
    assert len(by_person) == PEOPLE
    for ids in by_person.values():
        asked = [inbox_of[number] for number in ids]
        assert asked == sorted(asked), f"a person's answers came out of order, seed {seed}"


def _outbox_id(message: dict[str, str]) -> int:
    query = parse_qs(urlsplit(message["status_callback"]).query)
    return int(query["outbox"][0])


class _Killer(threading.Thread):
    """Kills a service at random moments, each of the three at least once."""

    def __init__(self, house: House, rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.house, self.rng, self.killed = house, rng, 0

    def run(self) -> None:
        names = ["worker", "gateway", "dispatcher"] * (KILLS // 3)
        self.rng.shuffle(names)
        for name in names:
            time.sleep(self.rng.uniform(0.2, 1.6))
            while not self.house.kill(name):
                time.sleep(0.02)
            self.killed += 1
