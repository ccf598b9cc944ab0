"""Rows of an authority's list become agencies, or are rejected with a reason."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from pydantic import ValidationError

from safar.registry.agencies.fold import visible
from safar.registry.agencies.licence import licence_key
from safar.registry.agencies.mapping import LicenceForm, Mapping
from safar.registry.agencies.model import Agency, AgencyStatus
from safar.registry.agencies.sheet import Cell
from safar.registry.errors import AgencyImportError

_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_ERROR_CELL: Final = re.compile(r"#(?:REF|N/A|VALUE|NAME\?|DIV/0|NUM|NULL)!?")
_FORMULA: Final = ("=", "+", "@", "\t")
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2100
_JOINERS: Final = "\u200c\u200d"
"""Signs that are not seen but change how letters of some scripts are joined."""
_SAMPLE: Final = "sample"
_LIKE_DIGITS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken.

    Attributes:
        row: its number in the file, as a spreadsheet shows it.
        column: which value is not right.
        reason: what is wrong, as a sentence without its full stop.
        licence: the licence number, as far as it could be read.
        name: the name, as far as there is one.
    """

    row: int
    column: str
    reason: str
    licence: str | None
    name: str


@dataclass
class Converted:
    """What became of the rows."""

    agencies: list[Agency] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    read: int = 0


class _RowError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def convert(
    rows: Iterable[tuple[int, Sequence[Cell]]],
    mapping: Mapping,
    progress: Callable[[int], None] | None = None,
) -> Converted:
    """Return the agencies in `rows`, and what was rejected.

    Raises:
        AgencyImportError: a column that the mapping names is not there.
    """
    done = Converted()
    reader: _RowReader | None = None
    seen: dict[str, int] = {}
    for number, cells in rows:
        if progress is not None:
            progress(number)
        if number < mapping.table.header_row:
            continue
        if reader is None:
            reader = _RowReader(mapping, cells)
            continue
        if not any(_text(cell) for cell in cells):
            continue
        done.read += 1
        licence = name = None
        try:
            licence, name = reader.licence_or_none(cells), reader.text("name", cells)
            agency = reader.agency(cells)
            key = identity(agency)
            if key in seen:
                what = "licence number" if agency.licence_number else "name"
                column = "licence_number" if agency.licence_number else "name"
                raise _RowError(column, f"its {what} is already in row {seen[key]}")
            seen[key] = number
            done.agencies.append(agency)
        except _RowError as error:
            done.rejected.append(Rejected(number, error.column, error.reason, licence, name or ""))
    if reader is None:
        raise AgencyImportError(
            f"there is no row {mapping.table.header_row}, where the mapping has the titles of the"
            " columns; write the right one under table: header_row:"
        )
    return done


def identity(agency: Agency) -> str:
    """Return what makes an agency the same one in the next list."""
    if agency.licence_number:
        return licence_key(agency.licence_number)
    return "name " + " ".join(visible(f"{agency.name} {agency.city or ''}").casefold().split())


def normal_licence(written: str, form: LicenceForm) -> str:
    """Return `written` in the one form of its register; see `LicenceForm`."""
    number = "".join(
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter
        for letter in _DASHES.sub("-", visible(written))
    )
    number = "".join(number.split()).upper()
    for each in form.remove:
        number = number.replace("".join(each.split()).upper(), "")
    if form.look_alikes:
        number = re.sub(
            r"(?<![A-Z])[OIL]+(?=\d)|(?<=\d)[OIL]+(?![A-Z])",
            lambda found: found[0].translate(_LIKE_DIGITS),
            number,
        )
    prefix = form.prefix.upper()
    rest = number.removeprefix(prefix)
    if form.pad and rest.isdecimal():
        rest = rest.zfill(form.pad)
    return prefix + rest if rest else number


class _RowReader:
    """Reads rows below a row of titles."""

    def __init__(self, mapping: Mapping, titles: Sequence[Cell]) -> None:
        self._mapping = mapping
        self._words = mapping.status.table()
        self._pattern = re.compile(mapping.licence.pattern)
        self._never = {word.casefold() for word in mapping.dates.never}
        found = [_title(cell) for cell in titles]
        self._at: dict[str, list[int]] = {}
        for column in type(mapping.columns).model_fields:
            wanted: tuple[str, ...] = getattr(mapping.columns, column)
            places = [found.index(_title(title)) for title in wanted if _title(title) in found]
            if wanted and not places:
                raise AgencyImportError(_no_column(column, wanted, titles))
            self._at[column] = places if column in ("aliases", "address") else places[:1]

    def text(self, column: str, cells: Sequence[Cell]) -> str:
        """Return what stands under `column`, in one line."""
        parts = [_text(cells[place]) for place in self._at[column] if place < len(cells)]
        return ", ".join(part for part in parts if part)

    def licence_or_none(self, cells: Sequence[Cell]) -> str | None:
        """Return the licence number in its one form, right or not."""
        return normal_licence(self.text("licence_number", cells), self._mapping.licence) or None

    def agency(self, cells: Sequence[Cell]) -> Agency:
        """Return the agency of a row.

        Raises:
            _RowError: the row is not right.
        """
        for column in self._at:
            written = self.text(column, cells)
            if _ERROR_CELL.fullmatch(written):
                raise _RowError(column, f"the cell of {column} holds the error {written}")
        name = self._name(cells)
        try:
            return Agency(
                licence_number=self._licence(cells),
                name=name,
                status=self._status(cells),
                valid_until=self._date("valid_until", cells),
                suspended_since=self._date("suspended_since", cells),
                aliases=self._aliases(name, cells),
                city=self.text("city", cells) or None,
                address=self.text("address", cells) or None,
            )
        except ValidationError as error:
            column = str(error.errors()[0]["loc"][0])
            raise _RowError(column, f"{column} is not right") from error

    def _name(self, cells: Sequence[Cell]) -> str:
        name = self.text("name", cells)
        if not name:
            raise _RowError("name", "the name is empty")
        if name.startswith(_FORMULA):
            raise _RowError("name", f"the name {name!r} looks like a formula")
        if not any(letter.isalpha() for letter in name) or len(name) == 1:
            raise _RowError("name", f"the name {name!r} has no word in it")
        if self._mapping.sample and _SAMPLE not in name.casefold():
            raise _RowError("name", f"the name {name!r} does not say that it is a SAMPLE")
        return name

    def _aliases(self, name: str, cells: Sequence[Cell]) -> tuple[str, ...]:
        kept: dict[str, str] = {}
        for place in self._at["aliases"]:
            for alias in re.split(r"[|;]", _text(cells[place]) if place < len(cells) else ""):
                if len(alias.strip()) > 1:
                    kept.setdefault(alias.strip().casefold(), alias.strip())
        kept.pop(name.casefold(), None)
        return tuple(kept.values())

    def _licence(self, cells: Sequence[Cell]) -> str | None:
        if not self._at["licence_number"]:
            return None
        written = self.text("licence_number", cells)
        number = normal_licence(written, self._mapping.licence)
        if not number:
            raise _RowError("licence_number", "the licence number is empty")
        if self._pattern.fullmatch(number) is None:
            said = f"the licence number {written!r} does not fit {self._pattern.pattern}"
            raise _RowError("licence_number", said)
        return number

    def _status(self, cells: Sequence[Cell]) -> AgencyStatus:
        written = self.text("status", cells)
        if not written:
            if self._mapping.status.empty is None:
                raise _RowError("status", "the status is empty")
            return self._mapping.status.empty
        status = self._words.get(" ".join(written.casefold().split()))
        if status is None:
            raise _RowError("status", f"the status {written!r} is in no list of the mapping")
        return status

    def _date(self, column: str, cells: Sequence[Cell]) -> date | None:
        places = self._at[column]
        cell = cells[places[0]] if places and places[0] < len(cells) else None
        if isinstance(cell, date):
            return self._sensible(column, cell)
        written = _text(cell)
        if not written or written.casefold() in self._never:
            return None
        latin = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in written)
        for form in self._mapping.dates.formats:
            try:
                return self._sensible(column, datetime.strptime(latin, form).date())
            except ValueError:
                continue
        forms = " or ".join(self._mapping.dates.formats)
        raise _RowError(column, f"{column} {written!r} is no date of the form {forms}")

    @staticmethod
    def _sensible(column: str, day: date) -> date:
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise _RowError(column, f"{column} {day.isoformat()} cannot be")
        return day


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    composed = unicodedata.normalize("NFC", cell)
    return " ".join("".join(map(_seen, composed)).split())


def _seen(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cc":
        return " "
    return "" if kind == "Cf" and letter not in _JOINERS else letter


def _title(cell: Cell) -> str:
    return _text(cell).casefold()


def _no_column(column: str, wanted: Sequence[str], titles: Sequence[Cell]) -> str:
    there = [text for cell in titles if (text := _text(cell))]
    close = difflib.get_close_matches(wanted[0], there, n=1, cutoff=0.5)
    hint = f"; {close[0]!r} may be meant" if close else ""
    shown = ", ".join(map(repr, there[:12])) or "none"
    return (
        f"there is no column {' or '.join(map(repr, wanted))} for {column}{hint}. The titles in the"
        f" header row are: {shown}. Mend columns: or table: header_row: in the mapping"
    )
