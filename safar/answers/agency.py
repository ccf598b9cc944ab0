"""What the register of which date says of an agency. Never that an agency is safe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from safar.answers.agency_lines import age_line, agency_line
from safar.answers.compose import Corridor, authority_phrase, intent_option
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Country, Day, Items, Phrase, Text
from safar.registry.agencies import AgencyMatch, AgencyRegister, Found
from safar.registry.query import Registry
from safar.registry.schema import Fact

CHECKER, JOB_ORDER = "agency_checker", "job_order"
"""Kinds of facts: how a country lets people check a licence, and what it approves of a job."""

SAMPLE = "agency.sample_warning"

_MOST_SHOWN = 2
_MOST_NAMES = 3
_MOST_NUMBERS = 4


def check_agency(registry: Registry, text: str, origin: str | None, today: date) -> Reply:
    """Return what the registers hold on the agency `text` names, and where to check oneself."""
    draft = _Draft(registry, origin, today)
    found = registry.look_up_agency(text, origin)
    if found.numbered:
        draft.by_number(found)
    elif found.named:
        draft.by_name(found)
    else:
        draft.nobody(found)
    draft.checker()
    draft.job_order()
    return Reply(
        parts=draft.parts,
        sources=list(draft.sources.values()),
        options=[intent_option("ask_recruitment_fees"), intent_option("ask_complaint")],
    )


class _Draft:
    """Parts and sources in the making; nothing is said twice."""

    def __init__(self, registry: Registry, origin: str | None, today: date) -> None:
        self._registry, self._origin, self._today = registry, origin, today
        self.parts: list[Phrase] = []
        self.sources: dict[str, SourceRef] = {}

    def by_number(self, found: Found) -> None:
        """Say what is known of a licence number, and if the name beside it is another's."""
        self._sample(found.numbered)
        first = found.numbered[0]
        if found.named and not _among(found.named, found.numbered):
            values = {
                "licence": Text(text=first.licence_number or ""),
                "name": Text(text=first.name),
            }
            self._say(Phrase(id="agency.number_of_other", values=values))
        self._tell(found.numbered)

    def by_name(self, found: Found) -> None:
        """Say what is known of a name; ask for the number where several have it."""
        self._sample(found.named)
        named = found.named
        numbers = [match.licence_number for match in named if match.licence_number]
        if len({match.name.casefold() for match in named}) > 1:
            self._alike(named)
        elif len(named) > 1 and len(numbers) == len(named):
            shown = Items(items=[Text(text=number) for number in numbers[:_MOST_NUMBERS]])
            values = {"name": Text(text=named[0].name), "numbers": shown}
            self._say(Phrase(id="agency.several", values=values))
        else:
            self._tell(named)
            if found.alike:
                names = _names(found.alike[:_MOST_NAMES])
                self._say(Phrase(id="agency.look_alike", values={"names": names}))

    def nobody(self, found: Found) -> None:
        """Say that it was not found, of which list, and what is alike."""
        registers = self._registry.registers(self._origin) if self._origin else ()
        current = [each for each in registers if each.stated(self._today)]
        if any(each.sample for each in current):
            self._say(Phrase(id=SAMPLE))
        self._sample(found.alike)
        if found.alike:
            self._alike(found.alike)
        elif self._origin and not current:
            values = {"origin": Country(code=self._origin)}
            self._say(Phrase(id="agency.no_list", values=values))
        elif found.numbers and current and current[0].as_of:
            self._say(_unknown_number(found.numbers[0], current[0], current[0].as_of))
        else:
            self._say(Phrase(id="agency.not_found"))

    def checker(self) -> None:
        """Say where the person can check the licence."""
        if self._fact(CHECKER):
            return
        office = self._registry.authority(self._origin, "agency_check") if self._origin else None
        if office is None:
            self._say(Phrase(id="agency.ask_authority"))
        else:
            self._say(authority_phrase("agency.check_here", office))

    def job_order(self) -> None:
        """Say what to ask for besides the licence."""
        if not self._fact(JOB_ORDER):
            self._say(Phrase(id="agency.job_order"))

    def _tell(self, matches: Sequence[AgencyMatch]) -> None:
        for match in matches[:_MOST_SHOWN]:
            self._say(agency_line(match, self._today))
            self._source(match.source, match.as_of)
        age = age_line(matches[0], self._today)
        if age is not None:
            self._say(age)

    def _alike(self, matches: Sequence[AgencyMatch]) -> None:
        self._say(Phrase(id="agency.alike", values={"names": _names(matches[:_MOST_NAMES])}))

    def _sample(self, matches: Sequence[AgencyMatch]) -> None:
        """Say of made-up rows that they are, before all else: a first page may hold no more."""
        if any(match.sample for match in matches):
            self._say(Phrase(id=SAMPLE))

    def _fact(self, kind: str) -> bool:
        """State the first fact of `kind` that may be stated today, if there is one."""
        facts: list[Fact] = self._registry.facts(self._origin, (kind,)) if self._origin else []
        for fact in facts:
            if fact.stated(self._today) and fact.sentence is not None:
                values = {**Corridor(self._origin).values(), **fact.values}
                self._say(Phrase(id=fact.sentence.id, values=values))
                self._source(fact.source, fact.as_of)
                return True
        return False

    def _say(self, phrase: Phrase) -> None:
        if phrase not in self.parts:
            self.parts.append(phrase)

    def _source(self, source: str, as_of: str | None) -> None:
        if source not in self.sources:
            title = self._registry.source(source).title
            self.sources[source] = SourceRef(
                id=source, title=title, as_of=as_of, part=len(self.parts) - 1
            )


def _among(some: Sequence[AgencyMatch], others: Sequence[AgencyMatch]) -> bool:
    wanted = {(match.name, match.licence_number) for match in others}
    return any((match.name, match.licence_number) in wanted for match in some)


def _names(matches: Sequence[AgencyMatch]) -> Items:
    names = dict.fromkeys(match.name for match in matches)
    return Items(items=[Text(text=name) for name in names], style="and")


def _unknown_number(number: str, register: AgencyRegister, as_of: str) -> Phrase:
    values = {
        "licence": Text(text=number),
        "authority": Text(text=register.authority),
        "date": Day(value=as_of),
    }
    return Phrase(id="agency.number_unknown", values=values)
