"""Forms of a case, as a page with script sends them."""

from __future__ import annotations

from typing import Any

from console_house import PATH, Browser

from safar.cases.rows import Case

HX = {"HX-Request": "true"}


def post(browser: Browser, case: Case, action: str, **form: Any) -> str:
    data = {"csrf": browser.csrf, **form}
    answer = browser.post(f"{PATH}/cases/{case.id}/{action}", data=data, headers=HX)
    assert answer.status_code == 200, answer.text  # noqa: PLR2004
    return str(answer.text)
