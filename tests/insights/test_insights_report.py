"""Messages come in by the webhook, are answered, and something is learned from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from safar.insights.corrections import WITHIN
from safar.insights.page import html
from safar.store.tables import metadata
from tests.whole_way import ANA, BEN, FORGET

pytestmark = pytest.mark.both_databases

UNPAID = "my salary is not paid"
PASSPORT = "boss has my passport"
STRANGE = "what is the time in doha"


def test_nothing_is_learned_from_nothing(people) -> None:
    assert people.learned().variants == ()


def test_what_is_asked_most_is_told_by_variant_with_its_share(people) -> None:
    for _ in range(3):
        people.write(UNPAID, "ask_wages", sender=BEN)
    people.write("hello", "greet")
    people.write("मेरो तलब आएन", "ask_wages", variant="ne", after=1000)
    english, nepali = people.learned().variants
    assert (english.variant, english.messages, nepali.variant, nepali.messages) == (
        "en",
        4,
        "ne",
        1,
    )
    assert [asdict(each) for each in english.asked] == [
        {"intent": "ask_wages", "times": 3, "share": 0.75}
    ]
    assert [each.variant for each in people.learned("ne").variants] == ["ne"]


def test_texts_without_an_answer_are_grouped_and_have_no_names_or_numbers(people) -> None:
    people.write("weather in doha tomorrow Ramesh Karki 9841234567", "out_of_scope")
    people.write("weather in doha tomorrow Sita Tharu 9812345678", "nlu_fallback", sender=BEN)
    people.write(STRANGE, "out_of_scope", sender=BEN)
    text = people.of().unanswered[0].text
    assert people.of().unanswered[0].times == 2
    assert text == "… in doha tomorrow … #"
    everything = json.dumps(asdict(people.learned()), default=str)
    for hidden in ("Ramesh", "Karki", "Sita", "Tharu", "9841", "9812"):
        assert hidden not in everything
        assert hidden not in html(people.learned())


def test_the_option_chosen_after_being_asked_back_is_what_was_meant(people) -> None:
    people.write(PASSPORT, "nlu_fallback", 0.6, guesses=("ask_contract", "ask_passport_retention"))
    people.choose("2", "ask_passport_retention")
    assert people.misread() == [(PASSPORT, "ask_passport_retention", "chose")]
    assert people.unanswered() == [(PASSPORT, 1)]


def test_a_no_and_then_another_question_is_a_correction(people) -> None:
    people.write(PASSPORT, "ask_contract")
    people.write("no", "deny", 1.0)
    people.write("my boss took my passport", "ask_passport_retention")
    assert people.misread() == [(PASSPORT, "ask_passport_retention", "denied")]


def test_a_no_to_our_own_question_is_none(people) -> None:
    for intent in ("emergency", "check_offer"):
        people.write(f"{PASSPORT} {intent}", intent, after=1000)
        people.write("no", "deny", 1.0)
        people.write(UNPAID, "ask_wages")
    assert people.misread() == []


@pytest.mark.parametrize(
    ("again", "confidence", "found"),
    [
        ("my boss has my passport in his office", 0.95, True),
        ("my boss has my passport in his office", 0.5, False),
        (UNPAID, 0.95, False),
    ],
    ids=["in other words", "not sure", "another question"],
)
def test_the_same_in_other_words_is_a_correction(
    people, again: str, confidence: float, found: bool
) -> None:
    people.write(PASSPORT, "ask_contract")
    people.write(again, "ask_passport_retention", confidence)
    wanted = [(PASSPORT, "ask_passport_retention", "wrote again")]
    assert people.misread() == (wanted if found else [])


def test_what_was_not_understood_means_what_is_written_next(people) -> None:
    people.write(PASSPORT, "nlu_fallback", 0.6)
    people.write(UNPAID, "ask_wages")
    assert people.misread() == [(PASSPORT, "ask_wages", "wrote again")]


@pytest.mark.parametrize(("intent", "how"), [("menu", "menu"), ("talk_to_person", "person")])
def test_who_asks_for_the_menu_or_a_person_was_misread(people, intent: str, how: str) -> None:
    people.write(PASSPORT, "ask_contract")
    people.write("something else", intent, 1.0)
    assert people.misread() == [(PASSPORT, "", how)]
    people.write("he beat me", "report_abuse", after=1000)
    people.write("something else", intent, 1.0)
    assert len(people.misread()) == 1


def test_a_correction_comes_soon_and_from_the_same_person(people) -> None:
    late = WITHIN.total_seconds() + 1
    people.write(PASSPORT, "nlu_fallback", 0.6)
    people.write(UNPAID, "ask_wages", sender=BEN)
    people.write(UNPAID, "ask_wages", after=late)
    assert people.misread() == []


@pytest.mark.parametrize(("name", "found"), [("Sita", 1), ("Hari", 0)])
def test_another_person_at_the_same_telephone_corrects_nobody(
    people, name: str, found: int
) -> None:
    people.write(PASSPORT, "nlu_fallback", 0.6, line="whatsapp", ProfileName="Sita")
    people.write(UNPAID, "ask_wages", line="whatsapp", ProfileName=name)
    assert len(people.misread()) == found


def test_who_was_forgotten_is_not_shown(people) -> None:
    people.write(PASSPORT, "nlu_fallback", 0.6)
    people.write(STRANGE, "out_of_scope", sender=BEN)
    assert len(people.unanswered()) == 2
    people.way.write(FORGET)
    people.way.work()
    # Their address is there until the last text has left; what they wrote is not.
    assert people.unanswered() == [(STRANGE, 1)]
    people.way.send()
    people.way.clock.pass_(60)
    assert people.way.errands["erase"].run() == 1
    assert people.unanswered() == [(STRANGE, 1)]
    assert people.of().messages == 1


def test_what_was_understood_is_readable_with_the_keys_only(people) -> None:
    people.write("he beat me", "report_abuse")
    for table in metadata.sorted_tables:
        if table.name == "counters":
            continue
        for row in people.way.rows(f"SELECT * FROM {table.name}"):
            assert "report_abuse" not in str(row)


def test_only_the_last_days_count(people) -> None:
    people.write(STRANGE, "out_of_scope")
    people.long_ago(31)
    people.write(PASSPORT, "nlu_fallback", sender=BEN)
    assert people.unanswered() == [(PASSPORT, 1)]
    people.days = 40
    assert len(people.unanswered()) == 2


def test_a_message_that_no_key_opens_is_counted_and_left_out(people) -> None:
    people.write(STRANGE, "out_of_scope")
    with people.way.database.write() as tx:
        tx.exec_driver_sql("UPDATE inbox SET understood_encrypted = 'gAAAAA'")
    found = people.learned()
    assert (found.variants, found.unreadable) == ((), 1)


def test_an_answer_that_was_not_sure_is_worth_labelling_and_no_mistake(people) -> None:
    people.write(UNPAID, "ask_contract", 0.5)
    assert [(each.text, each.why) for each in people.of().worth_labelling] == [(UNPAID, "not sure")]
    assert people.of().misread == people.of().unanswered == ()


def test_who_asked_to_be_left_alone_is_not_learned_from(people) -> None:
    people.way.ask("STOP")
    people.write(STRANGE, "out_of_scope")
    assert people.learned().variants == ()


def test_the_moment_is_given_from_outside(people) -> None:
    people.write(STRANGE, "out_of_scope", sender=ANA)
    found = people.learned()
    assert found.until == people.way.clock()
    assert found.until - found.since == timedelta(days=30)
