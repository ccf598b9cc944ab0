"""The reply to the person of a case: as it will read, as it goes out, and answers kept ready."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form, Request, Response

from safar.cases import rows, talking
from safar.cases.actors import officer, see_that_they_may
from safar.cases.rows import Case
from safar.cases.states import Action, follows
from safar.console.case_room import CaseRoom, Extra, way_now
from safar.console.house import House
from safar.console.replying import outgoing
from safar.console.routing import Pages
from safar.console.signed_in import SignedIn
from safar.console.telling import variant_of
from safar.gateway import queueing
from safar.gateway.messages import OutgoingText
from safar.staff.permissions import Permission
from safar.store.database import Tx

Text = Annotated[str, Form()]

_ONE: Final = "/cases/{number:int}"
_HANDLE: Final = Permission.HANDLE_CASES
_LONGEST: Final = 10_000
"""Letters that are looked at at all: what is longer is refused for its length anyway."""


def pages(house: House) -> Pages:
    """Return the forms."""
    made, room = Pages(), CaseRoom(house)

    @made.post(f"{_ONE}/reply", needs=_HANDLE, name="reply")
    def reply(
        request: Request, me: SignedIn, number: int, mark: Text = "", text: Text = ""
    ) -> Response:
        def deed(tx: Tx, case: Case, key: str) -> None:
            case = rows.lock(tx, case.id)
            # Whether they may at all is said before what is wrong with the text.
            see_that_they_may(tx, case, officer(me.staff_id), Action.REPLY)
            follows(case.state, Action.REPLY)
            variant, way = variant_of(house, case), way_now(tx, house, case)
            out = outgoing(house.words, way, variant, text[:_LONGEST])
            _send(tx, house, me, case, out, f"case:{case.id}:reply:{key}")

        return room.do(request, me, number, "reply", mark, deed, typed={"text": text})

    @made.post(f"{_ONE}/preview", needs=_HANDLE, name="preview reply")
    def preview(request: Request, me: SignedIn, number: int, text: Text = "") -> Response:
        return room.reply_box(request, me, number, text[:_LONGEST], "case/preview.html")

    @made.post(f"{_ONE}/fill", needs=_HANDLE, name="fill reply")
    def fill(
        request: Request, me: SignedIn, number: int, text: Text = "", ready: Text = ""
    ) -> Response:
        chosen = room.ready_text(me, number, ready)
        whole = "\n".join(filter(None, (text.rstrip(), chosen)))
        if "hx-request" in request.headers:
            return room.reply_box(request, me, number, whole, "case/reply_box.html")
        return room.show(request, me, number, Extra(typed={"text": whole}))

    return made


def _send(  # noqa: PLR0913, PLR0917 - what is sent, by whom, in which case
    tx: Tx, house: House, me: SignedIn, case: Case, out: OutgoingText, key: str
) -> int:
    def queue(tx: Tx) -> int | None:
        return queueing.put(
            tx,
            house.keyring,
            idempotency_key=key,
            conversation_id=case.conversation_id,
            text=out,
            now=house.clock(),
        )

    # Kept as it goes out, so that the page shows what the person reads.
    return talking.reply(tx, house.office(), case.id, me.staff_id, out.text, queue)
