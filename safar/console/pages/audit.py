"""The record of what was done, for auditors and administrators."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from sqlalchemy import select

from safar.console.house import House
from safar.console.rendering import page
from safar.console.routing import Pages
from safar.console.signed_in import SignedIn
from safar.staff.permissions import Permission
from safar.store import audit, audit_pages
from safar.store.audit_pages import Filter
from safar.store.case_tables import staff
from safar.store.database import Tx

_NEEDS = Permission.SEE_AUDIT
_ON_A_PAGE: Final = 50
_LARGEST: Final = 2**62
Word = Annotated[str, Query(max_length=64)]


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/audit", needs=_NEEDS, name="record")
    def record(
        request: Request,
        me: SignedIn,
        action: Word = "",
        subject: Word = "",
        subject_id: Word = "",
        who: Word = "",
        before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
    ) -> Response:
        wanted = Filter(action, subject, subject_id.strip(), who.strip())
        return _page(request, house, me, wanted, before)

    @made.post("/audit/verify", needs=_NEEDS, name="verify record")
    def verify(request: Request, me: SignedIn) -> Response:
        with house.database.read() as tx:
            verdict = audit.verify(tx, house.keyring)
        return _page(request, house, me, Filter(), None, verdict=verdict)

    return made


def _page(
    request: Request,
    house: House,
    me: SignedIn,
    wanted: Filter,
    before: int | None,
    **values: Any,
) -> Response:
    with house.database.read() as tx:
        lines = audit_pages.lines(tx, wanted, before=before, limit=_ON_A_PAGE + 1)
        shown = lines[:_ON_A_PAGE]
        known: dict[str, Any] = {
            "names": _names(tx, house, {line.actor_id for line in shown if line.actor_id}),
            "actions": audit_pages.actions(tx),
            "subjects": audit_pages.subjects(tx),
        }
    older = shown[-1].number if len(lines) > len(shown) else None
    given = {"verdict": None, **values}
    return page(
        request, me, "audit/list.html",
        lines=shown, wanted=wanted, older=older, newest=before is None, **known, **given,
    )  # fmt: skip


def _names(tx: Tx, house: House, staff_ids: set[str]) -> dict[str, str]:
    rows = tx.execute(select(staff.c.id, staff.c.name_encrypted).where(staff.c.id.in_(staff_ids)))
    return {row.id: house.keyring.decrypt(row.name_encrypted) for row in rows}
