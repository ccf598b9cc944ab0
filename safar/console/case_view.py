"""What the page of a case shows, read in one moment of the store and put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from safar.cases import lookup, rows
from safar.cases.errors import UnknownCaseError
from safar.cases.glossary import Glossary
from safar.cases.linking import linked
from safar.cases.numbers import masked, number_of, terms_of
from safar.cases.opening import About
from safar.cases.plan import Risk
from safar.cases.rows import Case
from safar.cases.similar import similar
from safar.cases.states import TRANSITIONS, WAITING, Action, State
from safar.cases.transcript import Line, fingerprint, transcript, unanswered_since
from safar.console.case_sentences import (
    SHARED,
    TOLD,
    WHY_ALIKE,
    delivery_words,
    event_words,
    kind_title,
    word_of,
)
from safar.console.case_words import AUTHORS, RISKS, STATES
from safar.console.house import House
from safar.console.i18n import Words, marked
from safar.console.signed_in import SignedIn
from safar.gateway.reach import Way, way_to
from safar.phrasing.errors import PhraseError
from safar.phrasing.places import country_name
from safar.registry.errors import RegistryError
from safar.store.case_tables import staff
from safar.store.database import Tx
from safar.store.errors import CryptoError

_NOT_SHARED: Final = frozenset({State.OFFERED, State.DECLINED})
"""Nothing of these was shared with staff: for them there is no such case."""
_HANDLING: Final = ("officer", "supervisor")
_FORGOTTEN: Final = "forgotten:"
_LARGEST: Final = 2**63 - 1
_BY_KIND: Final = marked("because of its kind")
_BY_WORDS: Final = marked("because of words of danger in a text")
_BY_ANSWERS: Final = marked("because of what the person answered or told")


@dataclass(frozen=True)
class Shown:
    """One text or note, in words.

    Attributes:
        kind: ``worker``, ``bot``, ``staff``, ``system`` or ``note``.
        lost: ``erased`` or ``locked`` where there is no text to show.
        lang: Tag of its variant, empty where that is not known.
        dir: ``ltr``, ``rtl`` or ``auto``.
        taken_for: What the bot took it for, in the reader's language.
    """

    id: int
    kind: str
    who: str
    at: datetime
    body: str = field(repr=False)
    lost: str
    lang: str
    dir: str
    variant: str
    taken_for: str = ""
    asked_back: bool = False
    countries: tuple[str, ...] = ()
    amounts: tuple[str, ...] = field(default=(), repr=False)
    sources: tuple[str, ...] = ()
    delivery: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Other:
    """Another case of the desk: linked with this one, or like it."""

    id: int
    reference: str | None = field(repr=False)
    kind: str
    state: str
    opened_at: datetime | None
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """Everything that the page shows of a case."""

    case: Case
    reference: str | None = field(repr=False)
    kind: str
    state: str
    risk: str
    why_risk: str
    assignee: str | None = field(repr=False)
    waits_since: datetime | None
    lines: tuple[Shown, ...] = field(repr=False)
    terms_found: tuple[tuple[str, str, str, str], ...] = field(repr=False)
    about: About = field(repr=False)
    told: tuple[tuple[str, str], ...] = field(repr=False)
    consent: Mapping[str, Any] | None
    number: str | None = field(repr=False)
    events: tuple[tuple[datetime, str, str], ...] = field(repr=False)
    linked: tuple[Other, ...]
    similar: tuple[Other, ...]
    colleagues: tuple[tuple[str, str], ...] = field(repr=False)
    desks: tuple[tuple[str, str], ...]
    way: Way
    may: frozenset[str]
    mark: str
    """Changes with every text and every delivery."""
    stand: str
    """Changes with what can be done."""

    @property
    def over(self) -> bool:
        """Whether staff can do nothing in it any more."""
        return self.may <= {Action.WITHDRAW.value}


def own_case(tx: Tx, me: SignedIn, number: int) -> Case:
    """Return a case of the desk of a member of staff.

    Raises:
        UnknownCaseError: There is none, it is another desk's, or nobody agreed to it; which of
            these is not said.
    """
    if not 0 < number <= _LARGEST:
        # No database has it, and some fail at it.
        raise UnknownCaseError("There is no such case.")
    case = rows.read(tx, number)
    if case.desk_id != me.desk_id or case.state in _NOT_SHARED:
        raise UnknownCaseError("There is no such case.")
    return case


@dataclass(frozen=True)
class Looking:
    """What texts are looked through with.

    Attributes:
        glossary: Words that are explained.
        in_danger: Whether a text has words of danger.
    """

    glossary: Glossary = field(repr=False)
    in_danger: Callable[[str], bool]


class Viewer:
    """Reads cases for the reader's eyes. One a call."""

    def __init__(self, tx: Tx, house: House, looking: Looking, words: Words) -> None:
        """Keep the moment of the store, and in whose words."""
        self._tx, self._house, self._looking, self._words = tx, house, looking, words
        self._names: dict[str, str] = {}

    def view(self, case: Case) -> View:
        """Return the whole page."""
        words, house = self._words, self._house
        lines = transcript(self._tx, house.keyring, case)
        about = self._about(case)
        side_by_side = linked(self._tx, case)
        known = {case.id, *(each.id for each in side_by_side)}
        alike = [
            each for each in similar(self._tx, house.keyring, case) if each.case.id not in known
        ]
        return View(
            case=case,
            reference=_reference(case),
            kind=self._kind(case.kind),
            state=word_of(STATES, words, case.state),
            risk=word_of(RISKS, words, case.risk),
            why_risk=self._why_risk(case, lines),
            assignee=None if case.assignee_id is None else self._name(case.assignee_id),
            waits_since=_waits_since(case, lines),
            lines=tuple(map(self._shown, lines)),
            terms_found=self._explained(lines, about),
            about=about,
            told=tuple(
                (word_of(TOLD, words, name), told)
                for name, told in about.told.items()
            ),
            consent=self._consent(case),
            number=self._masked(case),
            events=tuple(self._events(case)),
            linked=tuple(self._other(each) for each in side_by_side),
            similar=tuple(
                self._other(
                    each.case,
                    tuple(word_of(WHY_ALIKE, words, why.value)
                          for why in each.why),
                )
                for each in alike
            ),
            colleagues=self._colleagues(case),
            desks=tuple(
                (desk.id, desk.name)
                for desk in house.office().plan.desks
                if desk.id != case.desk_id
            ),
            way=way_to(
                self._tx, house.settings, case.conversation_id, case.variant, house.clock()
            ),
            may=_may(case),
            mark=fingerprint(self._tx, case.id),
            stand=stand_of(case),
        )  # fmt: skip

    def _shown(self, line: Line) -> Shown:
        kind = "note" if line.is_note else line.author
        languages = self._house.languages
        tag = line.variant if line.variant is not None and line.variant in languages else ""
        seen = line.understood
        return Shown(
            id=line.id,
            kind=kind,
            who=self._name(line.staff_id) if line.staff_id else self._author(line.author),
            at=line.at,
            body=line.body or "",
            lost="locked" if line.body is None else "" if line.body else "erased",
            lang=tag,
            dir=("rtl" if languages[tag].rtl else "ltr") if tag else "auto",
            variant=languages[tag].english if tag else "",
            taken_for="" if seen is None else self._kind(seen.intent),
            asked_back=seen is not None and seen.asked_back,
            countries=() if seen is None else tuple(map(self._country, seen.countries)),
            amounts=() if seen is None else seen.amounts,
            sources=line.sources,
            delivery="" if line.delivery is None else delivery_words(self._words, line.delivery),
            failed=line.delivery is not None and line.delivery.state.value == "failed",
        )

    def _why_risk(self, case: Case, lines: Sequence[Line]) -> str:
        """Say what makes the case as grave as it is, as far as that can be told afterwards."""
        rules = self._house.office().plan.risk
        if rules.kinds.get(case.kind, Risk.GREEN) is case.risk:
            return self._words(_BY_KIND)
        texts = (line.body for line in lines if line.author == "worker" and line.body)
        if case.risk is rules.danger and any(map(self._looking.in_danger, texts)):
            return self._words(_BY_WORDS)
        return self._words(_BY_ANSWERS)

    def _author(self, author: str) -> str:
        return word_of(AUTHORS, self._words, author)

    def _kind(self, kind: str) -> str:
        return kind_title(self._house.words, self._words, kind)

    def _country(self, code: str) -> str:
        try:
            return country_name(code, self._words.language)
        except PhraseError:
            return code

    def _name(self, staff_id: str) -> str:
        if staff_id not in self._names:
            token = self._tx.execute(
                select(staff.c.name_encrypted).where(staff.c.id == staff_id)
            ).scalar_one_or_none()
            self._names[staff_id] = _opened(self._house, token) or staff_id
        return self._names[staff_id]

    def _desk(self, desk_id: str) -> str:
        desk = self._house.office().plan.desk(desk_id)
        return desk_id if desk is None else desk.name

    def _about(self, case: Case) -> About:
        try:
            return lookup.about(self._tx, self._house.keyring, case.id)
        except CryptoError:
            return About()

    def _explained(
        self, lines: Sequence[Line], about: About
    ) -> tuple[tuple[str, str, str, str], ...]:
        """Return headword, meaning, language of the meaning and direction of each term found."""
        texts = [line.body or "" for line in lines if line.author == "worker"]
        found = self._looking.glossary.find("\n".join([*texts, *about.told.values()]))
        told = []
        for term in found:
            meaning, tag = term.meant(self._words.tag)
            rtl = tag in self._house.languages and self._house.languages[tag].rtl
            told.append((term.names[0], meaning, tag, "rtl" if rtl else "ltr"))
        return tuple(told)

    def _consent(self, case: Case) -> Mapping[str, Any] | None:
        terms = terms_of(self._tx, case.id)
        if terms is None or case.consented_at is None:
            return None
        shares = [word_of(SHARED, self._words, each) for each in terms.shares]
        return {
            "at": case.consented_at,
            "shares": shares,
            "since": terms.since or case.offered_at,
            "message": terms.message,
            "variant": terms.variant,
        }

    def _masked(self, case: Case) -> str | None:
        number = number_of(self._tx, self._house.keyring, case)
        if number is None:
            return None
        try:
            codes = [each.calling_code for each in self._house.registry.current().countries()]
        except RegistryError:
            codes = []
        return masked(number, codes)

    def _events(self, case: Case) -> Iterable[tuple[datetime, str, str]]:
        for event in lookup.timeline(self._tx, case.id):
            who, what = event_words(self._words, event, self._name, self._desk)
            yield event.at, who, what

    def _other(self, case: Case, why: tuple[str, ...] = ()) -> Other:
        return Other(
            id=case.id,
            reference=_reference(case),
            kind=self._kind(case.kind),
            state=word_of(STATES, self._words, case.state),
            opened_at=case.opened_at,
            why=why,
        )

    def _colleagues(self, case: Case) -> tuple[tuple[str, str], ...]:
        found = self._tx.execute(
            select(staff.c.id, staff.c.name_encrypted).where(
                staff.c.desk_id == case.desk_id,
                staff.c.role.in_(_HANDLING),
                staff.c.disabled_at.is_(None),
                staff.c.id != (case.assignee_id or ""),
            )
        )
        named = [(row.id, _opened(self._house, row.name_encrypted) or row.id) for row in found]
        return tuple(sorted(named, key=lambda each: each[1].casefold()))


def stand_of(case: Case) -> str:
    """Return a word that changes with what can be done in a case."""
    return f"{case.state.value}.{case.assignee_id or ''}"


def _may(case: Case) -> frozenset[str]:
    """Return what is allowed in the state a case is in, whoever asks."""
    found = {action.value for state, action in TRANSITIONS if state is case.state}
    if case.detached_at is not None:
        found -= {Action.TAKE.value, Action.REPLY.value}
    return frozenset(found)


def _waits_since(case: Case, lines: Sequence[Line]) -> datetime | None:
    if case.state in WAITING:
        return case.reopened_at or case.opened_at
    if case.state in {State.CLOSED, State.WITHDRAWN} or case.detached_at is not None:
        return None
    return unanswered_since(lines)


def _reference(case: Case) -> str | None:
    return None if case.reference.startswith(_FORGOTTEN) else case.reference


def _opened(house: House, token: str | None) -> str | None:
    try:
        return house.keyring.decrypt(token) if token else None
    except CryptoError:
        return None
