"""Cases leave the console: those of a list as a table, one on paper. Both stand in the record."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError

from safar.cases.exporting import table
from safar.cases.exporting.typesetting import typeset
from safar.cases.listing import Wanted
from safar.console.case_paper import Teller, paper
from safar.console.house import House
from safar.console.rendering import rendering_of, words_of
from safar.console.routing import Pages
from safar.console.signed_in import SignedIn
from safar.gateway.spreadsheet import csv_rows
from safar.staff.permissions import Permission
from safar.store import audit

_AT_ONCE: Final = 2
"""Papers that are set at the same time: the machine has others to answer."""
_LINES: Final = 200
_WANTED: Final = TypeAdapter(Wanted)
_MARK: Final = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()
    turns = threading.BoundedSemaphore(_AT_ONCE)

    @made.get("/cases.csv", needs=Permission.EXPORT_CASES, name="cases as a table")
    def as_table(request: Request, me: SignedIn) -> Response:
        wanted = wanted_of(request.query_params)
        now = house.clock()
        with house.database.write() as tx:
            numbers = table.found(tx, me.staff_id, wanted, now)
            table.record(tx, house.keyring, me.staff_id, me.desk_id, wanted, len(numbers), now)
        lines = table.lines(house.database, me.desk_id, numbers, now)
        return StreamingResponse(
            _csv(lines),
            media_type="text/csv; charset=utf-8",
            headers=_named(f"cases-{now:%Y-%m-%d}.csv"),
        )

    @made.get("/cases/{case_id:int}.pdf", needs=Permission.EXPORT_CASES, name="case on paper")
    def on_paper(request: Request, me: SignedIn, case_id: int) -> Response:
        words = words_of(request, me)
        teller = Teller(house, me, words, rendering_of(request).when(me, words))
        with turns:
            with house.database.read() as tx:
                printed = paper(tx, teller, case_id)
            content = typeset(printed, house.clock())
        with house.database.write() as tx:
            details = {"as": "pdf", "texts": len(printed.transcript)}
            deed = audit.Deed("staff", "export", "case", str(case_id), me.staff_id, details)
            audit.append(tx, house.keyring, deed, house.clock())
        return Response(
            content, media_type="application/pdf", headers=_named(f"case-{case_id}.pdf")
        )

    return made


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Return what narrows a list, as its address says it; what is not of that is passed over.

    Raises:
        RequestValidationError: A value is none that a list can be narrowed by: then nothing is
            handed out rather than too much.
    """
    try:
        return _WANTED.validate_python({name: value for name, value in query.items() if value})
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error


def _csv(lines: Iterator[list[object]]) -> Iterator[str]:
    yield _MARK + csv_rows([table.HEADER])
    while some := list(islice(lines, _LINES)):
        yield csv_rows(some)


def _named(name: str) -> dict[str, str]:
    # A file to keep: shown inside the console, it would run with what is signed in there.
    return {"Content-Disposition": f'attachment; filename="{name}"'}
