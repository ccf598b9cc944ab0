"""Looks for barriers in a page with axe-core, which has the page as a screen reader does."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.peers.nodejs import package_file

_RUN = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${rule.help} at ${node.target.join(" ")} — ${node.failureSummary}`));
}
"""


def barriers(page: Page) -> list[str]:
    """Return one sentence for each barrier that stands in the page as it is now."""
    # Evaluated by the debugger, so the page's own rules for scripts stay as they are.
    page.evaluate(package_file("axe-core/axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN)
    return found
