"""What is to be learned, as one page of HTML."""

from __future__ import annotations

from safar.desk.html_page import page
from safar.insights.report import Insights


def html(found: Insights) -> str:
    """Return the page; every text is escaped."""
    return page("safar.insights", "insights.html", found=found)
