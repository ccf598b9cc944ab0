"""A small provider of single sign-on (OpenID Connect), as a ministry would run one.

It obeys the standard as far as Safar relies on it: the code flow with PKCE, a code that works once,
client authentication, ID tokens signed with RS256. What it says of the person who signs in, and how
it misbehaves, is set by tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Header, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "safar-console"
CLIENT_SECRET = "known to both"
_VALID_SECONDS = 300


@dataclass
class Provider:
    """The provider, and who is sitting at the browser.

    Attributes:
        clock: Gives the time that tokens carry, UTC.
        redirect: The only address that browsers are sent back to.
        claims: What is said of the person, beside what the standard asks for.
        changes: Put over all claims at the end: how it misbehaves.
        signs_with: Another key than the one that is published.
        methods: How clients may authenticate.
        asked: Paths that were called.
    """

    clock: Callable[[], datetime]
    redirect: str
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    methods: tuple[str, ...] = ("client_secret_basic",)
    asked: list[str] = field(default_factory=list)
    down: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """The provider's web application."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        @app.middleware("http")
        async def note(request: Request, call_next):  # type: ignore[no-untyped-def]
            self.asked.append(request.url.path)
            if self.down:
                return JSONResponse({"error": "temporarily_unavailable"}, 503)
            return await call_next(request)

        @app.get("/.well-known/openid-configuration")
        def description() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": list(self.methods),
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            wanted = dict(request.query_params)
            if wanted.get("client_id") != CLIENT_ID or wanted.get("redirect_uri") != self.redirect:
                raise HTTPException(400, "unknown client or address")
            if wanted.get("response_type") != "code" or "openid" not in wanted["scope"].split():
                raise HTTPException(400, "only the code flow of OpenID Connect")
            if wanted.get("code_challenge_method") != "S256" or not wanted.get("code_challenge"):
                raise HTTPException(400, "PKCE is asked for")
            code = secrets.token_urlsafe()
            self._codes[code] = wanted
            return RedirectResponse(f"{self.redirect}?code={code}&state={wanted['state']}")

        @app.post("/token")
        def token(
            grant_type: Annotated[str, Form()],
            code: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            client_id: Annotated[str, Form()] = "",
            client_secret: Annotated[str, Form()] = "",
            authorization: Annotated[str, Header()] = "",
        ) -> JSONResponse:
            by_header = _basic(authorization)
            given = by_header if by_header is not None else (client_id, client_secret)
            used = "client_secret_basic" if by_header is not None else "client_secret_post"
            if given != (CLIENT_ID, CLIENT_SECRET) or used not in self.methods:
                return JSONResponse({"error": "invalid_client"}, 401)
            # Taken out whatever comes: a code works once.
            wanted = self._codes.pop(code, None)
            challenge = _challenge(code_verifier)
            if (
                wanted is None
                or grant_type != "authorization_code"
                or redirect_uri != wanted["redirect_uri"]
                or challenge != wanted["code_challenge"]
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            signed = self._id_token(wanted.get("nonce", ""))
            return JSONResponse(
                {"access_token": secrets.token_urlsafe(), "token_type": "Bearer"}
                | {"expires_in": _VALID_SECONDS, "id_token": signed},
                headers={"Cache-Control": "no-store"},
            )

        return app

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + _VALID_SECONDS,
            "nonce": nonce,
        }
        said = {**claims, **self.claims, **self.changes}
        said = {name: value for name, value in said.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm in {"none", "HS256"}:
            return self._forged(header, said)
        return jwt.encode(header, said, self.signs_with or self.key)

    def _forged(self, header: dict[str, Any], said: dict[str, Any]) -> str:
        """A token without signature, or with one that the public key was the secret of."""
        signed = ".".join(_in_base64(json.dumps(part).encode()) for part in (header, said))
        if self.algorithm == "none":
            return f"{signed}."
        public = self.key.as_pem(private=False)
        return f"{signed}.{_in_base64(hmac.digest(public, signed.encode(), 'sha256'))}"


def _in_base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _basic(authorization: str) -> tuple[str, str] | None:
    if not authorization.startswith("Basic "):
        return None
    try:
        name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _challenge(verifier: str) -> str:
    return _in_base64(hashlib.sha256(verifier.encode()).digest())
