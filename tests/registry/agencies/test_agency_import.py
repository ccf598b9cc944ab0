"""A list becomes a register: what is taken, what is rejected and why, and what is refused whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from safar.registry.agencies.importing import ImportReport, Wanted, import_list, read_register
from safar.registry.agencies.mapping import Mapping
from safar.registry.errors import AgencyImportError, ContentError

TODAY, LIST = date(2026, 11, 23), date(2026, 11, 1)
TITLES = "Name,No,State,Until,Since,Also,Place"
MAPPING: dict[str, Any] = {
    "country": "NP",
    "authority": "Office",
    "source": "made-up",
    "valid_days": 30,
    "columns": {
        "name": ["Agency", "Name"],
        "licence_number": "No",
        "status": "State",
        "valid_until": "Until",
        "suspended_since": "Since",
        "aliases": "Also",
        "address": "Place",
    },
    "status": {"valid": ["OK", "in  force"], "suspended": ["stopped"], "cancelled": ["out"]},
    "licence": {"pattern": r"L-\d{3}", "prefix": "L-", "pad": 3},
    "dates": {"formats": ["%d/%m/%Y", "%Y-%m-%d"], "never": ["-"]},
}
GOOD = "Himal Star,1,ok,31/12/2027,,,Kathmandu"

Import = Callable[..., ImportReport]


@pytest.fixture
def take(tmp_path: Path) -> Import:
    """Import rows below the titles; keywords change the mapping, or are of `Wanted`."""

    def _take(
        *rows: str, as_of: date = LIST, file: Path | None = None, **more: Any
    ) -> ImportReport:
        flags = {k: more.pop(k) for k in ("check", "accept_rejected", "accept_gone") if k in more}
        path = file or tmp_path / "list.csv"
        if file is None:
            path.write_text("\n".join([TITLES, *rows]) + "\n", encoding="utf-8")
        return import_list(
            path,
            mapping=Mapping.model_validate({**MAPPING, **more}),
            mapping_name="office",
            content_dir=tmp_path / "content",
            wanted=Wanted(as_of, **flags),
            today=TODAY,
        )

    return _take


def held(report: ImportReport) -> list[dict[str, Any]]:
    """The rows of the register, without what is empty."""
    register = read_register(report.register, "register")
    return [agency.model_dump(mode="json", exclude_defaults=True) for agency in register.agencies]


def test_a_row_is_taken_as_it_stands(take: Import) -> None:
    report = take('Himal  Star,"1",In force,31/12/2027,-,Old Star | himal star;Two,"A, B"')
    assert (report.read, report.accepted, report.written) == (1, 1, True)
    assert held(report) == [
        {
            "licence_number": "L-001",
            "name": "Himal Star",
            "status": "valid",
            "valid_until": "2027-12-31",
            "aliases": ["Old Star", "Two"],
            "address": "A, B",
        }
    ]
    head = read_register(report.register, "register")
    assert (head.as_of, head.review_by) == ("2026-11-01", date(2026, 12, 1))
    assert (head.country, head.authority, head.mapping) == ("NP", "Office", "office")
    assert not head.sample


REJECTED = {
    "no name": (",2,ok,,,,", "name", "the name is empty"),
    "a formula": ("=1+1,2,ok,,,,", "name", "the name '=1+1' looks like a formula"),
    "no word": ("123,2,ok,,,,", "name", "the name '123' has no word in it"),
    "no number": ("Two,,ok,,,,", "licence_number", "the licence number is empty"),
    "a number that does not fit": (
        "Two,NULL,ok,,,,",
        "licence_number",
        r"the licence number 'NULL' does not fit L-\d{3}",
    ),
    "a number that was there": (
        "Two,L-1,ok,,,,",
        "licence_number",
        "its licence number is already in row 2",
    ),
    "a number that was there, written otherwise": (
        "Two,००१,ok,,,,",
        "licence_number",
        "its licence number is already in row 2",
    ),
    "no status": ("Two,2,,,,,", "status", "the status is empty"),
    "an unknown status": (
        "Two,2,fine,,,,",
        "status",
        "the status 'fine' is in no list of the mapping",
    ),
    "no date": (
        "Two,2,ok,12/31/2027,,,",
        "valid_until",
        "valid_until '12/31/2027' is no date of the form %d/%m/%Y or %Y-%m-%d",
    ),
    "a date of another calendar": (
        "Two,2,ok,01/01/2584,,,",
        "valid_until",
        "valid_until 2584-01-01 cannot be",
    ),
    "an error of the spreadsheet": (
        "Two,2,#REF!,,,,",
        "status",
        "the cell of status holds the error #REF!",
    ),
    "too few cells": ("Two", "licence_number", "the licence number is empty"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_bad_row_is_told_of_and_nothing_is_written(take: Import, name: str) -> None:
    row, column, reason = REJECTED[name]
    report = take(GOOD, ",,,,,,", row)
    (rejected,) = report.rejected
    assert (rejected.row, rejected.column, rejected.reason) == (4, column, reason)
    assert (report.read, report.accepted, report.written) == (2, 1, False)
    assert not report.register.exists()


def test_bad_rows_are_left_out_where_that_is_wanted(take: Import) -> None:
    report = take(GOOD, "Two,2,fine,,,,", accept_rejected=True)
    assert report.written
    assert [row["name"] for row in held(report)] == ["Himal Star"]


def test_to_check_writes_nothing(take: Import) -> None:
    report = take(GOOD, check=True)
    assert (report.written, report.accepted, report.merged.added) == (False, 1, ["Himal Star"])
    assert not report.register.exists()


def test_the_same_list_again_changes_no_byte(take: Import) -> None:
    first = take("Ten,10,ok,,,,", GOOD)
    files = [first.register, first.register.with_suffix(".csv")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in files]
    again = take(GOOD, "Ten,10,ok,,,,")
    assert (again.same, again.written, again.merged.unchanged) == (True, False, 2)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in files] == before
    assert take(GOOD, "Ten,10,ok,,,,", as_of=date(2026, 11, 2)).written


def _book(path: Path, rows: list[list[object]], sheet: str = "Licences") -> Path:
    book = Workbook()
    book.active.title = "Notes"  # type: ignore[union-attr]
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


TABLE = {"table": {"sheet": "Licences", "header_row": 2}}


def test_a_workbook_is_read_with_its_numbers_and_dates(take: Import, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Made by the office"],
        TITLES.split(","),
        ["Himal", 7.0, "ok", datetime(2027, 12, 31, 8), None, None, None],
        [],
        ["Two", None, "ok"],
    ]
    file = _book(tmp_path / "list.xlsx", rows)
    report = take(file=file, accept_rejected=True, **TABLE)
    assert held(report) == [
        {"licence_number": "L-007", "name": "Himal", "status": "valid", "valid_until": "2027-12-31"}
    ]
    assert [row.row for row in report.rejected] == [5]


WHOLE = {
    "of the future": ({"as_of": date(2026, 11, 24)}, "yet to come"),
    "no row": ({"rows": ()}, "no row below the titles"),
    "another delimiter": ({"table": {"delimiter": ";"}}, "no column 'Agency' or 'Name' for name"),
    "titles elsewhere": ({"table": {"header_row": 9}}, "there is no row 9"),
    "another column": (
        {"columns": {"name": "Name", "licence_number": "Nr", "status": "State"}},
        "no column 'Nr' for licence_number; 'No' may be meant",
    ),
    "another encoding": (
        {"rows": ("हिमाल,1,ok,,,,",), "table": {"encoding": "ascii"}},
        "is not in the encoding ascii",
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_list_is_refused_whole(take: Import, name: str) -> None:
    more, said = WHOLE[name]
    rows = more.get("rows", (GOOD,))
    with pytest.raises(AgencyImportError, match=said):
        take(*rows, **{key: value for key, value in more.items() if key != "rows"})


FILES: dict[str, tuple[str, bytes, str]] = {
    "another kind": ("list.pdf", b"%PDF", "neither CSV nor XLSX"),
    "an old workbook": ("list.xls", b"\xd0\xcf", "neither CSV nor XLSX"),
    "a torn workbook": ("list.xlsx", b"PK\x03\x04 torn", "is no XLSX workbook or is torn"),
    "an open quote": ("list.csv", f'{TITLES}\n"Himal,1'.encode(), "no CSV file from row"),
    "not there": ("gone.csv", b"", "cannot be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_is_refused(take: Import, tmp_path: Path, name: str) -> None:
    file, content, said = FILES[name]
    if content:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(AgencyImportError, match=said):
        take(file=tmp_path / file)


def test_a_workbook_without_the_sheet_is_refused(take: Import, tmp_path: Path) -> None:
    file = _book(tmp_path / "list.xlsx", [["x"]], sheet="Other")
    with pytest.raises(AgencyImportError, match="no sheet 'Licences'; it has Notes, Other"):
        take(file=file, **TABLE)


def test_a_workbook_that_unpacks_without_end_is_refused(
    take: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.registry.agencies import sheet  # noqa: PLC0415

    monkeypatch.setattr(sheet, "MAX_UNPACKED", 100)
    with pytest.raises(AgencyImportError, match="unpacks to more than 100"):
        take(file=_book(tmp_path / "list.xlsx", [["x"]]), **TABLE)


def test_an_older_list_is_refused(take: Import) -> None:
    first = take(GOOD)
    before = first.register.with_suffix(".csv").read_bytes()
    with pytest.raises(AgencyImportError, match="already of 2026-11-01"):
        take(GOOD, "Two,2,ok,,,,", as_of=date(2026, 10, 31))
    assert first.register.with_suffix(".csv").read_bytes() == before


def test_a_list_that_lost_many_is_taken_for_torn(take: Import) -> None:
    rows = [f"Agency N{number},{number},ok,,,," for number in range(10, 30)]
    take(*rows)
    later = date(2026, 11, 20)
    with pytest.raises(AgencyImportError, match="7 of 20 agencies are gone"):
        take(*rows[:13], as_of=later)
    assert len(take(*rows[:14], as_of=later).merged.gone) == 6
    assert take(*rows[:5], as_of=later, accept_gone=True).written


def test_a_rejected_row_does_not_make_an_agency_gone(take: Import) -> None:
    take(GOOD, "Two,2,ok,,,,", "Three,3,ok,,,,")
    rows = (GOOD, "Two,2,fine,,,,", "Three,x,ok,,,,")
    report = take(*rows, as_of=TODAY, accept_rejected=True)
    assert report.merged.gone == []
    assert "gone_since" not in str(held(report))


SAMPLE = "Sample Himal,1,ok,,,,"


def test_a_sample_says_that_it_is_one(take: Import) -> None:
    report = take(SAMPLE, "Two,2,ok,,,,", sample=True)
    assert [row.reason for row in report.rejected] == [
        "the name 'Two' does not say that it is a SAMPLE"
    ]
    assert take(SAMPLE, sample=True).written


def test_a_real_list_takes_the_place_of_a_sample_and_keeps_nothing_of_it(take: Import) -> None:
    take(SAMPLE, sample=True)
    report = take(GOOD, as_of=date(2026, 1, 1))
    assert [row["name"] for row in held(report)] == ["Himal Star"]
    with pytest.raises(AgencyImportError, match="a sample never takes its place"):
        take(SAMPLE, sample=True)


def test_samples_and_real_registers_of_a_country_are_never_mixed(take: Import) -> None:
    take(SAMPLE, sample=True, register="NP-sample")
    with pytest.raises(AgencyImportError, match=r"NP-sample.yaml is a sample of NP"):
        take(GOOD)
    assert take(GOOD, country="BD", register="BD").written
    with pytest.raises(AgencyImportError, match="of BD and the mapping of NP"):
        take(SAMPLE, sample=True, register="BD")


def test_a_register_with_faults_is_not_written_over(take: Import) -> None:
    first = take(GOOD)
    table = first.register.with_suffix(".csv")
    table.write_text(table.read_text().replace(",valid,", ",vald,"))
    with pytest.raises(ContentError):
        take(GOOD, as_of=TODAY)


def test_a_full_disk_leaves_the_register_as_it_was(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take(GOOD)
    files = [first.register, first.register.with_suffix(".csv")]
    before = [path.read_bytes() for path in files]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safar.registry.files.os.fsync", full)
    with pytest.raises(AgencyImportError, match="No space left on device"):
        take(GOOD, "Two,2,ok,,,,", as_of=TODAY)
    assert [path.read_bytes() for path in files] == before
    assert sorted(first.register.parent.iterdir()) == sorted(files)


def test_after_a_stop_between_the_files_the_same_import_mends_them(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take(GOOD)
    old_head = first.register.read_bytes()
    take("Himal Star,1,stopped,,,,", as_of=TODAY)
    whole = first.register.read_bytes()
    first.register.write_bytes(old_head)
    again = take("Himal Star,1,stopped,,,,", as_of=TODAY)
    assert again.written
    assert first.register.read_bytes() == whole
