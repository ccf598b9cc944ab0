"""The list of cases in a browser: what is shown, found, and what appears by itself."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from case_house import TERMS
from console_house import PATH, Browser, Console
from sqlalchemy import select, update
from structlog.testing import capture_logs

from safar.cases.opening import About
from safar.cases.states import State
from safar.store.case_tables import audit, cases, staff
from tests.clock import NOW

pytestmark = pytest.mark.both_databases
RED = {"danger": True}


def links(text: str) -> list[str]:
    """The addresses that a page leads to."""
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', text)]


def shown(text: str) -> list[int]:
    """Numbers of the cases of a list, in its order."""
    return [int(each) for each in re.findall(r'id="case-(\d+)"', text)]


def poll(text: str) -> str:
    """The address that a page asks every few seconds."""
    (found,) = re.findall(r'hx-get="([^"]+)"', text)
    return unescape(found).removeprefix(PATH)


def look(browser: Browser, query: str = "") -> Any:
    answer = browser.see(f"/cases{query}")
    assert answer.status_code == 200
    return answer


@pytest.fixture
def doha1(console: Console) -> Browser:
    return console.as_("doha1")


def test_what_the_list_says_of_a_case(console: Console, doha1: Browser) -> None:
    case = console.case_in(State.OPEN, **RED)
    console.cases.pass_(12)
    text = look(doha1).text
    assert "Wages not paid" in text
    assert case.reference in text
    assert '<span class="tag red">Red</span>' in text, "a word, not the colour alone"
    for word in (
        "Nepal",
        "Qatar",
        "Nobody has looked yet",
        "waits 12 min",
        "due in 3 min",
        "nobody",
    ):
        assert word in text
    console.cases.pass_(8)
    assert "overdue by 5 min" in look(doha1).text
    console.cases.do("acknowledge", case, "doha1")
    mine = look(doha1, "?tab=mine").text
    assert shown(mine) == [case.id]
    assert "for 20 min" in mine
    assert "answer due in 30 min" in mine


def test_nothing_of_a_person_is_in_the_list(console: Console, doha1: Browser) -> None:
    conversation, contact = console.cases.talk("+9779812345678")
    told = About(name="Maya Rai", relation="sister", told={"employer": "Acme"})
    offered = console.cases.offer(conversation, about=told, for_other=True, city="Doha")
    case = console.cases.consent(offered, TERMS)
    console.cases.do("note", case, "doha1", "a secret note")
    text = look(doha1).text + look(doha1, "?tab=all").text
    assert case.reference in text
    for hidden in ("Maya", "sister", "Acme", "12345678", contact, conversation, "secret note"):
        assert hidden not in text


def test_what_is_kept_cannot_become_markup(console: Console, doha1: Browser) -> None:
    case = console.case_in(State.ACKNOWLEDGED)
    evil = '<img src=x onerror="x">'
    with console.house.database.write() as tx:
        tx.execute(
            update(cases)
            .where(cases.c.id == case.id)
            .values(kind=evil, origin="<b", destination='"')
        )
        tx.execute(
            update(staff)
            .where(staff.c.id == console.cases.staff["doha1"])
            .values(name_encrypted=console.house.keyring.encrypt(evil))
        )
    for browser in (doha1, console.as_("doha2")):
        text = look(browser, "?tab=all").text
        assert shown(text) == [case.id]
        assert "<img" not in text
        assert "<b<" not in text
        assert "&lt;img" in text


def test_a_case_of_another_desk_is_in_no_list_count_or_search(console: Console) -> None:
    case = console.case_in(State.OPEN, phone="+9779812345678", **RED)
    for state in (State.OFFERED, State.DECLINED):
        console.case_in(state)
    there = console.as_("ngo1")
    for query in (
        "",
        "?tab=all",
        "?risk=red",
        "?origin=NP",
        "?tab=all&country=NP",
        "?desk_id=doha",
    ):
        text = look(there, query).text
        assert shown(text) == []
        assert set(re.findall(r'<span class="count">(\d+)</span>', text)) == {"0"}
        assert case.reference not in text
    for q in (case.reference, "+9779812345678"):
        answer = there.submit("/cases/search", q=q)
        assert "There is no such case at your desk." in answer.text
    assert shown(look(console.as_("doha2"), "?tab=all").text) == [case.id]


@pytest.mark.parametrize("role", ["editor", "auditor", "admin"])
@pytest.mark.parametrize("path", ["/cases", "/cases/rows"])
def test_who_handles_no_cases_has_no_list(console: Console, role: Any, path: str) -> None:
    assert console.signed_in(role).see(path).status_code == 403


def test_tabs_filters_and_pages_are_links_that_work_without_script(
    console: Console, doha1: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.cases.listing.page.__kwdefaults__", {"after": None, "size": 2})
    kinds = ["greet", "ask_wages", "greet", "ask_wages", "ask_contract"]
    opened = [console.case_in(State.OPEN, kind=kind) for kind in kinds]
    red = console.case_in(State.OPEN, **RED)
    seen, where = [], f"{PATH}/cases"
    while where:
        text = doha1.get(where).text
        seen += shown(text)
        where = next((each for each in links(text) if "after=" in each and each != where), "")
        if len(seen) > 6:
            break
    amber = [case.id for case in opened if case.kind == "ask_wages"]
    green = [case.id for case in opened if case.kind != "ask_wages"]
    assert seen == [red.id, *amber, *green]
    text = look(doha1, "?kind=greet&tab=all").text
    assert shown(text) == [opened[2].id, opened[0].id]
    tabs = [each for each in links(text) if "tab=waiting" in each and "kind=greet" in each]
    assert shown(doha1.get(tabs[0]).text) == [opened[0].id, opened[2].id]
    assert '<option value="greet" selected>' in text
    assert "?tab=all" in " ".join(links(text)), "a way back to all"


NONSENSE = [
    "?tab=nothing&risk=purple&assignee=them&late=yes",
    "?kind=<script>&origin=np&destination=QAT&country='",
    "?after=1-99999999999999999-1",
    "?after=0-1-1%01&seen=-1",
    "?seen=9999999999999999999",
    "?after=2-9999999999999999-999999999999999999",
]


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("path", ["/cases", "/cases/rows"])
def test_an_address_that_makes_no_sense_shows_a_list_all_the_same(
    console: Console, doha1: Browser, path: str, query: str
) -> None:
    console.case_in(State.OPEN)
    answer = doha1.see(path + query)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


# What appears by itself.


def test_while_nothing_changes_nothing_is_sent(console: Console, doha1: Browser) -> None:
    console.case_in(State.OPEN, **RED)
    address = poll(look(doha1).text)
    console.cases.clock.pass_(4)
    answer = doha1.see(address)
    assert (answer.status_code, answer.content) == (204, b"")


CHANGES: dict[str, Any] = {
    "one comes in": lambda console, case: console.case_in(State.OPEN),
    "somebody looks": lambda console, case: console.cases.do("acknowledge", case, "doha2"),
    "one goes to another desk": lambda console, case: [
        console.cases.do("acknowledge", case, "doha1"),
        console.cases.do("transfer", case, "doha1", "ngo"),
    ],
    "the person adds something": lambda console, case: console.cases.add(case),
    "it becomes graver": lambda console, case: console.cases.add(case, danger=True),
    "a minute passes": lambda console, case: console.cases.pass_(1),
    "one of another tab is closed": lambda console, case: console.case_in(State.CLOSED),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_is_sent_once(console: Console, doha1: Browser, what: str) -> None:
    case = console.case_in(State.OPEN)
    address = poll(look(doha1).text)
    console.cases.clock.pass_(1)
    CHANGES[what](console, case)
    answer = doha1.see(address)
    assert answer.status_code == 200
    assert "<html" not in answer.text, "a part, not a page"
    again = poll(answer.text)
    assert doha1.see(again).status_code == 204


def test_a_new_red_case_is_announced_once_and_counted_in_the_title(
    console: Console, doha1: Browser
) -> None:
    first = console.case_in(State.OPEN, **RED)
    # Wherever the officer is, they hear of it.
    page = look(doha1, "?tab=closed").text
    assert "<title>(1) Cases" in page
    assert re.search(r'<div id="told"[^>]*role="status"[^>]*aria-live="assertive"></div>', page)
    console.case_in(State.OPEN, kind="greet")
    calm = doha1.see(poll(page)).text
    assert "hx-swap-oob" not in calm, "only red ones are announced"
    console.cases.clock.pass_(1)
    console.case_in(State.OPEN, **RED)
    loud = doha1.see(poll(calm)).text
    assert "<title>(3) Cases – Safar</title>" in loud
    assert '<div id="told" hx-swap-oob="innerHTML">1 new red case waits.</div>' in loud
    assert "2 red cases wait" in loud
    assert doha1.see(poll(loud)).status_code == 204
    console.cases.do("acknowledge", first, "doha2")
    after = doha1.see(poll(loud)).text
    assert "1 red case waits" in after
    assert "hx-swap-oob" not in after


def test_a_list_that_stays_open_keeps_no_session_alive(console: Console, doha1: Browser) -> None:
    address = poll(look(doha1).text)
    for _ in range(100):
        console.cases.pass_(60)
        answer = doha1.see(address, headers={"HX-Request": "true"})
        if answer.status_code == 401:
            break
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{PATH}/sign-in"


def test_what_came_since_the_last_look_is_marked(console: Console, doha1: Browser) -> None:
    def marked(text: str) -> list[int]:
        rows = re.findall(r'id="case-(\d+)".*?</th>', text, re.S)
        bodies = re.findall(r'id="case-\d+".*?</th>', text, re.S)
        return [int(n) for n, body in zip(rows, bodies, strict=True) if ">new<" in body]

    old = console.case_in(State.OPEN)
    first = look(doha1)
    assert marked(first.text) == [], "who looks for the first time needs no marks"
    console.cases.pass_(1)
    new = console.case_in(State.OPEN)
    console.cases.add(old)
    second = look(doha1).text
    assert marked(second) == [new.id]
    assert second.count("something was added") == 1
    filtered = next(each for each in links(second) if "tab=all" in each)
    assert marked(doha1.get(filtered).text) == [new.id], "to narrow the list is the same look"
    console.cases.pass_(1)
    assert marked(look(doha1).text) == []
    assert ">new<" not in look(console.as_("doha2")).text
    (cookie,) = [each for each in first.headers.get_list("set-cookie") if "safar_looked" in each]
    for word in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert word in cookie
    other = console.as_("doha2")
    other.cookies.set("safar_looked", doha1.cookies["safar_looked"])
    console.case_in(State.OPEN)
    assert ">new<" not in look(other).text, "another officer at this browser has not looked"


# The search.


def test_a_reference_leads_to_its_case(console: Console, doha1: Browser) -> None:
    case = console.case_in(State.CLOSED)
    for q in (case.reference, f" case {case.reference.lower().replace('-', ' ')} "):
        answer = doha1.submit("/cases/search", q=q)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/cases/{case.id}")


@pytest.mark.parametrize(
    "q", ["+9779812345678", "00977 981-234 5678", "9812345678", "977 9812345678", "९८१२३४५६७८"]
)
def test_a_number_finds_its_cases_and_is_kept_nowhere(
    console: Console, doha1: Browser, q: str
) -> None:
    case = console.case_in(State.OPEN, phone="+9779812345678")
    console.case_in(State.OPEN)
    with capture_logs() as logs:
        answer = doha1.submit("/cases/search", q=q)
    assert answer.status_code == 200, "no address holds the number"
    assert shown(answer.text) == [case.id]
    assert "345678" not in answer.text
    assert "345678" not in str(logs)
    with console.house.database.read() as tx:
        row = tx.execute(select(audit).where(audit.c.action == "search")).one()
    assert (row.subject, row.subject_id) == ("cases", "doha")
    assert "345678" not in str(tuple(row))
    assert '"found": 1' in row.details


@pytest.mark.parametrize(
    ("q", "code", "language"),
    [
        ("Qatar", "QA", "en"),
        ("qatar ", "QA", "en"),
        ("QA", "QA", "en"),
        ("saudi", "SA", "en"),
        ("कतार", "QA", "ne"),
        ("Qatar", "QA", "ar"),
    ],
)
def test_a_country_leads_to_its_list(console: Console, q: str, code: str, language: str) -> None:
    browser = console.signed_in("officer", "doha", language)
    answer = browser.submit("/cases/search", q=q)
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where == f"{PATH}/cases?tab=all&country={code}"
    case = console.case_in(State.CLOSED)
    text = browser.get(where).text
    assert shown(text) == ([case.id] if code == "QA" else [])


@pytest.mark.parametrize("q", ["what is this", "12345", "", "<script>", "zq"])
def test_what_is_none_of_these_is_said_so(doha1: Browser, q: str) -> None:
    answer = doha1.submit("/cases/search", q=q)
    assert answer.status_code == 200
    assert "neither a reference" in answer.text
    assert "<script>" not in answer.text


def test_a_search_needs_its_token(console: Console, doha1: Browser) -> None:
    answer = doha1.post(f"{PATH}/cases/search", data={"q": "Qatar"})
    assert answer.status_code == 403


def test_the_forgotten_are_listed_without_their_reference(console: Console, doha1: Browser) -> None:
    case = console.case_in(State.OPEN)
    with console.house.database.write() as tx:
        tx.execute(
            update(cases)
            .where(cases.c.id == case.id)
            .values(reference="forgotten:abc", erased_at=NOW, state="withdrawn")
        )
    text = look(doha1, "?tab=closed").text
    assert shown(text) == [case.id]
    assert "forgotten:" not in text


@pytest.mark.parametrize(("language", "word"), [("ne", "नेपाल"), ("ar", "نيبال")])
def test_countries_and_topics_are_in_the_language_of_the_officer(
    console: Console, language: str, word: str
) -> None:
    console.case_in(State.OPEN)
    text = look(console.signed_in("officer", "doha", language)).text
    if f'lang="{language}"' not in text:
        pytest.skip("The console has no words in this language yet.")
    assert word in text
    assert "Wages not paid" not in text
