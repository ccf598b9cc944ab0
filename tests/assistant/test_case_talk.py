"""A person is asked for, agrees, and is answered by them: what the worker says and does meanwhile.

The assistant follows a script that only wishes; everything behind the wish is the real thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from safar.cases import directory, handling, lookup, talking
from safar.cases.plan import Plan
from safar.cases.rows import Case
from safar.cases.states import State
from safar.gateway import queueing
from safar.gateway.messages import Location, OutgoingText
from safar.messaging.case_wish import CaseWish
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from tests.whole_way import ANA, BEN, CRY, Way

REFERENCE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
HOURS = {
    "zone": "Asia/Qatar",
    "open": [{"days": ["sun", "mon", "tue", "wed", "thu"], "from": "08:00", "to": "15:00"}],
}
PLAN = Plan.model_validate(
    {
        "desks": [
            {
                "id": "doha",
                "name": "Nepal in Doha",
                "kind": "mission",
                "origins": ["NP"],
                "destinations": ["QA"],
                "hours": HOURS,
            },
            {"id": "rest", "name": "Everybody else", "kind": "default", "hours": HOURS},
        ],
        "risk": {"kinds": {"emergency": "red", "ask_wages": "amber"}},
    }
)
HERE = {"origin": "NP", "destination": "QA"}
SAYS = Reply(parts=[Phrase(id="person.not_yet")])
"""What the turn says by itself, for where nobody takes cases."""
WISHES = {
    "person please": CaseWish(step="ask", kind="ask_wages", **HERE),
    "danger, a person": CaseWish(step="ask", kind="emergency", danger=True, **HERE),
    "yes": CaseWish(step="consent"),
    "my sister Maya, in Doha": CaseWish(
        step="consent", for_other=True, about_text=True, danger=True
    ),
    "no": CaseWish(step="decline"),
    "my case?": CaseWish(step="status"),
    "tell them: room 12": CaseWish(step="add"),
    "he is at the door": CaseWish(step="danger", danger=True),
    "open it again": CaseWish(step="reopen"),
    "I take it back": CaseWish(step="withdraw"),
    "I take it back, sure": CaseWish(step="withdraw", sure=True),
}


class Office:
    """The way of a message with desks behind it, and what an officer does there."""

    def __init__(self, way: Way) -> None:
        self.way = way
        for text, wish in WISHES.items():
            way.script.says[text] = SAYS.model_copy(update={"case": wish})
        way.script.says["forget everything"] = Reply(
            parts=[Phrase(id="forget.erased")], erases=True, case=CaseWish(step="forget")
        )
        way.script.says["forget, sure"] = Reply(parts=[Phrase(id="forget.erased")], erases=True)

    def hire(self, desk: str = "doha") -> str:
        with self.way.database.write() as tx:
            directory.sync_desks(tx, self.way.office())
            return directory.add_staff(tx, self.way.office(), "An Officer", desk, "officer")

    def ask(self, text: str, **fields: object) -> list[str]:
        return self.way.ask(text, **fields)

    def case(self, sender: str = ANA) -> Case:
        with self.way.database.read() as tx:
            return lookup.of_address(tx, self.way.office(), "phone", sender)[0]

    def open(self, first: str = "person please") -> Case:
        self.ask(first)
        self.ask("yes")
        return self.case()

    def do(self, what: str, case: Case, staff_id: str, *more: object) -> None:
        with self.way.database.write() as tx:
            getattr(handling, what)(tx, self.way.office(), case.id, staff_id, *more)

    def reply(self, case: Case, staff_id: str, text: str) -> None:
        def queue(tx: Tx) -> int | None:
            told = OutgoingText(text=text, segments=1, encoding="gsm7", kind="officer")
            return queueing.put(
                tx,
                self.way.keyring,
                idempotency_key=f"case:{case.id}:{text}",
                conversation_id=case.conversation_id,
                text=told,
                now=self.way.clock(),
            )

        with self.way.database.write() as tx:
            talking.reply(tx, self.way.office(), case.id, staff_id, text, queue)

    def said(self, case: Case) -> list[tuple[str, str]]:
        with self.way.database.read() as tx:
            found = lookup.said(tx, self.way.keyring, case.id)
        return [(each.author, each.body) for each in found]


@pytest.fixture
def office(tmp_path: Path, keyring: KeyRing, registry_path: Path) -> Iterator[Office]:
    way = Way(tmp_path, keyring, registry_path, plan=PLAN)
    yield Office(way)
    way.close()


def test_where_nobody_works_no_case_is_offered(office) -> None:
    assert office.ask("person please") == [office.way.words("person.not_yet")]
    assert office.way.rows("SELECT count(*) FROM cases") == [(0,)]


def test_without_desks_the_turn_says_it_itself(tmp_path, keyring, registry_path) -> None:
    way = Way(tmp_path, keyring, registry_path)
    way.script.says["person please"] = SAYS.model_copy(update={"case": WISHES["person please"]})
    assert way.ask("person please") == [way.words("person.not_yet")]
    way.close()


def test_what_is_shared_is_said_before_and_opened_by_a_yes(office) -> None:
    office.hire()
    (asked,) = office.ask("person please")
    for shared in ("Nepal in Doha", "your number", "24 hours", "when in danger"):
        assert shared in asked
    assert office.case().state is State.OFFERED
    assert office.said(office.case()) == []
    (opened,) = office.ask("yes")
    case = office.case()
    assert (case.state, case.desk_id, case.risk.value) == (State.OPEN, "doha", "amber")
    assert case.reference in opened
    assert ("worker", "person please") in office.said(case)


def test_of_a_no_nothing_stays_but_that_it_was_one(office) -> None:
    office.hire()
    office.ask("person please")
    assert office.ask("no") == [office.way.words("person.not_yet")]
    case = office.case()
    assert (case.state, office.said(case)) == (State.DECLINED, [])


def test_the_next_desk_with_people_is_asked_where_the_first_has_none(office) -> None:
    office.hire("rest")
    (asked,) = office.ask("person please")
    assert "Everybody else" in asked
    office.ask("yes")
    assert office.case().desk_id == "rest"


def test_a_mission_with_people_is_asked_before_an_ngo_without(office) -> None:
    ngo = {**PLAN.desks[0].model_dump(by_alias=True), "id": "ngo", "kind": "ngo"}
    ngo |= {"name": "An NGO", "origins": [], "kinds": ["emergency"], "cities": []}
    desks = [desk.model_dump(by_alias=True) for desk in PLAN.desks]
    office.way.plan = Plan.model_validate(
        {**PLAN.model_dump(by_alias=True), "desks": [ngo, *desks]}
    )
    office.hire()
    assert "Nepal in Doha" in office.ask("danger, a person")[0]
    office.hire("ngo")
    assert "An NGO" in office.ask("danger, a person")[0]


def test_a_case_for_somebody_else_says_whom_it_is_about(office) -> None:
    office.hire()
    office.ask("person please")
    (opened,) = office.ask("my sister Maya, in Doha")
    case = office.case()
    assert (case.for_other, case.risk.value) == (True, "red")
    assert case.reference in opened
    with office.way.database.read() as tx:
        about = lookup.about(tx, office.way.keyring, case.id)
    assert about.told == {"written": "my sister Maya, in Doha"}


@pytest.mark.parametrize(
    ("weekday_hour", "said"),
    [((0, 6), "Somebody is at work"), ((0, 20), "A person is back on"), ((4, 10), "Sun")],
    ids=["open", "evening", "before the weekend"],
)
def test_office_hours_are_told_by_the_clock_of_the_desk(office, weekday_hour, said) -> None:
    office.hire()
    weekday, hour = weekday_hour
    now = office.way.clock()
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0)
    to = monday + timedelta(days=7 + weekday, hours=hour)
    # Thursday 13:00 in Doha is open; an hour before Friday it is not.
    if weekday == 4:
        to = monday + timedelta(days=7 + weekday, hours=hour)
    office.way.clock.pass_((to - now).total_seconds())
    office.ask("person please")
    texts = " ".join(office.ask("yes"))
    assert said in texts
    assert ("cannot wait" in texts) == (said != "Somebody is at work")


def test_while_a_person_talks_the_bot_is_silent_and_texts_reach_the_person(office) -> None:
    officer = office.hire()
    case = office.open()
    office.do("take", case, officer)
    assert office.ask("are you there?") == []
    assert office.ask("he is at the door") == []
    assert office.said(case)[-2:] == [
        ("worker", "are you there?"),
        ("worker", "he is at the door"),
    ]
    office.reply(case, officer, "I am here.")
    assert office.way.answer() == ["I am here."]
    office.do("hand_back", case, officer)
    assert office.ask("hello") == [office.way.words("utter_greet")]


def test_a_place_and_a_picture_reach_the_person_too(office) -> None:
    officer = office.hire()
    case = office.open()
    office.do("take", case, officer)
    extras = {
        "location": Location(latitude=25.2854, longitude=51.531, label="Camp 4"),
        "media": [{"content_type": "image/jpeg"}],
    }
    office.way.bring("", extras=extras)
    assert office.way.answer() == []
    assert office.said(case)[-1] == ("worker", "[25.28540, 51.53100] Camp 4\n[image/jpeg]")


def test_an_answer_that_waits_is_not_sent_once_a_person_has_taken_over(office) -> None:
    officer = office.hire()
    case = office.open()
    office.way.write("hello")
    office.way.work()
    office.do("take", case, officer)
    before = len(office.way.sent())
    office.way.send()
    assert office.way.sent()[before:] == []
    assert office.way.outbox()[-1].error_code == "person_has_it"


def test_an_answer_made_while_the_person_took_over_is_dropped_and_they_get_the_text(
    office,
) -> None:
    officer = office.hire()
    case = office.open()
    office.way.script.meanwhile = lambda: office.do("take", case, officer)
    assert office.ask("hello") == []
    assert office.said(case)[-1] == ("worker", "hello")


def test_the_word_that_ends_messages_is_answered_whoever_talks(office) -> None:
    officer = office.hire()
    case = office.open()
    office.do("take", case, officer)
    assert office.ask("STOP") == [office.way.words("consent.stopped")]
    assert office.said(case)[-1] == ("worker", "STOP")


def test_danger_goes_to_an_open_case_by_itself_and_makes_it_graver(office) -> None:
    office.hire()
    case = office.open()
    text = " ".join(office.ask("he is at the door"))
    assert "Nepal in Doha can read this now" in text
    assert office.case().risk.value == "red"
    assert office.said(case)[-1] == ("worker", "he is at the door")


def test_a_case_is_asked_for_from_the_same_phone_and_by_its_number_from_another(office) -> None:
    office.hire()
    case = office.open()
    (own,) = office.ask("my case?")
    assert case.reference in own
    assert "waits for a person at Nepal in Doha" in own
    told = CaseWish(step="status", reference=case.reference)
    office.way.script.says["how is it?"] = SAYS.model_copy(update={"case": told})
    (other,) = office.ask("how is it?", sender=BEN)
    assert "only to the phone it was made from" in other
    office.way.script.says["how is it?"] = SAYS.model_copy(
        update={"case": CaseWish(step="status", reference="K7MA-42QX")}
    )
    (unknown,) = office.ask("how is it?", sender=BEN)
    assert "I find no case" in unknown


def test_more_is_told_and_a_closed_case_opened_again(office) -> None:
    officer = office.hire()
    case = office.open()
    assert case.reference in office.ask("tell them: room 12")[0]
    assert office.said(case)[-1] == ("worker", "tell them: room 12")
    office.do("acknowledge", case, officer)
    office.do("close", case, officer, handling.Outcome.HELPED)
    assert "has closed it" in office.ask("my case?")[0]
    assert "open again" in office.ask("open it again")[0]
    assert office.case().state is State.REOPENED


def test_consent_is_taken_back_only_when_it_is_sure(office) -> None:
    office.hire()
    case = office.open()
    assert "Do you want that?" in office.ask("I take it back")[0]
    assert office.case().state is State.OPEN
    assert "no longer sees" in office.ask("I take it back, sure")[0]
    assert office.case().state is State.WITHDRAWN
    assert {body for _, body in office.said(case)} == {""}


def test_who_is_in_danger_is_asked_back_before_being_forgotten(office) -> None:
    office.hire()
    case = office.open("danger, a person")
    assert case.reference in office.ask("forget everything")[0]
    assert office.case().reference == case.reference
    assert office.ask("forget, sure") == [office.way.words("forget.erased")]


def test_an_amber_case_does_not_stand_against_being_forgotten(office) -> None:
    office.hire()
    office.open()
    assert office.ask("forget everything") == [office.way.words("forget.erased")]


def test_a_cry_before_the_case_is_shared_with_it(office) -> None:
    office.hire()
    office.ask(CRY)
    office.way.clock.pass_(3600)
    case = office.open("danger, a person")
    assert ("worker", CRY) in office.said(case)
    assert any(author == "bot" for author, _ in office.said(case))
