"""What of an answer may be sent, judged when it is made: by then others may have used a limit up.

Many messages may be let in before the first of them is answered, so what was judged at their coming
holds for none of them together. Here it does: within the transaction that queues an answer nothing
is counted in between, so a limit is passed by one answer at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from safar.gateway.admission import danger_told
from safar.gateway.limits import LimitSettings, full_scope
from safar.gateway.messages import ClaimedMessage, OutgoingText
from safar.gateway.queueing import address_of_way
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.tables import contact_identities, conversations

_HELD_BACK = frozenset({"answer", "notice", "consent"})


class Allowed(NamedTuple):
    """The texts that may be sent, and the limit that held others back, if one did."""

    texts: Sequence[OutgoingText]
    reason: str | None = None


def allowed(  # noqa: PLR0913, PLR0917 - one value each
    tx: Tx,
    keyring: KeyRing,
    limits: LimitSettings,
    claimed: ClaimedMessage,
    texts: Sequence[OutgoingText],
    now: datetime,
) -> Allowed:
    """Return what may be sent of the answer to a message.

    Args:
        tx: The write transaction in which it is queued.
        keyring: Opens the address, of which the range and the country are counted.
        limits: How much may be sent.
        claimed: The message.
        texts: Its answer.
        now: UTC.
    """
    if not texts or not claimed.costs:
        return Allowed(texts)
    if claimed.treatment == "danger_only":
        enough = danger_told(tx, claimed.conversation_id, now) >= limits.danger_answers_day
        return Allowed(() if enough else texts, "limit.danger_answers_day" if enough else None)
    if claimed.treatment == "help" or all(text.kind not in _HELD_BACK for text in texts):
        return Allowed(texts)  # It may be a cry; how often it is answered was judged at its coming.
    way = tx.execute(
        select(
            conversations.c.contact_id,
            contact_identities.c.value_encrypted,
        )
        .join(contact_identities, contact_identities.c.id == conversations.c.identity_id)
        .where(conversations.c.id == claimed.conversation_id)
    ).one()
    # That a person's own limit is reached is said beyond it, once.
    own = () if claimed.treatment == "limit" else ("sender",)
    kinds = frozenset({"total", "country", "prefix", *own})
    scope = full_scope(tx, limits, way.contact_id, address_of_way(keyring, way), now, kinds)
    if scope is None:
        return Allowed(texts)
    return Allowed([text for text in texts if text.kind not in _HELD_BACK], f"limit.{scope}")
