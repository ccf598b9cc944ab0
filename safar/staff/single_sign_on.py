"""Single sign-on by OpenID Connect: the code flow with PKCE, state and nonce.

Nothing is asked of the provider before somebody presses its button. What must be known when they
come back is in a cookie of theirs, encrypted, for ten minutes.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from safar.settings import Settings
from safar.staff.access import Access
from safar.staff.errors import StaffRefusedError
from safar.store.errors import CryptoError

COMES_BACK_TO: Final = "/console/sign-in/back"
HOLDS: Final = timedelta(minutes=10)
_SCOPES: Final = "openid email"
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_SECOND_PROOFS: Final = frozenset({"mfa", "otp", "hwk", "sc"})
"""What of RFC 8176 says that more than a password was given."""
_LEEWAY_SECONDS: Final = 60
_TIMEOUT_SECONDS: Final = 10.0
_KNOWN_FOR: Final = timedelta(hours=1)
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class _Described(BaseModel):
    """What a provider says of itself."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Kept(BaseModel):
    """What the browser carries till it comes back."""

    model_config = ConfigDict(hide_input_in_errors=True)

    state: str
    nonce: str
    verifier: str
    goes_to: str
    until: datetime


@dataclass(frozen=True)
class Started:
    """Where to send the browser, and what it carries."""

    url: str = field(repr=False)
    cookie: str = field(repr=False)


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for.

    Attributes:
        email: As it has verified it.
        second_done: Whether more than a password was given there.
        goes_to: The page they wanted.
    """

    email: str = field(repr=False)
    second_done: bool
    goes_to: str


class SingleSignOn:
    """One provider. Threads may share it."""

    def __init__(self, settings: Settings, access: Access) -> None:
        """Keep how the provider is reached.

        Raises:
            StaffRefusedError: A setting is missing, or the provider is not reached by https.
        """
        if not (settings.sso_client_id and settings.public_base_url):
            raise StaffRefusedError(
                "settings",
                "Single sign-on needs SAFAR_SSO_CLIENT_ID and SAFAR_PUBLIC_BASE_URL as well. Set"
                " both, or take SAFAR_SSO_ISSUER out.",
            )
        self._issuer = settings.sso_issuer
        _see_that_it_is_safe(self._issuer)
        self._settings = settings
        self._access = access
        self._redirect = settings.public_base_url.rstrip("/") + COMES_BACK_TO
        self._lock = threading.Lock()
        self._described: tuple[datetime, _Described] | None = None

    def begin(self, goes_to: str) -> Started:
        """Begin: the browser is to be sent to the provider.

        Raises:
            StaffRefusedError: The provider does not answer.
        """
        access = self._access
        kept = _Kept(
            state=access.token(),
            nonce=access.token(),
            verifier=access.token(),
            goes_to=goes_to,
            until=access.clock() + HOLDS,
        )
        url = prepare_grant_uri(
            self._provider().authorization_endpoint,
            self._settings.sso_client_id,
            "code",
            redirect_uri=self._redirect,
            scope=_SCOPES,
            state=kept.state,
            nonce=kept.nonce,
            code_challenge=create_s256_code_challenge(kept.verifier),
            code_challenge_method="S256",
        )
        return Started(str(url), access.keyring.encrypt(kept.model_dump_json()))

    def finish(self, cookie: str, query: Mapping[str, str]) -> Vouched:
        """Take whoever comes back from the provider.

        Args:
            cookie: What `begin` gave the browser.
            query: Of the address it came back to.

        Raises:
            StaffRefusedError: Something does not fit; nobody is signed in.
        """
        kept = self._read(cookie)
        if not hmac.compare_digest(kept.state.encode(), query.get("state", "").encode()):
            raise _refused("state")
        if query.get("iss", self._issuer) != self._issuer:
            raise _refused("issuer")
        code = query.get("code", "")
        if not code:
            raise _refused("no_code")
        claims = self._claims(self._token(code, kept.verifier), kept.nonce)
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") not in {True, "true"}:
            raise StaffRefusedError(
                "email",
                "The provider did not say that your e-mail address is verified. Ask whoever runs"
                " it.",
            )
        return Vouched(email, self._second_done(claims), kept.goes_to)

    def _read(self, cookie: str) -> _Kept:
        try:
            kept = _Kept.model_validate_json(self._access.keyring.decrypt(cookie))
        except (CryptoError, ValidationError):
            raise _refused("cookie") from None
        if kept.until <= self._access.clock():
            raise _refused("too_late")
        return kept

    def _second_done(self, claims: Mapping[str, Any]) -> bool:
        if self._settings.sso_code != "unless_given":
            return self._settings.sso_code == "never"
        proofs = claims.get("amr")
        return isinstance(proofs, list) and bool(_SECOND_PROOFS.intersection(map(str, proofs)))

    def _token(self, code: str, verifier: str) -> str:
        provider, settings = self._provider(), self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": verifier,
        }
        auth: tuple[str, str] | None = (settings.sso_client_id, settings.sso_client_secret)
        if "client_secret_basic" not in provider.token_endpoint_auth_methods_supported:
            form |= {
                "client_id": settings.sso_client_id,
                "client_secret": settings.sso_client_secret,
            }
            auth = None
        answer = self._ask("POST", provider.token_endpoint, data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("no_token")
        return token

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        keys = self._ask("GET", self._provider().jwks_uri)
        try:
            decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._settings.sso_client_id},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": self._settings.sso_client_id},
            )
            claims.validate(now=int(self._access.clock().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError):
            raise _refused("token") from None
        return dict(claims)

    def _provider(self) -> _Described:
        now = self._access.clock()
        with self._lock:
            if self._described is not None and now - self._described[0] < _KNOWN_FOR:
                return self._described[1]
        answer = self._ask("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            described = _Described.model_validate(answer)
        except ValidationError:
            raise _refused("description") from None
        if described.issuer != self._issuer:
            raise _refused("issuer")
        for url in (described.authorization_endpoint, described.token_endpoint, described.jwks_uri):
            _see_that_it_is_safe(url)
        with self._lock:
            self._described = (now, described)
        return described

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=_TIMEOUT_SECONDS) as client:
                answer = client.request(
                    method, url, headers={"Accept": "application/json"}, **more
                ).raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError):
            raise StaffRefusedError(
                "away",
                "Single sign-on does not answer as it should. Try again in a moment; if it lasts,"
                " tell whoever runs Safar.",
            ) from None
        if not isinstance(found, dict):
            raise _refused("answer")
        return found


def single_sign_on(settings: Settings, access: Access) -> SingleSignOn | None:
    """Return the provider that an operator has set up, None if there is none.

    Raises:
        StaffRefusedError: It is not set up as a whole.
    """
    return SingleSignOn(settings, access) if settings.sso_issuer else None


def _see_that_it_is_safe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise StaffRefusedError(
            "settings", "Single sign-on must be reached by https. Check SAFAR_SSO_ISSUER."
        )


def _refused(why: str) -> StaffRefusedError:
    return StaffRefusedError(
        why,
        "Single sign-on was not finished. Begin again from the sign-in page, in the same browser.",
    )
