"""Sentences on the page of a case, beside the words in `case_words`; marked for translators."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from safar.cases.similar import Why
from safar.cases.states import Action
from safar.cases.transcript import Delivery, Sent
from safar.console.case_words import AUTHORS, OUTCOMES
from safar.console.i18n import Words, marked
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.values import Phrase

WHY_ALIKE: Final[Mapping[str, str]] = {
    Why.PERSON.value: marked("same person"),
    Why.EMPLOYER.value: marked("same employer"),
    Why.AGENCY.value: marked("same agency"),
    Why.JOURNEY.value: marked("same countries and kind"),
}
SENT: Final[Mapping[str, str]] = {
    Sent.QUEUED.value: marked("Queued"),
    Sent.ACCEPTED.value: marked("Handed to the carrier"),
    Sent.SENT.value: marked("Sent"),
    Sent.DELIVERED.value: marked("Delivered"),
    Sent.READ.value: marked("Read"),
    Sent.UNKNOWN.value: marked("Not known yet whether it left"),
    Sent.FAILED.value: marked("Failed"),
}
_FAILURES: Final[Mapping[str, str]] = {
    "opted_out": marked("the person asked to get no more messages"),
    "other_person": marked("another person has the telephone now"),
    "no_address": marked("there is no address any more"),
    "erased": marked("the person asked to be forgotten"),
    "outcome_unknown": marked("the carrier never said what became of it"),
    "led_round": marked("its channel was out of order"),
    "63016": marked("WhatsApp's 24 hours were over"),
    "131047": marked("WhatsApp's 24 hours were over"),
    "63024": marked("this number is not on WhatsApp"),
    "131026": marked("this number is not on WhatsApp"),
    "30003": marked("the telephone is off or without network"),
    "30005": marked("this number is not in use"),
    "30006": marked("this is a landline or cannot be reached"),
    "30007": marked("the carrier filtered it"),
    "21610": marked("the person asked to get no more messages"),
}
SHARED: Final[Mapping[str, str]] = {
    "phone": marked("telephone number"),
    "conversation": marked("what was written"),
    "about": marked("what was told of the person concerned"),
    "name": marked("name"),
    "place": marked("place"),
}
TOLD: Final[Mapping[str, str]] = {
    "employer": marked("Employer"),
    "agency": marked("Agency"),
    "address": marked("Address"),
    "passport": marked("Passport"),
    "phone": marked("Other telephone"),
    "place": marked("Place"),
    "age": marked("Age"),
    "last_contact": marked("Last contact"),
    "safe_hours": marked("Safe hours to write or call"),
}
_KINDS: Final[Mapping[str, str]] = {
    "greet": marked("Greeting"),
    "goodbye": marked("Goodbye"),
    "thank": marked("Thanks"),
    "affirm": marked("Yes"),
    "deny": marked("No"),
    "change_language": marked("Another language"),
    "bot_challenge": marked("Whether a machine answers"),
    "out_of_scope": marked("Something else"),
    "inform": marked("Told a fact"),
    "case_status": marked("How a case stands"),
    "nlu_fallback": marked("Not understood"),
}
_EVENTS: Final[Mapping[str, str]] = {
    Action.OFFER.value: marked("offered a case"),
    Action.CONSENT.value: marked("agreed to the case"),
    Action.ADD.value: marked("wrote"),
    Action.DECLINE.value: marked("did not want the case"),
    Action.LAPSE.value: marked("took the offer back: nobody had answered"),
    Action.ACKNOWLEDGE.value: marked("acknowledged the case"),
    Action.ASSIGN.value: marked("gave the case to %(to)s"),
    Action.NOTE.value: marked("wrote a note"),
    Action.TAKE.value: marked("took the conversation"),
    Action.REPLY.value: marked("answered"),
    Action.HAND_BACK.value: marked("handed the conversation back"),
    Action.TRANSFER.value: marked("passed the case on from %(from)s to %(to)s"),
    Action.REMIND.value: marked("told the supervisor: nobody had answered"),
    Action.CLOSE.value: marked("closed the case: %(outcome)s"),
    Action.REOPEN.value: marked("reopened the case"),
    Action.WITHDRAW.value: marked("took their consent back"),
    Action.LINK.value: marked("linked case %(with)s"),
    Action.UNLINK.value: marked("took the link with case %(with)s away"),
    Action.ERASE.value: marked("asked to be forgotten; the texts were erased"),
}
_CLIMBS: Final[Mapping[str, str]] = {
    "supervisor": marked("told the supervisor: nobody had looked"),
    "next_desk": marked("gave the case to the next desk: nobody had looked"),
    "remind": marked("told the supervisor again: nobody had looked"),
}
_OTHER_PERSON: Final = marked("handed the conversation back: another person has the telephone")

Named = Callable[[str], str]


def kind_title(catalogue: Catalogue, words: Words, kind: str) -> str:
    """Return what a kind of question is called in the language of a member of staff."""
    option = f"option.{kind}"
    if catalogue.has(option):
        return catalogue.phrase(Phrase(id=option), words.tag)
    return word_of(_KINDS, words, kind)


def word_of(table: Mapping[Any, str], words: Words, name: Any) -> str:
    """Return the word for something; its own name where there is none."""
    return words(table[name]) if name in table else str(name).replace("_", " ")


def delivery_words(words: Words, delivery: Delivery) -> str:
    """Say what became of a text, with the reason if it failed."""
    said = words(SENT[delivery.state.value])
    if delivery.code is not None:
        why = _FAILURES.get(delivery.code)
        reason = words(why) if why else words("code %(code)s", code=delivery.code)
        said = words("%(failed)s: %(reason)s", failed=said, reason=reason)
    if delivery.other_way:
        way = channel_name(delivery.channel)
        said = words("%(said)s, tried once more by %(channel)s", said=said, channel=way)
    return said


def channel_name(channel: str) -> str:
    """Return how a channel is called everywhere."""
    return {"sms": "SMS", "whatsapp": "WhatsApp"}.get(channel, channel)


def event_words(words: Words, event: Any, staff_name: Named, desk_name: Named) -> tuple[str, str]:
    """Return who did something and what, for a line of the timeline.

    Args:
        words: Of the reader's language.
        event: A row of `safar.cases.lookup.timeline`.
        staff_name: Gives the name of a member of staff by id.
        desk_name: Gives the name of a desk by id.
    """
    told: dict[str, Any] = json.loads(event.details)
    who = staff_name(event.staff_id) if event.staff_id else word_of(AUTHORS, words, event.actor)
    if event.action == Action.CLIMB.value:
        return who, word_of(_CLIMBS, words, told.get("what", ""))
    if event.action == Action.HAND_BACK.value and told.get("why") == "other_person":
        return who, words(_OTHER_PERSON)
    named = staff_name if event.action == Action.ASSIGN.value else desk_name
    values = {
        "with": str(told.get("with", "")),
        "outcome": word_of(OUTCOMES, words, told.get("outcome", "other")),
        "from": desk_name(str(told.get("from", ""))),
        "to": named(str(told.get("to", ""))),
    }
    sentence = _EVENTS.get(event.action)
    return who, words(sentence) % values if sentence else event.action
