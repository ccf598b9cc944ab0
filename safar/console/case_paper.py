"""One case on paper: what its page says, in the words of the officer who prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from safar.cases.exporting.paper import Entry, Event, Fact, Paper
from safar.cases.exporting.paper import Words as PaperWords
from safar.cases.glossary import Glossary
from safar.cases.numbers import SHARES_NUMBER, terms_of
from safar.console.case_sentences import word_of
from safar.console.case_view import Looking, Shown, View, Viewer, own_case
from safar.console.case_words import OUTCOMES
from safar.console.house import House
from safar.console.i18n import Words, marked
from safar.console.rendering import country, desk_name, language
from safar.console.signed_in import SignedIn
from safar.store.database import Tx

_NOTHING_EXPLAINED: Final = Looking(Glossary(), lambda _: False)
_LOCKED: Final = marked("No key opens this text. Tell whoever runs Safar here.")


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


def paper(tx: Tx, tell: Teller, number: int) -> Paper:
    """Return a case of one's own desk as it is printed.

    Raises:
        UnknownCaseError: There is none of this number at this desk that anybody agreed to.
    """
    case = own_case(tx, tell.me, number)
    view = Viewer(tx, tell.house, _NOTHING_EXPLAINED, tell.words).view(case)
    terms = terms_of(tx, number)
    shared = terms is not None and SHARES_NUMBER in terms.shares
    _ = tell.words
    return Paper(
        title=_("Case %(number)s", number=view.reference or number),
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
        facts=tuple(_facts(tell, view, view.number if shared else None)),
        timeline=tuple(Event(tell.when(at), who, what) for at, who, what in view.events),
        transcript=tuple(_entry(tell, line) for line in view.lines if line.lost != "erased"),
    )


def _paper_words(_: Words) -> PaperWords:
    return PaperWords(
        facts=_("What is known"),
        timeline=_("What was done"),
        transcript=_("What was said"),
        columns=(_("When"), _("Who"), _("What")),
        nothing=_("Nothing is kept of what was said."),
        page=_("Page {page} of {pages}"),
        missing=_("[text in the script {script} cannot be printed here]"),
    )


def _facts(tell: Teller, view: View, number: str | None) -> Iterable[Fact]:
    _, when, case = tell.words, tell.when, view.case
    told: list[tuple[str, str | None]] = [
        (_("Number"), f"{case.id} ({view.reference})" if view.reference else str(case.id)),
        (_("Risk"), view.risk),
        (_("State"), view.state),
        (_("Kind"), view.kind),
        (_("From"), country(case.origin, _)),
        (_("Works in"), country(case.destination, _)),
        (_("City"), case.city),
        (_("Writes"), language(case.variant, _)),
        (_("Desk"), desk_name(tell.house, case.desk_id)),
        (_("With"), view.assignee),
        (_("Telephone"), number),
        (_("For whom"), _("for somebody else") if case.for_other else None),
        (_("Name"), view.about.name),
        (_("Relation to who writes"), view.about.relation),
        *view.told,
        (_("Agreed to share"), ", ".join(view.consent["shares"]) if view.consent else None),
        (_("Agreed on"), when(case.consented_at)),
        (_("Acknowledged"), when(case.acknowledged_at)),
        (_("First reply"), when(case.first_reply_at)),
        (_("Reopened"), when(case.reopened_at)),
        (_("Closed"), when(case.closed_at)),
        (_("How it ended"), word_of(OUTCOMES, _, case.outcome) if case.outcome else None),
        (_("Forgotten"), when(case.erased_at)),
    ]
    return (Fact(label, value) for label, value in told if value)


def _entry(tell: Teller, line: Shown) -> Entry:
    note = line.kind == "note"
    return Entry(
        who=tell.words("Note of %(name)s", name=line.who) if note else line.who,
        when=tell.when(line.at),
        body=line.body if not line.lost else tell.words(_LOCKED),
        language=(line.lang or tell.words.tag).partition("-")[0],
        kind="note" if note else "text",
    )
