"""Administrators and their pages: inviting, moving, disabling; and everybody's own account."""

from __future__ import annotations

import re

import pytest
from console_house import PATH, Console
from console_visitors import ANN, BEN, GOOD, code, come_in, fill, invite, set_up
from sqlalchemy import select

from safar.store.case_tables import audit, staff
from safar.store.staff_tables import staff_accounts

pytestmark = pytest.mark.both_databases
NEW = "another row of plain words"


def id_of(console: Console, name: str = "Ann Lee") -> str:
    """The id of whoever has a name, as the list links to them."""
    text = console.signed_in("admin").see("/staff").text
    return re.search(rf'/staff/([0-9a-f]{{32}})">{name}<', text)[1]  # type: ignore[index]


def last_deed(console: Console) -> tuple[str, str, str | None]:
    with console.house.database.read() as tx:
        row = tx.execute(
            select(audit.c.actor, audit.c.action, audit.c.actor_id)
            .order_by(audit.c.number.desc())
            .limit(1)
        ).one()
    return tuple(row)  # type: ignore[return-value]


def test_the_list_shows_who_has_an_account(console: Console) -> None:
    set_up(console)
    invite(console, BEN, "supervisor", "ngo")
    text = console.signed_in("admin").see("/staff").text
    assert "Ann Lee" in text and "An NGO" in text
    assert ">invited<" in text and ">active<" in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"email": "no address"}, "Write an e-mail address"),
        ({"name": " "}, "Write a name"),
        ({"role": "king"}, "Choose a role"),
        ({"desk": "nowhere"}, "no such desk"),
        ({"email": ANN}, "has an account already"),
    ],
)
def test_an_invitation_that_will_not_do_writes_nothing(
    console: Console, changes: dict[str, str], told: str
) -> None:
    set_up(console)
    admin = console.signed_in("admin")
    with console.house.database.read() as tx:
        before = len(tx.execute(select(staff.c.id)).all())
    form = {"name": "Ben", "email": BEN, "role": "officer", "desk": "doha"}
    answer = admin.submit("/staff/invite", **(form | changes))
    assert answer.status_code == 422 and told in answer.text
    assert (form | changes)["email"] in answer.text, "what was typed stays"
    with console.house.database.read() as tx:
        assert len(tx.execute(select(staff.c.id)).all()) == before


def test_the_record_says_which_administrator_invited(console: Console) -> None:
    admin_id = console.hire("admin")
    console.sign_in(admin_id).submit(
        "/staff/invite", name="Ann", email=ANN, role="officer", desk="doha"
    )
    with console.house.database.read() as tx:
        rows = tx.execute(
            select(audit.c.actor, audit.c.action)
            .where(audit.c.actor_id == admin_id)
            .order_by(audit.c.number)
        ).all()
    assert [tuple(row) for row in rows] == [("staff", "add"), ("staff", "invite")]


def test_whoever_is_disabled_is_out_at_once_and_can_come_back(console: Console) -> None:
    secret = set_up(console)
    browser = come_in(console, secret)
    staff_id = id_of(console)
    admin = console.signed_in("admin")
    answer = fill(admin, f"/staff/{staff_id}", f"/staff/{staff_id}/disable")
    assert answer.headers["location"] == f"{PATH}/staff/{staff_id}?done=disable"
    assert browser.see("/account").status_code == 303
    assert ">disabled<" in admin.see(f"/staff/{staff_id}?done=disable").text
    fill(admin, f"/staff/{staff_id}", f"/staff/{staff_id}/enable")
    console.cases.pass_(1)
    assert come_in(console, secret).see("/account").status_code == 200


def test_a_new_role_counts_from_the_next_page_on(console: Console) -> None:
    secret = set_up(console)
    staff_id = id_of(console)
    fill(
        console.signed_in("admin"),
        f"/staff/{staff_id}",
        f"/staff/{staff_id}/move",
        role="auditor",
        desk="ngo",
    )
    console.cases.pass_(1)
    browser = come_in(console, secret)
    assert browser.see("/audit").status_code == 200
    assert browser.see("/cases").status_code == 403


def test_a_new_invitation_takes_away_what_was_set_up(console: Console) -> None:
    browser = come_in(console, set_up(console))
    staff_id = id_of(console)
    answer = console.signed_in("admin").submit(f"/staff/{staff_id}/invite")
    assert "/console/invitation/" in answer.text
    assert browser.see("/account").status_code == 303
    refused = fill(console.browser(), "/sign-in", email=ANN, password=GOOD)
    assert refused.status_code == 401


@pytest.mark.parametrize("what", ["move", "disable", "invite"])
def test_nobody_changes_their_own_account(console: Console, what: str) -> None:
    staff_id = console.hire("admin")
    admin = console.sign_in(staff_id)
    assert "your own account" in admin.see(f"/staff/{staff_id}").text
    answer = admin.submit(f"/staff/{staff_id}/{what}", role="officer", desk="doha")
    assert answer.status_code == 409 and "your own account" in answer.text
    assert admin.see("/staff").status_code == 200


@pytest.mark.parametrize("staff_id", ["0" * 32, "x", "%00"])
def test_of_nobody_there_is_no_page(console: Console, staff_id: str) -> None:
    admin = console.signed_in("admin")
    assert admin.see(f"/staff/{staff_id}").status_code == 404
    assert admin.submit(f"/staff/{staff_id}/disable").status_code == 404


def test_changing_the_password_keeps_this_browser_and_ends_the_others(console: Console) -> None:
    secret = set_up(console)
    other = come_in(console, secret)
    console.cases.pass_(1)
    browser = come_in(console, secret)
    answer = fill(browser, "/account", "/account/password", old=GOOD, new=NEW, again=NEW)
    assert answer.headers["location"] == f"{PATH}/account?done=password"
    assert "password was changed" in browser.see("/account?done=password").text
    assert other.see("/account").status_code == 303
    assert fill(console.browser(), "/sign-in", email=ANN, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "present password is not right"),
        ({"old": GOOD, "new": NEW, "again": NEW + "x"}, "not the same"),
        ({"old": GOOD, "new": "short", "again": "short"}, "too short"),
    ],
)
def test_a_password_that_will_not_do_is_told(
    console: Console, form: dict[str, str], told: str
) -> None:
    browser = come_in(console, set_up(console))
    answer = fill(browser, "/account", "/account/password", **form)
    assert answer.status_code == 422 and told in answer.text


def test_new_recovery_codes_are_shown_once(console: Console) -> None:
    secret = set_up(console)
    browser = come_in(console, secret)
    console.cases.pass_(1)
    answer = fill(browser, "/account", "/account/recovery-codes", code=code(console, secret))
    found = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", answer.text)
    assert len(found) == 10
    assert found[0] not in browser.see("/account").text
    wrong = fill(browser, "/account", "/account/recovery-codes", code="000000")
    assert wrong.status_code == 422


def test_a_language_of_the_list_is_kept_and_no_other(console: Console) -> None:
    browser = come_in(console, set_up(console))
    fill(browser, "/account", "/account/language", language="../../x")
    with console.house.database.read() as tx:
        kept = tx.execute(
            select(staff_accounts.c.language).where(staff_accounts.c.signed_in_at.is_not(None))
        ).scalar_one()
    assert kept == "en"


def test_the_other_sessions_can_be_ended(console: Console) -> None:
    secret = set_up(console)
    other = come_in(console, secret)
    console.cases.pass_(1)
    browser = come_in(console, secret)
    shown = browser.see("/account").text
    assert "this one" in shown and "another one" in shown
    fill(browser, "/account", "/account/sessions")
    assert other.see("/account").status_code == 303
    assert browser.see("/account").status_code == 200
    assert last_deed(console)[1] == "end_sessions"
