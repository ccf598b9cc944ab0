"""The reply: its preview, what goes into the outbox, when it is refused; answers kept ready."""

from __future__ import annotations

import gettext
import html
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from case_forms import post
from console_house import PATH, Browser, Console
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from safar.cases.canned import GAP
from safar.cases.rows import Case
from safar.cases.states import State
from safar.console import replying
from safar.console.replying import MOST_SEGMENTS, draft, outgoing
from safar.gateway.messages import OutgoingText
from safar.gateway.queueing import OutboxExtras
from safar.gateway.reach import Way
from safar.messaging.fold import fold
from safar.messaging.segments import measure
from safar.phrasing.catalogue import Catalogue, Message
from safar.phrasing.languages import load_languages
from safar.store import audit, form_marks, suppressions
from safar.store.case_tables import case_messages
from safar.store.errors import StoreUnavailableError
from safar.store.identities import digests_beside
from safar.store.tables import conversations, outbox, service_windows

BY_SMS = Way("sms", stopped=False, window_open=None, has_template=False)
BY_WHATSAPP = Way("whatsapp", stopped=False, window_open=True, has_template=False)
IN_TEMPLATE = Way("whatsapp", stopped=False, window_open=False, has_template=True)
REFUSED, LED_ON, GONE = 409, 303, 404


def reply(browser: Browser, case: Case, text: str, number: int = 1) -> Any:
    return browser.submit(f"/cases/{case.id}/reply", text=text, mark=f"{number:032x}")


def plain(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def queued(console: Console, case: Case) -> list[tuple[OutgoingText, OutboxExtras]]:
    keyring = console.cases.keyring
    with console.cases.database.read() as tx:
        rows = tx.execute(
            select(outbox).where(
                outbox.c.conversation_id == case.conversation_id, outbox.c.kind == "officer"
            )
        ).all()
    return [
        (
            OutgoingText(
                text=keyring.decrypt(row.body_encrypted),
                segments=row.segments,
                encoding=row.encoding,
                kind=row.kind,
            ),
            OutboxExtras.model_validate_json(keyring.decrypt(row.extras_encrypted)),
        )
        for row in rows
    ]


def on_whatsapp(console: Console, case: Case, hours_ago: float | None) -> None:
    """Let a conversation be on WhatsApp, its person having written so long ago."""
    cases = console.cases
    own = conversations.c.id == case.conversation_id
    with cases.database.write() as tx:
        tx.execute(update(conversations).where(own).values(channel="whatsapp", provider="twilio"))
        if hours_ago is not None:
            tx.execute(
                insert(service_windows).values(
                    conversation_id=case.conversation_id,
                    our_address="+1500",
                    last_inbound_at=cases.clock(),
                )
            )
            cases.clock.pass_(hours_ago * 3600)


LANGUAGES = load_languages(Path(__file__).resolve().parents[2] / "content" / "languages.yaml")
WORDS = Catalogue([Message("a", "A.")], LANGUAGES, {})


# The text itself.


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=2500))
def test_the_preview_counts_as_the_segments_do(text: str) -> None:
    made = draft(WORDS, BY_SMS, "en", text)
    size = measure(made.text)
    assert (made.encoding, made.units, made.segments) == (size.encoding, size.units, size.segments)
    assert made.text == fold(made.text)
    if made.fault is None:
        assert made.segments <= MOST_SEGMENTS
        out = outgoing(WORDS, BY_SMS, "en", text)
        assert (out.text, out.segments) == (made.text, made.segments)
    longer = measure(made.text + "a" * (made.room + 1))
    if made.text and longer.encoding == made.encoding:
        assert longer.segments > made.segments


@pytest.mark.parametrize(
    ("way", "text", "fault"),
    [
        (BY_SMS, " \n ", replying.EMPTY),
        (BY_SMS, f"We call at {GAP}.", replying.OPEN_GAP),
        (BY_SMS, "a" * 153 * 8, None),
        (BY_SMS, "a" * (153 * 8 + 1), replying.TOO_MANY_SMS),
        (BY_SMS, "न" * 67 * 8, None),
        (BY_SMS, "न" * (67 * 8 + 1), replying.TOO_MANY_SMS),
        (BY_WHATSAPP, "न" * 1500, None),
        (BY_WHATSAPP, "न" * 1501, replying.TOO_LONG),
        (IN_TEMPLATE, "a" * 1024, None),
        (IN_TEMPLATE, "a" * 1025, replying.TOO_LONG_FOR_TEMPLATE),
        (replace(BY_SMS, stopped=True), "hello", replying.STOPPED),
        (replace(IN_TEMPLATE, has_template=False), "hello", replying.WINDOW_CLOSED),
    ],
)
def test_what_cannot_go_out_is_told(way: Way, text: str, fault: str | None) -> None:
    assert draft(WORDS, way, "en", text).fault == fault


def test_in_a_template_the_reply_is_on_one_line() -> None:
    assert draft(WORDS, IN_TEMPLATE, "en", "One.\r\nTwo.\n\nThree.").text == "One. Two. Three."


def test_the_limit_that_the_sentence_names_is_the_limit() -> None:
    assert f"more than {MOST_SEGMENTS} SMS" in replying.TOO_MANY_SMS
    assert f"takes {replying.IN_TEMPLATE} letters" in replying.TOO_LONG_FOR_TEMPLATE


# On the page.


@pytest.mark.both_databases
def test_a_reply_goes_into_the_outbox_before_others_and_into_the_case(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON, variant="ne")
    assert reply(console.as_("doha1"), case, "  Hello.\r\nWe are “here”.  ").status_code == LED_ON
    ((out, extras),) = queued(console, case)
    assert out.text == 'Hello.\nWe are "here".'
    assert (out.segments, out.encoding, extras.variant) == (1, "gsm7", "ne")
    page = console.as_("doha1").see(f"/cases/{case.id}").text
    assert "We are &#34;here&#34;." in page
    with console.cases.database.read() as tx:
        kept = tx.execute(select(case_messages.c.staff_id, case_messages.c.outbox_id)).one()
        assert audit.verify(tx, console.cases.keyring).faults == ()
    assert kept.staff_id == console.cases.staff["doha1"] and kept.outbox_id is not None
    assert console.cases.case(case).first_reply_at is not None


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("state", "who", "text", "said"),
    [
        (State.WITH_PERSON, "doha1", " ", "Write the reply first"),
        (State.WITH_PERSON, "doha1", f"At {GAP}", "There is a gap"),
        (State.WITH_PERSON, "doha1", "long " * 300, "more than 8 SMS"),
        (State.WITH_PERSON, "doha2", "hello there", "Another officer has this conversation"),
        (State.ACKNOWLEDGED, "doha1", "hello there", "Take the conversation first"),
        (State.HANDED_BACK, "doha1", "hello there", "handed back to the bot"),
    ],
)
def test_a_refused_reply_is_told_with_what_was_typed(
    console: Console, state: State, who: str, text: str, said: str
) -> None:
    case = console.case_in(state)
    answer = reply(console.as_(who), case, text)
    assert answer.status_code == REFUSED
    assert said in answer.text
    assert answer.text.count('role="alert"') == 1
    assert f">{text}</textarea>" in answer.text or not text.strip()
    assert queued(console, case) == []
    # Nothing stands in the way of sending it once it is mended.
    if state is State.WITH_PERSON and who == "doha1":
        assert reply(console.as_("doha1"), case, "Better.").status_code == LED_ON


@pytest.mark.both_databases
def test_a_page_that_the_browser_kept_sends_another_text_but_the_same_one_once(
    console: Console,
) -> None:
    case = console.case_in(State.WITH_PERSON)
    browser = console.as_("doha1")
    for text in ("One.", "Two.", "Two."):
        answer = reply(browser, case, text)
        assert answer.status_code == LED_ON
    assert [out.text for out, _ in queued(console, case)] == ["One.", "Two."]
    page = browser.see(answer.headers["location"].removeprefix(PATH)).text
    assert "sent before, and counted once" in page


def test_while_the_store_does_not_answer_what_was_typed_stays(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = console.case_in(State.WITH_PERSON)
    browser = console.as_("doha1")

    def away(*_: Any) -> bool:
        raise StoreUnavailableError("locked", "The store is locked.")

    with monkeypatch.context() as broken:
        broken.setattr(form_marks, "first_time", away)
        answer = reply(browser, case, "I wrote this.")
    assert answer.status_code == 503  # noqa: PLR2004
    assert ">I wrote this.</textarea>" in answer.text
    assert "Nothing was changed" in answer.text
    assert queued(console, case) == []
    assert reply(browser, case, "I wrote this.").status_code == LED_ON


def test_the_simulator_takes_texts_at_any_time(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    on_whatsapp(console, case, 48)
    with console.cases.database.write() as tx:
        own = conversations.c.id == case.conversation_id
        tx.execute(update(conversations).where(own).values(provider="simulator"))
    assert reply(console.as_("doha1"), case, "Hello.").status_code == LED_ON


@pytest.mark.both_databases
def test_who_asked_to_be_left_alone_gets_nothing_and_the_officer_is_told(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    with console.cases.database.write() as tx:
        identity = tx.execute(
            select(conversations.c.identity_id).where(conversations.c.id == case.conversation_id)
        ).scalar_one()
        for digest in digests_beside(tx, identity):
            suppressions.suppress(tx, digest, "sms", "person", console.cases.clock())
    browser = console.as_("doha1")
    assert "asked to get no more messages" in browser.see(f"/cases/{case.id}").text
    answer = reply(browser, case, "hello")
    assert answer.status_code == REFUSED
    assert queued(console, case) == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("hours", "templates", "said", "sent"),
    [
        (1, {}, "Your reply, by WhatsApp", True),
        (25, {}, "no template is set up", False),
        (None, {}, "no template is set up", False),
        (25, {"en": "HX1"}, "goes inside a template", True),
        (25, {"ne": "HX2"}, "goes inside a template", True),
        (25, {"ar": "HX3"}, "no template is set up", False),
    ],
)
def test_whatsapp_takes_a_reply_for_a_day_and_then_in_a_template(
    console_with: Any, hours: float | None, templates: dict[str, str], said: str, sent: bool
) -> None:
    console = console_with(twilio_templates=templates)
    case = console.case_in(State.WITH_PERSON, variant="ne")
    on_whatsapp(console, case, hours)
    browser = console.as_("doha1")
    assert said in browser.see(f"/cases/{case.id}").text
    answer = reply(browser, case, "Hello “you”.")
    assert answer.status_code == (LED_ON if sent else REFUSED)
    texts = queued(console, case)
    assert len(texts) == sent
    if sent:
        ((out, extras),) = texts
        assert (out.text, out.segments) == ("Hello “you”.", 0)
        # Should WhatsApp fail, it goes by SMS where the person has written by SMS.
        assert (extras.sms_text, extras.sms_segments) == ('Hello "you".', 1)


@pytest.mark.both_databases
def test_the_preview_says_how_many_sms_and_what_they_cost(console_with: Any) -> None:
    console = console_with(console_segment_price=Decimal("0.04"), console_segment_currency="USD")
    case = console.case_in(State.WITH_PERSON, variant="ne")
    browser = console.as_("doha1")
    said = plain(post(browser, case, "preview", text="न" * 100))
    assert "2 SMS (UCS-2)" in said
    assert "room for 34 letters more" in said
    assert "costs US$0.08" in said or "costs $0.08" in said
    assert "more than 8 SMS" in plain(post(browser, case, "preview", text="न" * 600))
    assert plain(post(browser, case, "preview", text="  ")) == ""
    assert "It goes out like this" in plain(post(browser, case, "preview", text="“hello”"))
    assert "costs" not in plain(post(browser, case, "preview", text="")), "nothing is written"


def test_without_a_price_no_cost_is_told(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON)
    assert "costs" not in post(console.as_("doha1"), case, "preview", text="hello")


@pytest.mark.both_databases
def test_an_answer_kept_ready_fills_the_reply_in_the_workers_words(console: Console) -> None:
    case = console.case_in(State.WITH_PERSON, kind="ask_wages", variant="ne")
    ready = (
        Message("case_reply.call_you", "We will call you at {gap}."),
        Message("case_reply.read", "{desk}: we have read it. Case {reference}."),
    )
    words = Catalogue(ready, console.house.languages, {"ne": Nepali()})
    console = Console(console.cases, replace(console.house, words=words))
    browser = console.as_("doha1")
    page = browser.see(f"/cases/{case.id}").text
    assert 'lang="ne" dir="ltr" class="words">हामी ____ मा फोन गर्छौँ।' in page
    assert "We will call you at ____." in page  # the officer's own language beside it
    assert "Are you safe now?" not in page  # of another kind
    box = post(browser, case, "fill", ready="case_reply.call_you", text="Dear Sita,")
    assert ">Dear Sita,\nहामी ____ मा फोन गर्छौँ।</textarea>" in box
    whole = browser.submit(f"/cases/{case.id}/fill", ready="case_reply.read", text="")
    assert f"Nepal in Doha: we have read it. Case {case.reference}.</textarea>" in whole.text
    unknown = post(browser, case, "fill", ready="case_reply.nothing", text="Mine.")
    assert ">Mine.</textarea>" in unknown
    assert queued(console, case) == []


class Nepali(gettext.NullTranslations):
    """One message in Nepali."""

    def pgettext(self, context: str, message: str) -> str:
        if context == "case_reply.call_you":
            return "हामी {gap} मा फोन गर्छौँ।"
        raise LookupError
