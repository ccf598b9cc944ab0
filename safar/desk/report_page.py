"""A report as one page of HTML."""

from __future__ import annotations

from safar.desk.html_page import page
from safar.desk.report import Report


def html(report: Report) -> str:
    """Return the page; every text of the content is escaped."""
    return page("safar.desk", "report.html", report=report)
