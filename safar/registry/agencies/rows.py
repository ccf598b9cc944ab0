"""The rows of a register in a CSV file beside its head, one agency a line.

A spreadsheet opens it, and a change of one agency is a change of one line. Several names in
`aliases` are parted by "|", and so is what older lists said in `history`: "2026-01-31 valid
2026-06-30" is what the list of January said, with the last day of the licence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from safar.registry.agencies.model import Agency, AgencyStatus, Was
from safar.registry.errors import Problem
from safar.registry.yamlfile import Document

COLUMNS: Final = (
    "licence_number",
    "name",
    "status",
    "valid_until",
    "suspended_since",
    "gone_since",
    "aliases",
    "city",
    "address",
    "history",
)
MAX_BYTES: Final = 100_000_000
_LISTS: Final = ("aliases", "history")
_PARTED: Final = " | "
_DATES: Final = "write a full day such as 2027-06-30"
_REMEDIES: Final = {
    "licence_number": "write the number, or nothing where the register shows none",
    "name": "write the name as the register has it",
    "status": f"write one of {', '.join(each.value for each in AgencyStatus)}",
    "valid_until": _DATES,
    "suspended_since": _DATES,
    "gone_since": _DATES,
    "history": "write what older lists said like 2026-01-31 valid 2026-06-30 | 2026-02-28 gone",
}
_NATURAL: Final = re.compile(r"(\d+)")


def with_rows(document: Document, path: Path) -> tuple[Document, list[Problem]]:
    """Return the head of a register with the rows of the CSV file beside it, if it has one."""
    table = path.with_suffix(".csv")
    if not table.is_file() or not isinstance(document.data, dict):
        return document, []
    shown = document.file.removesuffix(".yaml") + ".csv"
    if "agencies" in document.data:
        remedy = "remove one of the two"
        problem = document.problem(("agencies",), f"{shown} holds the rows, too", remedy)
        return document, [problem]
    rows, problems = read_rows(table, shown)
    return replace(document, data={**document.data, "agencies": rows}), problems


def read_rows(path: Path, shown: str) -> tuple[list[Agency], list[Problem]]:
    """Return the agencies of a CSV file, and what is wrong with it, line by line."""
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"is larger than {MAX_BYTES:,} bytes"
            return [], [Problem(shown, 0, "", message, "split the register by region")]
        text = path.read_text("utf-8-sig")
    except OSError as error:
        return [], [Problem(shown, 0, "", f"cannot be read ({error.strerror})", "check the file")]
    except UnicodeDecodeError:
        return [], [Problem(shown, 0, "", "is not in UTF-8", "save it as CSV UTF-8")]
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="")
    unknown = [name for name in reader.fieldnames or ("nothing",) if name not in COLUMNS]
    lacking = [name for name in ("name", "status") if name not in (reader.fieldnames or ())]
    if unknown or lacking:
        what = f"no column {' or '.join(map(repr, lacking))}" if lacking else f"{unknown[0]!r}"
        message = f"the first line has {what}" + ("" if lacking else ", which is no column")
        return [], [Problem(shown, 1, "", message, f"write columns of {', '.join(COLUMNS)}")]
    agencies: list[Agency] = []
    problems: list[Problem] = []
    try:
        for row in reader:
            agency, fault = _agency(row)
            if agency is not None:
                agencies.append(agency)
            else:
                problems.append(_problem(shown, reader.line_num, row, *fault))
    except csv.Error as error:
        remedy = "save it again as CSV UTF-8"
        problems.append(Problem(shown, reader.line_num, "", f"is no CSV file ({error})", remedy))
    return agencies, problems


def write_rows(agencies: Iterable[Agency]) -> str:
    """Return the text of the CSV file; the same agencies give the same text."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(agency) for agency in agencies)
    return out.getvalue()


def in_order(agencies: Iterable[Agency]) -> list[Agency]:
    """Return `agencies` in the order of their numbers, 9 before 10, so that files compare well."""
    return sorted(agencies, key=lambda each: (_natural(each.licence_number or ""), each.name))


def _natural(number: str) -> list[tuple[int, int, str]]:
    return [
        (1, int(part), part) if part.isdecimal() else (0, 0, part.casefold())
        for part in _NATURAL.split(number)
        if part
    ]


def _agency(row: dict[str, Any]) -> tuple[Agency | None, tuple[str, str]]:
    if row.pop("", None):
        return None, ("", "the line has more cells than the first")
    filled: dict[str, Any] = {name: value.strip() for name, value in row.items() if value}
    filled = {name: value for name, value in filled.items() if value}
    filled.setdefault("licence_number", None)
    try:
        for name in _LISTS:
            if name in filled:
                parts = [part.strip() for part in filled[name].split(_PARTED.strip())]
                filled[name] = parts if name == "aliases" else [_was(part) for part in parts]
        return Agency.model_validate(filled), ("", "")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = next((str(part) for part in first["loc"]), "")
        return None, (name, _said(name, filled, first))
    except ValueError as error:
        return None, ("history", str(error))


def _said(name: str, filled: dict[str, Any], error: Any) -> str:
    if error["type"] == "missing":
        return f"{name} is empty"
    return f"{name} {str(filled.get(name))!r} is not right"


def _was(part: str) -> Was:
    words = part.split()
    named = dict(zip(("list_of", "status", "valid_until"), words, strict=False))
    try:
        if len(named) == len(words):
            return Was.model_validate(named)
    except ValidationError:
        pass  # told of below, with the words of the cell
    raise ValueError(f"history {part!r} is not right")


def _problem(shown: str, line: int, row: dict[str, Any], name: str, said: str) -> Problem:
    entry = row.get("licence_number") or row.get("name") or ""
    remedy = _REMEDIES.get(name, "mend the line")
    return Problem(shown, line, f'row "{entry}"', said, remedy)


def _row(agency: Agency) -> dict[str, str]:
    row = {
        "licence_number": agency.licence_number or "",
        "name": agency.name,
        "status": agency.status.value,
        "aliases": _PARTED.join(agency.aliases),
        "city": agency.city or "",
        "address": agency.address or "",
        "history": _PARTED.join(map(_told, agency.history)),
    }
    for name in ("valid_until", "suspended_since", "gone_since"):
        value = getattr(agency, name)
        row[name] = value.isoformat() if value else ""
    return row


def _told(was: Was) -> str:
    status = was.status.value if isinstance(was.status, AgencyStatus) else was.status
    until = f" {was.valid_until}" if was.valid_until else ""
    return f"{was.list_of} {status}{until}"
