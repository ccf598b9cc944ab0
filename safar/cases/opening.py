"""A case begins: it is offered, the person agrees or not; later they reopen it or take it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select, update

from safar.cases import directory, history, risk, rows, timers
from safar.cases.actors import BOT, SYSTEM, Actor, worker
from safar.cases.errors import CaseRefusedError, NoDesksError
from safar.cases.office import Office
from safar.cases.record import change, write_down
from safar.cases.routing import Corridor, ranked
from safar.cases.rows import Case
from safar.cases.states import Action, State
from safar.messaging.case_reference import new_reference
from safar.store import case_erasure
from safar.store.case_tables import cases
from safar.store.database import Tx
from safar.store.tables import contacts, conversations

_TRIES: Final = 20
"""References are one in 10 billion; twenty in a row that are taken mean that chance is broken."""


class About(BaseModel):
    """Whom a case is about, as the person who writes told it; kept encrypted.

    Attributes:
        name: Of the person in trouble.
        relation: What they are to the one who writes: ``sister``, ``colleague``.
        told: Other facts by name: ``employer``, ``address``, ``passport``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str | None = Field(default=None, max_length=200)
    relation: str | None = Field(default=None, max_length=80)
    told: dict[str, str] = Field(default_factory=dict, max_length=40)


class Terms(BaseModel):
    """What the person agreed to: which words they were shown, and what those said is shared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: str = Field(max_length=80)
    """Id of the message that asked."""
    shares: tuple[str, ...] = ()
    """Names of what is shared, such as ``phone`` and ``conversation``; no content."""
    since: datetime | None = None
    """From when on what was said is shared; None: from the offer on."""
    with_desk: str | None = None
    variant: str | None = None


@dataclass(frozen=True)
class Offer:
    """What is known when a case is offered.

    Attributes:
        kind: The intent that it came from.
        danger: Whether danger words were in the text.
        answers: Ids of the person's answers to our questions.
        about: What they told of themselves, or of the person they write for.
        for_other: Whether it is for somebody else than who writes.
    """

    conversation_id: str
    kind: str
    danger: bool = False
    origin: str | None = None
    destination: str | None = None
    city: str | None = None
    answers: tuple[str, ...] = ()
    for_other: bool = False
    about: About | None = field(default=None, repr=False)
    variant: str | None = None


def offer(tx: Tx, office: Office, wanted: Offer) -> Case:
    """Offer a case in a conversation. Nothing is shared before `consent`.

    Returns:
        The case with its reference. While an earlier offer waits for an answer, that one, with
        what is known now.

    Raises:
        CaseRefusedError: The conversation has a case already, or the person is being forgotten.
        UnknownCaseError: There is no such conversation.
        NoDesksError: Nobody works where it would go.
    """
    conversation = rows.lock_conversation(tx, wanted.conversation_id)
    _see_that_nobody_is_forgotten(tx, conversation.contact_id)
    before = rows.open_case(tx, wanted.conversation_id)
    if before is not None and before.state is not State.OFFERED:
        raise CaseRefusedError(
            "already_open", "There is an open case in this conversation. Add to that one."
        )
    now = office.clock()
    corridor = Corridor(wanted.origin, wanted.destination, wanted.city, wanted.kind)
    desk = directory.staffed(tx, office, ranked(office.plan, corridor))
    directory.see_that_desk_is_known(tx, office, desk)
    grave = risk.assess(
        office.plan.risk, danger=wanted.danger, kind=wanted.kind, answers=wanted.answers
    )
    about = None if wanted.about is None else wanted.about.model_dump_json(exclude_none=True)
    values = {
        "for_other": wanted.for_other,
        "about_encrypted": None if about is None else office.keyring.encrypt(about),
        "origin": wanted.origin,
        "destination": wanted.destination,
        "city": wanted.city,
        "kind": wanted.kind,
        "variant": wanted.variant or conversation.variant,
        "risk": grave.value,
        "desk_id": desk.id,
        "due_at": timers.offer_lapses(office.plan, now),
        "updated_at": now,
    }
    if before is None:
        case_id = tx.execute(
            insert(cases)
            .values(
                reference=_free_reference(tx, office),
                contact_id=conversation.contact_id,
                conversation_id=wanted.conversation_id,
                state=State.OFFERED.value,
                offered_at=now,
                level=0,
                **values,
            )
            .returning(cases.c.id)
        ).scalar_one()
    else:
        case_id = before.id
        tx.execute(update(cases).where(cases.c.id == case_id).values(**values))
    case = rows.read(tx, case_id)
    details = {"desk": desk.id, "risk": grave.value, "again": before is not None}
    write_down(tx, office, case, Action.OFFER, BOT, details=details)
    return case


def describe(  # noqa: PLR0913 - one value each
    tx: Tx,
    office: Office,
    case_id: int,
    *,
    for_other: bool,
    about: About,
    danger: bool = False,
) -> Case:
    """Note in an offered case whom it is about, as the person told before they agreed.

    Raises:
        CaseRefusedError: The case is no offer any more.
    """
    case = rows.lock(tx, case_id)
    if case.state is not State.OFFERED:
        raise CaseRefusedError("not_now", "This case was answered already. Add to it instead.")
    told = risk.assess(office.plan.risk, danger=danger, kind=case.kind)
    values = {
        "for_other": for_other,
        "about_encrypted": office.keyring.encrypt(about.model_dump_json(exclude_none=True)),
        "risk": max(case.risk, told, key=lambda each: each.weight).value,
        "updated_at": office.clock(),
    }
    tx.execute(update(cases).where(cases.c.id == case_id).values(**values))
    return rows.read(tx, case_id)


def consent(tx: Tx, office: Office, case_id: int, contact_id: str, terms: Terms) -> Case:
    """Open an offered case: the person agreed.

    Args:
        tx: The open write transaction.
        office: The surroundings.
        case_id: Which case.
        contact_id: Who agreed; nobody can for somebody else.
        terms: To what.

    Raises:
        CaseRefusedError: It is not theirs, or was answered already.
    """
    case = rows.lock(tx, case_id)
    now = office.clock()
    case = change(
        tx,
        office,
        case,
        Action.CONSENT,
        worker(contact_id),
        {
            "consent_terms": terms.model_dump_json(exclude_none=True),
            "consented_at": now,
            "opened_at": now,
            "level": 0,
            "due_at": timers.first_due(office.plan, case.risk, case.desk_id, now),
        },
        details={"desk": case.desk_id, "risk": case.risk.value},
        notice="opened",
    )
    history.share(tx, case, terms.since or case.offered_at)
    return case


def decline(tx: Tx, office: Office, case_id: int, contact_id: str) -> Case:
    """Take an offer back that the person did not want; of what they told for it nothing stays.

    Raises:
        CaseRefusedError: It is not theirs, or was answered already.
    """
    case = rows.lock(tx, case_id)
    gone = {"due_at": None, "about_encrypted": None}
    return change(tx, office, case, Action.DECLINE, worker(contact_id), gone)


def reopen(
    tx: Tx, office: Office, case_id: int, actor: Actor, *, answers: Iterable[str] = ()
) -> Case:
    """Open a closed case once more.

    Raises:
        CaseRefusedError: It may not be, or there is another open case in its conversation.
    """
    case = rows.lock(tx, case_id)
    _see_that_nobody_is_forgotten(tx, case.contact_id)
    if case.erased_at is not None:
        raise CaseRefusedError(
            "erased", "What this case held was deleted. The person can ask for a new one."
        )
    other = rows.open_case(tx, case.conversation_id)
    if other is not None and case.state is State.CLOSED:
        raise CaseRefusedError(
            "already_open", "There is a newer open case in this conversation. Add to that one."
        )
    now = office.clock()
    told = risk.assess(office.plan.risk, danger=False, kind=case.kind, answers=answers)
    grave = max(case.risk, told, key=lambda each: each.weight)
    return change(
        tx,
        office,
        case,
        Action.REOPEN,
        actor,
        {
            "risk": grave,
            "reopened_at": now,
            "closed_at": None,
            "outcome": None,
            "acknowledged_at": None,
            "assignee_id": None,
            "level": 0,
            "due_at": timers.first_due(office.plan, grave, case.desk_id, now),
        },
        notice="reopened",
    )


def withdraw(tx: Tx, office: Office, case_id: int, contact_id: str) -> Case:
    """End a case whose person takes their consent back: what was shared is taken out of it.

    Their conversation with the bot stays theirs; if a person had it, the bot has it again.

    Raises:
        CaseRefusedError: It is not theirs, or no consent was given.
    """
    case = rows.lock(tx, case_id)
    was_with_person = case.state is State.WITH_PERSON
    now = office.clock()
    case = change(
        tx,
        office,
        case,
        Action.WITHDRAW,
        worker(contact_id),
        {"withdrawn_at": now, "due_at": None, "about_encrypted": None},
        notice="withdrawn",
    )
    case_erasure.empty(tx, [case.id])
    if was_with_person:
        set_person_has_it(tx, case, has_it=False)
    return case


def lapse(tx: Tx, office: Office, case: Case) -> Case:
    """Take an offer back that nobody answered; `climbing` does so when it is time."""
    gone = {"due_at": None, "about_encrypted": None}
    return change(tx, office, case, Action.LAPSE, SYSTEM, gone)


def set_person_has_it(tx: Tx, case: Case, *, has_it: bool) -> None:
    """Give the conversation of a case to a person, or back to the bot."""
    tx.execute(
        update(conversations)
        .where(conversations.c.id == case.conversation_id)
        .values(person_has_it=has_it)
    )


def _see_that_nobody_is_forgotten(tx: Tx, contact_id: str) -> None:
    erasing = tx.execute(select(contacts.c.erase_at).where(contacts.c.id == contact_id))
    if erasing.scalar_one_or_none() is not None:
        raise CaseRefusedError(
            "forgotten",
            "This person asked to be forgotten, which is being done. Ask again in a minute.",
        )


def _free_reference(tx: Tx, office: Office) -> str:
    for _ in range(_TRIES):
        reference = new_reference(office.choose)
        if tx.execute(select(cases.c.id).where(cases.c.reference == reference)).first() is None:
            return reference
    raise NoDesksError("No reference is free: the source of chance gives the same ones again.")
