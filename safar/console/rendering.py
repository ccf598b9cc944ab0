"""Pages from templates: escaped, in the reader's language, with what every page needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_timedelta
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from safar.cases.errors import NoDesksError
from safar.console import security
from safar.console.house import House
from safar.console.i18n import Wordings, Words, marked
from safar.console.routing import address
from safar.console.signed_in import SignedIn
from safar.console.static_files import StaticFiles
from safar.phrasing.errors import PhraseError
from safar.phrasing.places import country_name
from safar.staff.permissions import Permission

_EXTENSIONS: tuple[str | type[Extension], ...] = ("jinja2.ext.i18n",)


class Rendering:
    """Makes pages; one for the whole console, shared by its threads."""

    def __init__(self, house: House, wordings: Wordings, static: StaticFiles) -> None:
        """Keep what pages are made with."""
        self.house = house
        self.wordings = wordings
        self._static = static
        self._lock = Lock()
        self._environments: dict[str, Environment] = {}

    def words(self, request: Request, me: SignedIn | None) -> Words:
        """Return the words for whoever calls."""
        if me is not None:
            return self.wordings.of(me.language)
        return self.wordings.asked_for(request.headers.get("accept-language", ""))

    def text(
        self, request: Request, me: SignedIn | None, template: str, values: Mapping[str, Any]
    ) -> str:
        """Return a template filled in."""
        words = self.words(request, me)
        given = {
            "me": me,
            "csrf": me.csrf
            if me is not None
            else security.token_before_sign_in(request, self.house),
            "here": address(request, request.url.path.removeprefix(address(request, ""))),
            "url": lambda path: address(request, path),
            "static": lambda name: address(request, self._static.path(name)),
            "may": lambda name: me is not None and me.may(Permission[name]),
            "when": self.when(me, words),
            "since": self._since(words),
        }
        return self._environment(words).get_template(template).render({**given, **values})

    def _environment(self, words: Words) -> Environment:
        with self._lock:
            made = self._environments.get(words.tag)
            if made is None:
                made = self._environments[words.tag] = environment(self.house, words)
            return made

    def when(self, me: SignedIn | None, words: Words) -> Callable[..., str]:
        """Return what says a moment in words, as the clock at somebody's desk shows it."""
        zone = self._zone(me)

        def when(moment: datetime | None, length: str = "medium") -> str:
            if moment is None:
                return ""
            here = moment.astimezone(zone)
            return str(format_datetime(here, _LENGTHS[length], locale=words.locale))

        return when

    def _since(self, words: Words) -> Callable[[datetime | None], str]:
        def since(moment: datetime | None) -> str:
            if moment is None:
                return ""
            passed = moment - self.house.clock()
            return str(format_timedelta(passed, add_direction=True, locale=words.locale))

        return since

    def _zone(self, me: SignedIn | None) -> tzinfo:
        if me is not None:
            try:
                desk = self.house.office().plan.desk(me.desk_id)
            except NoDesksError:
                desk = None
            if desk is not None:
                return ZoneInfo(desk.hours.zone)
        return ZoneInfo("UTC")


_LENGTHS = {"medium": "d MMM y, HH:mm", "full": "EEEE, d MMMM y, HH:mm:ss z", "day": "d MMM y"}

_ROLES = {
    "officer": marked("Officer"),
    "supervisor": marked("Supervisor"),
    "editor": marked("Editor"),
    "auditor": marked("Auditor"),
    "admin": marked("Administrator"),
}


def environment(house: House, words: Words) -> Environment:
    """Return where templates of one language are made: `_` and the rest also reach macros."""
    made = Environment(
        loader=PackageLoader("safar.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=_EXTENSIONS,
    )
    made.install_gettext_translations(words.table, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        lang=words.tag,
        dir=words.direction,
        country=lambda code: country(code, words),
        language=lambda tag: language(tag, words),
        desk_name=lambda desk_id: desk_name(house, desk_id),
        role_name=lambda role: words(_ROLES[role]),
    )
    return made


def country(code: str | None, words: Words) -> str:
    """Return the name of a country, the code where it has none."""
    if not code:
        return ""
    try:
        return country_name(code, words.language)
    except PhraseError:
        return code


def language(tag: str | None, words: Words) -> str:
    """Return the name of a language, the tag where it has none."""
    if not tag:
        return ""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(words.locale) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def desk_name(house: House, desk_id: str) -> str:
    """Return the name of a desk, its id once it left the file."""
    try:
        desk = house.office().plan.desk(desk_id)
    except NoDesksError:
        return desk_id
    return desk.name if desk is not None else desk_id


def rendering_of(request: Request) -> Rendering:
    """Return what makes the pages of the console that is called."""
    made = request.app.state.rendering
    assert isinstance(made, Rendering)  # noqa: S101 - tells the type checker
    return made


def words_of(request: Request, me: SignedIn | None) -> Words:
    """Return the words for messages that code makes; by custom they are called ``_`` there."""
    return rendering_of(request).words(request, me)


def page(
    request: Request, me: SignedIn | None, template: str, status: int = 200, **values: Any
) -> Response:
    """Return a page made of a template, which extends ``base.html``.

    Args:
        request: The call that is answered.
        me: Who is signed in.
        template: Below ``templates``.
        status: Of the answer.
        values: What the template shows; each is escaped. In templates `_` is for literal texts
            alone, since what it returns is not escaped any more: translate others here.
    """
    rendering = rendering_of(request)
    response = HTMLResponse(rendering.text(request, me, template, values), status)
    response.headers["Vary"] = "HX-Request"
    security.keep_form_cookie(request, rendering.house, response)
    return response


def fragment(
    request: Request, me: SignedIn | None, template: str, status: int = 200, **values: Any
) -> Response:
    """Return a part of a page, for the script to put into one: its template extends nothing."""
    return page(request, me, template, status, **values)
