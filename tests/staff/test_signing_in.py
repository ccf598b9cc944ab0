"""Signing in: password, then code; guesses are counted, and nobody learns who has an account."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, update
from staff_office import ANN, BEN, GOOD, HERE, StaffOffice

from safar.staff import codes, managing, sessions, signing_in
from safar.staff.passwords import Hasher
from safar.staff.record import OPERATOR
from safar.staff.signing_in import Answer, Step
from safar.staff.throttle import ACCOUNT, ADDRESS, CODE
from safar.store.case_tables import audit
from safar.store.staff_tables import staff_accounts, staff_waits

pytestmark = pytest.mark.both_databases
WRONG = "quiet lemon ladder sunset"


def test_password_and_code_let_somebody_in(office: StaffOffice) -> None:
    staff_id = office.set_up()
    half = office.password()
    assert half.step is Step.CODE
    assert signing_in.half_way(office.database, office.access, half.token)
    whole = office.give_code(half.token)
    session = sessions.find(office.database, office.access, whole.token)
    assert session is not None
    assert (session.staff_id, session.stage, session.way) == (staff_id, "whole", "password")
    assert office.account().signed_in_at == office.clock()


def test_the_token_is_another_after_the_code(office: StaffOffice) -> None:
    office.set_up()
    half = office.password()
    whole = office.give_code(half.token)
    assert whole.token != half.token
    assert sessions.find(office.database, office.access, half.token) is None


@pytest.mark.parametrize("email", [ANN, "ANN@EXAMPLE.ORG", "  ann@example.org "])
def test_the_address_is_found_however_it_is_typed(office: StaffOffice, email: str) -> None:
    office.set_up()
    assert office.password(email=email).step is Step.CODE


def test_a_code_works_once_in_another_session_neither(office: StaffOffice) -> None:
    office.set_up()
    first, second = office.password(), office.password()
    code = office.code()
    assert office.give_code(first.token, code).step is Step.IN
    assert office.give_code(second.token, code).step is Step.REFUSED
    office.clock.pass_(30)
    assert office.give_code(second.token).step is Step.IN


def test_two_with_the_same_code_at_the_same_moment_are_one(office: StaffOffice) -> None:
    office.set_up()
    halves, code = [office.password(), office.password()], office.code()
    ready, answers = threading.Barrier(2), []

    def give(half: Answer) -> None:
        ready.wait(timeout=20)
        answers.append(office.give_code(half.token, code).step)

    threads = [threading.Thread(target=give, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.value for answer in answers) == ["in", "refused"]


def test_a_code_on_paper_will_do_once(office: StaffOffice) -> None:
    paper = office.accept(office.invite())
    assert office.give_code(office.password().token, paper[0]).step is Step.IN
    assert office.give_code(office.password().token, paper[0]).step is Step.REFUSED


@pytest.mark.parametrize("password", [WRONG, "", GOOD + " ", "x" * 5000])
def test_a_wrong_password_lets_nobody_in(office: StaffOffice, password: str) -> None:
    office.set_up()
    assert office.password(password) == Answer(Step.REFUSED)


def test_without_an_account_the_answer_and_the_work_are_the_same(office: StaffOffice) -> None:
    office.set_up()
    before = len(office.hasher.compared)
    assert office.password(WRONG) == office.password(GOOD, BEN)
    assert office.hasher.compared[before:] == [False, False]
    assert [deed[:2] for deed in office.deeds()[-2:]] == [("system", "sign_in_failed")] * 2


@pytest.mark.parametrize("state", ["invited", "disabled"])
def test_an_account_that_is_not_in_use_is_as_none(office: StaffOffice, state: str) -> None:
    if state == "invited":
        office.invite()
    else:
        staff_id = office.set_up()
        with office.database.write() as tx:
            managing.disable(tx, office.access, staff_id, OPERATOR)
    before = len(office.hasher.compared)
    assert office.password() == Answer(Step.REFUSED)
    assert len(office.hasher.compared) == before + 1


def test_after_some_guesses_one_waits_and_the_right_one_too(office: StaffOffice) -> None:
    office.set_up()
    for _ in range(ACCOUNT.free + 1):
        assert office.password(WRONG).step is Step.REFUSED
    compared = len(office.hasher.compared)
    waits = office.password()
    assert waits.step is Step.WAIT and waits.wait
    assert len(office.hasher.compared) == compared, "nothing is looked at meanwhile"
    office.clock.pass_(waits.wait.total_seconds())
    assert office.password().step is Step.CODE
    assert [office.password(WRONG).step for _ in range(ACCOUNT.free)] == [Step.REFUSED] * 5


def test_without_an_account_one_waits_just_as_long(office: StaffOffice) -> None:
    office.set_up()
    told = {}
    for email in (ANN, BEN):
        told[email] = [office.password(WRONG, email) for _ in range(ACCOUNT.free + 3)]
    assert told[ANN] == told[BEN]


def test_tries_at_the_same_moment_are_all_counted(office: StaffOffice) -> None:
    office.set_up()
    answers: list[Step] = []
    threads = [
        threading.Thread(target=lambda: answers.append(office.password(WRONG).step))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.value for answer in answers) == ["refused"] * 6 + ["wait"] * 6


def test_one_address_cannot_try_everybody(office: StaffOffice) -> None:
    answers = [office.password(WRONG, f"{n}@example.org").step for n in range(ADDRESS.free + 2)]
    assert answers == [Step.REFUSED] * (ADDRESS.free + 1) + [Step.WAIT]
    assert office.password(WRONG, "x@example.org", "192.0.2.8").step is Step.REFUSED


def test_an_office_behind_one_address_is_not_kept_out_by_signing_in(office: StaffOffice) -> None:
    office.set_up()
    for _ in range(ADDRESS.free + 5):
        assert office.password().step is Step.CODE


def test_codes_cannot_be_guessed_by_beginning_again(office: StaffOffice) -> None:
    office.set_up()
    steps = []
    for _ in range(CODE.free + 2):
        steps.append(office.give_code(office.password().token, "000000").step)
    assert steps == [Step.REFUSED] * (CODE.free + 1) + [Step.WAIT]


def test_half_a_session_ends_after_ten_minutes(office: StaffOffice) -> None:
    office.set_up()
    half = office.password()
    office.clock.pass_(600)
    assert office.give_code(half.token).step is Step.REFUSED


def test_a_whole_session_is_no_half_one(office: StaffOffice) -> None:
    office.set_up()
    token = office.sign_in()
    office.clock.pass_(60)
    assert office.give_code(token).step is Step.REFUSED


@pytest.mark.parametrize("token", ["", "x" * 43, "\0"])
def test_what_is_no_token_is_refused(office: StaffOffice, token: str) -> None:
    office.set_up()
    assert office.give_code(token).step is Step.REFUSED


def test_whoever_is_disabled_half_way_does_not_come_in(office: StaffOffice) -> None:
    staff_id = office.set_up()
    half = office.password()
    with office.database.write() as tx:
        managing.disable(tx, office.access, staff_id, OPERATOR)
    assert office.give_code(half.token).step is Step.REFUSED


def test_a_hash_of_less_work_is_renewed_when_it_was_right(office: StaffOffice) -> None:
    staff_id = office.set_up()
    weaker = Hasher(memory_kib=16, passes=1).hash(GOOD)
    with office.database.write() as tx:
        tx.execute(update(staff_accounts).values(password_hash=weaker))
    office.password(WRONG)
    assert office.account().password_hash == weaker
    office.password()
    assert office.account().password_hash != weaker
    assert office.password().step is Step.CODE
    assert staff_id


def test_the_record_names_ids_and_steps_and_nobody(office: StaffOffice) -> None:
    staff_id = office.set_up()
    office.sign_in()
    office.password(WRONG)
    office.password(WRONG, BEN)
    office.give_code(office.password().token, "000000")
    assert office.deeds()[2:] == [
        ("staff", "sign_in", staff_id, staff_id),
        ("system", "sign_in_failed", None, staff_id),
        ("system", "sign_in_failed", None, "unknown"),
        ("system", "sign_in_failed", None, staff_id),
    ]
    with office.database.read() as tx:
        written = repr([tuple(row) for row in tx.execute(select(audit))])
        waits = repr([tuple(row) for row in tx.execute(select(staff_waits))])
    for word in (ANN, BEN, "Ann", HERE, WRONG):
        assert word not in written + waits


@pytest.mark.parametrize("second_done", [True, False])
def test_single_sign_on_lets_in_whom_it_vouches_for(office: StaffOffice, second_done: bool) -> None:
    office.set_up()
    answer = signing_in.with_single_sign_on(
        office.database, office.access, ANN, second_done=second_done
    )
    if second_done:
        assert answer.step is Step.IN
    else:
        assert answer.step is Step.CODE
        assert office.give_code(answer.token).step is Step.IN


@pytest.mark.parametrize("second_done", [True, False])
def test_single_sign_on_lets_in_nobody_without_an_account(
    office: StaffOffice, second_done: bool
) -> None:
    answer = signing_in.with_single_sign_on(
        office.database, office.access, BEN, second_done=second_done
    )
    assert answer == Answer(Step.REFUSED)


def test_whoever_was_invited_comes_in_by_single_sign_on_alone(office: StaffOffice) -> None:
    token = office.invite()
    refused = signing_in.with_single_sign_on(office.database, office.access, ANN, second_done=False)
    assert refused.step is Step.REFUSED, "they have no authenticator of ours yet"
    answer = signing_in.with_single_sign_on(office.database, office.access, ANN, second_done=True)
    assert answer.step is Step.IN
    assert office.account().state == "active"
    assert office.password("") == Answer(Step.REFUSED)
    with pytest.raises(Exception, match="used already"):
        office.secret_of(token)


def test_signing_out_ends_the_session(office: StaffOffice) -> None:
    staff_id = office.set_up()
    token = office.sign_in()
    session = sessions.find(office.database, office.access, token)
    assert session is not None
    signing_in.sign_out(office.database, office.access, session.id, staff_id)
    assert sessions.find(office.database, office.access, token) is None


@pytest.mark.sqlite_alone
def test_an_account_without_a_secret_takes_no_code(office: StaffOffice) -> None:
    staff_id = office.set_up()
    with office.database.write() as tx:
        tx.execute(update(staff_accounts).values(totp_encrypted=None))
        assert codes.use(tx, office.access, staff_id, "000000") is None
