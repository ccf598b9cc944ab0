"""Two at once: a text has one reader, a conversation one case and one officer."""

from __future__ import annotations

import threading

import pytest
from case_house import House

from safar.cases import lookup, opening
from safar.cases.errors import CaseRefusedError
from safar.cases.opening import Offer
from safar.cases.rows import Case
from safar.store import audit

pytestmark = pytest.mark.both_databases


def test_a_text_has_one_reader_whoever_takes_the_conversation_meanwhile(house: House) -> None:
    conversation, _ = house.talk()
    case = house.open(conversation)
    house.do("acknowledge", case, "doha1")
    read_by_person: list[str] = []
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            house.do("take", case, "doha1")
            house.do("hand_back", case, "doha1")

    officers = threading.Thread(target=come_and_go)
    officers.start()
    try:
        for number in range(60):
            if house.write(conversation, f"text {number}"):
                read_by_person.append(f"text {number}")
    finally:
        over.set()
        officers.join()
    with house.database.read() as tx:
        said = [each.body for each in lookup.said(tx, house.keyring, case.id)]
        assert audit.verify(tx, house.keyring).faults == ()
    assert said == read_by_person


def test_two_offers_at_once_are_one_case(house: House) -> None:
    conversation, _ = house.talk()
    for _ in range(8):
        start = threading.Barrier(2)
        made: list[Case] = []

        def offer(start: threading.Barrier = start, made: list[Case] = made) -> None:
            start.wait()
            with house.database.write() as tx:
                made.append(opening.offer(tx, house.office, Offer(conversation, "greet")))

        threads = [threading.Thread(target=offer) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 2
        assert len({case.id for case in made}) == 1
        with house.database.write() as tx:
            opening.decline(tx, house.office, made[0].id, made[0].contact_id)


def test_two_officers_at_once_are_one(house: House) -> None:
    for number in range(6):
        case = house.open(house.talk(f"+9779800000{number:03}")[0])
        start = threading.Barrier(2)
        had: list[str] = []

        def take(
            who: str, case: Case = case, start: threading.Barrier = start, had: list[str] = had
        ) -> None:
            start.wait()
            try:
                house.do("take", case, who)
            except CaseRefusedError as error:
                assert error.code == "not_now"
            else:
                had.append(who)

        threads = [threading.Thread(target=take, args=(who,)) for who in ("doha1", "doha2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(had) == 1
        assert house.case(case).assignee_id == house.staff[had[0]]
