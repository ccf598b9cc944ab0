"""Which cases a member of staff is shown, in which order, page by page."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from case_house import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from safar.cases import listing
from safar.cases.handling import Outcome
from safar.cases.listing import Tab, Wanted
from safar.cases.plan import Risk
from safar.cases.rows import Case
from safar.store import erasure
from safar.store.case_tables import cases, staff
from tests.clock import NOW

pytestmark = pytest.mark.both_databases
EVERYTHING = Wanted(Tab.ALL)


def shown(house: House, who: str, wanted: Wanted = EVERYTHING) -> list[int]:
    with house.database.read() as tx:
        found = listing.page(tx, house.staff[who], wanted, house.clock())
        return [case.id for case in found.cases]


def tab(house: House, who: str, which: Tab, **narrowed: Any) -> list[int]:
    return shown(house, who, Wanted(which, **narrowed))


def counted(house: House, who: str) -> listing.Counts:
    with house.database.read() as tx:
        return listing.counts(tx, house.staff[who], house.clock())


def several(house: House, *kinds: dict[str, Any]) -> list[Case]:
    return [
        house.open(house.talk(f"+97798000000{n:02}")[0], **values) for n, values in enumerate(kinds)
    ]


def test_a_case_of_another_desk_is_nowhere(house: House) -> None:
    case, other = several(house, {}, {"kind": "missing_relative", "origin": "BD"})
    assert (case.desk_id, other.desk_id) == ("doha", "ngo")
    for who, own in (("doha1", case), ("doha-boss", case), ("ngo1", other)):
        assert shown(house, who) == [own.id]
        assert tab(house, who, Tab.WAITING) == [own.id]
        assert counted(house, who).tabs[Tab.ALL] == 1
    with house.database.read() as tx:
        for who, mine in (("doha1", case), ("ngo1", other)):
            staff_id = house.staff[who]
            for each, phone in ((case, "+9779800000000"), (other, "+9779800000001")):
                found = [
                    listing.by_reference(tx, house.office, staff_id, each.reference),
                    listing.by_numbers(tx, house.keyring, staff_id, [phone]),
                ]
                ids = [[one.id for one in page.cases] for page in found]
                assert ids == ([[each.id]] * 2 if each is mine else [[], []])
            assert listing.choices(tx, staff_id).origins == (mine.origin,)


def test_who_is_passed_on_is_gone_from_here(house: House) -> None:
    (case,) = several(house, {})
    house.do("acknowledge", case, "doha1")
    house.do("transfer", case, "doha1", "ngo")
    assert shown(house, "doha1") == []
    assert counted(house, "doha1").tabs[Tab.ALL] == 0
    assert tab(house, "ngo1", Tab.WAITING) == [case.id]


@pytest.mark.parametrize("role", ["editor", "auditor", "admin"])
def test_only_who_handles_cases_is_shown_any(house: House, role: str) -> None:
    (case,) = several(house, {})
    with house.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == house.staff["doha1"]).values(role=role))
        tx.execute(update(staff).where(staff.c.id == house.staff["doha2"]).values(disabled_at=NOW))
    assert shown(house, "doha-boss") == [case.id]
    for who in ("doha1", "doha2"):
        assert shown(house, who) == []
        assert set(counted(house, who).tabs.values()) == {0}
        with house.database.read() as tx:
            assert not listing.by_reference(
                tx, house.office, house.staff[who], case.reference
            ).cases
            assert not listing.choices(tx, house.staff[who]).kinds


def test_without_consent_there_is_no_case(house: House) -> None:
    conversation, _ = house.talk()
    offered = house.offer(conversation)
    declined = house.offer(house.talk("+97798000000")[0])
    with house.database.write() as tx:
        tx.execute(update(cases).where(cases.c.id == declined.id).values(state="declined"))
    forgotten = house.offer(house.talk("+97798000001")[0])
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, forgotten.conversation_id, house.clock())
    assert house.case(forgotten).state == "withdrawn"
    assert shown(house, "doha1") == []
    assert [tab(house, "doha1", each) for each in Tab] == [[]] * len(Tab)
    assert set(counted(house, "doha1").tabs.values()) == {0}
    with house.database.read() as tx:
        mine = house.staff["doha1"]
        for case in (offered, declined, forgotten):
            assert not listing.by_reference(tx, house.office, mine, case.reference).cases
        assert not listing.by_numbers(tx, house.keyring, mine, ["+9779841234567"]).cases
        assert not listing.choices(tx, mine).kinds


def test_red_stands_first_and_of_the_same_who_waits_longest(house: House) -> None:
    kinds = [{"danger": n % 3 == 1, "kind": "greet" if n % 3 else "ask_wages"} for n in range(6)]
    opened = []
    for n, values in enumerate(kinds):
        house.pass_(1)
        opened.append(house.open(house.talk(f"+97798000000{n:02}")[0], **values))
    assert [case.risk.value for case in opened] == ["amber", "red", "green"] * 2
    order = [opened[n].id for n in (1, 4, 0, 3, 2, 5)]
    assert tab(house, "doha1", Tab.WAITING) == order
    house.do("acknowledge", opened[1], "doha1")
    house.do("close", opened[1], "doha1", Outcome.HELPED)
    house.pass_(1)
    house.reopen(opened[1])
    assert tab(house, "doha1", Tab.WAITING) == [opened[n].id for n in (4, 1, 0, 3, 2, 5)]
    newest = [opened[n].id for n in (1, 5, 4, 3, 2, 0)]
    assert tab(house, "doha1", Tab.ALL) == newest


def test_each_tab_has_its_cases_and_counts_them(house: House) -> None:
    waiting, looked, taken, back, closed, gone = several(house, *[{}] * 6)
    for case in (looked, taken, back, closed, gone):
        house.do("acknowledge", case, "doha1")
    house.do("take", taken, "doha2")
    house.do("take", back, "doha1")
    house.do("hand_back", back, "doha1")
    house.do("close", closed, "doha1", Outcome.HELPED)
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, gone.conversation_id, house.clock())
    expected = {
        Tab.WAITING: [waiting],
        Tab.MINE: [looked, back],
        Tab.ACKNOWLEDGED: [looked],
        Tab.WITH_PERSON: [taken],
        Tab.HANDED_BACK: [back],
        Tab.CLOSED: [gone, closed],
        Tab.ALL: [gone, closed, back, taken, looked, waiting],
    }
    for which, those in expected.items():
        assert tab(house, "doha1", which) == [case.id for case in those], which
    counts = counted(house, "doha1")
    assert counts.tabs == {which: len(those) for which, those in expected.items()}
    assert counted(house, "doha2").tabs[Tab.MINE] == 1


def test_of_the_forgotten_no_reference_is_shown_and_who_has_it_finds_the_case(house: House) -> None:
    (case,) = several(house, {})
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, case.conversation_id, house.clock())
    with house.database.read() as tx:
        found = listing.by_reference(tx, house.office, house.staff["doha1"], case.reference)
        assert [(each.id, each.reference) for each in found.cases] == [(case.id, None)]
        assert not listing.by_numbers(
            tx, house.keyring, house.staff["doha1"], ["+9779800000000"]
        ).cases


def test_a_number_finds_its_cases_however_it_is_spaced_and_not_of_who_had_it_before(
    house: House,
) -> None:
    conversation, _ = house.talk(profile="Ana")
    before = house.open(conversation)
    house.talk(profile="Ben")
    after = house.open(conversation)
    assert house.case(before).detached_at is not None
    with house.database.read() as tx:
        mine = house.staff["doha1"]
        for number in ("+9779841234567", "+977 984-1234567"):
            found = listing.by_numbers(tx, house.keyring, mine, ["+1500", number])
            assert [case.id for case in found.cases] == [after.id]
        assert not listing.by_numbers(tx, house.keyring, mine, ["+9779841234568"]).cases
        assert not listing.by_numbers(tx, house.keyring, mine, []).cases
    assert shown(house, "doha1") == [after.id, before.id]


NARROWED: dict[str, tuple[dict[str, Any], str]] = {
    "risk": ({"risk": Risk.RED}, "bd"),
    "kind": ({"kind": "ask_wages"}, "a"),
    "origin": ({"origin": "BD"}, "c"),
    "destination": ({"destination": "QA"}, "abd"),
    "a country on either side": ({"country": "BD"}, "c"),
    "mine": ({"assignee": "me"}, "d"),
    "nobody's": ({"assignee": "nobody"}, "abc"),
    "late": ({"late": True}, "b"),
    "two things": ({"risk": Risk.RED, "assignee": "nobody"}, "b"),
    "what is nowhere": ({"kind": "greet", "risk": Risk.AMBER}, ""),
}


@pytest.mark.parametrize("what", NARROWED)
@pytest.mark.parametrize("which", [Tab.WAITING, Tab.ALL])
def test_what_narrows_a_list(house: House, what: str, which: Tab) -> None:
    narrowed, names = NARROWED[what]
    a, b, d = several(house, {}, {"danger": True, "kind": "greet"}, {"danger": True, "kind": "x"})
    c = house.open(house.talk("+97798000001")[0], kind="greet", origin="BD", destination="AE")
    with house.database.write() as tx:
        tx.execute(update(cases).where(cases.c.id == c.id).values(desk_id="doha"))
        tx.execute(update(cases).where(cases.c.id == d.id).values(assignee_id=house.staff["doha1"]))
        tx.execute(
            update(cases).where(cases.c.id == d.id).values(late_at=NOW + timedelta(minutes=16))
        )
    house.pass_(15)
    expected = {{"a": a, "b": b, "c": c, "d": d}[name].id for name in names}
    assert set(tab(house, "doha1", which, **narrowed)) == expected
    assert counted(house, "doha1").tabs[Tab.ALL] == 4, "counts are of all"
    assert (counted(house, "doha1").red, counted(house, "doha1").late) == (2, 1)


NUMBERS = count()


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(list(Risk)), st.integers(0, 3)), min_size=1, max_size=12
    ),
    meanwhile=st.lists(st.tuples(st.sampled_from(list(Risk)), st.integers(0, 5)), max_size=6),
    size=st.integers(1, 5),
    which=st.sampled_from([Tab.WAITING, Tab.ALL]),
)
def test_each_case_is_on_one_page_whatever_comes_in_meanwhile(
    house: House,
    rows: list[tuple[Risk, int]],
    meanwhile: list[tuple[Risk, int]],
    size: int,
    which: Tab,
) -> None:
    with house.database.write() as tx:
        tx.execute(update(cases).values(desk_id="rest"))

    def come(risk: Risk, minutes: int) -> int:
        case = house.open(house.talk(f"+97798{next(NUMBERS):08}")[0])
        at = NOW + timedelta(minutes=minutes)
        with house.database.write() as tx:
            tx.execute(
                update(cases).where(cases.c.id == case.id).values(risk=risk.value, opened_at=at)
            )
        return case.id

    known = {come(*row): row for row in rows}
    later = list(meanwhile)
    seen: list[int] = []
    place = None
    for _ in range(len(rows) + len(meanwhile) + 1):
        with house.database.read() as tx:
            page = listing.page(
                tx, house.staff["doha1"], Wanted(which), house.clock(), after=place, size=size
            )
        seen += [case.id for case in page.cases]
        place = page.end
        if place is None:
            break
        if later:
            come(*later.pop())
    assert place is None
    assert len(seen) == len(set(seen))
    old = [case_id for case_id in seen if case_id in known]
    assert set(old) == set(known)
    if which is Tab.WAITING:
        assert old == sorted(known, key=lambda each: (-known[each][0].weight, known[each][1], each))
    else:
        assert old == sorted(known, key=lambda each: (known[each][1], each), reverse=True)


def test_what_is_new_since_a_moment(house: House) -> None:
    (old,) = several(house, {"danger": True})
    since = house.pass_(1)
    house.pass_(1)
    new = house.open(house.talk("+97798000001")[0], danger=True)
    house.open(house.talk("+97798000002")[0], kind="greet")
    house.add(old)

    def red(who: str) -> list[int]:
        with house.database.read() as tx:
            return [case.id for case in listing.red_waiting(tx, house.staff[who])]

    assert red("doha1") == [new.id, old.id]
    with house.database.read() as tx:
        both = [old.id, new.id]
        assert listing.written_in(tx, house.staff["doha1"], both, since) == {old.id}
        assert listing.written_in(tx, house.staff["ngo1"], both, since) == frozenset()
        assert listing.written_in(tx, house.staff["doha1"], both, house.clock()) == frozenset()
        assert listing.written_in(tx, house.staff["doha1"], [], since) == frozenset()
    house.pass_(15)
    house.climb()
    house.pass_(15)
    house.climb()
    assert (red("doha1"), set(red("ngo1"))) == ([], {old.id, new.id})
    with house.database.read() as tx:
        here = listing.red_waiting(tx, house.staff["ngo1"])
    assert {case.arrived_at for case in here} == {house.clock()}, "what climbed here is new here"
    assert {case.waits_since for case in here} == {NOW, NOW + timedelta(minutes=2)}
    house.do("acknowledge", new, "ngo1")
    assert red("ngo1") == [old.id]
