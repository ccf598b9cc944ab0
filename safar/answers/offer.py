"""What is said of a forwarded offer: its signs, why they matter, what to do. Never "genuine"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import regex

from safar.answers.agency import check_agency
from safar.answers.compose import authority_phrase, intent_option
from safar.messaging.reply import Option, Reply, SourceRef
from safar.phrasing.values import Country, Number, Phrase, Ref
from safar.registry.offers.checker import Findings, OfferChecker
from safar.registry.offers.fees import AboveCeiling
from safar.registry.offers.schema import FlagId, RedFlag
from safar.registry.query import Registry

_GRAVEST_FIRST: Final = ("high", "medium", "low")
_AT_ONCE: Final = 3
"""Signs that are told first, with what to do; the first SMS holds no more."""
_WARNS: Final = frozenset({"valid", "suspended", "cancelled", "expired", "undated", "old"})
# A name of a firm, and a licence number as most registers write it.
_FIRM = regex.compile(
    r"(?:[\p{Lu}][\p{L}\p{N}&.'-]*\s+){1,4}"
    r"(?:Manpower|Overseas|Recruit\w*|Agenc\w+|Employment|Human Resources?|Placement|International"
    r"|Consult\w*|Services|Pvt|Ltd|Inc|Corp\w*)\b"
    r"|\b\d{2,4}/\d{2,3}(?:/\d{2,3})?\b|\b(?:RL|LB|LT|RA|LIC|EX)[-\s]?\d{2,5}\b"
)
_MOST_FIRMS: Final = 3
_ANSWERS: Final = {"so": "y", "not_so": "n", "unsure": "u"}
BEGIN: Final = "begin"


def offer_answer(
    registry: Registry, checker: OfferChecker, text: str, found: Findings, today: date
) -> Reply:
    """Return what was found in `text`, the gravest first, and what is still to be checked."""
    draft = _Draft(registry)
    signs = _signs(checker, found.flags)
    if signs:
        draft.signs(signs, found.above)
    else:
        draft.say(Phrase(id="offer.none_found"))
    draft.agency(text, found.origin, today)
    if not signs:
        draft.say(Phrase(id="topic.offer.no_account"))
    draft.say(Phrase(id="topic.offer.ask_for"))
    # Who knows the offer to be bad needs no questions on it.
    options = [] if signs else [begin_option()]
    return Reply(parts=draft.parts, sources=draft.sources, options=[*options, *_NEXT])


def begin_option() -> Option:
    """Return the option that begins the questions."""
    return Option(id=f"offer_answer:{BEGIN}", title=Phrase(id="option.offer_begin"))


def question(checker: OfferChecker, answers: str) -> Reply | None:
    """Return the question after `answers` (a letter each); None where all are answered."""
    questions = checker.head.questions
    if len(answers) >= len(questions):
        return None
    sign = checker.flag(questions[len(answers)])
    values = {
        "number": Number(value=len(answers) + 1),
        "total": Number(value=len(questions)),
        "sign": Ref(id=sign.meaning),
    }
    return Reply(
        parts=[Phrase(id="offer.question", values=values)],
        options=[
            *(
                Option(id=f"offer_answer:{answer}", title=Phrase(id=f"option.offer_{answer}"))
                for answer in _ANSWERS
            ),
            intent_option("menu"),
        ],
    )


def with_answer(answers: str, answer: str) -> str:
    """Return `answers` with one more; an unknown one changes nothing."""
    return answers + _ANSWERS.get(answer, "")


def result(registry: Registry, checker: OfferChecker, answers: str, origin: str | None) -> Reply:
    """Return what the answers show, and what to check of that which was not known."""
    said = dict(zip(checker.head.questions, answers, strict=False))
    signs = _signs(checker, [flag for flag, letter in said.items() if letter == "y"])
    draft = _Draft(registry)
    if signs:
        draft.signs(signs, None)
    else:
        draft.say(Phrase(id="offer.none_found"))
    for sign in _signs(checker, [flag for flag, letter in said.items() if letter == "u"]):
        draft.say(Phrase(id=sign.do))
    draft.check_here(origin)
    draft.say(Phrase(id="topic.offer.ask_for"))
    return Reply(parts=draft.parts, sources=draft.sources, options=list(_NEXT))


_NEXT: Final = (
    intent_option("check_agency"),
    intent_option("talk_to_person"),
)


def _signs(checker: OfferChecker, flags: Sequence[FlagId]) -> list[RedFlag]:
    """Return the signs, the gravest first; a fee above the ceiling says that one is asked, too."""
    named = [f for f in flags if not (f == "fee_charged" and "fee_above_cap" in flags)]
    return sorted(map(checker.flag, named), key=lambda sign: _GRAVEST_FIRST.index(sign.severity))


class _Draft:
    """Parts and sources in the making; nothing is said twice."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.parts: list[Phrase] = []
        self.sources: list[SourceRef] = []

    def say(self, phrase: Phrase, source: str | None = None, as_of: str | None = None) -> None:
        if phrase in self.parts:
            return
        self.parts.append(phrase)
        if source is None or any(each.id == source for each in self.sources):
            return
        known = self._registry.source(source)
        place = len(self.parts) - 1
        self.sources.append(
            SourceRef(id=source, title=known.title, as_of=as_of or known.published, part=place)
        )

    def signs(self, signs: Sequence[RedFlag], above: AboveCeiling | None) -> None:
        self.say(Phrase(id="offer.found", count=len(signs)))
        # The gravest with what to do fills the first page of an SMS; the others follow by "more".
        for group in (signs[:1], signs[1:_AT_ONCE], signs[_AT_ONCE:]):
            for sign in group:
                if sign.id == "fee_above_cap" and above is not None:
                    self.say(_over(above), above.fact.source, above.fact.as_of)
                else:
                    self.say(Phrase(id=sign.meaning))
            for sign in group:
                self.say(Phrase(id=sign.do))
        for sign in signs:
            self.say(Phrase(id=sign.why), sign.source)

    def agency(self, text: str, origin: str | None, today: date) -> None:
        """Say what the register says of a firm named in the text, and where to check oneself."""
        for firm in list(dict.fromkeys(_FIRM.findall(text)))[:_MOST_FIRMS]:
            reply = check_agency(self._registry, firm, origin, today)
            if reply.parts[0].id.removeprefix("agency.") not in _WARNS:
                continue
            self.say(reply.parts[0])
            if any(part.id == "agency.sample_warning" for part in reply.parts):
                self.say(Phrase(id="agency.sample_warning"))
            break
        self.check_here(origin)

    def check_here(self, origin: str | None) -> None:
        checker = self._registry.authority(origin, "agency_check") if origin else None
        self.say(
            authority_phrase("agency.check_here", checker)
            if checker is not None
            else Phrase(id="agency.ask_authority")
        )


def _over(above: AboveCeiling) -> Phrase:
    corridor = {
        "asked": above.asked,
        "origin": Country(code=above.origin),
        "destination": Country(code=above.destination),
    }
    if above.ceiling is None:
        return Phrase(id="offer.nothing_due", values=corridor)
    return Phrase(id="offer.over", values={**corridor, "amount": above.ceiling})
