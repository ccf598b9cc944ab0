"""An authority's list becomes a register of content/: the whole of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from safar.registry.agencies.convert import Rejected, convert, identity
from safar.registry.agencies.licence import licence_key
from safar.registry.agencies.mapping import Mapping
from safar.registry.agencies.merge import Merged, merge
from safar.registry.agencies.model import AgencyRegister
from safar.registry.agencies.rows import in_order, with_rows, write_rows
from safar.registry.agencies.sheet import read_sheet
from safar.registry.dates import span
from safar.registry.errors import AgencyImportError, ContentError
from safar.registry.explain import explain
from safar.registry.files import replace_file
from safar.registry.yamlfile import read_yaml

MAX_HEAD_BYTES: Final = 8_000_000
_FOLDER: Final = "agencies"
_READABLE: Final = 0o644
"""Mode of a register's files: lists of authorities are for everybody."""
_SMALL: Final = 10
"""In a list as short as this a few that go are no sign of a torn file."""
_NOTE: Final = """\
# Made by `safar agencies import`; the agencies are in {table}. Both may be edited by hand:
# the next import keeps what older lists said, and puts in what the new list says.
"""

Progress = Callable[[int, int], None]
"""Called with the rows read, and about how many there are."""


@dataclass(frozen=True)
class Wanted:
    """How a list is to be imported.

    Attributes:
        as_of: date of the list.
        check: only look; write nothing.
        accept_rejected: leave bad rows out and take the others.
        accept_gone: take the list though far more than usual is gone from it.
    """

    as_of: date
    check: bool = False
    accept_rejected: bool = False
    accept_gone: bool = False


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        register: the head of the register.
        as_of: date of the list.
        read: rows that are not empty.
        accepted: rows that are taken.
        rejected: rows that are not, with the reason.
        merged: what it changes in the register.
        written: whether anything was written.
        same: the register holds this list already.
    """

    register: Path
    as_of: date
    read: int
    accepted: int
    rejected: tuple[Rejected, ...]
    merged: Merged
    written: bool
    same: bool


def import_list(  # noqa: PLR0913 - a file, how to read it, where to put it, and when
    file: Path,
    *,
    mapping: Mapping,
    mapping_name: str,
    content_dir: Path,
    wanted: Wanted,
    today: date,
    progress: Progress | None = None,
) -> ImportReport:
    """Read `file` as `mapping` says and put it into its register.

    With rejected rows nothing is written unless that is wanted; the report says which they are.

    Raises:
        AgencyImportError: the list is older than the register, of the future, torn, of another
            country, or a sample that would take the place of a real register.
        ContentError: the register that is there has faults.
    """
    head = content_dir / _FOLDER / f"{mapping.stem}.yaml"
    if wanted.as_of > today:
        raise AgencyImportError(
            f"the list is of {wanted.as_of}, which is yet to come; mend --as-of"
        )
    _refuse_mixing(content_dir, head, mapping)
    old = _register_at(head, content_dir)
    if old is not None:
        old = _usable(old, head, mapping, wanted)
    sheet = read_sheet(file, mapping.table)
    tell = None if progress is None else lambda row: progress(row, sheet.about)
    done = convert(sheet.rows, mapping, tell)
    if not done.read:
        raise AgencyImportError(f"{file.name} has no row below the titles; nothing was written")
    old_date = span(old.as_of)[0] if old is not None and old.as_of else None
    kept = {
        key
        for row in done.rejected
        for key in (licence_key(row.licence) if row.licence else None, _key_of_name(row, old))
        if key
    }
    rows = old.agencies if old is not None else ()
    merged = merge(rows, old_date, done.agencies, wanted.as_of, kept)
    merged.agencies = in_order(merged.agencies)
    fresh = _register(mapping, mapping_name, wanted.as_of, merged)
    same = (
        old is not None
        and fresh == old.model_copy(update={"agencies": fresh.agencies})
        and (tuple(in_order(old.agencies)) == fresh.agencies)
    )
    allowed = wanted.accept_rejected or not done.rejected
    if allowed:
        _refuse_torn(merged, old, mapping, wanted)
    write = allowed and not wanted.check and not same
    if write:
        _write(head, fresh)
    return ImportReport(
        head,
        wanted.as_of,
        done.read,
        len(done.agencies),
        tuple(done.rejected),
        merged,
        write,
        same,
    )


def read_register(head: Path, shown: str) -> AgencyRegister:
    """Return the register whose head is at `head`.

    Raises:
        ContentError: with everything that is wrong with it.
    """
    document, problems = read_yaml(head, shown, MAX_HEAD_BYTES)
    if document is not None and not problems:
        document, problems = with_rows(document, head)
    if document is None or problems:
        raise ContentError(problems)
    try:
        return AgencyRegister.model_validate(document.data)
    except ValidationError as error:
        known = frozenset(AgencyRegister.model_fields)
        raise ContentError(explain(error, document, known)) from error


def _register_at(head: Path, content_dir: Path) -> AgencyRegister | None:
    shown = f"{content_dir.name}/{_FOLDER}/{head.name}"
    return read_register(head, shown) if head.is_file() else None


def _refuse_mixing(content_dir: Path, head: Path, mapping: Mapping) -> None:
    """Refuse a sample beside a real register of the country, and the other way round."""
    for path in sorted((content_dir / _FOLDER).glob("*.yaml")):
        if path == head:
            continue
        other = _register_at(path, content_dir)
        if (
            other is not None
            and other.country == mapping.country
            and (other.sample is not mapping.sample)
        ):
            kind = "a sample" if other.sample else "a real register"
            raise AgencyImportError(
                f"{path.name} is {kind} of {mapping.country}; samples and real registers are never"
                " mixed, so remove one of the two first"
            )


def _usable(
    old: AgencyRegister, head: Path, mapping: Mapping, wanted: Wanted
) -> AgencyRegister | None:
    """Return the register to go on from; None where a real list takes the place of a sample."""
    if old.country != mapping.country:
        raise AgencyImportError(
            f"{head.name} is of {old.country} and the mapping of {mapping.country}; give the"
            " mapping another register:"
        )
    if old.sample and not mapping.sample:
        return None
    if mapping.sample and not old.sample:
        raise AgencyImportError(f"{head.name} is a real register; a sample never takes its place")
    if old.as_of is not None and span(old.as_of)[0] > wanted.as_of:
        raise AgencyImportError(
            f"the list is of {wanted.as_of} and {head.name} already of {old.as_of}: an older list"
            " would undo what is known since. Ask the authority for a newer one"
        )
    return old


def _key_of_name(row: Rejected, old: AgencyRegister | None) -> str | None:
    """Return the identity of the agency that had the name of a rejected row."""
    name = row.name.casefold()
    found = (each for each in (old.agencies if old else ()) if each.name.casefold() == name)
    agency = next(found, None) if name else None
    return identity(agency) if agency is not None else None


def _refuse_torn(
    merged: Merged, old: AgencyRegister | None, mapping: Mapping, wanted: Wanted
) -> None:
    before = sum(each.gone_since is None for each in old.agencies) if old is not None else 0
    gone = len(merged.gone)
    if wanted.accept_gone or before < _SMALL or gone * 100 <= before * mapping.most_gone_percent:
        return
    raise AgencyImportError(
        f"{gone} of {before} agencies are gone from this list, more than"
        f" {mapping.most_gone_percent} in a hundred; is the file whole? If it is, say --accept-gone"
    )


def _register(mapping: Mapping, name: str, as_of: date, merged: Merged) -> AgencyRegister:
    return AgencyRegister(
        country=mapping.country,
        authority=mapping.authority,
        sample=mapping.sample,
        mapping=name,
        source=mapping.source,
        as_of=as_of.isoformat(),
        review_by=as_of + timedelta(days=mapping.valid_days),
        confidence=mapping.confidence,
        agencies=tuple(merged.agencies),
    )


def _write(head: Path, register: AgencyRegister) -> None:
    table = head.with_suffix(".csv")
    unsaid = {"agencies"} if register.withdrawn else {"agencies", "withdrawn"}
    data: dict[str, Any] = register.model_dump(mode="json", exclude=unsaid)
    text = _NOTE.format(table=table.name) + yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, default_flow_style=False
    )
    try:
        head.parent.mkdir(parents=True, exist_ok=True)
        # Rows first: should the machine stop in between, the same import mends the head.
        replace_file(table, write_rows(register.agencies), _READABLE)
        replace_file(head, text, _READABLE)
    except OSError as error:
        raise AgencyImportError(
            f"{error.filename or head} cannot be written ({error.strerror}); mend that and import"
            " the same list again"
        ) from error
