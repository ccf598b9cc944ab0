"""Whatever people write and are called: nothing of it is in a notice, or in what is logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_house import House
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from notice_house import Tellers, plan_with, settings
from sqlalchemy import delete, select
from structlog.testing import capture_logs

from safar.cases import opening, talking
from safar.cases.actors import worker
from safar.cases.handling import Outcome
from safar.cases.notices import by_sms
from safar.cases.notices.notice import Notice
from safar.cases.opening import About
from safar.cli.case_errands import queue_of
from safar.store.case_tables import case_notices
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.notice_tables import case_notice_sends
from safar.store.tables import outbox
from tests.peers.hooks import Hooks, hooks
from tests.peers.mail import Mailbox, mail_server

NUMBER = "+97455512345"
# Long enough to be nobody's word by chance; with what would end a header or a string.
LETTERS = 6
WORDS = st.text(
    st.sampled_from("qxzj\u0915\u0916\u0639\u063a\r\n\"'<{"), min_size=8, max_size=30
).filter(lambda text: sum(sign.isalpha() for sign in text) >= LETTERS)
PEOPLE = st.fixed_dictionaries(
    {
        "phone": st.integers(10**8, 10**9 - 1).map(lambda n: f"+9779{n}"),
        "name": WORDS,
        "text": WORDS,
        "reply": WORDS,
        "note": WORDS,
        "city": WORDS,
        "profile": WORDS,
        "kind": st.sampled_from(["ask_wages", "report_abuse", "missing_relative"]),
        "danger": st.booleans(),
    }
)


@pytest.fixture(scope="module")
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Hooks]:
    with hooks() as made:
        yield made


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, receiver: Hooks
) -> Iterator[Tellers]:
    place: Path = tmp_path_factory.mktemp("store")
    database = open_database(f"sqlite:///{place}/safar.db")
    house = House(database, KeyRing([KeyRing.generate()], KeyRing.generate()))
    addresses = {"email": ["desk@example.org"], "sms": [NUMBER], "webhook": [receiver.url]}
    house.plan = plan_with(
        **{name: addresses for name in ("doha", "doha_boss", "ngo", "ngo_boss", "rest")}
    )
    house.hire()
    with mail_server(mailbox) as port:
        given = settings(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            sms_provider="fake",
            sms_from="+1500",
            sms_per_hour=1000,
        )
        yield Tellers(house, given)
    database.close()


@given(person=PEOPLE)
@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_of_a_person_is_in_a_notice(
    told: Tellers, mailbox: Mailbox, receiver: Hooks, person: dict[str, str]
) -> None:
    house = told.house
    _forget(house, mailbox, receiver)
    with capture_logs() as logs:
        reference = _live(house, person)
        told.email()
        told.webhook()
        queue = queue_of(house.keyring, ["fake"], told.settings)
        handed = by_sms.hand_over(house.database, house.office, queue, told.settings)
    letters = [letter.message.as_string() + letter.text for letter in mailbox.letters]
    calls = [f"{call.path}\n{call.headers}\n{call.body.decode()}" for call in receiver.calls]
    # In each way as many: so nothing was looked at in vain.
    assert len(letters) == len(calls) == handed >= 6
    with house.database.read() as tx:
        # What the worker is told has no notice's key.
        notices = outbox.c.idempotency_key.startswith("notice:")
        rows = tx.execute(select(outbox.c.body_encrypted).where(notices)).scalars()
        texts = [house.keyring.decrypt(row) for row in rows]
        sends = [str(tuple(row)) for row in tx.execute(select(case_notice_sends)).all()]
        kept = [str(tuple(row)) for row in tx.execute(select(case_notices)).all()]
    everything = "\n".join([*letters, *calls, *texts, *sends, *kept, json.dumps(logs, default=str)])
    # As it is, and as JSON and headers would write it.
    for name in ("phone", "name", "text", "reply", "note", "city", "profile"):
        for written in (person[name], json.dumps(person[name])[1:-1], ascii(person[name])[1:-1]):
            assert written not in everything, name
    assert person["phone"].removeprefix("+") not in everything
    assert reference not in everything
    # Nor the number of staff, but where it is sent to.
    assert NUMBER not in "\n".join([*letters, *calls, *sends, *kept, json.dumps(logs, default=str)])


def test_a_notice_has_no_place_for_anything_of_a_person() -> None:
    assert set(Notice.__dataclass_fields__) == {
        "key",
        "kind",
        "case_id",
        "desk_id",
        "desk_name",
        "risk",
        "to_supervisor",
        "at",
        "zone",
        "language",
        "link",
    }


def _live(house: House, person: dict[str, str]) -> str:
    """Let a case live through all that staff are told of; return its reference."""
    conversation_id, contact_id = house.talk(person["phone"], profile=person["profile"])
    house.write(conversation_id, person["text"])
    case = house.offer(
        conversation_id,
        person["kind"],
        danger=person["danger"],
        city=person["city"],
        about=About(name=person["name"], told={"employer": person["text"]}),
    )
    case = house.consent(case)
    for _ in range(3):
        house.pass_(60 * 24 * 7)
        house.climb()
    desk = house.case(case).desk_id
    with house.database.write() as tx:
        talking.add(tx, house.office, case.id, contact_id, person["text"], None, danger=True)
    house.do("acknowledge", case, f"{desk}1")
    house.do("note", case, f"{desk}1", person["note"])
    house.do("assign", case, f"{desk}1", house.staff[f"{desk}2"])
    house.do("take", case, f"{desk}2")
    house.write(conversation_id, person["text"])
    house.reply(case, f"{desk}2", person["reply"])
    house.do("hand_back", case, f"{desk}2")
    handling_desk = {"doha": "ngo"}.get(desk, "doha")
    house.do("transfer", case, f"{desk}2", handling_desk)
    house.do("acknowledge", case, f"{handling_desk}1")
    house.do("close", case, f"{handling_desk}1", Outcome.HELPED)
    with house.database.write() as tx:
        opening.reopen(tx, house.office, case.id, worker(contact_id))
    with house.database.write() as tx:
        opening.withdraw(tx, house.office, case.id, contact_id)
    return case.reference


def _forget(house: House, mailbox: Mailbox, receiver: Hooks) -> None:
    mailbox.letters.clear()
    receiver.calls.clear()
    with house.database.write() as tx:
        tx.execute(delete(case_notice_sends))
        tx.execute(delete(case_notices))
        tx.execute(delete(outbox).where(outbox.c.idempotency_key.startswith("notice:")))
