"""Cases beside each other: linked by staff, and those that look alike, with the reason."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from case_house import House

from safar.cases import lookup
from safar.cases.errors import CaseRefusedError
from safar.cases.handling import Outcome
from safar.cases.linking import link, linked, unlink
from safar.cases.opening import About, withdraw
from safar.cases.rows import Case
from safar.cases.similar import Similar, similar
from safar.store import audit, form_marks

pytestmark = pytest.mark.both_databases


def _phone(house: House) -> str:
    return f"+97798{house.number():08}"


def _open(house: House, **values: object) -> Case:
    return house.open(house.talk(_phone(house))[0], **values)


def _link(house: House, one: Case, other: Case, who: str = "doha1") -> None:
    with house.database.write() as tx:
        link(tx, house.office, one.id, house.staff[who], other.id)


def _unlink(house: House, one: Case, other: Case, who: str = "doha1") -> None:
    with house.database.write() as tx:
        unlink(tx, house.office, one.id, house.staff[who], other.id)


def _linked(house: House, case: Case) -> list[int]:
    with house.database.read() as tx:
        return [each.id for each in linked(tx, house.case(case))]


def _similar(house: House, case: Case) -> dict[int, set[str]]:
    with house.database.read() as tx:
        found: list[Similar] = similar(tx, house.keyring, house.case(case))
    return {each.case.id: {why.value for why in each.why} for each in found}


def test_a_link_is_seen_from_both_sides_and_written_down_in_both(house: House) -> None:
    one, other = _open(house), _open(house)
    _link(house, other, one)
    assert _linked(house, one) == [other.id]
    assert _linked(house, other) == [one.id]
    assert house.events(one)[-1] == house.events(other)[-1] == "link"
    _unlink(house, one, other)
    assert _linked(house, one) == _linked(house, other) == []
    with house.database.read() as tx:
        assert lookup.timeline(tx, one.id)[-1].details == f'{{"with": {other.id}}}'
        assert audit.verify(tx, house.keyring).faults == ()


def test_a_link_is_made_once_from_whichever_side(house: House) -> None:
    one, other = _open(house), _open(house)
    _link(house, one, other)
    with pytest.raises(CaseRefusedError, match="linked already"):
        _link(house, other, one)
    with pytest.raises(CaseRefusedError, match="this case itself"):
        _link(house, one, one)
    _unlink(house, other, one)
    with pytest.raises(CaseRefusedError, match="not linked any more"):
        _unlink(house, one, other)


def test_no_case_of_another_desk_is_linked_or_told_apart_from_none(house: House) -> None:
    one = _open(house)
    elsewhere = _open(house, destination="MY")
    offered = house.offer(house.talk(_phone(house))[0])
    assert elsewhere.desk_id != one.desk_id
    for other in (elsewhere, offered):
        with pytest.raises(CaseRefusedError, match="no such case at this desk"):
            _link(house, one, other)
    with pytest.raises(CaseRefusedError, match="at another desk"):
        _link(house, one, _open(house), "ngo1")


def test_a_case_passed_on_is_not_seen_through_its_link(house: House) -> None:
    one, other = _open(house), _open(house)
    _link(house, one, other)
    house.do("transfer", other, "doha1", "ngo")
    assert _linked(house, one) == _linked(house, other) == []
    house.do("transfer", one, "doha1", "ngo")
    assert _linked(house, one) == [other.id]


def test_two_who_link_from_both_sides_make_one_link(house: House) -> None:
    for _ in range(5):
        one, other = _open(house), _open(house)
        start = threading.Barrier(2)
        refused: list[str] = []

        def go(
            pair: tuple[Case, Case],
            start: threading.Barrier = start,
            refused: list[str] = refused,
        ) -> None:
            start.wait()
            try:
                _link(house, *pair)
            except CaseRefusedError as error:
                refused.append(error.code)

        threads = [threading.Thread(target=go, args=(p,)) for p in ((one, other), (other, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["linked"]
        assert _linked(house, one) == [other.id]


def test_cases_are_alike_by_person_journey_employer_and_agency(house: House) -> None:
    talk, _ = house.talk(_phone(house))
    earlier = house.open(talk, kind="report_abuse")
    house.do("acknowledge", earlier, "doha1")
    house.do("close", earlier, "doha1", Outcome.HELPED)
    told = About(told={"employer": "Al Noor Co.", "agency": "Blue  Sky"})
    case = house.open(talk, about=told)
    boss = _open(house, kind="report_abuse", about=About(told={"employer": "AL NOOR CO"}))
    agent = _open(house, kind="report_abuse", about=About(told={"agency": "blue sky"}))
    way = _open(house)
    _open(house, kind="report_abuse", about=About(told={"employer": "another"}))
    assert _similar(house, case) == {
        earlier.id: {"person"},
        boss.id: {"employer"},
        agent.id: {"agency"},
        way.id: {"journey"},
    }


def test_after_ninety_days_only_the_person_still_tells(house: House) -> None:
    talk, _ = house.talk(_phone(house))
    earlier = house.open(talk)
    house.do("acknowledge", earlier, "doha1")
    house.do("close", earlier, "doha1", Outcome.HELPED)
    _open(house)
    house.pass_(timedelta(days=91).total_seconds() / 60)
    case = house.open(talk)
    assert _similar(house, case) == {earlier.id: {"person"}}


def test_who_has_the_telephone_now_is_not_shown_to_be_who_had_it(house: House) -> None:
    phone = _phone(house)
    earlier = house.open(house.talk(phone, profile="Sita")[0], kind="report_abuse")
    case = house.open(house.talk(phone, profile="Ram")[0])
    assert house.case(earlier).detached_at is not None
    assert _similar(house, case) == {}
    assert _similar(house, earlier) == {}


def test_no_case_of_another_desk_and_none_that_nobody_agrees_to_is_alike(house: House) -> None:
    case = _open(house)
    gone = _open(house)
    assert _similar(house, case) == {gone.id: {"journey"}}
    with house.database.write() as tx:
        withdraw(tx, house.office, gone.id, gone.contact_id)
    _open(house, kind="missing_relative")  # the NGO's
    house.offer(house.talk(_phone(house))[0])
    assert _similar(house, case) == {}


def test_a_form_counts_once_and_again_where_its_transaction_was_left(house: House) -> None:
    mark = "ab" * 16
    with pytest.raises(RuntimeError), house.database.write() as tx:
        assert form_marks.first_time(tx, mark, house.clock())
        raise RuntimeError
    with house.database.write() as tx:
        assert form_marks.first_time(tx, mark, house.clock())
    with house.database.write() as tx:
        assert not form_marks.first_time(tx, mark, house.clock())
    house.clock.pass_(form_marks.KEPT_FOR.total_seconds() + 1)
    with house.database.write() as tx:
        assert form_marks.first_time(tx, "cd" * 16, house.clock())
        assert form_marks.first_time(tx, mark, house.clock())
