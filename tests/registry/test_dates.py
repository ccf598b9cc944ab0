"""Dates as sources give them."""

from __future__ import annotations

from datetime import date

import pytest

from safar.registry.dates import span


@pytest.mark.parametrize(
    ("partial", "first", "last"),
    [
        ("2015", date(2015, 1, 1), date(2015, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2015-07-14", date(2015, 7, 14), date(2015, 7, 14)),
    ],
)
def test_span(partial: str, first: date, last: date) -> None:
    assert span(partial) == (first, last)


@pytest.mark.parametrize("partial", ["", "15", "2015-13", "2015-02-30", "2015-7", "0000", "२०१५"])
def test_no_date(partial: str) -> None:
    with pytest.raises(ValueError, match="date|calendar"):
        span(partial)
