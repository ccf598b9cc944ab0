"""How the list of one authority is read: a small file that an editor writes once."""

from __future__ import annotations

import codecs
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from safar.registry.agencies.model import AgencyStatus
from safar.registry.errors import ContentError, Problem
from safar.registry.explain import explain
from safar.registry.schema import Confidence, CountryCode, Entry, Identifier
from safar.registry.yamlfile import Document, Loc, read_yaml

_MAX_BYTES: Final = 1_000_000


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Headers = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""The title of a column, or several of which the first that is there counts."""
Pattern = Annotated[str, Field(min_length=1)]


class TableForm(Entry):
    """Where in the file the rows are; `sheet` is for XLSX, the last two are for CSV."""

    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=1000)
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: str = "utf-8-sig"

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            codecs.lookup(value)
        except LookupError as error:
            raise ValueError(f"no encoding is called {value!r}; utf-8-sig fits most") from error
        return value


class Columns(Entry):
    """The titles of the columns. All that are named for aliases and address are taken."""

    name: Headers
    licence_number: Headers = ()
    status: Headers = ()
    valid_until: Headers = ()
    suspended_since: Headers = ()
    aliases: Headers = ()
    city: Headers = ()
    address: Headers = ()


class StatusWords(Entry):
    """What the authority's words for a status mean, case aside; no other word is accepted.

    `empty` is the status of a row that says nothing; without it such a row is rejected.
    """

    valid: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    empty: AgencyStatus | None = None

    def table(self) -> dict[str, AgencyStatus]:
        """Return the status of each word, casefolded."""
        return {
            " ".join(word.casefold().split()): status
            for status in AgencyStatus
            for word in getattr(self, status.value)
        }

    @model_validator(mode="after")
    def _once(self) -> StatusWords:
        words = [w.casefold() for each in AgencyStatus for w in getattr(self, each.value)]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"the status word {twice[0]!r} stands under two statuses; keep one")
        return self


class LicenceForm(Entry):
    """What a licence number looks like once it is put in one form, and how it is put so.

    Digits of every script become Latin ones, dashes one dash, spaces go, small letters become
    capitals; O and I beside digits become the digits they look like, unless `look_alikes` is no.
    Then `remove` goes, `pad` fills a number of digits only with noughts, and `prefix` is put
    before it if it is not there. What then does not fit `pattern` as a whole is rejected.
    """

    pattern: Pattern = ".+"
    remove: tuple[str, ...] = ()
    pad: int = Field(default=0, ge=0, le=20)
    prefix: str = ""
    look_alikes: bool = True

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        _compiled(value)
        return value


class DateForm(Entry):
    """How dates are written, in the letters of strptime; `never` are words for no date."""

    formats: tuple[str, ...] = ("%Y-%m-%d",)
    never: tuple[str, ...] = ("-",)

    @field_validator("formats")
    @classmethod
    def _usable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        some = date(2031, 12, 25)
        for form in value:
            try:
                usable = datetime.strptime(some.strftime(form), form).date() == some
            except ValueError:
                usable = False
            if not usable:
                raise ValueError(f"{form!r} is no form of a whole date; write one such as %d/%m/%Y")
        return value


class Mapping(Entry):
    """One file in content/agencies/mappings/.

    Attributes:
        register: name of the register's files, without ending; by default the country.
        valid_days: how long after its date a list may be stated as true.
        as_of_in_name: pattern with one group that finds the list's date in the file's name.
        most_gone_percent: a list that has lost more is taken for a torn file.
    """

    country: CountryCode
    authority: Annotated[str, Field(min_length=2)]
    source: Identifier
    sample: bool = False
    confidence: Confidence = Confidence.MEDIUM
    register_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] | None = Field(
        default=None, alias="register"
    )
    valid_days: int = Field(default=90, ge=1, le=800)
    as_of_in_name: Pattern | None = None
    most_gone_percent: int = Field(default=30, ge=0, le=100)
    table: TableForm = TableForm()
    columns: Columns
    status: StatusWords
    licence: LicenceForm = LicenceForm()
    dates: DateForm = DateForm()

    @field_validator("as_of_in_name")
    @classmethod
    def _one_group(cls, value: str | None) -> str | None:
        if value is not None and _compiled(value).groups != 1:
            raise ValueError(r"as_of_in_name needs one group, such as list-(\d{4}-\d{2}-\d{2})")
        return value

    @model_validator(mode="after")
    def _says_a_status(self) -> Mapping:
        if not self.columns.status and self.status.empty is None:
            raise ValueError("name the column of the status, or say status: {empty: unknown}")
        return self

    @property
    def stem(self) -> str:
        """Name of the register's files."""
        return self.register_name or self.country

    def as_of(self, file_name: str) -> str | None:
        """Return the date that stands in the name of a file, if the mapping says where."""
        found = re.search(self.as_of_in_name, file_name) if self.as_of_in_name else None
        return found[1] if found else None


def load_mapping(path: Path) -> Mapping:
    """Return the mapping in `path`.

    Raises:
        ContentError: with everything that is wrong with it.
    """
    if not path.is_file():
        folder = path.parent
        there = ", ".join(sorted(each.name for each in folder.glob("*.yaml"))) or "none"
        remedy = f"name one that is there: {there}"
        raise ContentError([Problem(path.name, 0, "", "the mapping does not exist", remedy)])
    document, problems = read_yaml(path, path.name, _MAX_BYTES)
    if document is None or problems:
        raise ContentError(problems)
    try:
        return Mapping.model_validate(_as_written(document, document.data, ()))
    except ValidationError as error:
        raise ContentError(explain(error, document, _KNOWN_KEYS)) from error


def _as_written(document: Document, value: Any, loc: Loc) -> Any:
    """Return `value` with titles and words as they are written: "No" is a title, not false."""
    if isinstance(value, dict):
        return {key: _as_written(document, each, (*loc, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_written(document, each, (*loc, at)) for at, each in enumerate(value)]
    if isinstance(value, bool) and loc[0] in ("columns", "status"):
        return document.raw[loc]
    return value


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} is not right: {error}") from error


_KNOWN_KEYS: Final = frozenset(
    name
    for model in (Mapping, TableForm, Columns, StatusWords, LicenceForm, DateForm)
    for name in model.model_fields
) | {"register"}
