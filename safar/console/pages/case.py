"""The page of one case: what was said, what is known, what was done; and what is new in it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response

from safar.cases import numbers
from safar.cases.actors import officer, see_that_they_may
from safar.cases.errors import CaseRefusedError, UnknownCaseError
from safar.cases.states import Action
from safar.cases.transcript import transcript
from safar.console import translating
from safar.console.case_room import CaseRoom, Extra, Refusal
from safar.console.case_view import own_case
from safar.console.house import House
from safar.console.rendering import fragment, words_of
from safar.console.routing import Pages
from safar.console.signed_in import SignedIn
from safar.staff.permissions import Permission
from safar.store import audit
from safar.store.crypto import KeyRing
from safar.store.database import Tx

Text = Annotated[str, Form()]
_ONE: str = "/cases/{number:int}"


def pages(house: House) -> Pages:
    """Return the pages."""
    made, room = Pages(), CaseRoom(house)

    @made.get(_ONE, needs=Permission.SEE_CASES, name="case")
    def case(request: Request, me: SignedIn, number: int, done: str = "") -> Response:
        return room.show(request, me, number, Extra(done=done))

    @made.get(f"{_ONE}/live", needs=Permission.SEE_CASES, name="case live", background=True)
    def live(  # noqa: PLR0913, PLR0917 - what the page has seen
        request: Request,
        me: SignedIn,
        number: int,
        mark: str = "",
        stand: str = "",
        last: int = 0,
    ) -> Response:
        return room.live(request, me, number, (mark, stand, last))

    @made.post(f"{_ONE}/reveal", needs=Permission.REVEAL_NUMBER, name="reveal number")
    def reveal(request: Request, me: SignedIn, number: int) -> Response:
        try:
            with house.database.write() as tx:
                own_case(tx, me, number)
                shown = numbers.reveal(tx, house.office(), number, me.staff_id)
        except CaseRefusedError as error:
            said = words_of(request, me)(str(error))
            if "hx-request" in request.headers:
                return fragment(request, me, "problem_part.html", sentence=said)
            return room.show(request, me, number, Extra(refused=Refusal("reveal", said)), 409)
        if "hx-request" in request.headers:
            return fragment(request, me, "case/number.html", telephone=shown)
        return room.show(request, me, number, Extra(number=shown))

    @made.post(f"{_ONE}/translate", needs=Permission.HANDLE_CASES, name="translate text")
    def translate(request: Request, me: SignedIn, number: int, line: Text = "") -> Response:
        try:
            said = _translated(house, me, number, line)
        except CaseRefusedError as error:
            said = words_of(request, me)(str(error))
            if "hx-request" in request.headers:
                return fragment(request, me, "problem_part.html", sentence=said)
            return room.show(request, me, number, Extra(refused=Refusal("translate", said)), 409)
        if "hx-request" in request.headers:
            return fragment(request, me, "case/translation.html", said=said)
        return room.show(request, me, number, Extra(translations={int(line): said}))

    return made


def _translated(house: House, me: SignedIn, number: int, line: str) -> str:
    """Return one text of a case in the officer's language; that it was asked for is recorded.

    Raises:
        CaseRefusedError: There is no translator, or it failed.
        UnknownCaseError: There is no such case for them, or no such text in it.
    """
    translate = translating.translator_of(house.settings.console_translator)
    if translate is None:
        raise CaseRefusedError("translator", translating.NOT_SET_UP)
    if not (line.isascii() and line.isdecimal() and len(line) < 19):  # noqa: PLR2004 - 64 bits
        raise UnknownCaseError("There is no such text.")
    with house.database.write() as tx:
        text, variant = _text(tx, house.keyring, me, number, int(line))
        deed = audit.Deed(
            "staff", "translate", "case", str(number), me.staff_id, {"text": int(line)}
        )
        # Written down before it leaves, so that nothing leaves unrecorded.
        audit.append(tx, house.keyring, deed, house.clock())
    return translating.translated(translate, text, variant, me.language)


def _text(tx: Tx, keyring: KeyRing, me: SignedIn, number: int, line: int) -> tuple[str, str | None]:
    case = own_case(tx, me, number)
    see_that_they_may(tx, case, officer(me.staff_id), Action.NOTE)
    for each in transcript(tx, keyring, case):
        if each.id == line and each.body and each.author == "worker":
            return each.body, each.variant
    raise UnknownCaseError("There is no such text.")
