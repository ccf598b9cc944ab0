"""The record, as auditors see it: page by page, filtered, and checked."""

from __future__ import annotations

import re

import pytest
from console_house import Console
from sqlalchemy import update

from safar.cases.states import State
from safar.store import audit as record
from safar.store.case_tables import audit

pytestmark = pytest.mark.both_databases


def numbers(text: str) -> list[int]:
    """The numbers of the rows that a page shows, in order."""
    return [int(number) for number in re.findall(r'data-label="Row">(\d+)<', text)]


def head(console: Console) -> int:
    with console.house.database.read() as tx:
        return record.head_of(tx).rows


def test_the_newest_are_first_and_older_ones_a_page_further(console: Console) -> None:
    for _ in range(14):
        console.case_in(State.CLOSED)
    auditor = console.signed_in("auditor")
    rows = head(console)
    assert rows > 60
    first = auditor.see("/audit").text
    assert numbers(first) == list(range(rows, rows - 50, -1))
    seen = numbers(first)
    text = first
    while older := re.search(r'href="/console(/audit\?[^"]*before=\d+)"', text):
        text = auditor.see(older[1].replace("&amp;", "&")).text
        seen += numbers(text)
    assert seen == list(range(rows, 0, -1))


def test_it_can_be_narrowed_to_one_case_one_action_or_one_person(console: Console) -> None:
    case = console.case_in(State.CLOSED)
    console.case_in(State.CLOSED)
    auditor = console.signed_in("auditor")
    of_case = auditor.see(f"/audit?subject=case&subject_id={case.id}").text
    assert len(numbers(of_case)) == 4  # offer, consent, acknowledge, close
    closed = auditor.see("/audit?action=close").text
    assert len(numbers(closed)) == 2
    officer = console.cases.staff["doha1"]
    by_one = auditor.see(f"/audit?who={officer}&action=acknowledge").text
    assert len(numbers(by_one)) == 2
    assert "doha 1" in by_one, "their name, for whoever reads"
    assert numbers(auditor.see("/audit?action=nothing").text) == []


def test_a_filter_goes_along_to_older_pages(console: Console) -> None:
    for _ in range(52):
        console.case_in(State.OFFERED)
    text = console.signed_in("auditor").see("/audit?action=offer").text
    assert re.search(r"/audit\?action=offer&(amp;)?subject=&(amp;)?.*before=\d+", text)


def test_checking_it_says_that_it_is_whole(console: Console) -> None:
    console.case_in(State.OPEN)
    auditor = console.signed_in("auditor")
    rows = head(console)
    answer = auditor.submit("/audit/verify")
    assert f"{rows} rows, none altered, removed or moved." in answer.text
    assert f"{rows}:" in answer.text


def test_checking_it_names_the_row_that_was_altered(console: Console) -> None:
    console.case_in(State.CLOSED)
    with console.house.database.write() as tx:
        tx.execute(update(audit).where(audit.c.number == 3).values(action="nothing"))
    answer = console.signed_in("auditor").submit("/audit/verify")
    assert "Row 3 was altered." in answer.text
    assert "There is 1 fault." in answer.text


def test_a_row_whose_details_were_broken_can_still_be_read(console: Console) -> None:
    console.case_in(State.OPEN)
    with console.house.database.write() as tx:
        tx.execute(update(audit).where(audit.c.number == 1).values(details="{broken"))
        tx.execute(update(audit).where(audit.c.number == 2).values(details="[1]"))
    assert {1, 2} <= set(numbers(console.signed_in("auditor").see("/audit").text))


@pytest.mark.parametrize("query", ["before=0", "before=x", f"before={10**30}", "who=" + "x" * 65])
def test_a_question_that_makes_no_sense_is_refused(console: Console, query: str) -> None:
    assert console.signed_in("auditor").see(f"/audit?{query}").status_code == 400
