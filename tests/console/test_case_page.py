"""The page of one case: what stands on it, for whom, and what must never stand there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from console_house import PATH, Console
from sqlalchemy import insert, select, update

from safar.cases.linking import link
from safar.cases.opening import About, withdraw
from safar.cases.rows import Case
from safar.cases.states import State
from safar.store import audit, case_erasure
from safar.store.case_tables import audit as audit_table
from safar.store.case_tables import case_messages
from safar.store.tables import inbox, outbox
from safar.store.understood import Understood

pytestmark = pytest.mark.both_databases

PHONE = "+9779841234567"
HOSTILE = '<script>alert("x")</script> & <b>bold</b> \'"`{{ 7*7 }}'


def see(console: Console, case: Case, who: str = "doha1", path: str = "") -> str:
    answer = console.as_(who).see(f"/cases/{case.id}{path}")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def out(console: Console, case: Case, text: str, author: str = "bot", **values: Any) -> int:
    """A text to the person, in the case as well."""
    cases = console.cases
    with cases.database.write() as tx:
        row = cases.row_out(tx, case.conversation_id, text, **values)
        tx.execute(
            insert(case_messages).values(
                case_id=case.id,
                author=author,
                kind="text",
                body_encrypted=cases.keyring.encrypt(text),
                outbox_id=row,
                at=cases.clock(),
            )
        )
    return row


def test_the_transcript_is_in_order_with_who_when_and_in_which_language(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON, variant="ne")
    console.cases.write(case.conversation_id, "मेरो तलब आएन")
    console.cases.reply(case, "doha1", "We are looking.")
    console.cases.do("note", case, "doha2", "Ask the ministry.")
    page = see(console, case)
    places = [page.index(text) for text in ("मेरो तलब आएन", "We are looking.", "Ask the ministry.")]
    assert places == sorted(places)
    assert 'lang="ne" dir="ltr">मेरो तलब आएन' in page
    assert "doha 1" in page and "doha 2" in page
    # 23 November 2026 at noon UTC is three in the afternoon in Doha.
    hour = (console.cases.clock().hour + 3) % 24
    assert f", {hour:02}:" in page


def test_arabic_stands_from_right_to_left(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON, variant="ar")
    console.cases.write(case.conversation_id, "لم أستلم راتبي")
    assert 'lang="ar" dir="rtl">لم أستلم راتبي' in see(console, case)


def test_a_note_says_that_it_is_one_and_a_text_does_not(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    console.cases.reply(case, "doha1", "A text.")
    console.cases.do("note", case, "doha1", "A note.")
    texts = re.findall(r'<li class="text (\w+)".*?</li>', see(console, case), re.DOTALL)
    assert texts == ["staff", "note"]
    shown = re.findall(r'<li class="text \w+".*?</li>', see(console, case), re.DOTALL)
    assert ["not sent" in each for each in shown] == [False, True]


def test_what_the_bot_understood_and_rested_on_stands_beside_the_texts(console: Console) -> None:
    conversation, _ = console.cases.talk()
    cases = console.cases
    seen = Understood(
        intent="ask_wages",
        variant="ne-Latn",
        countries=("QA",),
        amounts=("1200 QAR",),
        sources=("Law 17, 2020-08",),
    )
    offered = cases.offer(conversation)
    with cases.database.write() as tx:
        row = cases.row_in(tx, conversation, "talab ayena")
        sealed = seen.sealed(cases.keyring)
        tx.execute(update(inbox).where(inbox.c.id == row).values(understood_encrypted=sealed))
        cases.row_out(tx, conversation, "The minimum wage is…", inbox_id=row)
    page = see(console, cases.consent(offered))
    assert "Understood as: Wages not paid" in page
    assert "Countries: Qatar" in page
    assert "Amounts: 1200 QAR" in page
    assert "Sources given: Law 17, 2020-08" in page
    assert 'lang="ne-Latn"' in page


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        ("ready", None, "Queued"),
        ("sending", None, "Queued"),
        ("accepted", None, "Handed to the carrier"),
        ("sent", None, "Sent"),
        ("delivered", None, "Delivered"),
        ("read", None, "Read"),
        ("unknown", None, "Not known yet"),
        ("undelivered", "30003", "Failed: the telephone is off"),
        ("failed", "12345", "Failed: code 12345"),
        ("canceled", "opted_out", "Failed: the person asked"),
        ("dead", "outcome_unknown", "Failed: the carrier never said"),
    ],
)
def test_of_a_reply_it_is_told_how_far_it_came(
    console: Console, state: str, code: str | None, said: str
) -> None:
    case = console.case_in(State.WITH_PERSON)
    row = console.cases.reply(case, "doha1", "Hello.")
    with console.cases.database.write() as tx:
        changed = update(outbox).where(outbox.c.id == row).values(state=state, error_code=code)
        tx.execute(changed)
    assert said in see(console, case)


def test_a_reply_that_went_a_second_way_is_told_as_that(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    row = console.cases.reply(case, "doha1", "Hello.")
    with console.cases.database.write() as tx:
        tx.execute(update(outbox).where(outbox.c.id == row).values(state="failed"))
        console.cases.row_out(
            tx, case.conversation_id, "Hello.", state="delivered", replaces_id=row
        )
    page = see(console, case)
    assert "Delivered, tried once more by SMS" in page
    assert "Failed" not in page


def test_hostile_texts_are_only_text(console: Console) -> None:
    about = About(name=HOSTILE, relation=HOSTILE, told={"employer": HOSTILE, "<i>": HOSTILE})
    case = console.case_in(
        State.WITH_PERSON, about=about, city=HOSTILE, for_other=True, kind="<u>kind</u>"
    )
    console.cases.write(case.conversation_id, HOSTILE)
    console.cases.do("note", case, "doha1", HOSTILE)
    out(console, case, HOSTILE, state="failed", error_code="<em>")
    page = see(console, case)
    for tag in ("<script>alert", "<b>bold", "<u>kind", "<i>", "<em>"):
        assert tag not in page
    assert "{{ 7*7 }}" in page
    assert page.count("&lt;script&gt;alert") >= 5  # noqa: PLR2004 - each place it stands in


def test_the_number_is_masked_everywhere(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON, phone=PHONE)
    console.cases.write(case.conversation_id, "call me")
    for path in ("", "/live"):
        page = see(console, case, path=path)
        digits = re.sub(r"\D", "", re.sub(r"<[^>]+>", "", page))
        for shown in (PHONE, PHONE[1:], PHONE[4:], PHONE[-4:]):
            assert shown not in page
        assert "9841234567" not in digits
    assert "+977 •••• ••67" in see(console, case)


def test_the_number_is_shown_once_to_who_asks_and_that_is_recorded(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    case = console.case_in(State.OPEN, phone=PHONE)
    browser = console.as_("doha1")
    answer = browser.submit(f"/cases/{case.id}/reveal")
    assert PHONE in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert PHONE not in browser.see(f"/cases/{case.id}").text
    part = browser.post(
        f"{PATH}/cases/{case.id}/reveal", data={"csrf": browser.csrf}, headers={"HX-Request": "1"}
    )
    assert PHONE in part.text and "<html" not in part.text
    with console.cases.database.read() as tx:
        rows = tx.execute(select(audit_table).where(audit_table.c.action == "reveal")).all()
        assert audit.verify(tx, console.cases.keyring).faults == ()
    assert [(row.subject, row.subject_id, row.actor_id) for row in rows] == [
        ("case", str(case.id), console.cases.staff["doha1"])
    ] * 2
    assert PHONE[-8:] not in str(rows)
    assert PHONE[-8:] not in capsys.readouterr().out


@pytest.mark.parametrize("why", ["detached", "withdrawn", "not agreed"])
def test_no_number_is_shown_where_it_would_do_harm(console: Console, why: str) -> None:
    cases = console.cases
    if why == "not agreed":
        from case_house import TERMS  # noqa: PLC0415

        offered = cases.offer(cases.talk(PHONE)[0])
        case = cases.consent(offered, TERMS.model_copy(update={"shares": ("conversation",)}))
    else:
        case = console.case_in(State.OPEN, phone=PHONE)
    if why == "detached":
        cases.talk(PHONE, "one")
        cases.talk(PHONE, "another")
        assert cases.case(case).detached_at is not None
    if why == "withdrawn":
        with cases.database.write() as tx:
            withdraw(tx, cases.office, case.id, case.contact_id)
    answer = console.as_("doha1").submit(f"/cases/{case.id}/reveal")
    assert answer.status_code == 409  # noqa: PLR2004 - refused
    assert PHONE not in answer.text
    assert 'role="alert"' in answer.text
    with cases.database.read() as tx:
        assert not tx.execute(select(audit_table).where(audit_table.c.action == "reveal")).all()


def test_a_case_that_ended_for_good_says_so_and_offers_nothing(console: Console) -> None:
    cases = console.cases
    withdrawn = console.case_in(State.WITHDRAWN)
    erased = console.case_in(State.WITH_PERSON, about=About(name="Sita"))
    cases.write(erased.conversation_id, "help")
    with cases.database.write() as tx:
        case_erasure.forget(tx, cases.keyring, erased.contact_id, cases.clock())
    detached = console.case_in(State.ACKNOWLEDGED, phone=PHONE)
    cases.talk(PHONE, "one")
    cases.talk(PHONE, "another")
    page = see(console, withdrawn)
    assert "Consent withdrawn." in page
    assert "Nothing can be done in this case." in page
    page = see(console, erased)
    assert "Forgotten." in page
    assert "This text was erased." in page
    assert "Sita" not in page and "help" not in re.sub(r"<[^>]+>", "", page).lower().split()
    assert "forgotten:" not in page
    page = see(console, detached)
    assert "Another person has this telephone." in page
    assert f"/cases/{detached.id}/take" not in page


def test_the_side_says_what_is_known_and_what_was_agreed(console: Console) -> None:
    told = About(name="Sita", relation="sister", told={"employer": "Al Noor"})
    case = console.case_in(
        State.OPEN, about=told, for_other=True, city="Doha", kind="report_abuse", variant="ne"
    )
    page = see(console, case)
    for said in ("Sita", "sister", "Al Noor", "Doha", "Nepal", "Qatar", "for somebody else"):
        assert said in page
    assert "because of its kind" in page
    assert "telephone number, what was written" in page
    assert case.reference in page
    assert "agreed to the case" in page


def test_linked_and_similar_cases_are_listed_with_the_reason(console: Console) -> None:
    one = console.case_in(State.OPEN, about=About(told={"employer": "Al Noor"}))
    alike = console.case_in(
        State.OPEN, kind="report_abuse", about=About(told={"employer": "al noor"})
    )
    beside = console.case_in(State.OPEN)
    with console.cases.database.write() as tx:
        link(tx, console.cases.office, one.id, console.cases.staff["doha1"], beside.id)
    page = see(console, one)
    assert "same employer" in page and alike.reference in page
    assert beside.reference in page
    assert "same countries" not in page  # that one is linked already


def test_words_that_officers_may_not_know_are_explained_in_their_language(
    console: Console,
) -> None:
    case = console.case_in(State.WITH_PERSON)
    console.cases.write(case.conversation_id, "mero kafeelle iqama diyena")
    assert "The sponsor: the employer" in see(console, case)
    staff = console.hire("officer")
    page = console.sign_in(staff, "ne").see(f"/cases/{case.id}").text
    assert "प्रायोजक: बसोबास अनुमति" in page or "The sponsor" in page


@pytest.mark.parametrize("state", [State.OFFERED, State.DECLINED], ids=lambda s: s.value)
def test_what_nobody_agreed_to_is_no_case_for_staff(console: Console, state: State) -> None:
    case = console.case_in(state, about=About(name="Sita"))
    assert console.as_("doha1").see(f"/cases/{case.id}").status_code == 404  # noqa: PLR2004


# Live.


def _live(page: str) -> str:
    (path,) = re.findall(r'hx-get="([^"]+/live[^"]*)"', page)
    return str(path).replace("&amp;", "&").removeprefix(PATH)


def test_nothing_new_costs_nothing_and_news_are_told(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    row = console.cases.reply(case, "doha1", "Hello.")
    browser = console.as_("doha1")
    page = browser.see(f"/cases/{case.id}").text
    again = browser.see(_live(page), headers={"HX-Request": "1"})
    assert (again.status_code, again.content) == (204, b"")
    console.cases.write(case.conversation_id, "Are you there?")
    news = browser.see(_live(page), headers={"HX-Request": "1"}).text
    assert "Are you there?" in news
    assert "1 new text." in news
    assert "<textarea" not in news  # what is being typed is not touched
    assert browser.see(_live(news), headers={"HX-Request": "1"}).status_code == 204  # noqa: PLR2004
    with console.cases.database.write() as tx:
        tx.execute(update(outbox).where(outbox.c.id == row).values(state="delivered"))
    told = browser.see(_live(news), headers={"HX-Request": "1"}).text
    assert "Delivered" in told and "The case has changed." in told


def test_who_looks_on_is_told_that_something_else_can_be_done_now(console: Console) -> None:
    case = console.case_in(State.ACKNOWLEDGED)
    browser = console.as_("doha1")
    page = browser.see(f"/cases/{case.id}").text
    console.cases.do("take", case, "doha2")
    news = browser.see(_live(page), headers={"HX-Request": "1"}).text
    assert "changed since you opened the page" in news
    # It is said until the page is loaded again.
    console.cases.write(case.conversation_id, "hello")
    later = browser.see(_live(news), headers={"HX-Request": "1"}).text
    assert "changed since you opened the page" in later


def test_a_case_that_left_the_desk_is_gone_from_the_open_page(console: Console) -> None:
    case = console.case_in(State.ACKNOWLEDGED)
    browser = console.as_("doha1")
    page = browser.see(f"/cases/{case.id}").text
    console.cases.do("transfer", case, "doha2", "ngo")
    assert browser.see(_live(page), headers={"HX-Request": "1"}).status_code == 404  # noqa: PLR2004
