"""What older lists said is kept, line by line, in a file that people can read and edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.agencies import Agency, AgencyStatus, Was
from safar.registry.agencies.merge import merge
from safar.registry.agencies.model import MOST_CHANGES
from safar.registry.agencies.rows import in_order, read_rows, write_rows
from safar.registry.check import check_content
from safar.registry.errors import ContentError
from safar.registry.load import load_content

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
END = date(2026, 12, 31)
VALID, SUSPENDED = AgencyStatus.VALID, AgencyStatus.SUSPENDED


def agency(status: AgencyStatus = VALID, **values: object) -> Agency:
    shown = {"licence_number": "L-1", "name": "Himal", "status": status, **values}
    return Agency.model_validate(shown)


def after(*lists: tuple[date, list[Agency]]) -> list[Agency]:
    """What a register holds after these lists."""
    held: list[Agency] = []
    day = None
    for list_of, rows in lists:
        held, day = merge(held, day, rows, list_of).agencies, list_of
    return held


def test_what_was_valid_is_kept_with_its_last_day() -> None:
    (now,) = after((JAN, [agency(valid_until=END)]), (FEB, [agency(SUSPENDED)]))
    assert now.history == (Was(list_of=JAN, status=VALID, valid_until=END),)
    assert (now.status, now.valid_until, now.suspended_since) == (SUSPENDED, None, FEB)


SINCE = {
    "first seen suspended": ([(JAN, [agency(SUSPENDED)])], None),
    "still suspended": (
        [(JAN, [agency()]), (FEB, [agency(SUSPENDED)]), (MAR, [agency(SUSPENDED)])],
        FEB,
    ),
    "as the list tells": (
        [(JAN, [agency()]), (FEB, [agency(SUSPENDED, suspended_since="2026-02-14")])],
        date(2026, 2, 14),
    ),
    "no longer": ([(JAN, [agency()]), (FEB, [agency(SUSPENDED)]), (MAR, [agency()])], None),
}


@pytest.mark.parametrize("name", SINCE)
def test_suspended_since(name: str) -> None:
    lists, since = SINCE[name]
    (now,) = after(*lists)
    assert now.suspended_since == since


def test_who_is_gone_stays_with_the_date_of_the_first_list_without() -> None:
    (now,) = after((JAN, [agency()]), (FEB, []), (MAR, []))
    assert (now.gone_since, now.status, now.history) == (FEB, VALID, ())


def test_who_comes_back_was_gone() -> None:
    (now,) = after((JAN, [agency()]), (FEB, []), (MAR, [agency()]))
    assert now.gone_since is None
    assert [was.status for was in now.history] == [VALID, "gone"]


def test_a_new_name_keeps_the_old_one() -> None:
    (now,) = after(
        (JAN, [agency()]), (FEB, [agency(name="Himal Star")]), (MAR, [agency(name="Himal Star")])
    )
    assert (now.name, now.aliases) == ("Himal Star", ("Himal",))
    (back,) = after((FEB, [now]), (MAR, [agency()]))
    assert (back.name, back.aliases) == ("Himal", ("Himal Star",))


def test_without_a_number_an_agency_is_its_name_and_city() -> None:
    one = agency(licence_number=None, city="Dhaka")
    held = after((JAN, [one]), (FEB, [one.model_copy(update={"city": "Sylhet"})]))
    assert [each.gone_since for each in held] == [None, FEB]


def test_the_oldest_changes_are_let_go() -> None:
    lists = [
        (date(2025, 1, 1 + day), [agency(VALID if day % 2 else SUSPENDED)])
        for day in range(MOST_CHANGES + 5)
    ]
    (now,) = after(*lists)
    assert len(now.history) == MOST_CHANGES
    assert now.history[-1].list_of == date(2025, 1, MOST_CHANGES + 4)


def test_what_became_of_whom_is_counted() -> None:
    held = after((JAN, [agency(), agency(licence_number="L-2", name="Two")]))
    new = [agency(SUSPENDED), agency(licence_number="L-3", name="Three")]
    done = merge(held, JAN, new, FEB)
    assert (done.added, done.changed, done.gone, done.back) == (["Three"], ["Himal"], ["Two"], [])
    again = merge(done.agencies, FEB, new, FEB)
    assert again.unchanged == len(new)
    assert sorted(map(str, again.agencies)) == sorted(map(str, done.agencies))


_DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
_NAMES = st.text(st.characters(categories=("L", "M", "N")), min_size=2, max_size=9)


@given(
    st.builds(
        Agency,
        licence_number=st.none() | _NAMES,
        name=_NAMES,
        status=st.sampled_from(AgencyStatus),
        valid_until=st.none() | _DAYS,
        suspended_since=st.none() | _DAYS,
        gone_since=st.none() | _DAYS,
        aliases=st.lists(_NAMES, max_size=2).map(tuple),
        city=st.none() | _NAMES,
        address=st.none() | st.sampled_from(['A "b", c', "x;y", "a | b"]),
        history=st.lists(
            st.builds(
                Was,
                list_of=_DAYS,
                status=st.sampled_from([*AgencyStatus, "gone"]),
                valid_until=st.none() | _DAYS,
            ),
            max_size=2,
        ).map(tuple),
    )
)
def test_a_row_is_read_as_it_was_written(tmp_path_factory, row: Agency) -> None:
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    path.write_text(write_rows([row]), encoding="utf-8", newline="")
    assert read_rows(path, "x.csv") == ([row], [])


def test_numbers_are_in_the_order_of_counting() -> None:
    rows = [agency(licence_number=number) for number in ("L-10", "L-9", "K-11", "L-9/2")]
    assert [row.licence_number for row in in_order(rows)] == ["K-11", "L-9", "L-9/2", "L-10"]


HEAD = FILES["agencies/NP.yaml"].partition("agencies:")[0]
TITLES = "licence_number,name,status,valid_until,history\n"


def _load(folder: Path, table: str | bytes, head: str = HEAD) -> Path:
    return write_tree(folder, {"agencies/NP.yaml": head, "agencies/NP.csv": table})


def test_rows_stand_in_a_file_beside_the_head(tmp_path: Path) -> None:
    table = (
        f"\ufeff{TITLES}L-1,Himal,valid,2027-01-31,2026-01-31 valid 2026-12-31 | 2026-02-28 gone\n"
    )
    (register,) = load_content(_load(tmp_path, table)).registers
    (row,) = register.model.agencies
    assert row.valid_until == date(2027, 1, 31)
    assert [was.status for was in row.history] == [VALID, "gone"]


FAULTS = {
    "a status": (
        f"{TITLES}L-1,Himal,vald,,\n",
        2,
        "status 'vald' is not right; write one of valid,",
    ),
    "a date": (f"{TITLES}\nL-1,Himal,valid,31.1.27,\n", 3, "valid_until '31.1.27' is not right"),
    "no name": (f"{TITLES}L-1,,valid,,\n", 2, "name is empty; write the name"),
    "a history": (f"{TITLES}L-1,Himal,valid,,long ago\n", 2, "history"),
    "a history of one word": (f"{TITLES}L-1,Himal,valid,,gone\n", 2, "history 'gone' is not right"),
    "a cell too many": (f"{TITLES}L-1,Himal,valid,,,x\n", 2, "more cells than the first"),
    "a column": ("name,status,colour\n", 1, "'colour', which is no column"),
    "no status": ("name\n", 1, "no column 'status'"),
    "nothing": ("", 1, "no column 'name' or 'status'"),
    "another encoding": (TITLES.encode() + b"\xff,x,valid,,\n", 0, "is not in UTF-8"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    table, line, said = FAULTS[name]
    with pytest.raises(ContentError) as caught:
        load_content(_load(tmp_path, table))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("content/agencies/NP.csv", line)
    assert said in str(problem)


def test_rows_stand_in_one_of_the_two_files(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"NP\.csv holds the rows, too; remove one of the two"):
        load_content(_load(tmp_path, TITLES, FILES["agencies/NP.yaml"]))


def test_a_number_that_two_agencies_have_is_warned_of(tmp_path: Path) -> None:
    double = changed("agencies/NP.yaml", "EX-103", "ex 102")
    report = check_content(load_content(write_tree(tmp_path, double)), date(2026, 11, 23))
    (warning,) = report.warnings
    assert (warning.line, report.errors) == (11, ())
    assert '"Himal Starlight" is also that of "हिमाल ओभरसिज"' in warning.message


def test_a_sample_beside_a_real_register_is_an_error(tmp_path: Path) -> None:
    real = FILES["agencies/NP.yaml"].replace("sample: true", "sample: false")
    content = load_content(write_tree(tmp_path, {"agencies/NP-office.yaml": real}))
    (error,) = check_content(content, date(2026, 11, 23)).errors
    assert (error.file, error.line) == ("content/agencies/NP.yaml", 3)
    other = real.replace("country: NP", "country: BD")
    assert (
        check_content(
            load_content(write_tree(tmp_path / "b", {"agencies/BD.yaml": other})),
            date(2026, 11, 23),
        ).errors
        == ()
    )
