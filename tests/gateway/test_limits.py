"""How much may be sent, each limit by itself, and what no flood and no loop can get past."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Text

from safar.gateway.limits import LimitSettings, country_of, digits_of, scopes_of
from safar.store import usage
from safar.store.tables import metadata
from safar.store.usage import Scope
from tests.whole_way import ANA, BEN, CRY, LINES, LONG, LONGER, Way, limits_of

CAI = "+9779841234999"  # in the same range of numbers as ANA
DAN = "+9779811111111"  # in the same country as ANA
QUESTION = "what may they charge?"
FULL = pytest.mark.parametrize(
    ("limit", "who", "reason"),
    [
        pytest.param({"sender_segments_day": 2}, ANA, "limit.sender", id="of a person"),
        pytest.param({"prefix_segments_day": 2}, CAI, "limit.prefix", id="of a range"),
        pytest.param({"country_segments_day": 2}, DAN, "limit.country", id="of a country"),
        pytest.param({"total_segments_day": 2}, BEN, "limit.total", id="of all"),
    ],
)


def fill(way: Way) -> None:
    """Let ANA use up two segments."""
    for number in range(2):
        assert len(way.ask(f"{QUESTION} {number}")) == 1


@FULL
@pytest.mark.both_databases
def test_a_full_limit_leaves_danger_only_and_the_next_day_begins_anew(
    make_way, limit, who, reason
) -> None:
    way = make_way(**limit)
    fill(way)
    told = way.ask(QUESTION, sender=who)
    assert way.inbox()[-1].error_code == reason
    if reason == "limit.sender":
        assert told[0].startswith(way.words("limit.reached"))
        assert any(character.isdigit() for character in told[0])
    else:
        assert told == []
    assert way.ask("and now?", sender=who) == []
    (cry,) = way.ask(CRY, sender=who)
    assert cry.startswith(way.words("reply.neutral"))
    way.clock.now = way.clock.now.replace(hour=23, minute=59)
    assert way.ask("still nothing?", sender=who) == []
    way.clock.now += timedelta(minutes=1)
    assert way.ask("a new day", sender=who) == [way.words("utter_greet")]


@FULL
def test_a_full_limit_holds_nobody_else_up(make_way, limit, who, reason) -> None:
    way = make_way(**limit)
    fill(way)
    # Somebody outside of it: of another country, or nobody where it counts all.
    other = "+254700000001"
    expected = [] if reason == "limit.total" else [way.words("utter_greet")]
    assert way.ask(QUESTION, sender=other) == expected


@pytest.mark.both_databases
def test_the_limit_is_told_once_a_day(make_way) -> None:
    way = make_way(sender_segments_day=1)
    said = [way.ask(f"{QUESTION} {number}") for number in range(5)]
    assert [len(each) for each in said] == [1, 1, 0, 0, 0]
    assert said[1][0].startswith(way.words("limit.reached"))


@pytest.mark.both_databases
def test_a_burst_is_answered_up_to_its_limit_and_again_after_it(make_way) -> None:
    way = make_way(sender_messages_burst=3, burst_minutes=10)
    said = [way.ask(f"{QUESTION} {number}") for number in range(6)]
    assert [len(each) for each in said] == [1, 1, 1, 1, 0, 0]
    assert said[3][0].startswith(way.words("limit.reached"))
    assert len(way.ask(CRY)) == 1
    way.clock.pass_(600)
    assert way.ask("after the burst") == [way.words("utter_greet")]


@pytest.mark.both_databases
def test_the_same_words_are_answered_so_often_and_later_again(make_way) -> None:
    way = make_way(repeats=3, burst_minutes=10)
    assert [len(way.ask(QUESTION)) for _ in range(5)] == [1, 1, 1, 0, 0]
    assert way.treatments()[-1] == "none"
    assert len(way.ask("other words")) == 1
    way.clock.pass_(600)
    assert len(way.ask(QUESTION)) == 1


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("choice", ["1", "९", "9", "2."])
def test_numbers_of_a_menu_are_no_repeats(make_way, line: str, choice: str) -> None:
    """Who reads on to the fifth page sends "9" five times, and nobody is at fault."""
    way = make_way(repeats=2)
    assert [len(way.ask(choice, line)) for _ in range(6)] == [1] * 6


def test_a_title_that_was_offered_last_is_no_repeat(make_way) -> None:
    """Typed out, "more" reads on as "9" does; what is offered no more is a repeat again."""
    way = make_way(repeats=2)
    way.ask("menu")
    title = way.words("option.ask_wages")
    way.script.menus.add(title)
    assert [len(way.ask(title)) for _ in range(8)] == [1] * 8
    way.ask("hello")
    assert [len(way.ask(title)) for _ in range(2)] == [0, 0]


@pytest.mark.parametrize(("variant", "more"), [("en", "more"), ("ne", "थप"), ("ne", "थप।")])
def test_who_types_more_reads_to_the_last_page(make_way, variant: str, more: str) -> None:
    way = make_way(repeats=2)
    way.script.variant = variant
    way.ask(LONGER)
    pages = [len(way.ask(more)) for _ in range(6)]
    assert pages == [1] * 6
    assert way.script.asked == [LONGER]


def test_messages_of_a_person_are_looked_at_up_to_a_number_a_day(make_way) -> None:
    way = make_way(sender_messages_day=4)
    for number in range(4):
        way.ask(f"{QUESTION} {number}")
    assert way.ask(CRY) == []
    assert way.inbox()[-1].error_code == "limit.sender_messages_day"
    way.clock.pass_(24 * 3600 + 1)
    assert len(way.ask(CRY)) == 1


def test_danger_is_answered_beyond_a_limit_so_often_a_day(make_way) -> None:
    way = make_way(sender_segments_day=0, danger_answers_day=3)
    way.ask("hello")  # the limit is told
    assert [len(way.ask(f"{CRY} {number}")) for number in range(5)] == [1, 1, 1, 0, 0]
    assert way.inbox()[-1].error_code == "limit.danger_answers_day"
    way.clock.pass_(24 * 3600 + 1)
    way.ask("hello")
    assert len(way.ask(CRY)) == 1


@pytest.mark.both_databases
def test_danger_that_was_heaped_up_meanwhile_is_answered_no_more_often(make_way) -> None:
    """They were all let in before the first was answered."""
    way = make_way(sender_segments_day=0, danger_answers_day=3)
    way.ask("hello")
    for number in range(20):
        way.write(f"{CRY} {number}")
    assert len(way.answer()) == 3
    assert {row.state for row in way.inbox()} == {"done"}


@pytest.mark.parametrize(
    ("countries", "sender", "answered"),
    [
        pytest.param("NP,PH", ANA, True, id="a country served"),
        pytest.param("np, ph", BEN, True, id="written in small letters"),
        pytest.param("NP", BEN, False, id="another country"),
        pytest.param("", BEN, True, id="none means all"),
        pytest.param("NP", "+99912345678", False, id="a number of no country"),
    ],
)
def test_countries(make_way, countries: str, sender: str, answered: bool) -> None:
    way = make_way(countries=countries)
    assert bool(way.ask(QUESTION, sender=sender)) is answered
    assert len(way.ask(CRY, sender=sender)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"countries": "XX"}, id="no country"),
        pytest.param({"countries": "Nepal"}, id="a name"),
        pytest.param({"repeats": 0}, id="no answer at all"),
        pytest.param({"danger_answers_day": 0}, id="no answer in danger"),
        pytest.param({"sender_segments_day": -1}, id="less than nothing"),
        pytest.param({"sender_segments_day": "many"}, id="no number"),
    ],
)
def test_limits_that_make_no_sense_are_refused(changes) -> None:
    with pytest.raises(ValidationError):
        limits_of(**changes)


@pytest.mark.both_databases
def test_segments_are_counted_not_messages(way: Way) -> None:
    way.ask(LONG)
    sent = way.outbox()[0]
    assert sent.segments > 1
    with way.database.read() as tx:
        used = usage.used(tx, Scope("total", ""), way.clock())
    assert (used.messages, used.segments) == (1, sent.segments)


def test_a_text_on_whatsapp_counts_as_one(way: Way) -> None:
    way.ask(LONG, "whatsapp")
    with way.database.read() as tx:
        used = usage.used(tx, Scope("total", ""), way.clock())
    assert used == (len(way.outbox()), len(way.outbox()))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.both_databases
def test_a_late_repeat_of_a_message_costs_nothing(way: Way, line: str) -> None:
    sid = "SM" + "ab" * 16
    way.ask(QUESTION, line, MessageSid=sid)
    before = way.rows("SELECT * FROM usage"), way.rows("SELECT * FROM counters")
    way.clock.pass_(3600)
    assert way.ask(QUESTION, line, MessageSid=sid) == []
    assert (way.rows("SELECT * FROM usage"), way.rows("SELECT * FROM counters")) == before
    assert len(way.inbox()) == 1


NUMBERS = {
    "as most": "+9779841234567",
    "of a small island": "+6834002",
    "of another": "+29012345",
    "eight digits": "+50012345",
    "on WhatsApp": "whatsapp:+9779841234567",
}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_what_is_counted_under_says_no_whole_number(number: str) -> None:
    digits = digits_of(number)
    assert digits is not None
    for scope in scopes_of("c" * 32, number):
        assert len(scope.key) <= len(digits) - 4 or scope.kind in {"sender", "country"}
        assert digits not in scope.key


@pytest.mark.both_databases
def test_no_column_of_the_store_holds_a_number_a_name_or_a_text(way: Way) -> None:
    name, words = "Sita Devi Tharu", "my employer Mr Rahman took it"
    way.ask(words, "whatsapp", ProfileName=name)
    way.ask(words, "sms")
    way.bring(words, profile=name, sender=BEN, provider="modem")
    way.ask("STOP", "sms")
    way.answer()
    hidden = [ANA[1:], BEN[1:], name, words, "Rahman", "Sita", ANA[-9:], BEN[-9:]]
    looked_at = 0
    for table in metadata.sorted_tables:
        for column in table.columns:
            for (value,) in way.rows(f'SELECT "{column.name}" FROM {table.name}'):
                looked_at += isinstance(column.type, Text)
                assert not [each for each in hidden if each in str(value)], (table, column)
    assert looked_at > 100


LOOPS = {
    "alphanumeric sender": "SAFARINFO",
    "short code": "5050",
    "short code with plus": "+5050",
    "no ASCII digits": "९८४१२३४५६७",
    "USSD": "*100#",
    "empty but for signs": "+",
}


@pytest.mark.parametrize("sender", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("text", [QUESTION, CRY], ids=["a question", "danger"])
def test_what_is_no_telephone_is_kept_and_never_answered(way: Way, sender: str, text: str) -> None:
    assert way.ask(text, "modem", sender) == []
    assert (way.treatments(), way.inbox()[0].state) == (["none"], "done")


def test_our_own_number_is_never_answered(way: Way) -> None:
    way.bring(CRY, sender="+15005550006", recipient="+15005550006")
    assert way.answer() == []


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("speech", ["echo", "same", "new", "help", "danger", "title"])
def test_two_machines_that_answer_each_other_come_to_an_end(
    make_way, line: str, speech: str
) -> None:
    way = make_way(sender_segments_day=30)
    title = way.words("option.ask_wages")
    way.script.menus.add(title)  # the answer to which offers it again
    say = {
        "echo": lambda number, heard: heard,
        "same": lambda number, heard: "I am on holiday.",
        "new": lambda number, heard: f"Ticket {number} was opened.",
        "help": lambda number, heard: ("HELP", "INFO", "information", "help!")[number % 4],
        "danger": lambda number, heard: f"{CRY} {number}",
        "title": lambda number, heard: title,
    }[speech]
    heard, answers = "hello", 0
    for number in range(400):
        sent = way.ask(say(number, heard), line)
        if not sent:
            break
        answers, heard = answers + len(sent), sent[-1]
        way.clock.pass_(20)
    assert answers < 50


TEXTS = st.sampled_from([QUESTION, LONG, CRY, "HELP", "STOP", "START", "YES", "menu", "1", "9"])
STEPS = st.lists(
    st.tuples(
        TEXTS,
        st.booleans(),
        st.sampled_from([0, 1, 61, 601, 3601]),
        st.sampled_from(["a", "w", "s"]),
    ),
    max_size=120,
)


@example([(f"{QUESTION} of {number}", False, 601, "s") for number in range(100)], 5)
@example([(f"{CRY} of {number}", False, 61, "s") for number in range(100)], 5)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS, st.integers(0, 12))
def test_whatever_the_flood_a_person_costs_no_more_than_the_limit(make_way, steps, most) -> None:
    """A day's segments: the limit, the answer that reached it, and what danger may cost."""
    way = make_way(sender_segments_day=most, danger_answers_day=2)
    # So that all is within one day, and a night before it does not count.
    way.clock.now = way.clock.now.replace(hour=0, minute=0)
    for number, (text, unlike, wait, then) in enumerate(steps):
        way.write(f"{text} {number}" if unlike else text)
        way.clock.now = min(
            way.clock.now + timedelta(seconds=wait), way.clock.now.replace(hour=23, minute=59)
        )
        if then in "aw":
            way.work()
        if then == "a":
            way.send()
    way.answer()
    one_answer = 4
    # Danger and HELP each have the allowance; and the limit is told once.
    allowance = (2 * way.limits.danger_answers_day + 1) * one_answer
    assert way.segments() <= most + one_answer + allowance


@given(st.text(max_size=40))
def test_any_address_has_digits_of_a_telephone_or_none(address: str) -> None:
    digits = digits_of(address)
    assert digits is None or re.fullmatch(r"[0-9]{7,}", digits)
    country = country_of(address)
    assert country is None or re.fullmatch(r"[A-Z]{2}|001", country)


def test_every_limit_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LimitSettings.model_fields:
        monkeypatch.setenv(f"SAFAR_LIMIT_{name.upper()}", "PH" if name == "countries" else "7")
    read = limits_of()
    assert {getattr(read, name) for name in LimitSettings.model_fields} == {7, ("PH",)}


def test_what_costs_nobody_anything_is_answered_whatever_was_sent_today(make_way) -> None:
    way = make_way(total_segments_day=0, sender_segments_day=0)
    way.bring("hello", costs=False)
    assert way.answer() == [way.words("utter_greet")]
