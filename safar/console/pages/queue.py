"""The cases of a desk, the gravest first; new ones appear by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from babel import Locale
from fastapi import Form, Request, Response

from safar.cases import listing
from safar.cases.listing import Choices, Counts, Listed, Page, Tab
from safar.cases.plan import Risk
from safar.console import search_words, security
from safar.console.case_words import RISKS
from safar.console.house import House
from safar.console.i18n import Words
from safar.console.queue_address import Asked, asked_for, moment, written_moment
from safar.console.queue_view import (
    TABS,
    Line,
    Reader,
    fingerprint,
    kind_title,
    line,
    names_of,
    to_the_minute,
)
from safar.console.rendering import country, fragment, page, words_of
from safar.console.routing import Pages, redirect
from safar.console.search_words import Sort
from safar.console.signed_in import SignedIn
from safar.phrasing.languages import LAST_RESORT
from safar.phrasing.places import country_name
from safar.staff.permissions import Permission
from safar.store import audit

LOOKED: Final = "safar_looked"
"""The cookie that says when somebody looked last. It holds nothing else."""
_KEPT: Final = 60 * 60 * 24 * 60
_NEEDS: Final = Permission.SEE_CASES


@dataclass(frozen=True)
class Look:
    """What the list shows at one moment.

    Attributes:
        red: Numbers of the red cases that nobody has looked at.
        version: Changes when anything of it does.
    """

    lines: tuple[Line, ...]
    counts: Counts
    page: Page
    red: tuple[int, ...]
    version: str


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/cases", needs=_NEEDS, name="cases")
    def cases(request: Request, me: SignedIn) -> Response:
        asked = asked_for(request.query_params)
        goes_on = asked.seen is not None
        if not goes_on:
            # Who looks for the first time is shown as new what comes from now on.
            asked = replace(asked, seen=_looked_last(request, house, me) or house.clock())
        look = _look(house, me, words_of(request, me), asked)
        with house.database.read() as tx:
            choices = listing.choices(tx, me.staff_id)
        shown = _shown(request, me, asked, look)
        answer = page(
            request, me, "queue/list.html", told="", **shown,
            options=_options(house, words_of(request, me), asked, choices),
        )  # fmt: skip
        if not goes_on:
            looked = f"{me.staff_id}.{written_moment(house.clock())}"
            security.set_cookie(request, house, answer, LOOKED, looked, seconds=_KEPT)
        return answer

    @made.get("/cases/rows", needs=_NEEDS, name="rows of cases", background=True)
    def rows(request: Request, me: SignedIn) -> Response:
        asked = asked_for(request.query_params)
        look = _look(house, me, words_of(request, me), asked)
        if request.query_params.get("version") == look.version:
            return Response(status_code=204)
        new = [number for number in look.red if number not in _known(request)]
        told = _told(words_of(request, me), len(new))
        return fragment(
            request, me, "queue/rows.html", told=told, **_shown(request, me, asked, look)
        )

    @made.post("/cases/search", needs=_NEEDS, name="search of cases")
    def search(
        request: Request,
        me: SignedIn,
        q: Annotated[str, Form(max_length=search_words.LONGEST)] = "",
    ) -> Response:
        _ = words_of(request, me)
        sought = search_words.read(q, _regions(house), _countries(house, me))
        if sought.sort is Sort.COUNTRY:
            asked = Asked(listing.Wanted(Tab.ALL, country=sought.country))
            return redirect(request, f"/cases?{asked.query()}")
        found = _found(house, me, sought)
        if sought.sort is Sort.REFERENCE and found:
            return redirect(request, f"/cases/{found[0].id}")
        lines = _lines(house, me, _, found, Asked())
        return page(request, me, "queue/found.html", sort=sought.sort.value, lines=lines)

    return made


def _look(house: House, me: SignedIn, _: Words, asked: Asked) -> Look:
    now = house.clock()
    with house.database.read() as tx:
        counts = listing.counts(tx, me.staff_id, now)
        found = listing.page(tx, me.staff_id, asked.wanted, now, after=asked.after)
        red = tuple(case.id for case in listing.red_waiting(tx, me.staff_id))
    lines = tuple(_lines(house, me, _, found.cases, asked))
    version = fingerprint(lines, counts, red, found.more, me.language, me.role)
    return Look(lines, counts, found, red, version)


def _lines(
    house: House, me: SignedIn, _: Words, cases: Collection[Listed], asked: Asked
) -> Iterable[Line]:
    ids = {case.assignee_id for case in cases if case.assignee_id}
    with house.database.read() as tx:
        names = names_of(tx, house.keyring, ids)
        written = (
            listing.written_in(tx, me.staff_id, [case.id for case in cases], asked.seen)
            if asked.seen is not None
            else frozenset()
        )
    reader = Reader(_, me.staff_id, names, asked.seen, written)
    now = to_the_minute(house.clock())
    return [line(house, reader, case, now) for case in cases]


def _shown(request: Request, me: SignedIn, asked: Asked, look: Look) -> dict[str, Any]:
    _ = words_of(request, me)
    waiting = look.counts.tabs[Tab.WAITING]
    here = asked.query(after=asked.after)
    known = ".".join(map(str, look.red))
    return {
        "lines": look.lines,
        "counts": look.counts,
        "asked": asked,
        "tabs": [
            (tab, _(word), look.counts.tabs[tab], asked.query(tab=tab))
            for tab, word in TABS.items()
        ],
        "title": f"({waiting}) {_('Cases')}" if waiting else _("Cases"),
        "here_query": here,
        "poll_query": f"{here}&version={look.version}&red={known}",
        "first": asked.query() if asked.after is not None else None,
        "next": asked.query(after=look.page.end) if look.page.end is not None else None,
        "late_query": Asked(listing.Wanted(Tab.ALL, late=True), seen=asked.seen).query(),
        "red_query": Asked(listing.Wanted(risk=Risk.RED), seen=asked.seen).query(),
    }


def _options(
    house: House, _: Words, asked: Asked, choices: Choices
) -> dict[str, list[tuple[str, str]]]:
    """Return what the form offers to narrow by, with what narrows already."""
    wanted = asked.wanted

    def places(codes: Collection[str], chosen: str | None) -> list[tuple[str, str]]:
        known = {*codes, *([chosen] if chosen else [])}
        return sorted(((code, country(code, _)) for code in known), key=lambda each: each[1])

    kinds = {*choices.kinds, *([wanted.kind] if wanted.kind else [])}
    return {
        "risk": [(risk.value, _(RISKS[risk])) for risk in Risk],
        "kind": sorted(
            ((kind, kind_title(house, _, kind)) for kind in kinds), key=lambda each: each[1]
        ),
        "origin": places(choices.origins, wanted.origin),
        "destination": places(choices.destinations, wanted.destination),
        "country": places([], wanted.country),
        "assignee": [("me", _("me")), ("nobody", _("nobody"))],
    }


def _found(house: House, me: SignedIn, sought: search_words.Sought) -> tuple[Listed, ...]:
    if sought.sort is Sort.REFERENCE:
        with house.database.read() as tx:
            return listing.by_reference(tx, house.office(), me.staff_id, sought.reference).cases
    if sought.sort is not Sort.NUMBER:
        return ()
    with house.database.write() as tx:
        found = listing.by_numbers(tx, house.keyring, me.staff_id, sought.numbers).cases
        # Who asks whether somebody has a case can be asked why; the number is not kept.
        details = {"by": "number", "found": len(found)}
        deed = audit.Deed("staff", "search", "cases", me.desk_id, me.staff_id, details)
        audit.append(tx, house.keyring, deed, house.clock())
    return found


def _regions(house: House) -> set[str]:
    """Return the countries that desks are for: a number without a country is of one of them."""
    desks = house.office().plan.desks
    return {code for desk in desks for code in (*desk.origins, *desk.destinations)}


def _countries(house: House, me: SignedIn) -> dict[str, str]:
    """Return codes by name, in English and in the reader's own language."""
    codes = [str(code) for code in Locale.parse(LAST_RESORT).territories]
    # Longer ones are parts of the world.
    codes = [code for code in codes if len(code) == len("NP") and code.isalpha()]
    tags = [tag for tag in (LAST_RESORT, me.language) if tag in house.languages]
    return {country_name(code, house.languages[tag]): code for tag in tags for code in codes}


def _looked_last(request: Request, house: House, me: SignedIn) -> datetime | None:
    """Return when this member of staff looked last with this browser, None if they never did."""
    who, _, at = security.cookie(request, house, LOOKED).partition(".")
    return moment(at) if who == me.staff_id else None


def _known(request: Request) -> set[int]:
    """Return the red cases that the page which asks shows already."""
    given = request.query_params.get("red", "").split(".")[: listing.PAGE]
    return {int(each) for each in given if each.isascii() and each.isdecimal()}


def _told(_: Words, new: int) -> str:
    if not new:
        return ""
    return _.ngettext("%(num)s new red case waits.", "%(num)s new red cases wait.", new)
