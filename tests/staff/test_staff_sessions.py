"""Sessions: how long they hold, what ends them, and what the store knows of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from staff_office import ANN, BEN, StaffOffice

from safar.staff import managing, sessions
from safar.staff.record import OPERATOR
from safar.staff.sessions import Session
from safar.store.case_tables import staff
from safar.store.staff_tables import staff_sessions

pytestmark = pytest.mark.both_databases
MINUTE = 60
HOUR = 3600


def find(office: StaffOffice, token: str, *, present: bool = True) -> Session | None:
    return sessions.find(office.database, office.access, token, present=present)


def test_it_ends_after_half_an_hour_without_a_sign(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    office.clock.pass_(30 * MINUTE - 1)
    assert find(office, token, present=False)
    office.clock.pass_(1)
    assert find(office, token) is None


def test_each_sign_lets_it_go_on(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    for _ in range(4):
        office.clock.pass_(29 * MINUTE)
        assert find(office, token)


def test_a_page_that_renews_itself_is_no_sign(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    for _ in range(29):
        office.clock.pass_(MINUTE)
        assert find(office, token, present=False)
    office.clock.pass_(MINUTE)
    assert find(office, token, present=False) is None


def test_it_ends_after_ten_hours_however_busy(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    for _ in range(39):
        office.clock.pass_(15 * MINUTE)
        assert find(office, token)
    office.clock.pass_(15 * MINUTE)
    assert find(office, token) is None


def test_being_seen_is_written_once_a_minute(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    began = office.clock()
    office.clock.pass_(59)
    find(office, token)
    assert find(office, token).seen_at == began  # type: ignore[union-attr]
    office.clock.pass_(1)
    find(office, token)
    assert find(office, token).seen_at == office.clock()  # type: ignore[union-attr]


@pytest.mark.parametrize("token", ["", "x" * 43, "é\0"])
def test_what_is_no_token_is_nobody(office: StaffOffice, token: str) -> None:
    office.set_up()
    office.sign_in()
    assert find(office, token) is None


def test_the_store_does_not_have_the_token(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    with office.database.read() as tx:
        assert token not in repr([tuple(row) for row in tx.execute(select(staff_sessions))])


def test_whoever_is_disabled_is_out_at_once(office: StaffOffice) -> None:
    staff_id = office.set_up()
    token = office.sign_in()
    with office.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=office.clock()))
    assert find(office, token) is None


def test_the_role_is_that_of_now(office: StaffOffice) -> None:
    staff_id = office.set_up()
    token = office.sign_in()
    with office.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == staff_id).values(role="auditor"))
    assert find(office, token).role == "auditor"  # type: ignore[union-attr]


def test_ended_ones_are_swept_when_somebody_signs_in(office: StaffOffice) -> None:
    office.set_up()
    office.sign_in()
    office.clock.pass_(11 * HOUR)
    office.sign_in()
    with office.database.read() as tx:
        assert len(tx.execute(select(staff_sessions)).all()) == 1


def test_the_list_has_ones_own_that_hold(office: StaffOffice) -> None:
    ann, _ = office.set_up(), office.set_up(BEN)
    office.sign_in(BEN)
    office.sign_in()
    office.clock.pass_(31 * MINUTE)
    office.sign_in()
    office.password()
    with office.database.read() as tx:
        found = sessions.of(tx, office.access, ann)
    assert [session.started_at for session in found] == [office.clock()]


def test_all_but_this_one_can_be_ended(office: StaffOffice) -> None:
    ann, _ = office.set_up(), office.set_up(BEN)
    others = [office.sign_in(BEN)]
    mine = []
    for _ in range(3):
        office.clock.pass_(MINUTE)
        mine.append(office.sign_in(ANN))
    kept = find(office, mine[1])
    assert kept is not None
    with office.database.write() as tx:
        assert managing.end_other_sessions(tx, office.access, ann, kept.id) == 2
    assert [find(office, token) is not None for token in mine] == [False, True, False]
    assert find(office, others[0])


def test_a_new_role_or_desk_ends_them(office: StaffOffice) -> None:
    staff_id = office.set_up()
    token = office.sign_in()
    with office.database.write() as tx:
        managing.move(tx, office.access, staff_id, role="supervisor", desk_id="ngo", doer=OPERATOR)
    assert find(office, token) is None
    account = office.account()
    assert (account.role, account.desk_id) == ("supervisor", "ngo")
