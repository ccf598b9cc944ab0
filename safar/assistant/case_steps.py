"""Carries out what a turn wishes of the cases, in the transaction that closes the message.

What a wish leads to can only be said once it has been done: the office it went to, its number.
So the reply is made here, and takes the place of what the turn would have said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from safar.answers.compose import intent_option
from safar.assistant import case_words as words
from safar.cases import lookup, opening, rows, talking
from safar.cases.actors import worker
from safar.cases.errors import CaseRefusedError, NoDesksError
from safar.cases.office import Office
from safar.cases.opening import About, Offer, Terms
from safar.cases.plan import Risk
from safar.cases.rows import Case
from safar.cases.states import State
from safar.messaging.case_wish import CaseWish
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase, Text, Value
from safar.store.database import Tx

SHARED_BACK: Final = timedelta(hours=24)
"""How far back what was said is shared; the question for consent says so."""
_SHARES: Final = ("phone", "conversation", "danger")
_LONGEST_ABOUT: Final = 4000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """The message whose turn made the wish.

    Attributes:
        contact_id: Who wrote it.
        text: What they wrote.
        variant: Their language variant (BCP 47).
        numbers: Whom to call where they are.
        said: What the turn would say.
    """

    conversation_id: str
    contact_id: str
    inbox_id: int
    text: str = field(repr=False)
    variant: str
    numbers: Sequence[Phrase]
    said: Reply


def carry_out(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    """Do what is wished and return what to say; None where the turn's own reply is right.

    That is so where nobody takes cases, and where there is no case that the wish is about.
    """
    try:
        return _STEPS[wish.step](tx, office, wish, asked)
    except NoDesksError:
        _log.error("cases.no_desks", inbox_id=asked.inbox_id)
    except CaseRefusedError as refused:
        _log.warning("cases.refused", inbox_id=asked.inbox_id, code=refused.code)
    return None


def _ask(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    case = rows.open_case(tx, asked.conversation_id)
    if case is not None and case.state is not State.OFFERED:
        return words.standing(office, case, asked.numbers)
    return words.question(office, _offer(tx, office, wish, asked))


def _offer(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Case:
    return opening.offer(
        tx,
        office,
        Offer(
            asked.conversation_id,
            wish.kind,
            danger=wish.danger,
            origin=wish.origin,
            destination=wish.destination,
            city=wish.city,
            answers=wish.answers,
            variant=asked.variant,
        ),
    )


def _consent(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    case = rows.open_case(tx, asked.conversation_id)
    if case is None or case.state is not State.OFFERED:
        return None if case is None else words.standing(office, case, asked.numbers)
    if wish.for_other:
        told = {"written": asked.text[:_LONGEST_ABOUT]} if wish.about_text else {}
        opening.describe(
            tx, office, case.id, for_other=True, about=About(told=told), danger=wish.danger
        )
    terms = Terms(
        message="case.offer",
        shares=_SHARES,
        since=office.clock() - SHARED_BACK,
        with_desk=case.desk_id,
        variant=asked.variant,
    )
    case = opening.consent(tx, office, case.id, asked.contact_id, terms)
    message = "case.opened_other" if wish.for_other else "case.opened"
    return words.opened(office, case, asked.numbers, message)


def _decline(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    case = rows.open_case(tx, asked.conversation_id)
    if case is not None and case.state is State.OFFERED:
        opening.decline(tx, office, case.id, asked.contact_id)
    return None


def _add(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    case = _live(tx, asked)
    if case is None:
        return None
    case = _added(tx, office, wish, asked, case)
    return words.added(office, case, asked.numbers)


def _danger(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    """Pass a cry for help on to who has the case; the numbers stay what is said first."""
    case = _live(tx, asked)
    if case is None:
        return None
    case = _added(tx, office, wish, asked, case)
    told = words.about_case(office, case, "case.told_danger", "desk", "reference")
    return asked.said.model_copy(update={"parts": [*asked.said.parts, told], "case": None})


def _added(tx: Tx, office: Office, wish: CaseWish, asked: Asked, case: Case) -> Case:
    return talking.add(
        tx,
        office,
        case.id,
        asked.contact_id,
        asked.text,
        asked.inbox_id,
        danger=wish.danger,
        answers=wish.answers,
    )


def _status(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    own = lookup.of_contact(tx, asked.contact_id)
    if wish.reference is not None:
        named = lookup.by_reference(tx, office, wish.reference)
        if named is None:
            values: dict[str, Value] = {"reference": Text(text=wish.reference)}
            unknown = Phrase(id="case.unknown", values=values)
            return Reply(parts=[unknown], options=[intent_option("talk_to_person")])
        if named.id not in {case.id for case in own}:
            return words.of_another(office, named)
        own = [named]
    case = next((case for case in own if case.state is not State.DECLINED), None)
    if case is None:
        return None
    if case.state is State.OFFERED:
        return words.question(office, case, "case.offer_again")
    return words.standing(office, case, asked.numbers)


def _reopen(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    case = _own(tx, office, wish, asked, State.CLOSED)
    if case is None:
        return None
    try:
        case = opening.reopen(tx, office, case.id, worker(asked.contact_id), answers=wish.answers)
    except CaseRefusedError:
        cannot = words.about_case(office, case, "case.cannot", "reference")
        return Reply(parts=[cannot], options=[intent_option("case_status")], sensitive=True)
    return words.opened(office, case, asked.numbers, "case.reopened")


def _withdraw(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    """Take consent back once it is sure: what is emptied cannot be filled again."""
    case = _own(tx, office, wish, asked, *_WITHDRAWABLE)
    if case is None:
        return None
    if not wish.sure:
        sure = words.about_case(office, case, "case.withdraw_sure", "desk")
        options = [words.step_option("withdraw_sure"), intent_option("case_status")]
        return Reply(parts=[sure], options=options, sensitive=True)
    opening.withdraw(tx, office, case.id, asked.contact_id)
    done = words.about_case(office, case, "case.withdrawn", "desk")
    return Reply(parts=[done], options=[intent_option("talk_to_person")], sensitive=True)


def _forget(tx: Tx, office: Office, wish: CaseWish, asked: Asked) -> Reply | None:
    """Ask back where a person in danger would lose who is helping them."""
    case = _live(tx, asked)
    if case is None or case.risk is not Risk.RED:
        return None
    first = words.about_case(office, case, "case.forget_first", "reference")
    options = [words.step_option("forget_sure"), intent_option("case_status")]
    return Reply(parts=[first], options=options, sensitive=True)


def _live(tx: Tx, asked: Asked) -> Case | None:
    """Return the open case of the conversation that was agreed to."""
    case = rows.open_case(tx, asked.conversation_id)
    return None if case is None or case.state is State.OFFERED else case


def _own(tx: Tx, office: Office, wish: CaseWish, asked: Asked, *states: State) -> Case | None:
    """Return the person's newest case in one of the states; the one they named, if they did."""
    own = [case for case in lookup.of_contact(tx, asked.contact_id) if case.state in states]
    if wish.reference is not None:
        named = lookup.by_reference(tx, office, wish.reference)
        own = [case for case in own if named is not None and case.id == named.id]
    return next(iter(own), None)


_WITHDRAWABLE: Final = tuple(
    state for state in State if state not in {State.OFFERED, State.DECLINED, State.WITHDRAWN}
)

_STEPS: Final[dict[str, Callable[[Tx, Office, CaseWish, Asked], Reply | None]]] = {
    "ask": _ask,
    "consent": _consent,
    "decline": _decline,
    "add": _add,
    "danger": _danger,
    "status": _status,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "forget": _forget,
}
