"""Forget me reaches cases: of what was said nothing is left, of what was done enough."""

from __future__ import annotations

import json

import pytest
from case_house import House
from sqlalchemy import select, update

from safar.cases import lookup
from safar.cases.errors import CaseRefusedError
from safar.cases.handling import Outcome
from safar.cases.opening import About
from safar.cases.rows import Case
from safar.store import audit, erasure
from safar.store.case_tables import case_events, case_notices, cases
from safar.store.tables import metadata, outbox

pytestmark = pytest.mark.both_databases

PHONE = "+9779841234567"
HIDDEN = ("Rahman", "Maya", "sister", "9841234567", "we come", "knows him", "Doha", "passport")


def left(house: House) -> list[str]:
    """Return every readable text of every column of every table."""
    found = []
    with house.database.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.execute(select(table)).all():
                for value in row:
                    text = str(value)
                    found.append(house.keyring.decrypt(text) if text.startswith("gAAAA") else text)
    return found


def begin(house: House, case: Case) -> None:
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, case.conversation_id, house.clock())


def finish(house: House) -> int:
    with house.database.write() as tx:
        tx.execute(update(outbox).values(state="sent"))
        return erasure.finish(tx, house.keyring)


def story(house: House) -> Case:
    conversation, _ = house.talk()
    house.write(conversation, "Rahman keeps my passport")
    case = house.open(conversation, city="Doha", for_other=True, variant="ne",
                      about=About(name="Maya", relation="sister"))  # fmt: skip
    house.do("take", case, "doha1")
    house.write(conversation, "Rahman is at the door")
    house.reply(case, "doha1", "we come at noon")
    house.do("note", case, "doha1", "the consul knows him")
    return case


def test_nothing_is_left_of_an_open_case_but_what_an_office_accounts_for(house: House) -> None:
    case = story(house)
    begun, before = house.events(case), house.case(case)
    begin(house, case)
    house.pass_(1)
    assert finish(house) == 1
    texts = left(house)
    hidden = (*HIDDEN, case.reference, case.contact_id)
    # The desks' names are no secret.
    names = {desk.model_dump_json(by_alias=True) for desk in house.plan.desks}
    kept = [text for text in texts if "Nepal in Doha" not in text and text not in names]
    assert [text for text in kept if any(each in text for each in hidden)] == []
    after = house.case(case)
    assert (after.state, after.origin, after.destination) == ("withdrawn", "NP", "QA")
    assert (after.city, after.variant, after.due_at) == (None, None, None)
    assert (after.kind, after.risk, after.desk_id) == (before.kind, before.risk, before.desk_id)
    assert (after.opened_at, after.first_reply_at) == (before.opened_at, before.first_reply_at)
    assert house.events(case) == [*begun, "erase"]
    with house.database.read() as tx:
        said = lookup.said(tx, house.keyring, case.id)
        assert [each.body for each in said] == [""] * 4
        assert [each.author for each in said] == ["worker", "worker", "staff", "staff"]
        assert audit.verify(tx, house.keyring).faults == ()
        found = lookup.by_reference(tx, house.office, case.reference)
        assert found is not None
        assert found.id == case.id, "who has it on paper can ask what was done"


def test_what_was_closed_keeps_its_outcome_and_cannot_be_reopened(house: House) -> None:
    case = story(house)
    house.do("hand_back", case, "doha1")
    house.do("close", case, "doha1", Outcome.REFERRED)
    begin(house, case)
    after = house.case(case)
    assert (after.state, after.outcome) == ("withdrawn", "referred")
    assert after.closed_at is not None
    for what, more in (("note", ("x",)), ("take", ()), ("transfer", ("ngo",))):
        with pytest.raises(CaseRefusedError):
            house.do(what, case, "doha1", *more)


def test_what_is_written_between_the_wish_and_the_end_goes_too(house: House) -> None:
    case = story(house)
    begin(house, case)
    with house.database.write() as tx:
        tx.execute(update(cases).values(state="with_person"))  # an officer of another version
    house.do("note", case, "doha1", "Maya again")
    assert finish(house) == 1
    assert [text for text in left(house) if "Maya" in text] == []
    with house.database.read() as tx:
        events = tx.execute(
            select(case_events.c.details).where(case_events.c.action == "erase")
        ).scalars()
        assert [json.loads(text)["was"] for text in events] == ["with_person", "with_person"]


def test_once_is_enough(house: House) -> None:
    case = story(house)
    begin(house, case)
    begin(house, case)
    finish(house)
    assert house.events(case).count("erase") == 1


def test_cases_of_others_stay(house: House) -> None:
    case = story(house)
    other = house.open(house.talk("+639171234567")[0], about=About(name="Ben"))
    declined = house.offer(house.talk("+639170000000")[0])
    begin(house, case)
    assert finish(house) == 1
    assert house.case(other).state == "open"
    assert house.case(declined).state == "offered"
    with house.database.read() as tx:
        assert lookup.about(tx, house.keyring, other.id).name == "Ben"


def test_an_offer_that_was_declined_stays_so(house: House) -> None:
    conversation, contact = house.talk()
    case = house.offer(conversation)
    house.pass_(60 * 24)
    house.climb()
    begin(house, case)
    assert house.case(case).state == "declined"
    assert house.case(case).reference != case.reference


def test_an_open_case_climbs_no_more_and_nobody_is_told_of_it(house: House) -> None:
    case = house.open(danger=True)
    begin(house, case)
    house.pass_(60 * 24)
    assert house.climb() == 0
    with house.database.read() as tx:
        waiting = select(case_notices.c.id).where(case_notices.c.done_at.is_(None))
        assert tx.execute(waiting).all() == []
    finish(house)
    assert house.open().id != case.id, "whoever comes back is a new person"
