"""Worker, bot, officers, timers and forgetting, each a rule that sees what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from case_house import TERMS, House
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select, update
from test_case_states import ALLOWED

from safar.cases import handling, lookup, opening, rows, talking
from safar.cases.actors import officer, worker
from safar.cases.errors import CaseRefusedError
from safar.cases.handling import Outcome
from safar.cases.rows import Case
from safar.store import audit, erasure
from safar.store.case_tables import case_events, cases
from safar.store.contacts import find_or_create_conversation
from safar.store.database import Tx
from safar.store.tables import conversations, outbox

LINE = st.sampled_from([0, 1])
# Shrinking prefers what stands first.
RARE = "take reply hand_back add acknowledge note close reopen transfer assign consent".split() + [
    "decline",
    "withdraw",
]
SELDOM = st.sampled_from([False, False, False, True])
HANDLED = frozenset("take reply hand_back acknowledge note close reopen transfer assign".split())
ENDED = {"declined", "closed", "withdrawn"}
STAFF = ["doha1", "doha2", "doha-boss", "ngo1", "ngo-boss", "rest1"]


class Crash(BaseException):
    """The process dies just before it would have committed."""


@dataclass
class Text:
    """What the worker wrote, and who got it: a case, or the bot."""

    body: str
    inbox_id: int
    case_id: int | None


@dataclass
class Line:
    """One telephone: who has it shows a name."""

    phone: str
    conversation_id: str = ""
    contact_id: str = ""
    persons: int = 0
    texts: list[Text] = field(default_factory=list)
    known: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Deed:
    """Something that somebody does to a case; ``who`` is a contact id or a name of staff."""

    case: Case
    action: str
    who: str
    more: str = ""


class Machine(RuleBasedStateMachine):
    """Rules do one thing each and see that it was done, or refused with nothing written."""

    house: House
    examples = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        start = type(self).examples * 10
        self.lines = [Line(f"+97798{start + n:08}") for n in range(2)]
        for line in self.lines:
            self._write(line, "hello")
        with self.house.database.read() as tx:
            self.note = audit.head_of(tx).note()

    # Short words.

    def _now_at(self, line: Line, tx: Tx) -> None:
        found = find_or_create_conversation(
            tx,
            self.house.keyring,
            channel="sms",
            provider="fake",
            kind="phone",
            address=line.phone,
            our_address="+1500",
            now=self.house.clock(),
            profile=f"person {line.persons}",
        )
        line.conversation_id, line.contact_id = found.id, found.contact_id

    def _write(self, line: Line, body: str) -> None:
        """Receive and hand on, as the gateway and its worker will: in one transaction here."""
        house = self.house
        with house.database.write() as tx:
            self._now_at(line, tx)
            before = rows.open_case(tx, line.conversation_id)
            inbox_id = house.row_in(tx, line.conversation_id, body)
            got = talking.receive(tx, house.office, line.conversation_id, inbox_id, body)
        expected = before is not None and before.state == "with_person"
        assert got == expected
        case_id = before.id if before is not None and got else None
        line.texts.append(Text(body, inbox_id, case_id))

    def _cases(self, line: Line) -> list[Case]:
        with self.house.database.read() as tx:
            found = tx.execute(select(*rows.columns()).where(cases.c.id.in_(line.known)))
            return [rows.as_case(row) for row in found.all()]

    # What worker and bot do.

    @rule(line=LINE, number=st.integers(0, 10**6))
    def writes(self, line: int, number: int) -> None:
        self._write(self.lines[line], f"text {number}")

    @rule(
        line=LINE,
        danger=st.booleans(),
        kind=st.sampled_from(["ask_wages", "missing_relative", "greet"]),
    )
    def is_offered(self, line: int, danger: bool, kind: str) -> None:
        at = self.lines[line]
        before = {case.id: case for case in self._cases(at)}
        taken = [c for c in before.values() if c.state not in ENDED and not c.detached_at]
        try:
            case = self.house.offer(at.conversation_id, kind, danger=danger)
        except CaseRefusedError as error:
            assert error.code == "already_open"
            assert taken
            assert taken[0].state != "offered"
            return
        assert not taken or (taken[0].id, taken[0].state) == (case.id, "offered")
        if case.id not in before:
            at.known.append(case.id)

    @rule(line=LINE, really=SELDOM)
    def somebody_else_gets_the_telephone(self, line: int, really: bool) -> None:
        if not really:
            return
        self.lines[line].persons += 1
        self._write(self.lines[line], "new here")

    @rule(line=LINE, really=SELDOM)
    def wants_to_be_forgotten(self, line: int, really: bool) -> None:
        if not really:
            return
        house, at = self.house, self.lines[line]
        with house.database.write() as tx:
            erasure.begin(tx, house.keyring, at.conversation_id, house.clock())
        with house.database.write() as tx:
            own = outbox.c.conversation_id == at.conversation_id
            tx.execute(update(outbox).where(own).values(state="sent"))
            assert erasure.finish(tx, house.keyring) == 1
        assert {case.state for case in self._cases(at)} <= {"withdrawn", "declined"}
        at.texts.clear()
        at.known.clear()
        self._write(at, "hello again")

    # What is done to cases.

    @initialize()
    def begin_with_open_cases(self) -> None:
        for line in self.lines:
            case = self.house.open(line.conversation_id, danger=True)
            line.known.append(case.id)

    @rule(line=LINE, data=st.data())
    def one_thing_leads_to_another(self, line: int, data: Any) -> None:
        for _ in range(3):
            self.what_may_be_done_is_done(line, data)
            self._write(self.lines[line], "and then?")

    @rule(line=LINE, data=st.data())
    def what_may_be_done_is_done(self, line: int, data: Any) -> None:
        at = self.lines[line]
        deeds = [
            deed
            for case in self._cases(at)
            for deed in self._deeds(at, case)
            if self._may(at, case, deed)
        ]
        if not deeds:
            return
        case_id = data.draw(st.sampled_from(sorted({deed.case.id for deed in deeds})))
        some = [deed for deed in deeds if deed.case.id == case_id]
        action = data.draw(st.sampled_from(_weighted({deed.action for deed in some})))
        deed = data.draw(st.sampled_from([deed for deed in some if deed.action == action]))
        crash = data.draw(st.sampled_from([False, False, False, True]))
        assert self._try(at, deed, crash=crash) or crash

    @rule(line=LINE, data=st.data())
    def anybody_tries_anything(self, line: int, data: Any) -> None:
        at = self.lines[line]
        found = self._cases(at)
        if found:
            case = data.draw(st.sampled_from(found))
            self._try(at, data.draw(st.sampled_from(self._deeds(at, case))))

    def _deeds(self, line: Line, case: Case) -> list[Deed]:
        """Return everything that anybody might try."""
        own = line.contact_id
        stranger = next(each.contact_id for each in self.lines if each is not line)
        by_person = [
            Deed(case, action, who)
            for action in ("consent", "decline", "withdraw", "reopen", "add")
            for who in (own, stranger)
        ]
        by_staff = [
            Deed(case, action, who, more)
            for who in STAFF
            for action in RARE
            if action in HANDLED
            for more in {"assign": STAFF[:4], "transfer": ["doha", "ngo", "rest"]}.get(action, [""])
        ]
        return by_person + by_staff

    def _may(self, line: Line, case: Case, deed: Deed) -> bool:
        """Say whether a deed is allowed, by rules of our own."""
        action, who = deed.action, deed.who
        if action not in ALLOWED[case.state.value].split():
            return False
        # A reopened case takes the place of an open one.
        if action == "reopen" and not self._free(line):
            return False
        if who not in self.house.staff:
            return who == case.contact_id and case.detached_at is None
        desk_id, boss = who.rstrip("12").removesuffix("-boss"), who.endswith("-boss")
        mine = case.assignee_id == self.house.staff[who]
        return desk_id == case.desk_id and {
            "take": case.detached_at is None,
            "reply": case.detached_at is None and mine,
            "hand_back": boss or mine,
            "assign": deed.more.rstrip("12").removesuffix("-boss") == case.desk_id,
            "transfer": deed.more != case.desk_id,
        }.get(action, True)

    def _do(self, tx: Tx, deed: Deed) -> object:
        office, case, who = self.house.office, deed.case, deed.who
        if who not in self.house.staff:
            if deed.action == "add":
                return talking.add(tx, office, case.id, who, "x", None, danger=True)
            if deed.action == "consent":
                return opening.consent(tx, office, case.id, who, TERMS)
            by = worker(who) if deed.action == "reopen" else who
            return getattr(opening, deed.action)(tx, office, case.id, by)
        staff_id = self.house.staff[who]
        if deed.action == "reopen":
            return opening.reopen(tx, office, case.id, officer(staff_id))
        more: dict[str, tuple[Any, ...]] = {
            "reply": ("y", lambda tx: self.house.row_out(tx, case.conversation_id, "y")),
            "note": ("z",),
            "assign": (self.house.staff.get(deed.more),),
            "transfer": (deed.more,),
            "close": (Outcome.HELPED,),
        }
        function = getattr(handling, deed.action, None) or getattr(talking, deed.action)
        return function(tx, office, case.id, staff_id, *more.get(deed.action, ()))

    def _try(self, line: Line, deed: Deed, crash: bool = False) -> bool:
        """Do something; see that it is done just when it may be, and else not at all."""
        case = deed.case
        before = (self.house.case(case), self.house.events(case))
        allowed = self._may(line, before[0], deed)
        try:
            with self.house.database.write() as tx:
                self._do(tx, deed)
                if crash:
                    raise Crash
        except (CaseRefusedError, Crash) as error:
            assert isinstance(error, Crash) or not allowed, (deed, str(error))
            assert (self.house.case(case), self.house.events(case)) == before
            return False
        assert allowed, deed
        assert self.house.events(case) == [*before[1], deed.action]
        return True

    def _free(self, line: Line) -> bool:
        return not [c for c in self._cases(line) if c.state not in ENDED and not c.detached_at]

    # Time.

    @rule(minutes=st.sampled_from([1, 15, 240, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.house.pass_(minutes)
        late = [
            case
            for line in self.lines
            for case in self._cases(line)
            if case.due_at and case.due_at <= self.house.clock()
        ]
        before = {case.id: len(self.house.events(case)) for case in late}
        self.house.climb()
        for case in late:
            assert len(self.house.events(case)) == before[case.id] + 1
            after = self.house.case(case)
            assert after.due_at is None or after.due_at > self.house.clock()
        assert self.house.climb() == 0

    # What must hold at every moment.

    @invariant()
    def a_conversation_has_one_open_case_and_one_who_answers(self) -> None:
        for line in self.lines:
            live = [c for c in self._cases(line) if c.state not in ENDED and not c.detached_at]
            assert len(live) <= 1
            with self.house.database.read() as tx:
                has_it = tx.execute(
                    select(conversations.c.person_has_it).where(
                        conversations.c.id == line.conversation_id
                    )
                ).scalar_one()
            assert has_it == any(case.state == "with_person" for case in live)

    @invariant()
    def no_text_is_lost_or_read_by_two(self) -> None:
        for line in self.lines:
            for case in self._cases(line):
                with self.house.database.read() as tx:
                    said = lookup.said(tx, self.house.keyring, case.id)
                got = {each.inbox_id: each.body for each in said if each.inbox_id}
                assert len(got) == len([each for each in said if each.inbox_id])
                for text in line.texts:
                    if text.case_id == case.id:
                        expected = "" if case.state == "withdrawn" else text.body
                        assert got[text.inbox_id] == expected

    @invariant()
    def the_timeline_is_a_way_through_the_states(self) -> None:
        for line in self.lines:
            for case in self._cases(line):
                with self.house.database.read() as tx:
                    found = tx.execute(
                        select(case_events.c.action, case_events.c.state)
                        .where(case_events.c.case_id == case.id)
                        .order_by(case_events.c.id)
                    ).all()
                state = "offered"
                for action, after in found:
                    assert action == "offer" or action in ALLOWED[state].split()
                    state = after
                assert state == case.state

    def teardown(self) -> None:
        with self.house.database.write() as tx:
            verdict = audit.verify(tx, self.house.keyring, self.note)
            assert verdict.faults == ()
            # The next example has cases of its own.
            tx.execute(update(cases).values(due_at=None))


def _weighted(actions: set[str]) -> list[str]:
    """Return the actions in an order that is easy to read, those that lead on more often."""
    lead_on = {"take", "reply", "hand_back", "acknowledge", "close", "reopen", "consent"}
    return [a for a in RARE if a in actions for _ in range(3 if a in lead_on else 1)]
