"""The page of charts: drawings and the same numbers as tables, of the desks one may see."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from console_house import Browser, Console
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from safar.cases.figures import LONGEST, Span
from safar.cases.states import State
from safar.console.drawing import HEIGHT, bars, columns
from safar.console.pages.charts import WEEKS, span_of
from safar.store.case_tables import cases
from tests.clock import NOW

TODAY = NOW.date()
NUMBERS = st.lists(st.tuples(st.text(max_size=3), st.none() | st.integers(0, 10**6)), max_size=60)


def charts(browser: Browser, query: str = "") -> str:
    answer = browser.see(f"/charts{query}")
    assert answer.status_code == 200
    return str(answer.text)


def table(text: str, caption: str) -> dict[str, str]:
    """The last column of a table by its first one."""
    (found,) = re.findall(
        rf'<caption class="hidden-words">{caption}</caption>(.*?)</table>', text, re.S
    )
    return {
        unescape(re.sub(r"<[^>]+>", "", head)).strip(): cells[-1].strip()
        for head, cells in (
            (head, re.findall(r"<td[^>]*>(.*?)</td>", row, re.S))
            for head, row in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', found, re.S)
        )
    }


@pytest.mark.both_databases
def test_the_numbers_of_ones_own_desk(console: Console) -> None:
    for kind in ("ask_wages", "ask_wages", "greet"):
        console.case_in(State.OPEN, kind=kind)
    red = console.case_in(State.WITH_PERSON, danger=True)
    console.cases.pass_(30)
    console.cases.reply(red, "doha1", "We are on our way.")
    console.case_in(State.OFFERED)
    there = console.case_in(State.OPEN, kind="missing_relative", origin="BD")
    assert there.desk_id == "ngo"
    text = charts(console.as_("doha1"))
    assert "Cases at Nepal in Doha" in text
    weeks = table(text, "Cases by week")
    assert len(weeks) == WEEKS
    assert list(weeks.values()) == ["0"] * (WEEKS - 1) + ["4"]
    assert list(weeks)[-1] == "23 Nov 2026"
    assert table(text, "By risk") == {"Red": "1", "Amber": "2", "Green": "1"}
    topics = table(text, "By topic")
    assert topics["Wages not paid"] == "3"
    assert sum(map(int, topics.values())) == 4
    assert table(text, "Time to the first reply")["Red"] == "30 mins"
    assert "By desk" not in text
    assert "An NGO" not in text


@pytest.mark.both_databases
@pytest.mark.parametrize("role", ["editor", "auditor"])
def test_who_has_no_cases_sees_all_desks_without_small_numbers(console: Console, role: Any) -> None:
    for kind, number in (("ask_wages", 6), ("greet", 3), ("missing_relative", 2)):
        for _ in range(number):
            console.case_in(State.OPEN, kind=kind)
    text = charts(console.signed_in(role))
    assert table(text, "By desk") == {"Nepal in Doha": "not shown", "An NGO": "not shown"}
    assert sorted(table(text, "By topic").values()) == ["6", "not shown", "not shown"]
    assert "Numbers below 5 are not shown" in text
    assert list(table(text, "Cases by week").values())[-1] == "11"


@pytest.mark.parametrize("role", ["admin"])
def test_who_only_gives_out_accounts_sees_none(console: Console, role: Any) -> None:
    assert console.signed_in(role).see("/charts").status_code == 403


@pytest.mark.both_databases
def test_other_weeks_may_be_asked_for(console: Console) -> None:
    case = console.case_in(State.OPEN)
    with console.house.database.write() as tx:
        tx.execute(
            update(cases).where(cases.c.id == case.id).values(opened_at=NOW - timedelta(weeks=30))
        )
    browser = console.as_("doha1")
    assert set(table(charts(browser), "Cases by week").values()) == {"0"}
    day = (NOW - timedelta(weeks=30)).date()
    text = charts(browser, f"?from={day}&to={day}")
    assert list(table(text, "Cases by week").values()) == ["1"]


def test_a_drawing_has_no_style_of_its_own_and_says_what_it_is(console: Console) -> None:
    console.case_in(State.OPEN)
    text = charts(console.as_("doha1"))
    assert "style=" not in text
    assert "<style" not in text
    drawn = re.findall(r"<svg[^>]*>", text)
    assert len(drawn) > 1
    assert all('aria-hidden="true"' in each or "aria-label=" in each for each in drawn)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, Span.weeks_before(TODAY, WEEKS)),
        ("2026-11-01", "2026-11-10", Span(date(2026, 10, 26), date(2026, 11, 15))),
        ("2026-11-10", "2026-11-01", Span.weeks_before(date(2026, 11, 1), WEEKS)),
        ("2027-01-01", "2027-02-01", Span.weeks_before(TODAY, WEEKS)),
        ("0001-01-01", None, Span.around(TODAY - timedelta(weeks=LONGEST - 1), TODAY)),
        ("0001-01-01", "0001-01-01", Span(date(2000, 1, 3), date(2000, 1, 9))),
        ("<script>", "9999-99-99", Span.weeks_before(TODAY, WEEKS)),
    ],
)
def test_which_weeks_are_shown(first: str | None, last: str | None, expected: Span) -> None:
    assert span_of(first, last, TODAY) == expected


@given(NUMBERS)
def test_a_chart_stays_within_its_frame_and_in_proportion(
    rows: list[tuple[str, int | None]],
) -> None:
    lying, standing = bars(rows), columns(rows)
    assert [(each.label, each.number) for each in lying] == rows
    assert [(each.label, each.number) for each in standing] == rows
    most = max((number or 0 for _, number in rows), default=0)
    for bar, column in zip(lying, standing, strict=True):
        assert 0 <= bar.width <= 100
        assert 0 <= column.y <= HEIGHT
        assert column.y + column.height == pytest.approx(HEIGHT, abs=0.02)
        if bar.number is None:
            assert bar.width == 0
            assert column.height > 0, "it can be seen that something is hidden"
        elif most:
            share = bar.number / most
            assert bar.width == pytest.approx(100 * share, abs=0.01)
            assert column.height == pytest.approx(HEIGHT * share, abs=0.01)
    places = [column.x for column in standing]
    assert places == sorted(places)
