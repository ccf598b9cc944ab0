"""Read and write one table of the world: CSV with a header, one row an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from safar.registry.errors import Problem
from safar.registry.schema import Entry

RowT = TypeVar("RowT", bound=Entry)

MAX_TABLE_BYTES: Final = 4_000_000
_BETWEEN: Final = {"covers": " ", "names": "|"}
"""What stands between the items of a cell that holds several."""
_HOW: Final = {
    "as_of": "write a year, month or day such as 2015, 2015-07 or 2015-07-14",
    "city": "write the city's name in English, at most 60 letters",
    "covers": "write country codes with a space between, such as KW QA",
    "country": "write the country's two capital letters, such as NP",
    "destination": "write the country's two capital letters, such as QA",
    "instrument": "write the convention as c189 or icrmw",
    "kind": (
        "write embassy, high_commission, consulate_general, consulate, honorary_consulate or office"
    ),
    "lat": "write degrees north between -90 and 90, such as 25.29",
    "lon": "write degrees east between -180 and 180, such as 51.53",
    "origin": "write the country's two capital letters, such as NP",
    "website": "write host and path without https://, such as qa.nepalembassy.gov.np",
    "year": "write four digits, such as 2013, or nothing",
}


@dataclass(frozen=True)
class Row(Generic[RowT]):
    """An entry with the line of its file it stands on."""

    entry: RowT
    file: str
    line: int

    def problem(self, message: str, remedy: str) -> Problem:
        """Return an error at this row."""
        return Problem(self.file, self.line, "", message, remedy)


def read_table(
    path: Path, file: str, model: type[RowT]
) -> tuple[tuple[Row[RowT], ...], list[Problem]]:
    """Read the rows of `path`; no file is a table without rows.

    Args:
        path: the CSV file (UTF-8, commas).
        file: how problems name it.
        model: what a row is.
    """
    if not path.is_file():
        return (), []

    def refuse(message: str, remedy: str) -> tuple[tuple[Row[RowT], ...], list[Problem]]:
        return (), [Problem(file, 1, "", message, remedy)]

    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            return refuse(f"is larger than {MAX_TABLE_BYTES:,} bytes", "leave rows out")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return refuse(f"cannot be read ({error.strerror})", "check the file and its permissions")
    except UnicodeDecodeError:
        return refuse("holds a letter that is not UTF-8", "save the file as CSV in UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""))
    columns = next(reader, [])
    unknown = [name for name in columns if name not in model.model_fields]
    needed = [n for n, f in model.model_fields.items() if f.is_required() and n not in columns]
    if unknown or needed or len(set(columns)) != len(columns):
        wrong = unknown or needed or columns
        return refuse(
            f'the first line is wrong at "{wrong[0]}"',
            f"write the columns {','.join(model.model_fields)}",
        )
    return _rows(reader, columns, file, model)


def _rows(
    reader: Any, columns: Sequence[str], file: str, model: type[RowT]
) -> tuple[tuple[Row[RowT], ...], list[Problem]]:
    rows: list[Row[RowT]] = []
    problems: list[Problem] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = reader.line_num
            if len(cells) != len(columns):
                message = f"the row has {len(cells)} cells, not {len(columns)}"
                remedy = "put quotes around a cell with a comma in it, or add the missing commas"
                problems.append(Problem(file, line, "", message, remedy))
                continue
            try:
                entry = model.model_validate(_values(columns, cells))
            except ValidationError as error:
                problems.extend(_faults(error, file, line))
                continue
            rows.append(Row(entry, file, line))
    except csv.Error as error:
        remedy = "save the file again as CSV in UTF-8"
        problems.append(Problem(file, reader.line_num, "", f"is no CSV ({error})", remedy))
    return tuple(rows), problems


def _values(columns: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, cell in zip(columns, cells, strict=True):
        text = cell.strip()
        if text:
            items = (item.strip() for item in text.split(_BETWEEN.get(name, " ")))
            values[name] = tuple(item for item in items if item) if name in _BETWEEN else text
    return values


def _faults(error: ValidationError, file: str, line: int) -> Iterable[Problem]:
    for each in error.errors(include_url=False):
        name = str(each["loc"][0]) if each["loc"] else "the row"
        if each["type"] == "missing":
            message = f"{name} is empty"
        else:
            message = f'{name} "{each["input"]}" is not right'
        yield Problem(file, line, "", message, _HOW.get(name, "mend the cell"))


def write_table(path: Path, entries: Sequence[RowT], model: type[RowT]) -> None:
    """Write `entries` to `path` as `read_table` reads them, all or nothing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(model.model_fields)
    for entry in entries:
        writer.writerow(_cell(name, getattr(entry, name)) for name in model.model_fields)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text.getvalue(), encoding="utf-8")
    fresh.replace(path)


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return _BETWEEN[name].join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
