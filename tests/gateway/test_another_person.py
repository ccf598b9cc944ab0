"""Another profile name at the same telephone: nothing of the one before reaches the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safar.gateway.providers.base import RecipientError, TransientSendError
from tests.whole_way import CRY, FORGET, Way

QUESTION = "what may they charge?"
HERS, HIS = {"ProfileName": "Ana"}, {"ProfileName": "Ben"}


def ana(way: Way, text: str = QUESTION) -> None:
    way.write(text, "whatsapp", **HERS, ButtonPayload="")


def ben(way: Way, text: str = "hello") -> None:
    way.write(text, "whatsapp", **HIS, ButtonPayload="")


def test_an_answer_that_waits_is_not_sent_to_the_next(way: Way) -> None:
    ana(way)
    way.work()
    ben(way)
    assert way.answer() == [way.words("utter_greet")]
    assert [(row.state, row.error_code) for row in way.outbox()][0] == ("canceled", "other_person")
    assert [row.inbox_id for row in way.outbox() if row.state == "accepted"] == [2]


def test_a_question_that_waits_is_not_answered_to_the_next(way: Way) -> None:
    ana(way)
    ana(way, "and the ticket?")
    ben(way)
    assert way.answer() == [way.words("utter_greet")]
    assert way.treatments() == ["danger_only", "danger_only", "answer"]
    assert [row.error_code for row in way.inbox()] == ["other_person", "other_person", None]
    # Nothing of what Ana said is remembered of Ben.
    assert way.script.slots[-1] == {}


def test_a_question_that_is_being_answered_is_not_answered_to_the_next(way: Way) -> None:
    ana(way)
    way.script.meanwhile = lambda: ben(way)
    assert way.answer() == [way.words("utter_greet")]
    assert way.script.slots[-1] == {}
    assert [row.inbox_id for row in way.outbox()] == [2]


def test_a_question_that_would_be_decided_anew_is_not(way: Way) -> None:
    ana(way)
    way.work()
    way.clock.now += timedelta(hours=5)
    way.dispatcher.run_once()  # the answer is too old: the question is given back to the worker
    assert way.inbox()[0].state == "ready"
    ben(way)
    assert way.answer() == [way.words("utter_greet")]
    assert [row.inbox_id for row in way.outbox() if row.state == "accepted"] == [2]


def test_an_answer_that_the_carrier_let_expire_is_not_decided_anew(way: Way) -> None:
    from safar.gateway.providers.base import FailureKind  # noqa: PLC0415

    ana(way)
    way.answer()
    ben(way)
    way.report(way.outbox()[0].id, "undelivered", FailureKind.EXPIRED, "30036")
    assert way.answer() == [way.words("utter_greet")]
    assert way.inbox()[0].round == 0


def test_an_answer_that_was_refused_for_now_is_not_tried_again(way: Way) -> None:
    ana(way)
    way.work()
    send = way.twilio.send

    def handed_over_meanwhile(message):
        way.twilio.send = send
        ben(way)
        raise TransientSendError("503")

    way.twilio.send = handed_over_meanwhile
    way.send()
    way.clock.pass_(3600)
    assert way.answer() == [way.words("utter_greet")]
    assert way.outbox()[0].error_code == "other_person"


def test_an_answer_is_not_sent_by_sms_instead(way: Way) -> None:
    way.ask("hello", "sms")
    ana(way)
    way.work()
    way.twilio.errors = [RecipientError("63024")]
    way.dispatcher.run_once()
    assert [row.channel for row in way.outbox()][-1] == "sms"
    ben(way)
    assert way.answer() == [way.words("utter_greet")]


@pytest.mark.parametrize("when", ["read", "not read yet"])
def test_a_cry_for_help_is_answered_all_the_same(way: Way, when: str) -> None:
    ana(way, CRY)
    if when == "read":
        way.work()
    ben(way)
    numbers, greeting = way.answer()
    assert numbers.startswith(way.words("reply.neutral"))
    assert greeting == way.words("utter_greet")
    assert way.script.slots[-1] == {}


def test_stop_of_the_one_before_is_confirmed_all_the_same(way: Way) -> None:
    ana(way, "STOP")
    ben(way)
    assert way.answer() == [way.words("consent.stopped")]


def test_whoever_asked_to_be_forgotten_is_forgotten(way: Way) -> None:
    ana(way, FORGET)
    ben(way)
    way.answer()
    way.clock.pass_(60)
    assert way.errands["erase"].run() == 1


def test_the_officer_of_the_one_before_is_not_the_officer_of_the_next(way: Way) -> None:
    ana(way)
    way.answer()
    with way.database.write() as tx:
        tx.exec_driver_sql("UPDATE conversations SET person_has_it = 1")
    ben(way)
    assert way.rows("SELECT person_has_it, state_encrypted FROM conversations") == [(0, None)]


def test_the_same_name_again_changes_nothing(way: Way) -> None:
    ana(way)
    ana(way, "and the ticket?")
    assert len(way.answer()) == 2
    assert way.script.slots[-1] == {"last_topic": QUESTION}


def test_numbers_and_pages_of_the_one_before_mean_nothing_to_the_next(way: Way) -> None:
    ana(way, "menu")
    way.answer()
    ben(way, "1")
    way.answer()
    assert way.script.asked[-1] == "1"
