"""Meta's webhook: verified, signed over the raw bytes, answered when everything in it is stored."""

from __future__ import annotations

import hashlib
import hmac
import json

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from safar.gateway.body import read_body
from safar.gateway.providers.meta.payload import changes, messages, reports
from safar.gateway.providers.meta.settings import MetaSettings
from safar.gateway.providers.plugin import Surroundings

PATH = "/webhooks/meta"
BODY_LIMIT = 1024 * 1024
"""Bytes of a call: many messages and statuses may come in one."""
_LONGEST_CHALLENGE = 200

_log = structlog.get_logger(__name__)


def meta_routes(surroundings: Surroundings, settings: MetaSettings) -> APIRouter:
    """Return the routes of a configured number."""
    router = APIRouter()

    @router.get(PATH)
    async def verify(request: Request) -> Response:
        """Repeat Meta's challenge to whoever knows our word."""
        query = request.query_params
        given = query.get("hub.verify_token", "").encode()
        known = hmac.compare_digest(given, settings.verify_token.encode())
        challenge = query.get("hub.challenge", "")
        if not known or query.get("hub.mode") != "subscribe" or not challenge.isalnum():
            await run_in_threadpool(surroundings.count, "webhook.bad_verification")
            raise HTTPException(403, "Refused.")
        return Response(challenge[:_LONGEST_CHALLENGE], media_type="text/plain")

    @router.post(PATH)
    async def receive(request: Request) -> Response:
        """Keep all messages and statuses of one call."""
        body = await read_body(request, BODY_LIMIT)
        if not genuine(body, request.headers.get("x-hub-signature-256"), settings.app_secrets):
            await run_in_threadpool(surroundings.count, "webhook.bad_signature")
            raise HTTPException(403, "Refused.")
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            await run_in_threadpool(surroundings.count, "webhook.malformed")
            # Signed, so it is Meta's: refusing would only have it sent again for days.
            return Response(status_code=200)
        await run_in_threadpool(_keep, surroundings, settings, parsed)
        return Response(status_code=200)

    return router


def genuine(body: bytes, signature: str | None, secrets: tuple[str, ...]) -> bool:
    """Return whether one of our secrets signed these bytes; they are never parsed before that."""
    given = (signature or "").encode("utf-8", "replace")
    fits = [
        hmac.compare_digest(
            b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), given
        )
        for secret in secrets
    ]
    return any(fits)


def _keep(surroundings: Surroundings, settings: MetaSettings, parsed: object) -> None:
    for change in changes(parsed, settings.phone_number_id):
        for message in messages(change):
            received = surroundings.receive(message)
            _log.info("inbox.received", inbox_id=received.inbox_id, duplicate=received.duplicate)
        for report in reports(change):
            surroundings.report(report)
