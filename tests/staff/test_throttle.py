"""Whoever guesses waits: longer after each failure, never for ever, and every try is counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staff_office import StaffOffice

from safar.staff import throttle
from safar.staff.throttle import ACCOUNT, ADDRESS, CODE, FORGOTTEN_AFTER, Key, Rule

pytestmark = pytest.mark.both_databases
RULES = {"account": ACCOUNT, "code": CODE, "address": ADDRESS}


def admit(office: StaffOffice, *keys: Key) -> timedelta:
    with office.database.write() as tx:
        return throttle.admit(tx, office.access, keys)


def forgive(office: StaffOffice, key: Key) -> None:
    with office.database.write() as tx:
        throttle.forgive(tx, key)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(failures=st.integers(0, 10_000))
def test_the_wait_never_shrinks_and_has_an_end(rule: Rule, failures: int) -> None:
    wait = rule.wait(failures)
    assert timedelta() <= wait <= rule.wait(failures + 1) <= rule.longest <= timedelta(hours=1)
    assert (wait == timedelta()) == (failures <= rule.free)


def test_some_failures_are_free_then_one_waits(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    assert [admit(office, key) for _ in range(ACCOUNT.free + 1)] == [timedelta()] * 6
    assert admit(office, key) == timedelta(seconds=5)


def test_the_wait_runs_out_and_the_next_is_longer(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    for _ in range(ACCOUNT.free + 1):
        admit(office, key)
    waits = []
    for _ in range(12):
        wait = admit(office, key)
        waits.append(wait)
        office.clock.pass_(wait.total_seconds())
        assert admit(office, key) == timedelta()
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] == ACCOUNT.longest


def test_a_try_during_the_wait_makes_it_no_longer(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    for _ in range(ACCOUNT.free + 1):
        admit(office, key)
    for _ in range(50):
        assert admit(office, key) == timedelta(seconds=5)


def test_what_was_right_forgives_everything(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    for _ in range(ACCOUNT.free + 1):
        admit(office, key)
    forgive(office, key)
    assert admit(office, key) == timedelta()


def test_after_a_day_all_is_forgotten(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    for _ in range(ACCOUNT.free + 4):
        admit(office, key)
        office.clock.pass_(ACCOUNT.longest.total_seconds())
    office.clock.pass_(FORGOTTEN_AFTER.total_seconds())
    assert [admit(office, key) for _ in range(ACCOUNT.free)] == [timedelta()] * 5


def test_a_clock_that_was_set_back_keeps_nobody_out_for_longer(office: StaffOffice) -> None:
    key = Key("k", ACCOUNT)
    for _ in range(ACCOUNT.free + 20):
        admit(office, key)
        office.clock.pass_(ACCOUNT.longest.total_seconds())
    admit(office, key)
    office.clock.pass_(-30 * 24 * 3600)
    assert admit(office, key) <= ACCOUNT.longest


def test_one_who_waits_holds_nobody_else_up(office: StaffOffice) -> None:
    for _ in range(ACCOUNT.free + 2):
        admit(office, Key("ann", ACCOUNT))
    assert admit(office, Key("ben", ACCOUNT)) == timedelta()


def test_the_longest_wait_counts_and_nothing_is_counted_meanwhile(office: StaffOffice) -> None:
    ann, office_address = Key("ann", ACCOUNT), Key("here", ADDRESS)
    for _ in range(ACCOUNT.free + 1):
        admit(office, ann)
    for _ in range(ADDRESS.free):
        assert admit(office, ann, office_address) == timedelta(seconds=5)
    assert admit(office, Key("ben", ACCOUNT), office_address) == timedelta()


def test_a_right_one_takes_its_own_try_back_from_the_address(office: StaffOffice) -> None:
    address = Key("here", ADDRESS)
    for _ in range(ADDRESS.free * 3):
        assert admit(office, address) == timedelta()
        with office.database.write() as tx:
            throttle.take_back(tx, office.access, address)


@pytest.mark.sqlite_alone
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.one_of(
            st.just(("try", 0)),
            st.just(("right", 0)),
            st.tuples(st.just("wait"), st.integers(1, 2 * 24 * 3600)),
        ),
        max_size=40,
    )
)
def test_however_it_goes_it_is_as_simple_counting_says(
    office: StaffOffice, steps: list[tuple[str, int]]
) -> None:
    key = Key("k", ACCOUNT)
    forgive(office, key)
    failures, until, failed_at = 0, office.clock(), office.clock()
    for what, seconds in steps:
        now = office.clock()
        if what == "wait":
            office.clock.pass_(seconds)
        elif what == "right":
            forgive(office, key)
            failures, until, failed_at = 0, now, now
        else:
            if now - failed_at >= FORGOTTEN_AFTER:
                failures, until = 0, now
            expected = max(until - now, timedelta())
            assert admit(office, key) == expected
            if not expected:
                failures, failed_at = failures + 1, now
                until = now + ACCOUNT.wait(failures)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_what_one_customer_has(address: str, seen: str) -> None:
    assert throttle.network(address) == seen


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")], ids=["code first", "address first"])
def test_two_who_are_right_at_one_moment_do_not_wait_for_each_other(
    office: StaffOffice, names: tuple[str, str]
) -> None:
    code, address = Key(names[0], CODE), Key(names[1], ADDRESS)

    def come_in(_: int) -> timedelta:
        wait = admit(office, code, address)
        with office.database.write() as tx:
            throttle.in_turn(tx, [code, address])
            throttle.forgive(tx, code)
            throttle.take_back(tx, office.access, address)
        return wait

    with ThreadPoolExecutor(4) as people:
        waits = list(people.map(come_in, range(60)))

    assert waits == [timedelta()] * 60
