"""Workbooks (XLSX) as plain text in rows: written so that nothing is executed, read the same way.

Every cell is text. One that begins with "=", "+", "-" or "@" is marked as text twice, so that no
program takes it for a formula; a formula that somebody wrote is refused, not calculated.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from safar.desk.errors import SheetError

_MAX_BYTES: Final = 20_000_000
_MAX_UNPACKED: Final = 200_000_000
_MAX_ROWS: Final = 100_000
_WIDEST: Final = 70
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_TEXT: Final = "@"
"""Excel's own name for the format of text: a phone number keeps its +, a year stays one."""


@dataclass(frozen=True)
class Sheet:
    """One sheet to write.

    Attributes:
        name: Its name.
        columns: Their heads.
        rows: Texts, one a column.
        locked: Columns that are shown, and not read back.
        choices: By column, the sheet whose first column lists what may be chosen there.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    locked: frozenset[str] = frozenset()
    choices: Mapping[str, Sheet] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row that was read.

    Attributes:
        sheet: name of its sheet.
        number: its place in the sheet, from 1.
        cells: texts by column.
        letters: of the columns.
        typed: columns that hold a number, not a text: one that had a + has lost it.
    """

    sheet: str
    number: int
    cells: dict[str, str]
    letters: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell, empty where there is none."""
        return self.cells.get(column, "")

    def fault(self, column: str, message: str) -> str:
        """Return a sentence that names the cell."""
        letter = self.letters.get(column, "")
        place = f"{self.sheet}!{letter}{self.number}" if letter else f"{self.sheet}!{self.number}"
        return f"{place} ({column}): {message}"


def write_book(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write a workbook, replacing what is there in one step.

    Raises:
        SheetError: the file cannot be written.
    """
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.name), sheet)
    fresh = path.with_name(f".{path.name}.new")
    try:
        book.save(fresh)
        fresh.replace(path)
    except OSError as error:
        raise SheetError([f"{path} cannot be written ({error.strerror})."]) from error
    finally:
        fresh.unlink(missing_ok=True)


def read_book(path: Path, wanted: dict[str, tuple[str, ...]]) -> dict[str, list[Row]]:
    """Return the rows of the sheets `wanted`, by sheet; each must have its columns.

    Rows without any text are left out. A sheet that is missing gives no rows.

    Raises:
        SheetError: it is no workbook, is too large, lacks a column, or has cells that are no text.
    """
    _check_size(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SheetError([f"{path} is no workbook (XLSX): {error}. Save it as one."]) from error
    problems: list[str] = []
    found: dict[str, list[Row]] = {}
    try:
        names = [name for name in wanted if name in book.sheetnames]
        if not names:
            listed = ", ".join(wanted)
            raise SheetError([f"{path} has none of the sheets {listed}; export one to begin with."])
        for name in names:
            found[name] = list(_read_sheet(book[name], name, wanted[name], problems))
    finally:
        book.close()
    if problems:
        raise SheetError(problems)
    return found


def _write_sheet(place: Any, sheet: Sheet) -> None:
    place.freeze_panes = "A2"
    head = PatternFill("solid", fgColor="DDE5EE")
    locked = PatternFill("solid", fgColor="EEEEEE")
    for column, name in enumerate(sheet.columns, 1):
        cell = place.cell(1, column, name)
        cell.font, cell.fill = Font(bold=True), locked if name in sheet.locked else head
    widths = [len(name) for name in sheet.columns]
    for number, row in enumerate(sheet.rows, 2):
        for column, text in enumerate(row, 1):
            _write_cell(place.cell(number, column), text)
            widths[column - 1] = max(widths[column - 1], min(len(text), _WIDEST))
    for name, listed in sheet.choices.items():
        letter = get_column_letter(sheet.columns.index(name) + 1)
        choice = DataValidation(
            type="list", formula1=f"'{listed.name}'!$A$2:$A${len(listed.rows) + 1}"
        )
        choice.add(f"{letter}2:{letter}{max(2, len(sheet.rows) + 1)}")
        place.add_data_validation(choice)
    for column, width in enumerate(widths, 1):
        place.column_dimensions[get_column_letter(column)].width = width + 2


def _write_cell(cell: Any, text: str) -> None:
    cell.number_format = _TEXT
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if not text:
        return
    # What XML cannot hold, such as a bell, has no place in a text for people.
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"  # whatever it looks like
    if text.startswith(_RISKY):
        cell.quotePrefix = True


def _check_size(path: Path) -> None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SheetError([f"{path} has more than {_MAX_BYTES:,} bytes; split it."])
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
    except OSError as error:
        raise SheetError([f"{path} cannot be read ({error.strerror})."]) from error
    except zipfile.BadZipFile as error:
        raise SheetError([f"{path} is no workbook (XLSX); save it as one."]) from error
    if unpacked > _MAX_UNPACKED:
        raise SheetError([f"{path} unpacks to more than {_MAX_UNPACKED:,} bytes; split it."])


def _read_sheet(
    place: Any, name: str, columns: tuple[str, ...], problems: list[str]
) -> Iterator[Row]:
    rows = place.iter_rows(max_row=_MAX_ROWS)
    heads = [str(cell.value or "").strip() for cell in next(rows, ())]
    missing = [column for column in columns if column not in heads]
    if missing:
        problems.append(f"{name}!1: there is no column {', '.join(missing)}; export it again.")
        return
    twice = {head for head in heads if head and heads.count(head) > 1}
    if twice:
        problems.append(f"{name}!1: the column {', '.join(sorted(twice))} is there twice.")
        return
    letters = {head: get_column_letter(n) for n, head in enumerate(heads, 1) if head}
    for number, cells in enumerate(rows, 2):
        row = Row(name, number, {}, letters)
        for head, cell in zip(heads, cells, strict=False):
            if not head or cell.value is None:
                continue
            text, fault = _text_of(cell)
            if fault:
                problems.append(row.fault(head, fault))
            elif text:
                row.cells[head] = text
                if isinstance(cell.value, int | float):
                    row.typed.add(head)
        if row.cells:
            yield row


def _text_of(cell: Any) -> tuple[str, str]:
    value = cell.value
    if cell.data_type == "f":
        return "", "is a formula; write what it gives, as text"
    if cell.data_type == "e":
        return "", "is an error of the spreadsheet; write the value"
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10], ""
    if isinstance(value, int | float):
        return str(int(value) if float(value).is_integer() else value), ""
    return str(value).strip(), ""
