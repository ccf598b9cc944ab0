"""CSV that runs nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.spreadsheet import safe_cell, to_csv


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("NP", "NP", id="plain"),
        pytest.param(-5, "-5", id="a number is no formula"),
        pytest.param("=HYPERLINK(1)", "'=HYPERLINK(1)", id="formula"),
        pytest.param("  =1", "'  =1", id="formula behind spaces"),
        pytest.param("+9779841234567", "'+9779841234567", id="plus"),
        pytest.param("\t=1", "' =1", id="tab"),
        pytest.param("＝1", "'＝1", id="full width"),
        pytest.param("a\nb", "a b", id="line end"),
    ],
)
def test_cell(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


@given(st.lists(st.tuples(st.text(max_size=20), st.integers()), max_size=5))
def test_no_cell_read_back_is_a_formula(rows: list[tuple[str, int]]) -> None:
    read = list(csv.reader(io.StringIO(to_csv(("a", "b"), rows), newline="")))
    assert len(read) == len(rows) + 1
    for line, (_, number) in zip(read[1:], rows, strict=True):
        assert not line[0].lstrip(" ").startswith(tuple("=+-@\t\r"))
        assert int(line[1]) == number
