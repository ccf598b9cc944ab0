"""What staff do with a case: each a form, done once, refused with a sentence."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form, Request, Response

from safar.cases import handling, linking, lookup, opening, rows, talking
from safar.cases.actors import officer
from safar.cases.errors import CaseRefusedError, UnknownCaseError
from safar.cases.handling import Outcome
from safar.cases.rows import Case
from safar.console.case_room import CaseRoom
from safar.console.house import House
from safar.console.i18n import marked
from safar.console.routing import Pages
from safar.console.signed_in import SignedIn
from safar.console.telling import CLOSED, HANDED_BACK, TAKEN, tell
from safar.staff.permissions import Permission
from safar.store.database import Tx

Text = Annotated[str, Form()]

_ONE: Final = "/cases/{number:int}"
_LONGEST_NOTE: Final = 10_000
_HANDLE: Final = Permission.HANDLE_CASES
_NO_NOTE: Final = marked("Write the note first.")
_LONG_NOTE: Final = marked("This note is longer than 10,000 letters. Write it in two.")
_NO_OUTCOME: Final = marked("Say first how the case ended.")
_NOT_SURE: Final = marked(
    "The case was not passed on. Tick that you know it leaves your desk, then send it again."
)
_NO_COLLEAGUE: Final = marked("Choose a colleague first.")
_NO_OTHER: Final = marked("There is no such case at this desk.")
_LARGEST: Final = 2**63 - 1


def pages(house: House) -> Pages:  # noqa: C901, PLR0915 - one short function a form
    """Return the forms."""
    made, room = Pages(), CaseRoom(house)

    @made.post(f"{_ONE}/acknowledge", needs=_HANDLE, name="acknowledge case")
    def acknowledge(request: Request, me: SignedIn, number: int, mark: Text = "") -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            handling.acknowledge(tx, house.office(), case.id, me.staff_id)

        return room.do(request, me, number, "acknowledge", mark, deed)

    @made.post(f"{_ONE}/take", needs=_HANDLE, name="take conversation")
    def take(request: Request, me: SignedIn, number: int, mark: Text = "") -> Response:
        def deed(tx: Tx, case: Case, key: str) -> bool:
            case = rows.lock(tx, case.id)
            # Before the deed, whose row in the record is waited for; if it is refused, this goes.
            told = tell(tx, house, case, TAKEN, f"case:{case.id}:taken:{key}")
            handling.take(tx, house.office(), case.id, me.staff_id)
            return told

        return room.do(request, me, number, "take", mark, deed)

    @made.post(f"{_ONE}/hand-back", needs=_HANDLE, name="hand back conversation")
    def hand_back(request: Request, me: SignedIn, number: int, mark: Text = "") -> Response:
        def deed(tx: Tx, case: Case, key: str) -> bool:
            case = rows.lock(tx, case.id)
            told = tell(tx, house, case, HANDED_BACK, f"case:{case.id}:handed-back:{key}")
            handling.hand_back(tx, house.office(), case.id, me.staff_id)
            return told

        return room.do(request, me, number, "hand-back", mark, deed)

    @made.post(f"{_ONE}/note", needs=_HANDLE, name="write note")
    def note(
        request: Request, me: SignedIn, number: int, mark: Text = "", note: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            if not note.strip():
                raise CaseRefusedError("note", _NO_NOTE)
            if len(note) > _LONGEST_NOTE:
                raise CaseRefusedError("note", _LONG_NOTE)
            talking.note(tx, house.office(), case.id, me.staff_id, note.strip())

        return room.do(request, me, number, "note", mark, deed, typed={"note": note})

    @made.post(f"{_ONE}/assign", needs=Permission.ASSIGN_CASES, name="assign case")
    def assign(
        request: Request, me: SignedIn, number: int, mark: Text = "", to: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            if not to:
                raise CaseRefusedError("assign", _NO_COLLEAGUE)
            handling.assign(tx, house.office(), case.id, me.staff_id, to)

        return room.do(request, me, number, "assign", mark, deed, typed={"to": to})

    @made.post(f"{_ONE}/transfer", needs=Permission.TRANSFER_CASES, name="transfer case")
    def transfer(  # noqa: PLR0913, PLR0917 - the fields of the form
        request: Request,
        me: SignedIn,
        number: int,
        mark: Text = "",
        desk: Text = "",
        sure: Text = "",
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            if sure != "yes":
                raise CaseRefusedError("transfer", _NOT_SURE)
            handling.transfer(tx, house.office(), case.id, me.staff_id, desk)

        typed = {"desk": desk}
        return room.do(request, me, number, "transfer", mark, deed, typed=typed, then="/cases")

    @made.post(f"{_ONE}/close", needs=_HANDLE, name="close case")
    def close(
        request: Request, me: SignedIn, number: int, mark: Text = "", outcome: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> bool:
            if outcome not in {each.value for each in Outcome}:
                raise CaseRefusedError("close", _NO_OUTCOME)
            case = rows.lock(tx, case.id)
            told = tell(tx, house, case, CLOSED, f"case:{case.id}:closed:{key}")
            handling.close(tx, house.office(), case.id, me.staff_id, Outcome(outcome))
            return told

        return room.do(request, me, number, "close", mark, deed, typed={"outcome": outcome})

    @made.post(f"{_ONE}/reopen", needs=_HANDLE, name="reopen case")
    def reopen(request: Request, me: SignedIn, number: int, mark: Text = "") -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            opening.reopen(tx, house.office(), case.id, officer(me.staff_id))

        return room.do(request, me, number, "reopen", mark, deed)

    @made.post(f"{_ONE}/link", needs=_HANDLE, name="link case")
    def link(
        request: Request, me: SignedIn, number: int, mark: Text = "", other: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            try:
                linking.link(
                    tx, house.office(), case.id, me.staff_id, _other_case(tx, house, other)
                )
            except UnknownCaseError as error:
                raise CaseRefusedError("no_such_case", _NO_OTHER) from error

        return room.do(request, me, number, "link", mark, deed, typed={"other": other})

    @made.post(f"{_ONE}/unlink", needs=_HANDLE, name="unlink case")
    def unlink(
        request: Request, me: SignedIn, number: int, mark: Text = "", other: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            try:
                linking.unlink(
                    tx, house.office(), case.id, me.staff_id, _other_case(tx, house, other)
                )
            except UnknownCaseError as error:
                raise CaseRefusedError("no_such_case", _NO_OTHER) from error

        return room.do(request, me, number, "unlink", mark, deed)

    return made


def _other_case(tx: Tx, house: House, named: str) -> int:
    """Return the number of a case that somebody named by number or reference.

    Raises:
        CaseRefusedError: There is none; said in the same words as of another desk's.
    """
    plain = named.strip().removeprefix("#")
    if plain.isascii() and plain.isdecimal():
        if 0 < int(plain[:20]) <= _LARGEST:
            return int(plain[:20])
        raise CaseRefusedError("no_such_case", _NO_OTHER)
    found = lookup.by_reference(tx, house.office(), plain)
    if found is None:
        raise CaseRefusedError("no_such_case", _NO_OTHER)
    return found.id
