"""What states, risks, steps and outcomes of cases are called."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from safar.cases.handling import Outcome
from safar.cases.plan import Risk
from safar.cases.states import Action, State
from safar.console.i18n import marked

RISKS: Final = MappingProxyType(
    {Risk.RED: marked("Red"), Risk.AMBER: marked("Amber"), Risk.GREEN: marked("Green")}
)
STATES: Final = MappingProxyType(
    {
        State.OFFERED: marked("Offered"),
        State.DECLINED: marked("Declined"),
        State.OPEN: marked("Nobody has looked yet"),
        State.ACKNOWLEDGED: marked("Acknowledged"),
        State.WITH_PERSON: marked("An officer has the conversation"),
        State.HANDED_BACK: marked("Handed back"),
        State.CLOSED: marked("Closed"),
        State.REOPENED: marked("Reopened"),
        State.WITHDRAWN: marked("Consent withdrawn"),
    }
)
OUTCOMES: Final = MappingProxyType(
    {
        Outcome.HELPED.value: marked("Helped"),
        Outcome.REFERRED.value: marked("Referred to another office"),
        Outcome.NOT_REACHED.value: marked("Not reached any more"),
        Outcome.NOT_OURS.value: marked("Not for this office"),
        Outcome.REPEATED.value: marked("Is in another case"),
        Outcome.OTHER.value: marked("Other"),
    }
)
ACTIONS: Final = MappingProxyType(
    {
        Action.OFFER.value: marked("Offered"),
        Action.CONSENT.value: marked("The person agreed"),
        Action.DECLINE.value: marked("The person declined"),
        Action.LAPSE.value: marked("The offer was not answered"),
        Action.ADD.value: marked("The person added something"),
        Action.ACKNOWLEDGE.value: marked("Acknowledged"),
        Action.ASSIGN.value: marked("Given to a colleague"),
        Action.NOTE.value: marked("Note written"),
        Action.TAKE.value: marked("Conversation taken"),
        Action.REPLY.value: marked("Reply sent"),
        Action.HAND_BACK.value: marked("Conversation handed back"),
        Action.TRANSFER.value: marked("Passed on to another desk"),
        Action.CLIMB.value: marked("Waited too long, and went further"),
        Action.REMIND.value: marked("Supervisor reminded"),
        Action.CLOSE.value: marked("Closed"),
        Action.REOPEN.value: marked("Reopened"),
        Action.WITHDRAW.value: marked("The person withdrew their consent"),
        Action.LINK.value: marked("Linked with another case"),
        Action.UNLINK.value: marked("Link taken away"),
        Action.ERASE.value: marked("Forgotten at the wish of the person"),
    }
)
AUTHORS: Final = MappingProxyType(
    {
        "worker": marked("The person"),
        "bot": marked("The assistant"),
        "staff": marked("Staff"),
        "system": marked("Safar"),
    }
)


def kind_words(kind: str) -> str:
    """Return what a case is about, for staff: its intent, without the underscores."""
    return kind.removeprefix("ask_").replace("_", " ")
