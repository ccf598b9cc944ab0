"""What staff do in a case through its page: done once, refused with a sentence, not for others."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from console_house import Browser, Console
from sqlalchemy import func, select
from starlette.routing import Route

from safar.cases import lookup
from safar.cases.linking import linked
from safar.cases.rows import Case
from safar.cases.states import State
from safar.console.pages import case as case_pages
from safar.console.pages import case_actions, reply
from safar.phrasing.catalogue import Catalogue, Message
from safar.store import audit
from safar.store.tables import outbox

pytestmark = pytest.mark.both_databases

REFUSED, GONE, LED_ON = 409, 404, 303


def mark(number: int = 1) -> str:
    return f"{number:032x}"


def submit(browser: Browser, case: Case, action: str, **form: Any) -> Any:
    return browser.submit(f"/cases/{case.id}/{action}", **{"mark": mark(), **form})


def alert(answer: Any) -> str:
    found = re.search(r'<p class="problem" role="alert"[^>]*>(.*?)</p>', answer.text)
    return found[1] if found else ""


def state(console: Console, case: Case) -> State:
    return console.cases.case(case).state


def notices(console: Console, case: Case) -> list[str]:
    """Texts to the person that staff did not write."""
    with console.cases.database.read() as tx:
        rows = tx.execute(
            select(outbox.c.body_encrypted, outbox.c.kind)
            .where(outbox.c.conversation_id == case.conversation_id)
            .order_by(outbox.c.id)
        ).all()
    return [console.cases.keyring.decrypt(r.body_encrypted) for r in rows if r.kind == "notice"]


@pytest.mark.parametrize(
    ("before", "action", "form", "after"),
    [
        (State.OPEN, "acknowledge", {}, State.ACKNOWLEDGED),
        (State.OPEN, "take", {}, State.WITH_PERSON),
        (State.WITH_PERSON, "hand-back", {}, State.HANDED_BACK),
        (State.ACKNOWLEDGED, "close", {"outcome": "helped"}, State.CLOSED),
        (State.CLOSED, "reopen", {}, State.REOPENED),
        (State.OPEN, "note", {"note": "Ask the ministry."}, State.OPEN),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_thing_is_done_and_leads_back_to_the_case(
    console: Console, before: State, action: str, form: dict[str, str], after: State
) -> None:
    case = console.case_in(before)
    browser = console.as_("doha1")
    answer = submit(browser, case, action, **form)
    assert answer.status_code == LED_ON, answer.text
    assert state(console, case) is after
    page = browser.see(answer.headers["location"].removeprefix("/console"))
    assert 'class="done" role="status"' in page.text
    with console.cases.database.read() as tx:
        assert audit.verify(tx, console.cases.keyring).faults == ()


def test_a_colleague_gets_the_case(console: Console) -> None:
    case = console.case_in(State.ACKNOWLEDGED)
    answer = submit(console.as_("doha1"), case, "assign", to=console.cases.staff["doha2"])
    assert answer.status_code == LED_ON
    assert console.cases.case(case).assignee_id == console.cases.staff["doha2"]


def test_another_desk_gets_the_case_and_this_one_has_it_no_more(console: Console) -> None:
    case = console.case_in(State.ACKNOWLEDGED)
    browser = console.as_("doha1")
    page = browser.see(f"/cases/{case.id}").text
    assert "The case leaves this desk" in page
    unsure = submit(browser, case, "transfer", desk="ngo")
    assert unsure.status_code == REFUSED
    assert "was not passed on" in alert(unsure)
    assert '<option value="ngo" selected>' in unsure.text
    answer = submit(browser, case, "transfer", desk="ngo", sure="yes")
    assert answer.headers["location"] == "/console/cases"
    assert console.cases.case(case).desk_id == "ngo"
    assert browser.see(f"/cases/{case.id}").status_code == GONE
    assert console.as_("ngo1").see(f"/cases/{case.id}").status_code == 200  # noqa: PLR2004


def test_cases_are_linked_by_number_and_by_reference(console: Console) -> None:
    one, two, three = (console.case_in(State.OPEN) for _ in range(3))
    browser = console.as_("doha1")
    assert submit(browser, one, "link", other=str(two.id)).status_code == LED_ON
    by_reference = submit(browser, one, "link", other=f" {three.reference} ", mark=mark(2))
    assert by_reference.status_code == LED_ON
    with console.cases.database.read() as tx:
        assert {each.id for each in linked(tx, one)} == {two.id, three.id}
    assert submit(browser, two, "unlink", other=str(one.id), mark=mark(3)).status_code == LED_ON
    with console.cases.database.read() as tx:
        assert [each.id for each in linked(tx, one)] == [three.id]


@pytest.mark.parametrize("other", ["", "999", "0", "9" * 30, "ABCD-EFGH", "elsewhere", "itself"])
def test_what_is_no_case_here_cannot_be_linked(console: Console, other: str) -> None:
    case = console.case_in(State.OPEN)
    elsewhere = console.case_in(State.OPEN, destination="MY")
    named = {"elsewhere": str(elsewhere.id), "itself": str(case.id)}.get(other, other)
    answer = submit(console.as_("doha1"), case, "link", other=named)
    assert answer.status_code == REFUSED
    said = "That is this case itself" if other == "itself" else "no such case at this desk"
    assert said in alert(answer)
    assert elsewhere.reference not in answer.text


@pytest.mark.parametrize(
    ("before", "who", "action", "form", "said"),
    [
        (State.ACKNOWLEDGED, "doha2", "acknowledge", {}, "acknowledged already"),
        (State.WITH_PERSON, "doha2", "take", {}, "Somebody has this conversation already"),
        (State.WITH_PERSON, "doha2", "hand-back", {}, "Only they or a supervisor"),
        (State.WITH_PERSON, "doha1", "close", {"outcome": "helped"}, "Hand it back first"),
        (State.ACKNOWLEDGED, "doha1", "close", {}, "how the case ended"),
        (State.ACKNOWLEDGED, "doha1", "close", {"outcome": "won"}, "how the case ended"),
        (State.ACKNOWLEDGED, "doha1", "assign", {}, "Choose a colleague"),
        (State.ACKNOWLEDGED, "doha1", "assign", {"to": "nobody"}, "not at the desk"),
        (State.ACKNOWLEDGED, "doha1", "transfer", {"desk": "moon", "sure": "yes"}, "another desk"),
        (State.OPEN, "doha1", "reopen", {}, "Acknowledge"),
        (State.OPEN, "doha1", "note", {"note": "  "}, "Write the note first"),
        (State.OPEN, "doha1", "note", {"note": "x" * 10_001}, "longer than 10,000"),
        (State.OPEN, "doha1", "acknowledge", {"mark": "old"}, "too old"),
        (State.WITHDRAWN, "doha1", "note", {"note": "hm"}, "withdrawn their consent"),
    ],
)
def test_what_is_refused_is_said_where_the_officer_is(  # noqa: PLR0913, PLR0917
    console: Console, before: State, who: str, action: str, form: dict[str, str], said: str
) -> None:
    case = console.case_in(before)
    events = console.cases.events(case)
    answer = submit(console.as_(who), case, action, **form)
    assert answer.status_code == REFUSED
    assert said in alert(answer).replace("&#39;", "'")
    assert answer.text.count('role="alert"') == 1
    assert state(console, case) is before
    assert console.cases.events(case) == events
    if note := form.get("note", "").strip():
        assert note in answer.text


def test_their_supervisor_hands_back_for_an_officer(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    page = console.as_("doha2").see(f"/cases/{case.id}").text
    assert f"/cases/{case.id}/hand-back" not in page
    boss = console.as_("doha-boss")
    assert "You do this for doha 1." in boss.see(f"/cases/{case.id}").text
    assert submit(boss, case, "hand-back").status_code == LED_ON


TOLD = (
    Message("case.taken", "A person from {desk} reads this now."),
    Message("case.handed_back", "The assistant answers you again. Case {reference}."),
)


def test_the_person_is_told_who_reads_now(console: Console) -> None:
    words = Catalogue(TOLD, console.house.languages, {})
    telling = Console(console.cases, replace(console.house, words=words))
    case = telling.case_in(State.ACKNOWLEDGED)
    submit(telling.as_("doha1"), case, "take")
    submit(telling.as_("doha2"), case, "take", mark=mark(3))  # refused, so nothing is told
    submit(telling.as_("doha1"), case, "hand-back", mark=mark(2))
    assert notices(telling, case) == [
        "A person from Nepal in Doha reads this now.",
        f"The assistant answers you again. Case {case.reference}.",
    ]


def test_nobody_is_told_at_a_telephone_of_another_person(console: Console) -> None:
    phone = "+9779812345678"
    case = console.case_in(State.WITH_PERSON, phone=phone)
    console.cases.talk(phone, "one")
    console.cases.talk(phone, "another")
    words = Catalogue(TOLD, console.house.languages, {})
    telling = Console(console.cases, replace(console.house, words=words))
    assert submit(telling.as_("doha1"), case, "hand-back").status_code == LED_ON
    assert notices(telling, case) == []


@pytest.mark.parametrize(
    ("before", "action", "form"),
    [
        (State.OPEN, "acknowledge", {}),
        (State.OPEN, "take", {}),
        (State.WITH_PERSON, "hand-back", {}),
        (State.OPEN, "note", {"note": "once"}),
        (State.ACKNOWLEDGED, "close", {"outcome": "helped"}),
        (State.WITH_PERSON, "reply", {"text": "once"}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_form_that_is_sent_twice_does_its_thing_once(
    console: Console, before: State, action: str, form: dict[str, str]
) -> None:
    case = console.case_in(before)
    known = len(console.cases.events(case))
    start = threading.Barrier(2)
    answers: list[int] = []
    browsers = [console.as_("doha1") for _ in range(2)]

    def send(browser: Browser) -> None:
        start.wait()
        answers.append(submit(browser, case, action, **form).status_code)

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [LED_ON, LED_ON]
    assert len(console.cases.events(case)) == known + 1
    with console.cases.database.read() as tx:
        said = lookup.said(tx, console.cases.keyring, case.id)
        queued = tx.execute(
            select(func.count()).select_from(outbox).where(outbox.c.kind == "officer")
        ).scalar_one()
    assert [each.body for each in said] == list(form.values())[: len(said)]
    assert queued == (1 if action == "reply" else 0)


def test_of_two_officers_who_take_at_once_one_has_it_and_the_other_is_told(
    console: Console,
) -> None:
    for number in range(4):
        case = console.case_in(State.ACKNOWLEDGED)
        start = threading.Barrier(2)
        answers: dict[str, Any] = {}

        def send(
            who: str, browser: Browser, case: Case = case, number: int = number,
            start: threading.Barrier = start, answers: dict[str, Any] = answers,
        ) -> None:  # fmt: skip
            start.wait()
            form = mark(2 * number + (who == "doha1") + 10)
            answers[who] = submit(browser, case, "take", mark=form)

        threads = [
            threading.Thread(target=send, args=(who, console.as_(who)))
            for who in ("doha1", "doha2")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(each.status_code for each in answers.values()) == [LED_ON, REFUSED]
        loser = next(each for each in answers.values() if each.status_code == REFUSED)
        assert "Somebody has this conversation already" in alert(loser)
        assert console.cases.events(case).count("take") == 1


# Whose cases they are.


def routes(console: Console) -> list[tuple[str, str]]:
    """Every page and form of one case."""
    own = {
        route.name
        for module in (case_pages, case_actions, reply)
        for route in module.pages(console.house).routes
    }
    found = [
        (method, route.path)
        for route in console.inner.routes
        if isinstance(route, Route) and route.name in own
        for method in (route.methods or set()) - {"HEAD"}
    ]
    assert len(found) == len(own) > 14  # noqa: PLR2004 - none is left out
    return found


@pytest.mark.parametrize("which", ["another desk's", "no", "offered", "zero", "huge"])
def test_by_no_address_can_a_case_of_another_desk_be_told_from_none(
    console: Console, which: str
) -> None:
    case = console.case_in(State.OFFERED if which == "offered" else State.ACKNOWLEDGED)
    if which == "another desk's":
        for what, who, more in (("transfer", "doha1", ("ngo",)), ("take", "ngo1", ())):
            console.cases.do(what, case, who, *more)
    events = console.cases.events(case)
    number = {"no": 4711, "zero": 0, "huge": 10**30}.get(which, case.id)
    browser = console.as_("doha1")
    everything = {
        "mark": mark(), "text": "hello", "note": "hello", "outcome": "helped", "desk": "ngo",
        "sure": "yes", "to": console.cases.staff["doha2"], "other": "1", "line": "1",
    }  # fmt: skip
    seen = set()
    for method, path in routes(console):
        there = path.replace("{number:int}", str(number))
        answer = browser.see(there) if method == "GET" else browser.submit(there, **everything)
        assert answer.status_code == GONE, (path, answer.text)
        text = answer.text.replace(str(number), "N").replace(browser.csrf, "")
        seen.add(re.sub(r'value="[^"]*"', "", text))
        assert case.reference not in text
    assert len(seen) == 1
    assert console.cases.events(case) == events


@pytest.mark.parametrize("role", ["editor", "auditor", "admin"])
def test_whoever_handles_no_cases_is_let_in_nowhere(console: Console, role: Any) -> None:
    case = console.case_in(State.WITH_PERSON)
    browser = console.signed_in(role)
    for method, path in routes(console):
        there = path.replace("{number:int}", str(case.id))
        answer = browser.see(there) if method == "GET" else browser.submit(there)
        assert answer.status_code == 403, path  # noqa: PLR2004
        assert case.reference not in answer.text
