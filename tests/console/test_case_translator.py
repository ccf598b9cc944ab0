"""A translator of the operator's: asked by a button, recorded, never by itself."""

from __future__ import annotations

from typing import Any

import pytest
from case_forms import post
from console_house import Console
from sqlalchemy import select

from safar.cases.rows import Case
from safar.cases.states import State
from safar.store.case_tables import audit as audit_table
from safar.store.case_tables import case_messages

REFUSED, GONE = 409, 404

ASKED: list[tuple[str, str | None, str]] = []


def fake(text: str, variant: str | None, language: str) -> str:
    ASKED.append((text, variant, language))
    if "fail" in text:
        raise RuntimeError(text)
    return f"<i>in {language}</i>: {text}"


def _line(console: Console, case: Case, text: str) -> int:
    console.cases.write(case.conversation_id, text)
    with console.cases.database.read() as tx:
        return int(tx.execute(select(case_messages.c.id).order_by(case_messages.c.id.desc())
                              .limit(1)).scalar_one())  # fmt: skip


@pytest.mark.both_databases
def test_a_text_is_translated_where_an_officer_asks_for_it_and_that_is_recorded(
    console_with: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    console = console_with(console_translator=f"{__name__}:fake")
    ASKED.clear()
    case = console.case_in(State.WITH_PERSON, variant="ne")
    line = _line(console, case, "तलब आएन")
    browser = console.as_("doha1")
    assert "Translate" in browser.see(f"/cases/{case.id}").text
    assert ASKED == []
    shown = post(browser, case, "translate", line=line)
    assert "&lt;i&gt;in en&lt;/i&gt;: तलब आएन" in shown
    assert ASKED == [("तलब आएन", "ne", "en")]
    whole = browser.submit(f"/cases/{case.id}/translate", line=line).text
    assert "&lt;i&gt;in en&lt;/i&gt;: तलब आएन" in whole
    with console.cases.database.read() as tx:
        rows = tx.execute(select(audit_table).where(audit_table.c.action == "translate")).all()
    assert [(row.subject_id, row.details) for row in rows] == [
        (str(case.id), f'{{"text": {line}}}')
    ] * 2
    failing = _line(console, case, "fail secretly")
    assert "did not answer" in post(browser, case, "translate", line=failing)
    assert "secretly" not in capsys.readouterr().out


@pytest.mark.both_databases
def test_without_a_translator_nothing_is_offered_and_nothing_leaves(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    line = _line(console, case, "hello")
    browser = console.as_("doha1")
    assert "Translate" not in browser.see(f"/cases/{case.id}").text
    answer = browser.submit(f"/cases/{case.id}/translate", line=line)
    assert answer.status_code == REFUSED
    assert "No translator is set up" in answer.text


def test_only_texts_of_the_worker_in_this_case_are_translated(console_with: Any) -> None:
    console = console_with(console_translator=f"{__name__}:fake")
    ASKED.clear()
    case, other = console.case_in(State.WITH_PERSON), console.case_in(State.WITH_PERSON)
    line = _line(console, other, "hello")
    console.cases.do("note", case, "doha1", "of staff")
    browser = console.as_("doha1")
    for named in (line, line + 1, 0, 10**20, "x", ""):
        answer = browser.submit(f"/cases/{case.id}/translate", line=named)
        assert answer.status_code == GONE
    assert ASKED == []


@pytest.mark.parametrize("setting", ["no_such_module:translate", f"{__name__}:nothing"])
def test_a_translator_that_is_not_there_is_told(console_with: Any, setting: str) -> None:
    console = console_with(console_translator=setting)
    case = console.case_in(State.WITH_PERSON)
    line = _line(console, case, "hello")
    answer = console.as_("doha1").submit(f"/cases/{case.id}/translate", line=line)
    assert answer.status_code == REFUSED
    assert "No translator is set up" in answer.text
