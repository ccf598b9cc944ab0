"""Facts, their values, hotlines and sources as rows of text, and rows as they are in the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from safar.desk.sheets import Row, Sheet
from safar.desk.yamledit import flow
from safar.phrasing.values import Country, Items, Money, Number, Value
from safar.registry.content import Content
from safar.registry.schema import Dated, Fact, Hotline, Source

STATE: Final = "state (not read back)"
_DATED = ("source", "as_of", "review_by", "confidence")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "facts": (
        *("country", "id", "kind", "sentence", "destinations", "sectors", "genders"),
        *_DATED,
        "disputed",
    ),
    "values": ("country", "fact", "name", "kind", "value", "currency"),
    "hotlines": (
        *("country", "id", "kind", "name_id", "name", "phone", "for_origins"),
        *("dial_from_abroad", "hours"),
        *_DATED,
    ),
    "sources": ("file", "id", "title", "publisher", "url", "published", "kind"),
}
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "facts": ("country", "id"),
    "values": ("country", "fact", "name"),
    "hotlines": ("country", "id"),
    "sources": ("file", "id"),
}
"""The columns that name a row."""
_LISTS = frozenset({"destinations", "sectors", "genders", "for_origins"})
_DATES = frozenset({"as_of", "review_by", "published"})
_FLAGS = frozenset({"disputed", "dial_from_abroad"})
_KEY_OF: Final = {
    "text": "text",
    "number": "value",
    "money": "amount",
    "country": "code",
    "day": "value",
    "phone": "value",
    "ref": "id",
}
"""Where each kind of value keeps what it says."""
COUNTRIES: Final = "countries"
"""Kind of a value that is a list of countries."""
KINDS: Final = frozenset({*_KEY_OF, COUNTRIES})
"""Kinds of values that can be changed in a sheet."""

Cells = dict[str, str]


def sheets_of(content: Content, today: date, country: str | None = None) -> list[Sheet]:
    """Return the sheets of all countries or of one."""
    facts, values, hotlines, sources = [], [], [], []
    for owner, fact, _ in content.facts():
        if country in (None, owner.code):
            facts.append({**fact_cells(owner.code, fact), STATE: _state(fact, today)})
            values += list(value_cells(owner.code, fact))
    for owner, hotline, _ in content.hotlines():
        if country in (None, owner.code):
            state = {STATE: _state(hotline, today)}
            hotlines.append({**hotline_cells(owner.code, hotline), **state})
    for file in content.sources:
        if country in (None, file.stem):
            sources += [source_cells(file.stem, source) for source in file.model.sources]
    rows = {"facts": facts, "values": values, "hotlines": hotlines, "sources": sources}
    return [_sheet(name, found) for name, found in rows.items()]


def _sheet(name: str, found: Sequence[Cells]) -> Sheet:
    state = (STATE,) if name in ("facts", "hotlines") else ()
    columns = (*COLUMNS[name], *state)
    rows = [tuple(each.get(column, "") for column in columns) for each in found]
    return Sheet(name, columns, rows, frozenset(state))


def fact_cells(country: str, fact: Fact) -> Cells:
    """Return a fact as the cells of its row; its values have rows of their own."""
    return {
        "country": country,
        "id": fact.id,
        "kind": fact.kind,
        "sentence": fact.sentence.text if fact.sentence else "",
        "destinations": _listed(fact.destinations),
        "sectors": _listed(fact.sectors),
        "genders": _listed(fact.genders),
        **_dated(fact),
        "disputed": _flag(fact.disputed),
    }


def hotline_cells(country: str, hotline: Hotline) -> Cells:
    """Return a hotline as the cells of its row."""
    return {
        "country": country,
        "id": hotline.id,
        "kind": hotline.kind.value,
        "name_id": hotline.name.id,
        "name": hotline.name.text,
        "phone": hotline.phone,
        "for_origins": _listed(hotline.for_origins),
        "dial_from_abroad": _flag(hotline.dial_from_abroad),
        "hours": hotline.hours or "",
        **_dated(hotline),
    }


def source_cells(file: str, source: Source) -> Cells:
    """Return a source as the cells of its row."""
    return {
        "file": file,
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher or "",
        "url": source.url or "",
        "published": source.published or "",
        "kind": source.kind.value,
    }


def value_cells(country: str, fact: Fact) -> Iterator[Cells]:
    """Yield the values of a fact, one row each."""
    for name, value in fact.values.items():
        kind, text, currency = _worded(value)
        yield {
            "country": country,
            "fact": fact.id,
            "name": name,
            "kind": kind,
            "value": text,
            "currency": currency,
        }


def _worded(value: Value) -> tuple[str, str, str]:
    """Return the kind, text and currency of a value as cells."""
    if isinstance(value, Money):
        return value.kind, f"{value.amount:f}", value.currency
    if isinstance(value, Number):
        return value.kind, f"{value.value:f}", ""
    if isinstance(value, Items):
        codes = [each.code for each in value.items if isinstance(each, Country)]
        if value.style == "and" and len(codes) == len(value.items):
            return COUNTRIES, ", ".join(codes), ""
        return value.kind, value.model_dump_json(), ""
    return value.kind, str(getattr(value, _KEY_OF[value.kind])), ""


def value_of(row: Row) -> tuple[dict[str, Any] | None, str]:
    """Return the value a row means as plain data, or None and what is wrong with it."""
    kind, text = row["kind"], row["value"]
    if not text:
        return None, "is empty; to take a value away, change the file"
    if kind == COUNTRIES:
        items = [{"kind": "country", "code": code} for code in _split(text)]
        return {"kind": "items", "items": items, "style": "and"}, ""
    if kind not in _KEY_OF:
        known = ", ".join([*_KEY_OF, COUNTRIES])
        return None, f"the kind {kind!r} cannot be changed here; known are {known}"
    data: dict[str, Any] = {"kind": kind, _KEY_OF[kind]: text}
    if kind == "money":
        data["currency"] = row["currency"]
    return data, ""


def plain_of(name: str, row: Row) -> dict[str, Any]:
    """Return the cells of a row as plain data for the model; empty cells are left out."""
    data: dict[str, Any] = {}
    for column in COLUMNS[name]:
        text = row[column]
        if column in KEYS[name] and column != "id":
            continue
        if column in _FLAGS:
            data[column] = text.casefold() in ("yes", "true", "1")
        elif column in _LISTS:
            data[column] = _split(text)
        elif column == "as_of":
            data[column] = text or None
        elif column == "sentence":
            if text:
                data[column] = {"id": f"fact.{row['id']}", "text": text}
        elif column == "name":
            data[column] = {"id": row["name_id"] or f"hotline.{row['id']}", "text": text}
        elif text and column != "name_id":
            data[column] = text
    return data


def written(column: str, value: Any) -> Any:
    """Return plain data as it stands in these files: quoted where it has to be, on one line."""
    if isinstance(value, list):
        made = CommentedSeq([written("", each) for each in value])
        made.fa.set_flow_style()
        return made
    if isinstance(value, dict):
        return flow({key: written(key, each) for key, each in value.items()})
    if column in _DATES and isinstance(value, str) and "-" in value:
        # A month is text to YAML, a day is a date; neither needs quotes, a year alone does.
        return date.fromisoformat(value) if value.count("-") > 1 else value
    if isinstance(value, str) and (column in ("text", "url", "title") or not _plain(value)):
        return DoubleQuotedScalarString(value)
    return value


def values_of(rows: Sequence[dict[str, Any]]) -> CommentedMap:
    """Return values by name as they stand under a fact: one line each."""
    return CommentedMap({row["name"]: written("", row["data"]) for row in rows})


def _plain(text: str) -> bool:
    """Whether YAML reads it as this very text without quotes, as our reader and others do."""
    return text.replace("-", "").replace("_", "").isalpha() and text.casefold() not in _WORDS


_WORDS = frozenset("yes no on off true false null y n".split())


def _dated(entry: Dated) -> Cells:
    return {
        "source": entry.source,
        "as_of": entry.as_of or "",
        "review_by": entry.review_by.isoformat(),
        "confidence": entry.confidence.value,
    }


def _state(entry: Dated, today: date) -> str:
    if entry.withdrawn is not None:
        return f"withdrawn: {entry.withdrawn.reason}"
    if entry.stated(today):
        return "stated"
    return "past review" if entry.review_by < today else "in doubt: not stated"


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes)


def _split(text: str) -> list[str]:
    return [part for each in text.replace(";", ",").split(",") if (part := each.strip())]


def _flag(value: bool) -> str:
    return "yes" if value else ""
