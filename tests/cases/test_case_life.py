"""A case from offer to end, on both databases: what is done, refused, written down and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_house import TERMS, House
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from safar.cases import lookup, opening, talking
from safar.cases.actors import worker
from safar.cases.errors import CaseRefusedError, NoDesksError, UnknownCaseError
from safar.cases.handling import Outcome
from safar.cases.opening import About, Offer, Terms
from safar.cases.rows import Case
from safar.store import audit
from safar.store.case_tables import cases, staff
from safar.store.tables import contacts, conversations

pytestmark = pytest.mark.both_databases

BEN = "+639171234567"


def refused(code: str):
    return pytest.raises(CaseRefusedError, check=lambda error: error.code == code)


def has_person(house: House, case: Case) -> bool:
    with house.database.read() as tx:
        return bool(
            tx.execute(
                select(conversations.c.person_has_it).where(
                    conversations.c.id == case.conversation_id
                )
            ).scalar_one()
        )


def bodies(house: House, case: Case) -> list[str]:
    with house.database.read() as tx:
        return [said.body for said in lookup.said(tx, house.keyring, case.id)]


def test_the_whole_way(house: House) -> None:
    conversation, _ = house.talk()
    assert not house.write(conversation, "my wages")
    case = house.offer(conversation)
    assert (case.state, case.risk, case.desk_id) == ("offered", "amber", "doha")
    case = house.consent(case)
    assert case.opened_at == house.clock()
    assert case.due_at == house.clock() + timedelta(hours=21), "in office hours"
    house.pass_(10)
    case = house.do("acknowledge", case, "doha1")
    assert (case.state, case.due_at, case.assignee_id) == (
        "acknowledged",
        house.clock() + timedelta(hours=1),
        house.staff["doha1"],
    )
    assert not has_person(house, case)
    house.do("take", case, "doha1")
    assert has_person(house, case)
    assert house.write(conversation, "are you there?")
    first = house.pass_(5)
    house.reply(case, "doha1", "Yes. Where are you?")
    house.pass_(5)
    house.reply(case, "doha1", "And who is with you?")
    assert house.write(conversation, "in Doha, alone")
    house.do("note", case, "doha2", "I know that employer")
    house.do("hand_back", case, "doha1")
    assert not has_person(house, case)
    assert not house.write(conversation, "menu")
    case = house.do("close", case, "doha1", Outcome.HELPED)
    assert (case.state, case.outcome, case.closed_at) == ("closed", "helped", house.clock())
    assert case.first_reply_at == first
    assert bodies(house, case) == [
        "my wages",
        "are you there?",
        "Yes. Where are you?",
        "And who is with you?",
        "in Doha, alone",
        "I know that employer",
    ]
    assert house.events(case) == (
        "offer consent acknowledge take add reply reply add note hand_back close".split()
    )
    with house.database.read() as tx:
        verdict = audit.verify(tx, house.keyring)
    assert verdict.faults == ()
    assert verdict.head.rows == len(house.staff) + len(house.events(case))


def test_a_reference_is_short_and_finds_the_case(house: House) -> None:
    case = house.open()
    with house.database.read() as tx:
        for text in (case.reference, f"case {case.reference.lower().replace('-', ' ')}?"):
            found = lookup.by_reference(tx, house.office, text)
            assert found is not None
            assert found.id == case.id
        assert lookup.by_reference(tx, house.office, "no reference") is None
        mine = lookup.of_address(tx, house.office, "phone", "+977 984-1234567")
        assert [each.id for each in mine] == [case.id]
        assert lookup.of_address(tx, house.office, "phone", BEN) == []
    assert case.reference not in repr(case)


def test_a_source_of_chance_that_repeats_itself_is_noticed(house: House) -> None:
    house.open()
    reference = house.case(house.open(house.talk(BEN)[0])).reference
    signs = reference.replace("-", "")[:7]

    class Same:
        place = 0

        def choice(self, of: str) -> str:
            self.place += 1
            return signs[(self.place - 1) % 7]

    house.rng = Same()  # type: ignore[assignment]
    with pytest.raises(NoDesksError, match="chance"):
        house.offer(house.talk("+9779800000000")[0])


def test_for_another_and_what_was_told_is_kept_encrypted(house: House) -> None:
    about = About(name="Maya Tamang", relation="sister", told={"employer": "Rahman"})
    case = house.open(for_other=True, about=about)
    assert case.for_other
    with house.database.read() as tx:
        assert lookup.about(tx, house.keyring, case.id) == about
        token = tx.execute(select(cases.c.about_encrypted)).scalar_one()
    assert "Maya" not in token
    assert "Maya" not in repr(Offer("x", "ask_wages", about=about))


def test_an_offer_is_made_once_and_learns(house: House) -> None:
    conversation, _ = house.talk()
    first = house.offer(conversation, destination=None)
    again = house.offer(conversation, kind="missing_relative", danger=True)
    assert (again.id, again.reference) == (first.id, first.reference)
    assert (first.desk_id, again.desk_id, again.risk) == ("rest", "ngo", "red")


def test_what_was_declined_leaves_nothing_and_asks_nobody(house: House) -> None:
    conversation, contact = house.talk()
    case = house.offer(conversation, about=About(name="Maya"))
    with house.database.write() as tx:
        opening.decline(tx, house.office, case.id, contact)
    assert house.case(case).state == "declined"
    assert house.notices(case) == []
    with house.database.read() as tx:
        assert lookup.about(tx, house.keyring, case.id) == About()
    with refused("not_now"):
        house.consent(case)
    assert house.offer(conversation).id != case.id


def test_one_open_case_at_a_time(house: House) -> None:
    conversation, _ = house.talk()
    case = house.open(conversation)
    with refused("already_open"):
        house.offer(conversation)
    with pytest.raises(IntegrityError), house.database.write() as tx:
        # Whatever the program does: the database itself refuses it.
        row = dict(tx.execute(select(cases)).one()._mapping) | {"reference": "x"}
        given = {column.name for column in cases.c if column.computed is None} - {"id"}
        tx.execute(cases.insert().values(**{name: row[name] for name in given}))
    house.do("acknowledge", case, "doha1")
    house.do("close", case, "doha1", Outcome.HELPED)
    newer = house.open(conversation)
    with refused("already_open"), house.database.write() as tx:
        opening.reopen(tx, house.office, case.id, worker(case.contact_id))
    assert house.case(newer).state == "open"


def test_reopening_waits_to_be_acknowledged_anew(house: House) -> None:
    case = house.open()
    house.do("take", case, "doha1")
    house.do("hand_back", case, "doha1")
    house.do("close", case, "doha1", Outcome.NOT_REACHED)
    house.pass_(60 * 24)
    with house.database.write() as tx:
        case = opening.reopen(tx, house.office, case.id, worker(case.contact_id), answers=["hurt"])
    assert (case.state, case.risk, case.outcome) == ("reopened", "red", None)
    assert case.due_at == house.clock() + timedelta(minutes=15)
    assert house.notices(case)[-1] == ("reopened", "doha", False)
    house.do("acknowledge", case, "doha2")
    assert house.case(case).assignee_id == house.staff["doha2"]


def test_consent_is_kept_with_time_and_words_and_can_be_withdrawn(house: House) -> None:
    conversation, contact = house.talk()
    house.write(conversation, "secret")
    case = house.open(conversation, about=About(name="Maya"))
    with house.database.read() as tx:
        row = tx.execute(select(cases)).one()
    assert Terms.model_validate_json(row.consent_terms) == TERMS
    assert row.consented_at == house.clock()
    house.do("take", case, "doha1")
    assert house.write(conversation, "more")
    house.pass_(5)
    with house.database.write() as tx:
        opening.withdraw(tx, house.office, case.id, contact)
    assert house.case(case).state == "withdrawn"
    assert bodies(house, case) == ["", ""]
    assert not has_person(house, case)
    with house.database.read() as tx:
        assert lookup.about(tx, house.keyring, case.id) == About()
    for what, more in (("reply", ("x", lambda tx: 1)), ("note", ("x",)), ("take", ())):
        with refused("not_now"):
            house.do(what, case, "doha1", *more)
    assert not house.write(conversation, "hello")


def test_nobody_agrees_for_another(house: House) -> None:
    case = house.offer(house.talk()[0])
    _, stranger = house.talk(BEN)
    for call in (opening.decline, opening.withdraw):
        with refused("not_theirs"), house.database.write() as tx:
            call(tx, house.office, case.id, stranger)
    with refused("not_theirs"), house.database.write() as tx:
        opening.consent(tx, house.office, case.id, stranger, TERMS)
    with pytest.raises(UnknownCaseError), house.database.write() as tx:
        opening.consent(tx, house.office, 4711, stranger, TERMS)


def test_only_the_desk_of_a_case_handles_it(house: House) -> None:
    case = house.open()
    for what in ("acknowledge", "take"):
        with refused("other_desk"):
            house.do(what, case, "ngo1")
    house.do("acknowledge", case, "doha1")
    with refused("other_desk"):
        house.do("assign", case, "doha1", house.staff["ngo1"])
    house.do("assign", case, "doha1", house.staff["doha2"])
    moved = house.do("transfer", case, "doha2", "ngo")
    assert (moved.state, moved.desk_id, moved.assignee_id) == ("open", "ngo", None)
    assert moved.acknowledged_at is None
    assert house.notices(case)[-1] == ("transferred", "ngo", False)
    with refused("other_desk"):
        house.do("note", case, "doha2", "x")
    house.do("take", case, "ngo1")
    for desk_id in ("nowhere", "ngo"):
        with refused("desk"):
            house.do("transfer", case, "ngo1", desk_id)


def test_a_case_that_was_passed_on_climbs_from_the_beginning(house: House) -> None:
    case = house.open(danger=True)
    house.pass_(15)
    assert house.climb() == 1
    moved = house.do("transfer", case, "doha1", "ngo")
    assert (moved.level, moved.due_at) == (0, house.clock() + timedelta(minutes=15))
    house.pass_(15)
    house.climb()
    assert house.notices(case)[-1] == ("climbed_supervisor", "ngo", True)


@pytest.mark.parametrize("role", ["editor", "auditor", "admin"])
def test_who_handles_no_cases_is_refused(house: House, role: str) -> None:
    case = house.open()
    with house.database.write() as tx:
        tx.execute(update(staff).values(role=role))
    with refused("wrong_role"):
        house.do("acknowledge", case, "doha1")


def test_who_has_left_is_refused(house: House) -> None:
    case = house.open()
    with house.database.write() as tx:
        tx.execute(update(staff).values(disabled_at=house.clock()))
    with refused("wrong_role"):
        house.do("acknowledge", case, "doha1")


def test_one_person_has_the_conversation(house: House) -> None:
    case = house.open()
    house.do("take", case, "doha1")
    with refused("not_now"):
        house.do("take", case, "doha2")
    with refused("other_officer"):
        house.reply(case, "doha2", "x")
    with refused("other_officer"):
        house.do("hand_back", case, "doha2")
    for what, more in (("close", (Outcome.HELPED,)), ("transfer", ("ngo",))):
        with refused("not_now"):
            house.do(what, case, "doha1", *more)
    house.do("hand_back", case, "doha-boss")
    house.do("take", case, "doha2")
    house.reply(case, "doha2", "x")


def test_a_reply_to_somebody_who_wants_none_is_kept_nowhere(house: House) -> None:
    case = house.open()
    house.do("take", case, "doha1")
    with refused("unreachable"):
        house.do("reply", case, "doha1", "x", lambda tx: None)
    assert bodies(house, case) == []
    assert house.events(case)[-1] == "take"


def test_adding_makes_graver_and_is_kept_once(house: House) -> None:
    conversation, contact = house.talk()
    case = house.open(conversation, kind="ask_hours_rest")
    assert (case.risk, case.desk_id) == ("green", "doha")
    with house.database.write() as tx:
        row = house.row_in(tx, conversation, "he hit me")
        for _ in range(2):
            case = talking.add(tx, house.office, case.id, contact, "he hit me", row, danger=True)
    assert case.risk == "red"
    assert case.due_at == house.clock() + timedelta(minutes=15)
    assert bodies(house, case) == ["he hit me"]
    assert house.notices(case) == [("opened", "doha", False), ("graver", "doha", False)]
    with house.database.write() as tx:
        talking.add(tx, house.office, case.id, contact, "and more", None)
    assert house.notices(case)[-1] == ("added", "doha", False)
    assert house.case(case).risk == "red"


def test_only_what_was_agreed_to_is_shared(house: House) -> None:
    conversation, _ = house.talk()
    house.write(conversation, "long ago")
    house.pass_(120)
    house.write(conversation, "today")
    with house.database.write() as tx:
        house.row_out(tx, conversation, "answer")
        house.row_out(tx, conversation, "never left", state="canceled")
    case = house.offer(conversation)
    since = house.clock() - timedelta(minutes=60)
    house.consent(case, TERMS.model_copy(update={"since": since}))
    assert bodies(house, case) == ["today", "answer"]


def test_what_another_person_wrote_at_the_same_telephone_is_not_shared(house: House) -> None:
    conversation, _ = house.talk(profile="Ana")
    with house.database.write() as tx:
        asked = house.row_in(tx, conversation, "of another person")
    house.talk(profile="Sita")
    house.write(conversation, "mine")
    with house.database.write() as tx:
        house.row_out(tx, conversation, "to another person", inbox_id=asked)
        house.row_out(tx, conversation, "to me")
    case = house.open(conversation)
    assert bodies(house, case) == ["mine", "to me"]


def test_another_person_at_the_telephone_learns_nothing(house: House) -> None:
    conversation, contact = house.talk(profile="Ana")
    case = house.open(conversation)
    house.do("take", case, "doha1")
    assert house.talk(profile="her employer") == (conversation, contact)
    assert not house.write(conversation, "who is this?")
    assert bodies(house, case) == []
    with house.database.read() as tx:
        assert lookup.of_contact(tx, contact) == []
    with refused("other_person"):
        house.reply(case, "doha1", "We come at noon")
    with refused("not_theirs"), house.database.write() as tx:
        opening.withdraw(tx, house.office, case.id, contact)
    theirs = house.open(conversation)
    house.do("take", theirs, "doha2")
    assert house.climb() == 1, "the conversation of the first case is handed back by itself"
    assert house.case(case).state == "handed_back"
    assert house.write(conversation, "still mine"), "of the one who has the telephone now"
    with refused("other_person"):
        house.do("take", case, "doha1")
    house.do("close", case, "doha1", Outcome.NOT_REACHED)


def test_no_case_for_who_is_being_forgotten(house: House) -> None:
    conversation, contact = house.talk()
    with house.database.write() as tx:
        tx.execute(update(contacts).values(erase_at=house.clock()))
    with refused("forgotten"):
        house.offer(conversation)
    with pytest.raises(UnknownCaseError):
        house.offer("0" * 32)
    assert contact


def test_the_bot_may_speak_while_no_person_has_the_conversation(house: House) -> None:
    case = house.open()
    for step, allowed in (("acknowledge", True), ("take", False), ("hand_back", True)):
        house.do(step, case, "doha1")
        with house.database.write() as tx:
            assert talking.bot_may_speak(tx, case.conversation_id) is allowed
