"""What a turn wishes of the cases, by what people write: the worker carries it out."""

from __future__ import annotations

import pytest

from safar.assistant.turns import After, Before
from safar.messaging.case_wish import CaseWish
from safar.messaging.options import OfferedOption
from tests.talking import Talk, ids

PERSON = "I want to talk to a real person"
CRY = "he is beating me and locked me in the room"


def wish(after: After) -> CaseWish:
    assert after.case is not None
    return after.case


@pytest.fixture
def talk(begin) -> Talk:
    return begin(variant="en", origin="NP", destination="QA", city="Doha")


def ask(talk: Talk) -> CaseWish:
    return wish(talk.say(PERSON))


def choose(talk: Talk, step: str) -> After:
    """Choose an option as the worker offers it beside a case."""

    options = [OfferedOption(number=1, id=f"case_step:{step}", title=f"Step {step}")]
    talk.before = Before(talk.before.state, options)
    return talk.say("1")


def test_a_person_is_asked_for_with_what_is_known(talk) -> None:
    talk.say("my salary was not paid for three months")
    told = ask(talk)
    assert (told.step, told.kind, told.danger) == ("ask", "ask_wages", False)
    assert (told.origin, told.destination, told.city) == ("NP", "QA", "Doha")


def test_after_a_cry_it_is_about_danger(talk) -> None:
    assert wish(talk.say(CRY)).step == "danger"
    told = ask(talk)
    assert told.danger
    assert told.kind in {"emergency", "report_abuse"}
    assert told.answers == ()


def test_who_says_that_they_are_not_safe_is_in_danger_now(talk) -> None:
    talk.say(CRY)
    assert wish(talk.say("no")).answers == ("in_danger_now",)
    assert ask(talk).answers == ("in_danger_now",)


@pytest.mark.parametrize(
    ("yes", "variant"),
    [("yes", "en"), ("हुन्छ", "ne"), ("हाँ", "hi"), ("oo", "fil"), ("نعم", "ar"), ("ndiyo", "sw")],
)
def test_a_yes_in_ones_own_words_agrees(begin, yes: str, variant: str) -> None:
    talk = begin(variant=variant, variant_chosen=True, pending_topic="case:consent")
    told = wish(talk.say(yes))
    assert (told.step, told.for_other) == ("consent", False)


@pytest.mark.parametrize(("no", "variant"), [("no", "en"), ("होइन", "ne"), ("لا", "ar")])
def test_a_no_declines_and_gives_the_numbers(begin, no: str, variant: str) -> None:
    talk = begin(
        variant=variant, variant_chosen=True, destination="QA", pending_topic="case:consent"
    )
    after = talk.say(no)
    assert wish(after).step == "decline"
    assert ids(after)[0] == "case.declined"
    assert len(ids(after)) > 1
    assert "pending_topic" not in talk.slots


def test_for_somebody_else_it_is_asked_whom_it_is_about(talk) -> None:
    ask(talk)
    assert ids(choose(talk, "other")) == ["case.about_whom"]
    told = wish(talk.say("my sister Maya, she is beaten in a house in Doha"))
    assert (told.step, told.for_other, told.about_text, told.danger) == (
        "consent",
        True,
        True,
        True,
    )
    assert "pending_topic" not in talk.slots


@pytest.mark.parametrize(
    "text", ["room 12, behind the mosque", "my salary is 900", "what is my visa status"]
)
def test_what_is_to_be_told_more_goes_as_it_is(talk, text: str) -> None:
    assert ids(choose(talk, "add")) == ["case.write_more"]
    assert wish(talk.say(text)).step == "add"
    assert talk.say("my salary was not paid").case is None


def test_the_menu_leaves_what_was_to_be_told(talk) -> None:
    choose(talk, "add")
    assert ids(talk.say("menu")) == ["menu.intro"]
    assert talk.say("my salary was not paid").case is None


@pytest.mark.parametrize(
    ("step", "wished", "sure"),
    [("reopen", "reopen", False), ("withdraw", "withdraw", False)]
    + [("withdraw_sure", "withdraw", True), ("nonsense", "status", False)],
)
def test_options_about_a_case(talk, step: str, wished: str, sure: bool) -> None:
    told = wish(choose(talk, step))
    assert (told.step, told.sure) == (wished, sure)


def test_the_number_of_a_case_is_passed_on(talk) -> None:
    told = wish(talk.say("what is happening with my case SPZJ-2WG9?"))
    assert told.step == "status"
    assert told.reference == "SPZJ-2WG9"


def test_to_be_forgotten_is_a_wish_that_a_case_may_stand_against(talk) -> None:
    after = talk.say("please delete all my data now")
    assert (after.erases, wish(after).step) == (True, "forget")
    sure = choose(talk, "forget_sure")
    assert (sure.erases, sure.case) == (True, None)


def test_nobody_is_promised_where_nobody_reads(talk) -> None:
    assert ids(talk.say(PERSON))[0] == "person.not_yet"
