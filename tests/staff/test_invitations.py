"""Invitations: one link, once, for three days."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from staff_office import ANN, BEN, GOOD, StaffOffice

from safar.settings import Settings
from safar.staff import invitations, sessions
from safar.staff.errors import StaffRefusedError, UnknownStaffError
from safar.staff.record import OPERATOR
from safar.staff.signing_in import Step
from safar.store.staff_tables import staff_accounts, staff_recovery_codes

pytestmark = pytest.mark.both_databases


def test_whoever_accepts_can_sign_in(office: StaffOffice) -> None:
    office.accept(office.invite(), name="  Ann   Lee ", language="ne")
    office.clock.pass_(60)
    account = office.account()
    assert (account.name, account.language, account.state) == ("Ann Lee", "ne", "active")
    assert office.sign_in()


def test_it_works_once(office: StaffOffice) -> None:
    token = office.invite()
    office.accept(token)
    with pytest.raises(StaffRefusedError, match="used already"):
        office.accept(token)


def test_two_at_the_same_moment_are_one(office: StaffOffice) -> None:
    token = office.invite()
    office.secrets[ANN] = office.secret_of(token)
    came = threading.Barrier(2)
    real, outcomes = office.hasher.hash, []

    def hash_together(password: str) -> str:
        came.wait(timeout=20)
        return real(password)

    office.hasher.hash = hash_together  # type: ignore[method-assign]

    def accept(password: str) -> None:
        wanted = invitations.Wanted("Ann", password, office.code(), "en")
        try:
            invitations.accept(office.database, office.access, token, wanted)
        except StaffRefusedError as error:
            outcomes.append(error.code)
        else:
            outcomes.append("in")

    threads = [threading.Thread(target=accept, args=(GOOD + word,)) for word in (" one", " two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "invitation"]


def test_it_ends_after_three_days(office: StaffOffice) -> None:
    token = office.invite()
    office.clock.pass_(72 * 3600 - 1)
    assert office.secret_of(token)
    office.clock.pass_(1)
    with pytest.raises(StaffRefusedError, match="older than 72 hours"):
        office.accept(token)


def test_a_new_one_ends_the_old(office: StaffOffice) -> None:
    token = office.invite()
    with office.database.write() as tx:
        renewed = invitations.renew(tx, office.access, office.account().staff_id, OPERATOR)
    with pytest.raises(StaffRefusedError):
        office.secret_of(token)
    assert office.accept(renewed)


def test_setting_up_anew_takes_everything_away(office: StaffOffice) -> None:
    office.set_up()
    browser, secret = office.sign_in(), office.secrets[ANN]
    staff_id = office.account().staff_id
    with office.database.write() as tx:
        renewed = invitations.renew(tx, office.access, staff_id, OPERATOR)
    assert office.password().step is Step.REFUSED
    assert sessions.find(office.database, office.access, browser) is None
    assert office.secret_of(renewed) != secret
    with office.database.read() as tx:
        assert tx.execute(select(staff_recovery_codes)).all() == []


@pytest.mark.parametrize("token", ["", "x" * 43, "' OR 1=1 --"])
def test_what_is_no_token_opens_nothing(office: StaffOffice, token: str) -> None:
    office.invite()
    with pytest.raises(StaffRefusedError):
        office.secret_of(token)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"password": "too short"}, "password", id="password"),
        pytest.param({"code": "000000"}, "code", id="code"),
        pytest.param({"name": "  "}, "name", id="no name"),
        pytest.param({"name": "An\x00n"}, "name", id="a sign that cannot be seen"),
        pytest.param({"language": "../../etc"}, "language", id="language"),
    ],
)
def test_what_will_not_do_leaves_the_invitation_as_it_was(
    office: StaffOffice, changes: dict[str, str], code: str
) -> None:
    token = office.invite()
    with pytest.raises(StaffRefusedError) as refused:
        office.accept(token, **changes)
    assert refused.value.code == code
    assert office.accept(token)


def test_an_address_has_one_account(office: StaffOffice) -> None:
    office.invite(ANN)
    with pytest.raises(StaffRefusedError, match="has an account already"):
        office.invite(" ANN@EXAMPLE.ORG ")


@pytest.mark.parametrize("email", ["", "ann", "ann@", "@example.org", "a b@example.org", "a@b"])
def test_what_is_no_address_gets_no_account(office: StaffOffice, email: str) -> None:
    with pytest.raises(StaffRefusedError, match="Write an e-mail address"):
        office.invite(email)


def test_who_is_disabled_cannot_accept_nor_be_invited_again(office: StaffOffice) -> None:
    from safar.staff import managing

    token = office.invite()
    staff_id = office.account().staff_id
    with office.database.write() as tx:
        managing.disable(tx, office.access, staff_id, OPERATOR)
    with pytest.raises(StaffRefusedError):
        office.accept(token)
    with pytest.raises(StaffRefusedError, match="Enable it first"), office.database.write() as tx:
        invitations.renew(tx, office.access, staff_id, OPERATOR)


def test_of_nobody_there_is_nothing_to_renew(office: StaffOffice) -> None:
    with pytest.raises(UnknownStaffError), office.database.write() as tx:
        invitations.renew(tx, office.access, "0" * 32, OPERATOR)


def test_the_store_has_neither_token_nor_address_nor_secret(office: StaffOffice) -> None:
    token = office.invite()
    paper = office.accept(token)
    with office.database.read() as tx:
        rows = [*tx.execute(select(staff_accounts)), *tx.execute(select(staff_recovery_codes))]
    written = repr([tuple(row) for row in rows])
    for secret in (token, ANN, "example.org", office.secrets[ANN], GOOD, *paper):
        assert secret not in written


def test_the_record_says_who_was_invited_and_set_up(office: StaffOffice) -> None:
    office.accept(office.invite())
    staff_id = office.account().staff_id
    assert office.deeds() == [
        ("operator", "invite", None, staff_id),
        ("staff", "set_up", staff_id, staff_id),
    ]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ({"public_base_url": "https://safar.example.org/"}, "https://safar.example.org/console/"),
        ({"host": "127.0.0.1", "port": 9000}, "http://127.0.0.1:9000/console/"),
    ],
)
def test_the_link_leads_to_the_host_that_is_set(values: dict[str, object], begins: str) -> None:
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    assert invitations.link(settings, "token") == begins + "invitation/token"


def test_each_has_an_invitation_of_their_own(office: StaffOffice) -> None:
    ann, ben = office.invite(ANN), office.invite(BEN)
    assert ann != ben and office.secret_of(ann) != office.secret_of(ben)
