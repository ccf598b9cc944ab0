"""Facts out into a workbook and back: errors by row and column, all or nothing.

What is the same as in the files is not touched. A row that is new becomes a new entry; a row that
is missing changes nothing, since a list that was sorted and cut is no wish to delete.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from safar.desk.errors import SheetError
from safar.desk.facts_cells import (
    COLUMNS,
    KEYS,
    KINDS,
    Cells,
    fact_cells,
    hotline_cells,
    plain_of,
    sheets_of,
    source_cells,
    value_cells,
    value_of,
    values_of,
    written,
)
from safar.desk.sheets import Row, read_book, write_book
from safar.desk.yamledit import change_file, entry_of, put
from safar.phrasing.values import Value
from safar.registry.check import check_content
from safar.registry.content import Content
from safar.registry.errors import ContentError
from safar.registry.files import replace_file
from safar.registry.load import load_content
from safar.registry.schema import Fact, Hotline, Source

_LONG_NUMBER = 7
"""Digits from which a number without its + is no number to call."""
_MODELS: dict[str, type[BaseModel]] = {"facts": Fact, "hotlines": Hotline, "sources": Source}
_VALUE: TypeAdapter[Any] = TypeAdapter(Value)
_TOP = ("id", "kind")


@dataclass(frozen=True)
class Imported:
    """What an import changed: entries that are new, entries that are another, and files."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    files: tuple[Path, ...]


@dataclass
class _Plan:
    """Changes to files, in the making."""

    problems: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    by_file: dict[str, list[Callable[[Any], None]]] = field(default_factory=dict)

    def do(self, file: str, change: Callable[[Any], None]) -> None:
        self.by_file.setdefault(file, []).append(change)


def export_facts(
    content_dir: Path, target: Path, today: date, country: str | None = None
) -> dict[str, int]:
    """Write facts, values, hotlines and sources into a workbook; return rows by sheet.

    Raises:
        ContentError: the content cannot be read.
        SheetError: there is no such country, or the file cannot be written.
    """
    content = load_content(content_dir)
    codes = [each.model.code for each in content.countries]
    if country is not None and country not in codes:
        raise SheetError([f"There is no country {country!r}; there are {', '.join(codes)}."])
    sheets = sheets_of(content, today, country)
    write_book(target, sheets)
    return {sheet.name: len(sheet.rows) for sheet in sheets}


def import_facts(content_dir: Path, book: Path, today: date) -> Imported:
    """Take over what a workbook says otherwise than the files; nothing of it, if there are errors.

    Raises:
        SheetError: with every error, each with its sheet, row and column.
        ContentError: the content had errors already.
        EditError: a file is laid out in a way that would not stay.
    """
    content = load_content(content_dir)
    if errors := check_content(content, today).errors:
        raise ContentError(errors)
    rows = read_book(book, COLUMNS)
    plan = _Plan()
    present = _present(content)
    values = _values_by_fact(rows.get("values", []), present["values"], plan)
    for name in ("sources", "facts", "hotlines"):
        _take(name, rows.get(name, []), present[name], values, plan)
    if values:
        left = [
            row.fault("fact", f"{key[1]!r} of {key[0]!r} has no row in the sheet facts")
            for key, row in _left(values)
        ]
        plan.problems += left
    if plan.problems:
        raise SheetError(plan.problems)
    texts = _texts(content_dir, plan)
    _try(content_dir, texts, today)
    _write_all(texts)
    return Imported(tuple(plan.added), tuple(plan.changed), tuple(texts))


@dataclass
class _Values:
    """The rows of one fact's values; `changed` where one differs from the file."""

    rows: list[Row] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    changed: bool = False
    taken: bool = False


def _present(content: Content) -> dict[str, dict[tuple[str, ...], Cells]]:
    found: dict[str, dict[tuple[str, ...], Cells]] = {name: {} for name in COLUMNS}

    def note(name: str, cells: Cells) -> None:
        found[name][tuple(cells[key] for key in KEYS[name])] = cells

    for country, fact, _ in content.facts():
        note("facts", fact_cells(country.code, fact))
        for cells in value_cells(country.code, fact):
            note("values", cells)
    for country, hotline, _ in content.hotlines():
        note("hotlines", hotline_cells(country.code, hotline))
    for file in content.sources:
        for source in file.model.sources:
            note("sources", source_cells(file.stem, source))
    found["files"] = {(each.stem,): {} for each in content.countries}
    return found


def _values_by_fact(
    rows: list[Row], present: Mapping[tuple[str, ...], Cells], plan: _Plan
) -> dict[tuple[str, str], _Values]:
    by_fact: dict[tuple[str, str], _Values] = {}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in KEYS["values"])
        if key in seen:
            plan.problems.append(row.fault("name", f"is in row {seen[key]} already"))
            continue
        seen[key] = row.number
        found = by_fact.setdefault((row["country"], row["fact"]), _Values())
        known = present.get(key)
        same = known is not None and all(row[c] == known[c] for c in COLUMNS["values"])
        data, fault = value_of(row)
        if not same:
            found.changed = True
            if data is None:
                plan.problems.append(row.fault("value" if row["kind"] in KINDS else "kind", fault))
                continue
            plan.problems += _value_faults(row, data)
        found.rows.append(row)
        found.data.append({"name": row["name"], "data": data, "same": same})
    return by_fact


def _value_faults(row: Row, data: dict[str, Any]) -> list[str]:
    faults = []
    if data["kind"] == "phone" and _lost_its_plus(row, "value"):
        faults.append(row.fault("value", "write the number as text: '+977…"))
    try:
        _VALUE.validate_python(data)
    except ValidationError as error:
        for each in error.errors():
            column = "currency" if "currency" in each["loc"] else "value"
            faults.append(row.fault(column, _said(each["msg"])))
    return faults


def _take(
    name: str,
    rows: list[Row],
    present: Mapping[tuple[str, ...], Cells],
    values: dict[tuple[str, str], _Values],
    plan: _Plan,
) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in KEYS[name])
        if "" in key:
            column = KEYS[name][key.index("")]
            plan.problems.append(row.fault(column, "is empty"))
            continue
        if key in seen:
            plan.problems.append(row.fault("id", f"is in row {seen[key]} already"))
            continue
        seen[key] = row.number
        own = values.get((key[0], key[1])) if name == "facts" else None
        if own is not None:
            own.taken = True
        known = present.get(key)
        other = [c for c in COLUMNS[name] if known is None or row[c] != known[c]]
        if not other and not (own and own.changed):
            continue
        faults = _row_faults(name, row, own, other)
        if faults:
            plan.problems += faults
            continue
        file = f"sources/{key[0]}.yaml" if name == "sources" else f"countries/{key[0]}.yaml"
        (plan.changed if known is not None else plan.added).append(key[1])
        change = _changing if known is not None else _adding
        plan.do(file, change(name, row, own, other))


def _row_faults(name: str, row: Row, own: _Values | None, other: list[str]) -> list[str]:
    faults = []
    if "phone" in other and _lost_its_plus(row, "phone"):
        faults.append(row.fault("phone", "write the number as text: '+977…"))
    for column in ("disputed", "dial_from_abroad"):
        if column in other and row[column].casefold() not in ("", "yes", "no", "true", "false"):
            faults.append(row.fault(column, "write yes, or nothing"))
    data = plain_of(name, row)
    if own is not None:
        data["values"] = {each["name"]: each["data"] for each in own.data if not each["same"]}
    try:
        _MODELS[name].model_validate(data)
    except ValidationError as error:
        for each in error.errors():
            column = str(each["loc"][0]) if each["loc"] else "id"
            if column != "values":  # told of in their own sheet
                faults.append(row.fault(column, _said(each["msg"])))
    return faults


def _changing(name: str, row: Row, own: _Values | None, other: list[str]) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        entry = entry_of(data, (name,), row["id"])
        if entry is None:  # it was there a moment ago
            raise SheetError([row.fault("id", "is not in the file any more; try again")])
        plain = plain_of(name, row)
        for column in other:
            _set(entry, name, column, plain)
        if own is not None and own.changed:
            _set_values(entry, own)

    return change


def _set(entry: CommentedMap, name: str, column: str, plain: dict[str, Any]) -> None:
    if column == "name_id":
        column = "name"
    value = plain.get(column)
    if column in ("sentence", "name") and isinstance(value, dict) and column in entry:
        # Its note to translators stays.
        for key, text in value.items():
            entry[column][key] = written(key, text)
        return
    if value in (None, "", [], False) and column != "as_of":
        entry.pop(column, None)
        return
    order = [c for c in COLUMNS[name] if c in entry or c == column]
    place = order.index(column)
    put(entry, column, written(column, value), after=order[place - 1] if place else None)


def _set_values(entry: CommentedMap, own: _Values) -> None:
    if "values" not in entry:
        put(entry, "values", values_of(own.data), after="kind")
        return
    for each in own.data:
        if not each["same"]:
            entry["values"][each["name"]] = written("", each["data"])


def _adding(name: str, row: Row, own: _Values | None, _: list[str]) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        plain = plain_of(name, row)
        made = CommentedMap()
        for column in ("id", *(c for c in COLUMNS[name] if c in plain and c != "id")):
            value = plain.get(column)
            if value in ([], False, "") or (value is None and column != "as_of"):
                continue
            made[column] = written(column, value)
            if column == "kind" and own is not None and own.data:
                made["values"] = values_of(own.data)
        if name == "sources":
            made.fa.set_flow_style()
        if name not in data or data[name] is None:
            data[name] = CommentedSeq()
        data[name].append(made)

    return change


def _left(values: dict[tuple[str, str], _Values]) -> list[tuple[tuple[str, str], Row]]:
    """Return the rows of values whose fact has no row, where they say something new."""
    return [
        (key, found.rows[0])
        for key, found in values.items()
        if not found.taken and found.changed and found.rows
    ]


def _texts(content_dir: Path, plan: _Plan) -> dict[Path, str]:
    texts = {}
    for file, changes in plan.by_file.items():
        path = content_dir / file
        if not path.exists():
            raise SheetError(
                [f"There is no file {path}; make it first, as docs/editors/country.md says."]
            )

        def all_of(data: Any, changes: list[Callable[[Any], None]] = changes) -> None:
            for change in changes:
                change(data)

        texts[path] = change_file(path, all_of)
    return texts


def _try(content_dir: Path, texts: Mapping[Path, str], today: date) -> None:
    """Check the content as it would be.

    Raises:
        SheetError: it has errors.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / content_dir.name
        shutil.copytree(content_dir, copy)
        for path, text in texts.items():
            (copy / path.relative_to(content_dir)).write_text(text, encoding="utf-8")
        try:
            errors = check_content(load_content(copy), today).errors
        except ContentError as error:
            errors = error.problems
    if errors:
        raise SheetError([f"With these rows the content would have an error: {e}" for e in errors])


def _write_all(texts: Mapping[Path, str]) -> None:
    """Write all files; should one not be writable, those before it are put back."""
    before = {path: path.read_text(encoding="utf-8") for path in texts}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            replace_file(path, text)
            done.append(path)
    except OSError as error:
        for path in done:
            replace_file(path, before[path])
        raise SheetError([f"{error.filename} cannot be written; nothing was changed."]) from error


def _lost_its_plus(row: Row, column: str) -> bool:
    return column in row.typed and len(row[column]) >= _LONG_NUMBER


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")
