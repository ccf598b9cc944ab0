"""What is said in a case: what the worker writes, what staff answer, and staff's own notes.

While a person has the conversation, a worker's text goes here and nowhere else. That is decided
under the lock of the conversation, which taking and handing back need as well: so each text has
exactly one reader, the bot or a person.
"""

# ruff: noqa: PLR0913, PLR0917 - what is said, by whom and to what, is one argument each.

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from safar.cases import risk, rows, timers
from safar.cases.actors import Actor, officer, see_that_they_may, worker
from safar.cases.errors import CaseRefusedError
from safar.cases.office import Office
from safar.cases.plan import Risk
from safar.cases.record import change
from safar.cases.rows import Case
from safar.cases.states import WAITING, Action, State, follows
from safar.store import people
from safar.store.case_tables import case_messages
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore

Queue = Callable[[Tx], int | None]
"""Puts a text into the outbox and returns its row; None when the person must not be written to."""


def receive(tx: Tx, office: Office, conversation_id: str, inbox_id: int, text: str) -> bool:
    """Give a worker's text to the person who has the conversation, if one has.

    Call it in the transaction that closes the inbox row. The same row twice is kept once.

    Returns:
        Whether a person got it; then the bot must be silent.
    """
    conversation = rows.lock_conversation(tx, conversation_id)
    case = rows.open_case(tx, conversation_id)
    if case is None or case.state is not State.WITH_PERSON:
        return False
    if people.is_of_earlier(tx, inbox_id):
        return False
    _keep(tx, office, case, Action.ADD, worker(conversation.contact_id), text, inbox_id)
    return True


def bot_may_speak(tx: Tx, conversation_id: str) -> bool:
    """Whether the bot may send something now: to be asked in the transaction that sends it."""
    return not rows.lock_conversation(tx, conversation_id).person_has_it


def add(
    tx: Tx,
    office: Office,
    case_id: int,
    contact_id: str,
    text: str,
    inbox_id: int | None,
    *,
    danger: bool = False,
    answers: Iterable[str] = (),
) -> Case:
    """Add what the worker wants staff to know to their case; danger makes it graver.

    Raises:
        CaseRefusedError: It is not theirs, or has ended.
    """
    case = rows.lock(tx, case_id)
    told = risk.assess(office.plan.risk, danger=danger, kind=case.kind, answers=answers)
    values: dict[str, Any] = {}
    if told.weight > case.risk.weight:
        values = {"risk": told, **_sooner(office, case, told)}
    _keep(
        tx, office, case, Action.ADD, worker(contact_id), text, inbox_id, values,
        notice="graver" if values else "added",
    )  # fmt: skip
    return rows.read(tx, case_id)


def _sooner(office: Office, case: Case, told: Risk) -> dict[str, datetime]:
    """Return what changes in what a case waits for, now that it is graver."""
    if case.state in WAITING:
        due: datetime | None = timers.first_due(office.plan, told, case.desk_id, office.clock())
    elif case.due_at is not None:
        due = timers.reply_due(office.plan, told, case.desk_id, office.clock())
    else:
        return {}
    before = {"due_at": case.due_at, "late_at": case.late_at}
    sooner = {name: [at for at in (due, was) if at] for name, was in before.items()}
    return {name: min(times) for name, times in sooner.items() if times}


def reply(tx: Tx, office: Office, case_id: int, staff_id: str, text: str, queue: Queue) -> int:
    """Answer the worker; return the row of the outbox by which it goes out.

    Args:
        tx: The open write transaction.
        office: The surroundings.
        case_id: Which case.
        staff_id: Who answers; the conversation must be theirs.
        text: What they write.
        queue: Puts it into the outbox; called once it is sure that it may go out.

    Raises:
        CaseRefusedError: They do not have the conversation, or the person must not be written to;
            leave the transaction then, so that nothing is kept.
    """
    case = rows.lock(tx, case_id)
    actor = officer(staff_id)
    see_that_they_may(tx, case, actor, Action.REPLY)
    follows(case.state, Action.REPLY)
    outbox_id = queue(tx)
    if outbox_id is None:
        raise CaseRefusedError(
            "unreachable",
            "This person asked to get no more messages, so this was not sent. Call them, or wait"
            " until they write again.",
        )
    values = {"due_at": None, "first_reply_at": case.first_reply_at or office.clock()}
    change(tx, office, case, Action.REPLY, actor, values, details={"outbox_id": outbox_id})
    _keep_of_staff(tx, office, case, staff_id, text, kind="text", outbox_id=outbox_id)
    return outbox_id


def note(tx: Tx, office: Office, case_id: int, staff_id: str, text: str) -> Case:
    """Write something down for colleagues; the worker never sees it.

    Raises:
        CaseRefusedError: The case is at another desk, or has ended for good.
    """
    case = rows.lock(tx, case_id)
    case = change(tx, office, case, Action.NOTE, officer(staff_id))
    _keep_of_staff(tx, office, case, staff_id, text, kind="note")
    return case


def _keep_of_staff(  # noqa: PLR0913 - one value each
    tx: Tx,
    office: Office,
    case: Case,
    staff_id: str,
    text: str,
    *,
    kind: str,
    outbox_id: int | None = None,
) -> None:
    """Keep what an officer wrote, to the worker or for colleagues."""
    tx.execute(
        insert(case_messages).values(
            case_id=case.id,
            author="staff",
            staff_id=staff_id,
            kind=kind,
            body_encrypted=office.keyring.encrypt(text),
            outbox_id=outbox_id,
            at=office.clock(),
        )
    )


def _keep(
    tx: Tx,
    office: Office,
    case: Case,
    action: Action,
    actor: Actor,
    text: str,
    inbox_id: int | None,
    values: dict[str, Any] | None = None,
    *,
    notice: str | None = None,
) -> None:
    """Keep a worker's text once, with its line in the timeline."""
    see_that_they_may(tx, case, actor, action)
    follows(case.state, action)
    row = {
        "case_id": case.id,
        "author": "worker",
        "kind": "text",
        "body_encrypted": office.keyring.encrypt(text),
        "inbox_id": inbox_id,
        "at": office.clock(),
    }
    if insert_or_ignore(tx, case_messages, row) is not None:
        change(tx, office, case, action, actor, values, details={"inbox_id": inbox_id},
               notice=notice)  # fmt: skip
