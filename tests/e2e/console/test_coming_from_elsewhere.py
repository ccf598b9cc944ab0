"""Coming to the console from another site, in a real browser: by a link, and by single sign-on.

Browsers keep a strict cookie back from whoever is led here by another site. To them ``localhost``
and ``127.0.0.1`` are two sites.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, expect

from tests.peers.ports import free_port

TESTS = Path(__file__).resolve().parents[2]
sys.path += [str(TESTS / "console"), str(TESTS / "cases")]  # for console_house and case_house

from case_house import House as CaseHouse  # noqa: E402
from console_house import PATH, Console, make_console  # noqa: E402

from safar.console import security  # noqa: E402
from safar.phrasing.catalogue import Catalogue  # noqa: E402
from safar.phrasing.languages import load_languages  # noqa: E402
from safar.registry.holder import RegistryHolder  # noqa: E402
from safar.settings import Settings  # noqa: E402
from safar.staff import invitations  # noqa: E402
from safar.staff.record import OPERATOR  # noqa: E402
from safar.store.crypto import KeyRing  # noqa: E402
from safar.store.database import open_database  # noqa: E402
from tests.e2e.console.browsing import window  # noqa: E402
from tests.peers.oidc import CLIENT_ID, CLIENT_SECRET, Provider  # noqa: E402
from tests.peers.serving import served  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ANN = "ann@example.org"


@pytest.fixture
def console_at(tmp_path: Path, registry_path: Path) -> Iterator[Callable[..., Console]]:
    """Make the console with settings of one's own."""
    database = open_database(f"sqlite:///{tmp_path / 'safar.db'}")
    cases = CaseHouse(database, KeyRing([KeyRing.generate()], KeyRing.generate()))
    cases.hire()
    words = Catalogue.load(ROOT / "locales", load_languages(ROOT / "content" / "languages.yaml"))

    def make(**changes: object) -> Console:
        settings = Settings(_env_file=None, home=tmp_path, registry_path=registry_path, **changes)  # type: ignore[call-arg, arg-type]
        return make_console(cases, settings, RegistryHolder(registry_path), words)

    yield make
    database.close()


def another_site(link: str) -> FastAPI:
    """A site with one link, such as a mail read in the browser."""
    app = FastAPI()

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(f'<a href="{link}">A case waits</a>')

    return app


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "not signed in"])
def test_a_link_in_a_mail(
    browser: Browser, console_at: Callable[..., Console], signed_in: bool
) -> None:
    console = console_at()
    with (
        served(console.app) as here,
        served(another_site(f"{here}{PATH}/account")) as there,
        window(browser) as shown,
    ):
        if signed_in:
            token = console.signed_in("officer").cookies[security.SESSION]
            strict = {"sameSite": "Strict", "httpOnly": True, "url": here}
            shown.context.add_cookies(
                [{"name": security.SESSION, "value": token, **strict}]  # type: ignore[typeddict-item]
            )
        shown.page.goto(there.replace("127.0.0.1", "localhost"))
        shown.page.get_by_role("link", name="A case waits").click()
        title = "Your account" if signed_in else "Sign in"
        expect(shown.page.get_by_role("heading", level=1)).to_have_text(title)
        assert shown.complaints == []


def test_single_sign_on(browser: Browser, console_at: Callable[..., Console]) -> None:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    console_clock = console_at().cases.clock
    said = {"email": ANN, "email_verified": True, "amr": ["mfa"]}
    provider = Provider(console_clock, f"{here}{PATH}/sign-in/back", claims=said)
    with served(provider.app()) as there:
        provider.issuer = there.replace("127.0.0.1", "localhost")
        console = console_at(
            public_base_url=here,
            sso_issuer=provider.issuer,
            sso_client_id=CLIENT_ID,
            sso_client_secret=CLIENT_SECRET,
        )
        staff_id = console.hire("officer", name="Ann Lee")
        with console.house.database.write() as tx:
            invitations.invite(tx, console.house.access, staff_id, ANN, OPERATOR)
        with served(console.app, port), window(browser) as shown:
            shown.page.goto(f"{here}{PATH}/account")
            shown.page.get_by_role("link", name="Single sign-on").click()
            expect(shown.page.get_by_role("heading", level=1)).to_have_text("Your account")
            expect(shown.page.get_by_text("Ann Lee").first).to_be_visible()
            assert shown.complaints == []
            cookies = {cookie["name"]: cookie for cookie in shown.context.cookies()}
            assert cookies[security.SESSION]["sameSite"] == "Strict"
            assert cookies[security.SESSION]["httpOnly"]
