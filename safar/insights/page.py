"""What is to be learned, as one page of HTML: nothing is fetched."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from safar.insights.report import Insights


def html(found: Insights) -> str:
    """Return the page; every text is escaped."""
    environment = Environment(
        loader=PackageLoader("safar.insights", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("insights.html").render(found=found)
