"""What leaves the console: the table and the paper, for whom, and that it stands in the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from console_house import Browser, Console
from sqlalchemy import select, update

from safar.cases import opening
from safar.cases.opening import About, Terms
from safar.cases.rows import Case
from safar.cases.states import State
from safar.console.case_words import ACTIONS, AUTHORS, OUTCOMES, RISKS, STATES
from safar.console.security import HEADERS
from safar.staff.permissions import ROLES, Role
from safar.store.case_tables import audit, cases
from tests.reading_pdf import ReadPdf, read_pdf

pytestmark = pytest.mark.both_databases

Client = Callable[..., Browser]


def last_deed(console: Console) -> tuple[str, str, str, dict[str, object]]:
    with console.house.database.read() as tx:
        row = tx.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).one()
    return row.action, row.subject, row.subject_id, json.loads(row.details)


def table(answer_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer_text.lstrip("\ufeff"))))


def on_paper(browser: Browser, case: Case) -> ReadPdf:
    answer = browser.see(f"/cases/{case.id}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return read_pdf(answer.content)


def test_a_supervisor_takes_the_cases_of_their_desk_along(
    console: Console, signed_in_client: Client
) -> None:
    case = console.case_in(State.WITH_PERSON, danger=True)
    console.case_in(State.OFFERED)
    answer = signed_in_client("supervisor").see("/cases.csv?tab=all")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="cases-')
    assert answer.content.startswith("\ufeffcase,risk,state,".encode())
    (line,) = table(answer.text)
    assert (line["case"], line["risk"], line["state"]) == (str(case.id), "red", "with_person")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_table_is_narrowed_as_its_address_says_and_so_it_is_recorded(
    console: Console, signed_in_client: Client
) -> None:
    red = console.case_in(State.OPEN, danger=True)
    console.case_in(State.OPEN)
    boss = signed_in_client("supervisor")
    found = table(boss.see("/cases.csv?tab=waiting&risk=red&kind=&page=2").text)
    assert [line["case"] for line in found] == [str(red.id)]
    filters = {"tab": "waiting", "risk": "red"}
    details = {"as": "csv", "rows": 1, "filters": filters}
    assert last_deed(console) == ("export", "cases", "doha", details)


@pytest.mark.parametrize("wrong", ["risk=purple", "tab=other", "late=perhaps", "assignee=sita"])
def test_a_filter_that_is_none_hands_out_nothing(
    console: Console, signed_in_client: Client, wrong: str
) -> None:
    console.case_in(State.OPEN)
    assert signed_in_client("supervisor").see(f"/cases.csv?{wrong}").status_code == 400


def test_no_cell_of_a_table_is_taken_for_a_formula(
    console: Console, signed_in_client: Client
) -> None:
    console.case_in(State.OPEN)
    hostile = {"kind": "=cmd|' /C calc'!A0", "origin": "@SUM", "destination": "\t-1"}
    with console.house.database.write() as tx:
        tx.execute(update(cases).values(**hostile))
    (line,) = table(signed_in_client("supervisor").see("/cases.csv?tab=all").text)
    assert line["kind"] == "'=cmd|' /C calc'!A0"
    assert line["origin"] == "'@SUM"
    assert line["destination"] == "' -1"


def test_a_long_table_comes_whole(
    console: Console, signed_in_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.console.pages.exports._LINES", 2)
    monkeypatch.setattr("safar.cases.exporting.table.AT_ONCE", 3)
    made = {str(console.case_in(State.OPEN).id) for _ in range(7)}
    answer = signed_in_client("supervisor").see("/cases.csv")
    assert {line["case"] for line in table(answer.text)} == made
    assert answer.text.count("\ufeff") == answer.text.count("case,risk") == 1


@pytest.mark.parametrize("path", ["/cases.csv", "/cases/1.pdf"])
@pytest.mark.parametrize("role", [role for role in ROLES if role != "supervisor"])
def test_nobody_else_takes_anything_along(
    console: Console, signed_in_client: Client, role: Role, path: str
) -> None:
    console.case_in(State.OPEN)
    assert signed_in_client(role).see(path).status_code == 403


def test_a_case_on_paper_says_all_that_its_page_says(
    console: Console, signed_in_client: Client
) -> None:
    house = console.cases
    conversation, _ = house.talk("+9779841234567")
    house.write(conversation, "मलाई घर जान दिँदैनन्")
    about = About(name="Sita Rai", relation="sister", told={"employer": "Gulf Houses"})
    offered = house.offer(conversation, danger=True, for_other=True, about=about, variant="ne")
    terms = Terms(message="case.consent", shares=("phone", "conversation"), since=house.clock.now)
    case = house.consent(offered, terms)
    house.do("take", case, "doha1")
    house.reply(case, "doha1", "हामी तपाईंलाई मद्दत गर्छौं।")
    house.do("note", case, "doha1", "Called the police.")

    read = on_paper(signed_in_client("supervisor"), case)

    assert (read.title, read.language, read.tagged, read.boxes) == (
        f"Case {case.reference}",
        "en",
        True,
        0,
    )
    for words in (
        *(f"{case.id} ({case.reference})", "Risk: Red", "From: Nepal", "Works in: Qatar"),
        *("Name: Sita Rai", "sister", "Employer: Gulf Houses", "Writes: Nepali"),
        *("for somebody else", "telephone number, what was written"),
        *("मलाई घर जान दिँदैनन्", "हामी तपाईंलाई मद्दत गर्छौं।", "Called the police."),
        *("Note of doha 1", "The person", "doha 1", "doha supervisor", "Confidential"),
        "Telephone: +977 •••• ••67",
    ):
        assert words in read.text
    assert "984123" not in read.text
    assert last_deed(console) == ("export", "case", str(case.id), {"as": "pdf", "texts": 3})


def test_the_paper_is_in_the_language_of_who_prints_it(
    console: Console, signed_in_client: Client
) -> None:
    case = console.case_in(State.OPEN)
    assert on_paper(signed_in_client("supervisor", "doha", "ar"), case).language in {"ar", "en"}


def test_a_number_that_was_not_shared_is_not_on_it(
    console: Console, signed_in_client: Client
) -> None:
    house = console.cases
    offered = house.offer(house.talk("+9779841234567")[0])
    case = house.consent(offered, Terms(message="case.consent", shares=("conversation",)))
    read = on_paper(signed_in_client("supervisor"), case)
    assert "Telephone" not in read.text
    assert "67" not in read.text.replace(case.reference, "")


@pytest.mark.parametrize("state", [State.OFFERED, State.DECLINED])
def test_what_nobody_agreed_to_is_not_printed(
    console: Console, signed_in_client: Client, state: State
) -> None:
    case = console.case_in(state)
    assert signed_in_client("supervisor").see(f"/cases/{case.id}.pdf").status_code == 404


@pytest.mark.parametrize("state", sorted(set(State) - {State.OFFERED, State.DECLINED}))
def test_a_case_is_printed_in_every_state(
    console: Console, signed_in_client: Client, state: State
) -> None:
    assert on_paper(signed_in_client("supervisor"), console.case_in(state)).boxes == 0


def test_of_a_case_of_another_desk_not_even_its_being_there_is_said(
    console: Console, signed_in_client: Client
) -> None:
    case = console.case_in(State.OPEN)
    other = signed_in_client("supervisor", "ngo")
    theirs = other.see(f"/cases/{case.id}.pdf")
    none = other.see("/cases/999999.pdf")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.text == none.text


def test_after_consent_was_withdrawn_nothing_that_was_said_is_printed(
    console: Console, signed_in_client: Client
) -> None:
    house = console.cases
    conversation, contact = house.talk()
    house.write(conversation, "secret words")
    terms = Terms(message="case.consent", shares=("phone",), since=house.clock.now)
    case = house.consent(house.offer(conversation), terms)
    with house.database.write() as tx:
        opening.withdraw(tx, house.office, case.id, contact)
    read = on_paper(signed_in_client("supervisor"), case)
    assert "secret" not in read.text
    assert "Nothing is kept of what was said." in read.text
    assert "Telephone" not in read.text


@pytest.mark.parametrize("address", ["/cases/x.pdf", "/cases/1.PDF", "/cases/-1.pdf", "/cases.CSV"])
def test_other_addresses_lead_nowhere(signed_in_client: Client, address: str) -> None:
    assert signed_in_client("supervisor").see(address).status_code in {400, 404}


def test_there_are_words_for_everything_a_case_can_be() -> None:
    from safar.cases.handling import Outcome
    from safar.cases.plan import Risk
    from safar.cases.states import Action

    assert set(RISKS) == set(Risk)
    assert set(STATES) == set(State)
    assert set(ACTIONS) == {action.value for action in Action}
    assert set(OUTCOMES) == {outcome.value for outcome in Outcome}
    assert set(AUTHORS) == {"worker", "bot", "staff", "system"}
