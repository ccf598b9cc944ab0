"""The rows of a CSV or XLSX file, as they are."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from safar.registry.agencies.mapping import TableForm
from safar.registry.errors import AgencyImportError

Cell = str | date | None
MAX_BYTES: Final = 100_000_000
MAX_UNPACKED: Final = 1_000_000_000
"""A workbook is a packed file: one of a few kilobytes can unpack to more than a disk holds."""


@dataclass(frozen=True)
class Sheet:
    """A table being read.

    Attributes:
        about: how many rows there are, as far as is known before they are read.
        rows: the number of each row, counted from 1 as a spreadsheet does, and its cells.
    """

    about: int
    rows: Iterator[tuple[int, Sequence[Cell]]]


def read_sheet(path: Path, form: TableForm) -> Sheet:
    """Return the rows of `path`, from its first on.

    Raises:
        AgencyImportError: the file is none of the two, or is not as `form` says. Also while
            the rows are read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AgencyImportError(f"{path} cannot be read ({error.strerror})") from error
    if size > MAX_BYTES:
        raise AgencyImportError(f"{path} is larger than {MAX_BYTES:,} bytes; split it")
    kind = path.suffix.casefold()
    if kind == ".xlsx":
        return _workbook(path, form)
    if kind in (".csv", ".tsv", ".txt"):
        return _csv(path, form)
    raise AgencyImportError(
        f"{path.name} is neither CSV nor XLSX; open it in a spreadsheet and save it as one of them"
    )


def _csv(path: Path, form: TableForm) -> Sheet:
    raw = path.read_bytes()
    try:
        text = raw.decode(form.encoding)
    except (UnicodeDecodeError, UnicodeError) as error:
        raise AgencyImportError(
            f"{path.name} is not in the encoding {form.encoding} ({error}); write the right one"
            " under table: encoding: in the mapping, or save the file as CSV UTF-8"
        ) from error

    def rows() -> Iterator[tuple[int, Sequence[Cell]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
        except csv.Error as error:
            raise AgencyImportError(
                f"{path.name} is no CSV file from row {number + 1} on ({error}); save it again"
            ) from error

    return Sheet(text.count("\n") + 1, rows())


def _workbook(path: Path, form: TableForm) -> Sheet:
    torn = f"{path.name} is no XLSX workbook or is torn; save it again in a spreadsheet"
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise AgencyImportError(f"{path.name} unpacks to more than {MAX_UNPACKED:,} bytes")
        book: Any = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise AgencyImportError(torn) from error
    if form.sheet is not None and form.sheet not in book.sheetnames:
        there = ", ".join(book.sheetnames)
        book.close()
        raise AgencyImportError(f"{path.name} has no sheet {form.sheet!r}; it has {there}")
    sheet = book[form.sheet] if form.sheet is not None else book.worksheets[0]
    about = sheet.max_row or 0
    # What the file says of its size is often wrong; cells beyond it would be lost.
    sheet.reset_dimensions()

    def rows() -> Iterator[tuple[int, Sequence[Cell]]]:
        try:
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, [_cell(value) for value in cells]
        except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
            raise AgencyImportError(torn) from error
        finally:
            book.close()

    return Sheet(about, rows())


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
