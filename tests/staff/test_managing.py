"""What administrators do with accounts, and everybody with their own."""

from __future__ import annotations

import pytest
from staff_office import ANN, BEN, GOOD, StaffOffice

from safar.staff import accounts, managing, sessions
from safar.staff.errors import StaffRefusedError, UnknownStaffError
from safar.staff.permissions import ALLOWED, ROLES, Permission
from safar.staff.record import OPERATOR, Doer
from safar.staff.signing_in import Step
from safar.staff.throttle import CODE

pytestmark = pytest.mark.both_databases
NEW = "another row of plain words"


def change_password(office: StaffOffice, old: str = GOOD, new: str = NEW) -> str:
    """Change Ann's password in one of two browsers; return the token of the other."""
    other, token = office.sign_in(), ""
    office.clock.pass_(30)
    token = office.sign_in()
    session = sessions.find(office.database, office.access, token)
    assert session is not None
    managing.change_password(
        office.database, office.access, session.staff_id, session.id, old=old, new=new
    )
    assert sessions.find(office.database, office.access, token)
    return other


def test_a_new_password_ends_every_other_session(office: StaffOffice) -> None:
    office.set_up()
    other = change_password(office)
    assert sessions.find(office.database, office.access, other) is None
    assert office.password(GOOD).step is Step.REFUSED
    assert office.password(NEW).step is Step.CODE


@pytest.mark.parametrize(
    ("old", "new"), [("not the old one", NEW), (GOOD, "short"), (GOOD, "annannannann")]
)
def test_a_password_that_will_not_do_changes_nothing(
    office: StaffOffice, old: str, new: str
) -> None:
    office.set_up()
    with pytest.raises(StaffRefusedError):
        change_password(office, old, new)
    assert office.password(GOOD).step is Step.CODE


def test_at_an_open_browser_the_password_cannot_be_guessed(office: StaffOffice) -> None:
    staff_id = office.set_up()
    told = []
    for _ in range(CODE.free + 2):
        with pytest.raises(StaffRefusedError) as refused:
            managing.change_password(
                office.database, office.access, staff_id, "s", old="wrong", new=NEW
            )
        told.append(refused.value.code)
    assert told == ["password"] * (CODE.free + 1) + ["wait"]


def test_new_recovery_codes_need_a_code_of_now(office: StaffOffice) -> None:
    staff_id = office.set_up()
    with pytest.raises(StaffRefusedError):
        managing.renew_recovery(office.database, office.access, staff_id, "000000")
    made = managing.renew_recovery(office.database, office.access, staff_id, office.code())
    assert office.give_code(office.password().token, made[0]).step is Step.IN


def test_disabling_ends_everything_and_enabling_brings_it_back(office: StaffOffice) -> None:
    staff_id = office.set_up()
    token = office.sign_in()
    with office.database.write() as tx:
        managing.disable(tx, office.access, staff_id, OPERATOR)
    assert sessions.find(office.database, office.access, token) is None
    assert office.account().state == "disabled"
    with office.database.write() as tx:
        managing.enable(tx, office.access, staff_id, OPERATOR)
    assert sessions.find(office.database, office.access, token) is None
    assert office.password().step is Step.CODE


def test_doing_it_twice_is_written_once(office: StaffOffice) -> None:
    staff_id = office.set_up()
    for what in (managing.disable, managing.disable, managing.enable, managing.enable):
        with office.database.write() as tx:
            what(tx, office.access, staff_id, OPERATOR)
    assert [deed[1] for deed in office.deeds()[2:]] == ["disable", "enable"]


@pytest.mark.parametrize("what", ["disable", "move"])
def test_nobody_changes_their_own(office: StaffOffice, what: str) -> None:
    staff_id = office.set_up(role="admin")
    doer = Doer(staff_id)
    with pytest.raises(StaffRefusedError, match="your own"), office.database.write() as tx:
        if what == "disable":
            managing.disable(tx, office.access, staff_id, doer)
        else:
            managing.move(tx, office.access, staff_id, role="officer", desk_id="doha", doer=doer)


def test_the_record_says_who_moved_whom_from_where(office: StaffOffice) -> None:
    ann, ben = office.set_up(ANN, "admin"), office.set_up(BEN)
    with office.database.write() as tx:
        managing.move(tx, office.access, ben, role="supervisor", desk_id="ngo", doer=Doer(ann))
        managing.move(tx, office.access, ben, role="supervisor", desk_id="ngo", doer=Doer(ann))
    assert office.deeds()[4:] == [("staff", "move", ann, ben)]


def test_there_is_no_other_role(office: StaffOffice) -> None:
    staff_id = office.set_up()
    with pytest.raises(StaffRefusedError, match="no such role"), office.database.write() as tx:
        managing.move(tx, office.access, staff_id, role="king", desk_id="doha", doer=OPERATOR)


def test_of_nobody_nothing_is_done(office: StaffOffice) -> None:
    for what in (managing.disable, managing.enable):
        with pytest.raises(UnknownStaffError), office.database.write() as tx:
            what(tx, office.access, "0" * 32, OPERATOR)


def test_the_list_has_those_in_use_first(office: StaffOffice) -> None:
    office.set_up(BEN)
    ann = office.set_up(ANN)
    with office.database.write() as tx:
        accounts.rename(tx, office.access, ann, "Zoe")
        managing.disable(tx, office.access, office.account(BEN).staff_id, OPERATOR)
    with office.database.read() as tx:
        found = accounts.everybody(tx, office.access)
    assert [(each.name, each.state) for each in found] == [("Zoe", "active"), ("Ann", "disabled")]


@pytest.mark.sqlite_alone
def test_an_admin_reads_no_case_and_who_reads_cases_gives_out_no_account() -> None:
    cases = {
        Permission.SEE_CASES,
        Permission.HANDLE_CASES,
        Permission.ASSIGN_CASES,
        Permission.TRANSFER_CASES,
        Permission.REVEAL_NUMBER,
        Permission.SUPERVISE,
        Permission.EXPORT_CASES,
    }
    assert set(ALLOWED) == set(ROLES)
    for role in ROLES:
        if Permission.MANAGE_STAFF in ALLOWED[role]:
            assert not ALLOWED[role] & cases
    assert {role for role in ROLES if ALLOWED[role] & cases} == {"officer", "supervisor"}
