"""STOP of a person whom WhatsApp names by number today and by their id alone tomorrow."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import FailureKind, TransientSendError
from tests.whole_way import ANA, CRY, Way

OWN_ID = "whatsapp:NP.1349"
BY_NUMBER = {"WaId": "", "ExternalUserId": ""}
BY_BOTH = {"ExternalUserId": OWN_ID}
BY_ID = {"From": OWN_ID, "WaId": "", "ExternalUserId": OWN_ID}
FORMS = {"number": BY_NUMBER, "both": BY_BOTH, "id": BY_ID}
QUESTION = "what may they charge?"


def ask(way: Way, text: str, form: str) -> list[str]:
    way.clock.pass_(30)
    return way.ask(text, "whatsapp", **FORMS[form], ButtonPayload="")


ORDERS = pytest.mark.parametrize(
    "order",
    [
        ("number", "both", "id", "id"),
        ("both", "id", "both", "number"),
        ("both", "number", "id", "both"),
        ("id", "both", "number", "id"),
    ],
    ids="-".join,
)


@ORDERS
def test_who_stopped_gets_numbers_once_a_day_whatever_whatsapp_calls_them(way: Way, order) -> None:
    ask(way, "STOP", order[0])
    ask(way, QUESTION, order[1])
    cries = [ask(way, f"{CRY} {number}", form) for number, form in enumerate(order[1:] * 2)]
    assert [len(each) for each in cries] == [1, 0, 0, 0, 0, 0]
    way.clock.pass_(24 * 3600 + 1)
    assert [len(ask(way, f"{CRY} later {n}", form)) for n, form in enumerate(order)] == [1, 0, 0, 0]


@ORDERS
def test_who_stopped_is_not_answered_and_start_counts_for_all_ids(way: Way, order) -> None:
    ask(way, "STOP", order[0])
    assert [ask(way, QUESTION, form) for form in order[1:]] == [[], [], []]
    assert len(ask(way, "START", order[-1])) == 1
    assert [len(ask(way, QUESTION + form, form)) for form in order] == [1, 1, 1, 1]
    assert way.rows("SELECT digest FROM suppressions") == []


def test_the_wish_stays_with_the_person_when_their_number_passes_on(way: Way) -> None:
    ask(way, "STOP", "number")
    ask(way, QUESTION, "both")
    way.ask("hello", "whatsapp", ExternalUserId="whatsapp:NP.9999", ButtonPayload="")
    assert ask(way, QUESTION, "id") == []


def test_an_answer_refused_for_now_is_not_sent_after_stop_under_another_id(way: Way) -> None:
    ask(way, "hello", "both")
    way.write(QUESTION, "whatsapp", **BY_ID, ButtonPayload="")
    way.work()
    send = way.twilio.send

    def stopped_meanwhile(message):
        way.twilio.send = send
        way.write("STOP", "whatsapp", **BY_NUMBER, ButtonPayload="")
        with way.database.write() as tx:
            # As if the wish had been written down at the one address only.
            digest = way.keyring.digest("bsuid", OWN_ID)
            tx.exec_driver_sql("DELETE FROM suppressions WHERE digest = ?", (digest,))
        raise TransientSendError("503")

    way.twilio.send = stopped_meanwhile
    way.send()
    way.clock.pass_(3600)
    assert way.answer() == [way.words("consent.stopped")]


def test_what_the_provider_knows_of_one_id_holds_for_all(way: Way) -> None:
    ask(way, "hello", "both")
    way.report(way.outbox()[0].id, "undelivered", FailureKind.OPT_OUT, "21610")
    assert ask(way, QUESTION, "id") == []
    cries = [ask(way, f"{CRY} {number}", form) for number, form in enumerate(("both", "id"))]
    assert [len(each) for each in cries] == [1, 0]


def test_a_wish_by_sms_is_not_copied_to_whatsapp(way: Way) -> None:
    way.ask("STOP", "sms")
    way.ask("hello", "whatsapp", sender=ANA)
    assert way.stopped("sms")
    assert not way.stopped("whatsapp")
