"""What the person is told of their case: somebody has it, the assistant has it, it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog

from safar.cases.errors import CaseRefusedError
from safar.cases.rows import Case
from safar.console.house import House
from safar.console.replying import outgoing
from safar.gateway import queueing
from safar.gateway.reach import way_to
from safar.phrasing.languages import LAST_RESORT
from safar.phrasing.values import Phrase, Text, Value
from safar.store.database import Tx

TAKEN: Final = "case.taken"
HANDED_BACK: Final = "case.handed_back"
CLOSED: Final = "case.closed"

_log = structlog.get_logger(__name__)


def tell(tx: Tx, house: House, case: Case, message: str, key: str) -> bool:
    """Queue a message to the person of a case; return whether they will get it.

    Nothing is queued where another person has the telephone, where the person asked to be left
    alone, and where WhatsApp would not take it: what staff do is done all the same.

    Args:
        tx: The write transaction in which staff do something.
        house: The surroundings.
        case: Of whom; locked.
        message: Id of the message.
        key: The same for the same deed, so that it is told once.
    """
    if case.detached_at is not None or case.erased_at is not None:
        return False
    if not house.words.has(message):
        _log.error("case.message_missing", message_id=message)
        return False
    now = house.clock()
    variant = variant_of(house, case)
    way = way_to(tx, house.settings, case.conversation_id, variant, now)
    said = house.words.phrase(Phrase(id=message, values=values_of(house, case)), variant)
    try:
        text = outgoing(house.words, way, variant, said, "notice")
    except CaseRefusedError as refused:
        _log.info("case.not_told", case_id=case.id, message_id=message, code=refused.code)
        return False
    queued = queueing.put(
        tx,
        house.keyring,
        idempotency_key=key,
        conversation_id=case.conversation_id,
        text=text,
        now=now,
    )
    return queued is not None


def variant_of(house: House, case: Case) -> str:
    """Return the variant in which the person of a case is written to."""
    known = case.variant is not None and case.variant in house.languages
    return str(case.variant) if known else LAST_RESORT


def values_of(house: House, case: Case) -> Mapping[str, Value]:
    """Return what stands in the place of ``{reference}`` and ``{desk}``."""
    desk = house.office().plan.desk(case.desk_id)
    return {
        "reference": Text(text=case.reference),
        "desk": Text(text=case.desk_id if desk is None else desk.name),
    }
