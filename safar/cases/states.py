"""The life of a case: its states, what may be done in each, and what that leads to.

offered: consent → open; decline, lapse → declined (the end)
open: acknowledge → acknowledged; take → with_person
acknowledged: take → with_person; close → closed; transfer → open, at another desk
with_person: hand_back → handed_back
handed_back: take → with_person; close → closed; transfer → open, at another desk
closed: reopen → reopened, which goes on as open does

Consent may be withdrawn whenever it was given: withdrawn (the end).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from safar.cases.errors import CaseRefusedError


class State(str, Enum):
    """Where a case stands."""

    OFFERED = "offered"
    """The person was asked whether they want it; nothing is shared yet."""
    DECLINED = "declined"
    OPEN = "open"
    """Consent was given; nobody has acknowledged it yet."""
    ACKNOWLEDGED = "acknowledged"
    WITH_PERSON = "with_person"
    """A person has the conversation: the bot is silent."""
    HANDED_BACK = "handed_back"
    CLOSED = "closed"
    REOPENED = "reopened"
    """Open once more; nobody has acknowledged it yet."""
    WITHDRAWN = "withdrawn"


class Action(str, Enum):
    """What may be done to a case."""

    OFFER = "offer"
    CONSENT = "consent"
    DECLINE = "decline"
    LAPSE = "lapse"
    """The offer was not answered in time."""
    ADD = "add"
    """The person adds something."""
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    NOTE = "note"
    TAKE = "take"
    REPLY = "reply"
    HAND_BACK = "hand_back"
    TRANSFER = "transfer"
    CLIMB = "climb"
    REMIND = "remind"
    """Somebody looked and nobody answered: the supervisor is told."""
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    LINK = "link"
    """Put beside another case of the same desk."""
    UNLINK = "unlink"
    ERASE = "erase"
    """The person asked to be forgotten; done by `safar.store.case_erasure`."""


ENDED: Final = frozenset({State.DECLINED, State.CLOSED, State.WITHDRAWN})
"""A conversation may have any number of cases in these states, and one in all others together."""

WAITING: Final = frozenset({State.OPEN, State.REOPENED})
"""Nobody has acknowledged it yet, so it may climb."""

LOOKED_AT: Final = frozenset({State.ACKNOWLEDGED, State.WITH_PERSON, State.HANDED_BACK})
"""Somebody has acknowledged it, and it goes on; the person may wait for an answer still."""

_S, _A = State, Action

TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = MappingProxyType(
    {
        (_S.OFFERED, _A.CONSENT): _S.OPEN,
        (_S.OFFERED, _A.DECLINE): _S.DECLINED,
        (_S.OFFERED, _A.LAPSE): _S.DECLINED,
        **{
            (waiting, action): after
            for waiting in (_S.OPEN, _S.REOPENED)
            for action, after in (
                (_A.ADD, waiting),
                (_A.NOTE, waiting),
                (_A.CLIMB, waiting),
                (_A.TRANSFER, waiting),
                (_A.ACKNOWLEDGE, _S.ACKNOWLEDGED),
                (_A.TAKE, _S.WITH_PERSON),
            )
        },
        **{(looked_at, _A.REMIND): looked_at for looked_at in LOOKED_AT},
        (_S.ACKNOWLEDGED, _A.ADD): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, _A.NOTE): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, _A.ASSIGN): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, _A.TAKE): _S.WITH_PERSON,
        (_S.ACKNOWLEDGED, _A.TRANSFER): _S.OPEN,
        (_S.ACKNOWLEDGED, _A.CLOSE): _S.CLOSED,
        (_S.WITH_PERSON, _A.ADD): _S.WITH_PERSON,
        (_S.WITH_PERSON, _A.NOTE): _S.WITH_PERSON,
        (_S.WITH_PERSON, _A.REPLY): _S.WITH_PERSON,
        (_S.WITH_PERSON, _A.HAND_BACK): _S.HANDED_BACK,
        (_S.HANDED_BACK, _A.ADD): _S.HANDED_BACK,
        (_S.HANDED_BACK, _A.NOTE): _S.HANDED_BACK,
        (_S.HANDED_BACK, _A.ASSIGN): _S.HANDED_BACK,
        (_S.HANDED_BACK, _A.TAKE): _S.WITH_PERSON,
        (_S.HANDED_BACK, _A.TRANSFER): _S.OPEN,
        (_S.HANDED_BACK, _A.CLOSE): _S.CLOSED,
        (_S.CLOSED, _A.NOTE): _S.CLOSED,
        (_S.CLOSED, _A.REOPEN): _S.REOPENED,
        **{
            (state, action): state
            for state in State
            if state not in {_S.OFFERED, _S.DECLINED, _S.WITHDRAWN}
            for action in (_A.LINK, _A.UNLINK)
        },
        **{
            (state, _A.WITHDRAW): _S.WITHDRAWN
            for state in State
            if state not in {_S.OFFERED, _S.DECLINED, _S.WITHDRAWN}
        },
    }
)
"""Everything that is allowed; what is not here is refused."""

_WHY: Final[Mapping[State, str]] = MappingProxyType(
    {
        _S.OFFERED: "The person has not agreed to this case yet. Wait for their answer.",
        _S.DECLINED: "The person did not want this case, or did not answer. Nothing can be done in"
        " it; they can ask for a new one.",
        _S.OPEN: "Nobody has acknowledged this case yet. Acknowledge it first.",
        _S.REOPENED: "This case was reopened and nobody has acknowledged it since. Acknowledge it"
        " first.",
        _S.ACKNOWLEDGED: "This case is acknowledged, and the bot has the conversation. Take the"
        " conversation first.",
        _S.WITH_PERSON: "A person has this conversation. Hand it back first, so that the worker"
        " knows who answers them.",
        _S.HANDED_BACK: "The conversation was handed back to the bot. Take it first.",
        _S.CLOSED: "This case is closed. Reopen it first.",
        _S.WITHDRAWN: "The person has withdrawn their consent. Nothing can be done in this case;"
        " they can ask for a new one.",
    }
)
_DONE: Final[Mapping[tuple[State, Action], str]] = MappingProxyType(
    {
        (_S.ACKNOWLEDGED, _A.ACKNOWLEDGE): "This case is acknowledged already.",
        (_S.WITH_PERSON, _A.TAKE): "Somebody has this conversation already. Ask them to hand it"
        " back, or their supervisor to do so.",
        (_S.WITH_PERSON, _A.ACKNOWLEDGE): "Somebody has taken this conversation already.",
        (_S.HANDED_BACK, _A.HAND_BACK): "The conversation was handed back already.",
        (_S.HANDED_BACK, _A.ACKNOWLEDGE): "This case was acknowledged already.",
        (_S.CLOSED, _A.CLOSE): "This case is closed already.",
        (_S.OPEN, _A.CONSENT): "The person has agreed to this case already.",
    }
)
SENTENCES: Final = (*_WHY.values(), *_DONE.values())
"""All of them, for translators."""


def follows(state: State, action: Action) -> State:
    """Return the state that an action leads to.

    Raises:
        CaseRefusedError: It is not allowed; the sentence says what to do instead.
    """
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise CaseRefusedError("not_now", _DONE.get((state, action), _WHY[state]))
    return after
