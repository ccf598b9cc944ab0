"""Single sign-on: with a provider that is really called, and everything that may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from console_house import PATH, Browser, Console
from console_visitors import ANN, BEN, code, cookies_of, fill, invite, set_up
from joserfc.jwk import RSAKey

from safar.staff.errors import StaffRefusedError
from tests.peers.oidc import CLIENT_ID, CLIENT_SECRET, Provider
from tests.peers.serving import served

PUBLIC = "http://127.0.0.1:8080"
BACK = f"{PUBLIC}{PATH}/sign-in/back"
VERIFIED = {"email": ANN, "email_verified": True, "amr": ["pwd", "mfa"]}


@pytest.fixture
def provider(cases) -> Iterator[Provider]:
    made = Provider(cases.clock, BACK, claims=dict(VERIFIED))
    with served(made.app()) as address:
        made.issuer = address
        yield made


@pytest.fixture
def console_of(console_with: Callable[..., Console], provider: Provider) -> Callable[..., Console]:
    """Make the console with this provider."""

    def make(**changes: object) -> Console:
        values: dict[str, object] = {
            "public_base_url": PUBLIC,
            "sso_issuer": provider.issuer,
            "sso_client_id": CLIENT_ID,
            "sso_client_secret": CLIENT_SECRET,
            "sso_name": "the Ministry",
        }
        return console_with(**(values | changes))

    return make


@pytest.fixture
def console(console_of: Callable[..., Console]) -> Console:
    return console_of()


def begin(browser: Browser, path: str = "/sign-in/single") -> str:
    """Press the button; return where the provider sends the browser back to, below /console."""
    sent = browser.see(path)
    assert sent.status_code == 303, sent.text
    there = httpx.get(sent.headers["location"], follow_redirects=False)
    assert there.status_code == 307, there.text
    return there.headers["location"].removeprefix(PUBLIC + PATH)


def come(console: Console, **headers: str) -> Any:
    """Sign in through the provider; return the last answer."""
    browser = console.browser()
    return browser.see(begin(browser), headers={"Sec-Fetch-Site": "cross-site", **headers})


def is_in(console: Console, answer: Any) -> bool:
    browser = console.browser()
    browser.cookies.update({n: c["value"] for n, c in cookies_of(answer).items() if c["value"]})
    return browser.see("/account").status_code == 200


def test_whom_the_provider_vouches_for_is_in(console: Console) -> None:
    set_up(console)
    answer = come(console)
    assert answer.status_code == 200
    # By a page of ours, since the browser would send no cookie along a redirect from elsewhere.
    assert f'content="0; url={PATH}/"' in answer.text
    assert is_in(console, answer)
    assert cookies_of(answer)["safar_session"]["samesite"] == "strict"
    assert cookies_of(answer)["safar_sso"]["max-age"] == "0"


def test_the_button_is_there_with_its_name(console: Console) -> None:
    shown = console.browser().see("/sign-in").text
    assert "Sign in with the Ministry" in shown


def test_nothing_is_asked_of_the_provider_before_the_button(
    console: Console, provider: Provider
) -> None:
    console.browser().see("/sign-in")
    assert provider.asked == []


def test_what_goes_to_the_provider_names_nobody(console: Console) -> None:
    sent = console.browser().see("/sign-in/single")
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    assert set(query) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert query["redirect_uri"] == [BACK]
    kept = cookies_of(sent)["safar_sso"]
    assert (kept["samesite"], kept["max-age"], "httponly" in kept) == ("lax", "600", True)
    for name in ("state", "nonce"):
        assert query[name][0] not in kept["value"]


def test_it_leads_to_the_page_that_was_wanted(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    answer = browser.see(begin(browser, "/sign-in/single?next=/cases/12"))
    assert f'content="0; url={PATH}/cases/12"' in answer.text


@pytest.mark.parametrize(
    ("sso_code", "amr", "asked"),
    [
        ("unless_given", ["pwd", "mfa"], False),
        ("unless_given", ["hwk"], False),
        ("unless_given", ["pwd"], True),
        ("unless_given", None, True),
        ("always", ["pwd", "mfa"], True),
        ("never", None, False),
    ],
)
def test_our_code_is_asked_for_as_the_setting_says(
    console_of: Callable[..., Console], provider: Provider, sso_code: str, amr: Any, asked: bool
) -> None:
    console = console_of(sso_code=sso_code)
    secret = set_up(console)
    provider.changes = {"amr": amr}
    browser = console.browser()
    answer = browser.see(begin(browser))
    assert is_in(console, answer) != asked
    if asked:
        assert f"url={PATH}/sign-in/code" in answer.text
        done = fill(browser, "/sign-in/code", code=code(console, secret))
        assert done.headers["location"] == f"{PATH}/"
        assert browser.see("/account").status_code == 200


def test_whoever_was_invited_needs_no_password(console: Console) -> None:
    link = invite(console)
    assert is_in(console, come(console))
    assert console.browser().see(link).status_code == 410


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"email": BEN}, id="no account"),
        pytest.param({"email_verified": False}, id="not verified"),
        pytest.param({"email_verified": None}, id="nothing said of verifying"),
        pytest.param({"email": None}, id="no address"),
        pytest.param({"email": [ANN]}, id="two addresses"),
        pytest.param({"nonce": "of another talk"}, id="another nonce"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"aud": "another client"}, id="for another client"),
        pytest.param({"iss": "https://evil.example"}, id="of another provider"),
        pytest.param({"exp": 1}, id="too old"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"iat": 32503680000}, id="of the future"),
        pytest.param({"sub": None}, id="of nobody"),
        pytest.param({"amr": "mfa"}, id="proofs that are no list"),
    ],
)
def test_what_does_not_fit_lets_nobody_in(
    console: Console, provider: Provider, changes: dict[str, Any]
) -> None:
    set_up(console)
    provider.changes = changes
    answer = come(console)
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "safar_session" not in cookies_of(answer)


@pytest.mark.parametrize("how", ["another key", "no signature", "the public key as a secret"])
def test_a_token_that_is_not_signed_with_the_published_key_is_refused(
    console: Console, provider: Provider, how: str
) -> None:
    set_up(console)
    if how == "another key":
        provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    elif how == "no signature":
        provider.algorithm = "none"
    else:
        provider.algorithm = "HS256"
    assert come(console).status_code == 401


def test_a_new_key_of_the_provider_is_taken(console: Console, provider: Provider) -> None:
    set_up(console)
    assert come(console).status_code == 200
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come(console).status_code == 200


def test_the_same_return_works_once(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    back = begin(browser)
    assert browser.see(back).status_code == 200
    assert browser.see(back).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/back",
        "/sign-in/back?code=x",
        "/sign-in/back?error=access_denied&state=x",
        "/sign-in/back?code=x&state=x",
    ],
)
def test_who_did_not_begin_here_is_refused(console: Console, path: str) -> None:
    set_up(console)
    assert console.browser().see(path).status_code == 401
    begun = console.browser()
    begin(begun)
    assert begun.see(path).status_code == 401


def test_the_return_of_another_browser_is_refused(console: Console) -> None:
    # Somebody has a victim follow their own return, to have them work in the wrong account.
    set_up(console)
    thief, victim = console.browser(), console.browser()
    back = begin(thief)
    begin(victim)
    assert victim.see(back).status_code == 401


def test_after_ten_minutes_it_is_too_late(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    back = begin(browser)
    console.cases.pass_(10)
    assert browser.see(back).status_code == 401


def test_who_refuses_there_is_told_to_begin_again(console: Console) -> None:
    browser = console.browser()
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    answer = browser.see(f"/sign-in/back?error=access_denied&state={state}")
    assert answer.status_code == 401 and "Begin again" in answer.text


def test_a_return_that_names_another_provider_is_refused(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    back = begin(browser)
    assert browser.see(back + "&iss=https://evil.example").status_code == 401


def test_a_provider_that_is_down_is_said_in_a_sentence(
    console: Console, provider: Provider
) -> None:
    provider.down = True
    answer = console.browser().see("/sign-in/single")
    assert answer.status_code == 409 and "does not answer as it should" in answer.text
    provider.down = False
    browser = console.browser()
    back = begin(browser)
    provider.down = True
    assert browser.see(back).status_code == 401


def test_a_provider_that_says_it_is_another_is_refused(
    console: Console, provider: Provider
) -> None:
    provider.issuer = "https://evil.example"
    answer = console.browser().see("/sign-in/single")
    assert answer.status_code == 409 and "location" not in answer.headers


def test_a_provider_that_wants_the_secret_in_the_form_gets_it(
    console: Console, provider: Provider
) -> None:
    provider.methods = ("client_secret_post",)
    set_up(console)
    assert come(console).status_code == 200


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sso_client_id": ""}, "SAFAR_SSO_CLIENT_ID"),
        ({"public_base_url": ""}, "SAFAR_PUBLIC_BASE_URL"),
        ({"sso_issuer": "http://login.example.org"}, "https"),
    ],
)
def test_half_a_set_up_is_said_at_the_start(
    console_of: Callable[..., Console], changes: dict[str, object], told: str
) -> None:
    with pytest.raises(StaffRefusedError, match=told):
        console_of(**changes)
