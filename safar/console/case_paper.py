"""One case on paper, in the words of the officer who prints it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select

from safar.cases import lookup, numbers, rows
from safar.cases.errors import UnknownCaseError
from safar.cases.exporting.paper import Entry, Event, Fact, Paper
from safar.cases.exporting.paper import Words as PaperWords
from safar.cases.lookup import Said
from safar.cases.opening import About
from safar.cases.rows import Case
from safar.cases.states import Action
from safar.cases.timers import What
from safar.console.case_words import ACTIONS, AUTHORS, OUTCOMES, RISKS, STATES, kind_words
from safar.console.house import House
from safar.console.i18n import Words
from safar.console.rendering import country, desk_name, language
from safar.console.signed_in import SignedIn
from safar.store.case_tables import staff
from safar.store.crypto import KeyRing
from safar.store.database import Tx

_MOVES: Final = frozenset({Action.CONSENT.value, Action.TRANSFER.value})
"""Steps that say at which desk a case is."""


@dataclass(frozen=True)
class Teller:
    """Says things in the words of one reader.

    Attributes:
        house: The surroundings.
        me: The reader.
        words: In their language.
        when: Says a moment as the clock at their desk shows it.
    """

    house: House
    me: SignedIn
    words: Words
    when: Callable[..., str]


def paper(tx: Tx, tell: Teller, case_id: int) -> Paper:
    """Return a case of one's own desk as it is printed.

    Raises:
        UnknownCaseError: There is none of this number at this desk that anybody agreed to.
        CryptoError: A text cannot be decrypted.
    """
    case = rows.read(tx, case_id)
    if case.desk_id != tell.me.desk_id or case.consented_at is None:
        raise UnknownCaseError("There is no such case.")
    _, keyring = tell.words, tell.house.keyring
    said = lookup.said(tx, keyring, case_id)
    events = lookup.timeline(tx, case_id)
    staff_ids = {*(each.staff_id for each in said), *(row.staff_id for row in events)}
    names = _names(tx, keyring, {case.assignee_id, *staff_ids} - {None})
    return Paper(
        title=_("Case %(number)s", number=case.id),
        language=_.tag,
        direction="rtl" if _.direction == "rtl" else "ltr",
        made=_(
            "Made on %(time)s by %(name)s, %(desk)s. Times are those at the desk.",
            time=tell.when(tell.house.clock(), "full"),
            name=tell.me.name,
            desk=desk_name(tell.house, tell.me.desk_id),
        ),
        handling=_(
            "Confidential: it holds what a person wrote in trust. Give it only to whoever must act"
            " on it."
        ),
        words=_paper_words(_),
        facts=tuple(_facts(tx, tell, case, names, lookup.about(tx, keyring, case_id))),
        timeline=tuple(_event(tell, names, row) for row in events),
        transcript=tuple(_entry(tell, names, case, each) for each in said if each.body),
    )


def _paper_words(_: Words) -> PaperWords:
    return PaperWords(
        facts=_("What is known"),
        timeline=_("What was done"),
        transcript=_("What was said"),
        columns=(_("When"), _("What"), _("Who")),
        nothing=_("Nothing is kept of what was said."),
        page=_("Page {page} of {pages}"),
        missing=_("[text in the script {script} cannot be printed here]"),
    )


def _facts(
    tx: Tx, tell: Teller, case: Case, names: Mapping[str, str], shared: About
) -> Iterable[Fact]:
    _, when = tell.words, tell.when
    told: list[tuple[str, str | None]] = [
        (_("Reference"), None if case.erased_at else case.reference),
        (_("Risk"), _(RISKS[case.risk])),
        (_("State"), _(STATES[case.state])),
        (_("About"), kind_words(case.kind)),
        (_("From"), country(case.origin, _)),
        (_("Works in"), country(case.destination, _)),
        (_("City"), case.city),
        (_("Language"), language(case.variant, _)),
        (_("Desk"), desk_name(tell.house, case.desk_id)),
        (_("Officer"), names.get(case.assignee_id or "")),
        (_("Number"), _number(tx, tell, case)),
        (_("Writes for"), _("somebody else") if case.for_other else None),
        (_("Name"), shared.name),
        (_("Relation"), shared.relation),
        *shared.told.items(),
        (_("Opened"), when(case.opened_at)),
        (_("Acknowledged"), when(case.acknowledged_at)),
        (_("First reply"), when(case.first_reply_at)),
        (_("Reopened"), when(case.reopened_at)),
        (_("Closed"), when(case.closed_at)),
        (_("Outcome"), _(OUTCOMES[case.outcome]) if case.outcome else None),
        (_("Forgotten"), when(case.erased_at)),
    ]
    return (Fact(label, value) for label, value in told if value)


def _number(tx: Tx, tell: Teller, case: Case) -> str | None:
    """Return the masked number, if the person agreed to share it."""
    terms = numbers.terms_of(tx, case.id)
    if terms is None or numbers.SHARES_NUMBER not in terms.shares:
        return None
    number = numbers.number_of(tx, tell.house.keyring, case)
    return None if number is None else numbers.masked(number)


def _event(tell: Teller, names: Mapping[str, str], row: Row[Any]) -> Event:
    what = tell.words(ACTIONS[row.action])
    told = json.loads(row.details)
    if row.action in _MOVES or told.get("what") == What.NEXT_DESK.value:
        desks = [desk_name(tell.house, told[key]) for key in ("from", "to", "desk") if key in told]
        # No arrow: it would point the wrong way from right to left.
        what = f"{what} ({' – '.join(desks)})"
    return Event(tell.when(row.at), what, _who(tell, names, row.actor, row.staff_id))


def _entry(tell: Teller, names: Mapping[str, str], case: Case, each: Said) -> Entry:
    who = _who(tell, names, each.author, each.staff_id)
    if each.kind != "text":
        note_of = tell.words("Note of %(name)s", name=who)
        return Entry(note_of, tell.when(each.at), each.body, tell.words.tag, "note")
    return Entry(who, tell.when(each.at), each.body, _spoken(case.variant))


def _who(tell: Teller, names: Mapping[str, str], kind: str, staff_id: str | None) -> str:
    return names.get(staff_id or "") or tell.words(AUTHORS[kind])


def _names(tx: Tx, keyring: KeyRing, staff_ids: Collection[str | None]) -> dict[str, str]:
    found = tx.execute(select(staff.c.id, staff.c.name_encrypted).where(staff.c.id.in_(staff_ids)))
    return {row.id: keyring.decrypt(row.name_encrypted) for row in found.all()}


def _spoken(tag: str | None) -> str:
    return (tag or "en").partition("-")[0]
