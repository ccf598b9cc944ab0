"""A report as one page of HTML: nothing is fetched, it is read on a telephone as on a screen."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from safar.desk.report import Report


def html(report: Report) -> str:
    """Return the page; every text of the content is escaped."""
    environment = Environment(
        loader=PackageLoader("safar.desk", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(report=report)
