"""Twilio's two webhooks: checked, stored in one transaction, answered; thinking comes later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict

from safar.gateway import delivery, inbox
from safar.gateway.body import read_body
from safar.gateway.providers.twilio.inbound import (
    NAME,
    InboundForm,
    StatusForm,
    as_message,
    parse_form,
)
from safar.gateway.providers.twilio.signature import SignatureChecker
from safar.settings import Settings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database

FORM = "application/x-www-form-urlencoded"
EMPTY = Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")
_log = structlog.get_logger(__name__)


def twilio_routes(
    settings: Settings, database: Database, keyring: KeyRing, clock: Callable[[], datetime]
) -> APIRouter:
    """Return the routes of a configured account; without one nothing is mounted."""
    router = APIRouter()
    checker = SignatureChecker(settings.public_base_url, settings.twilio_auth_tokens)

    async def genuine_form(request: Request) -> ImmutableMultiDict[str, str]:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise HTTPException(415, "Send a form.")
        body = await read_body(request, settings.body_limit_bytes)
        try:
            form = parse_form(body)
        except ValueError:
            raise HTTPException(400, "The form has too many fields.") from None
        # Not request.url: it is put together with the Host header.
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
        if not checker.genuine(path, query, form, request.headers.get("x-twilio-signature")):
            await refuse("webhook.bad_signature")
        return form

    def count(counter: str) -> None:
        with database.write() as tx:
            counters.add(tx, counter, clock())

    async def refuse(counter: str) -> NoReturn:
        await run_in_threadpool(count, counter)
        raise HTTPException(403, "Refused.")

    async def of_our_account(account: str) -> None:
        if account != settings.twilio_account_sid:
            await refuse("webhook.other_account")

    @router.post("/webhooks/twilio/message")
    async def message(request: Request) -> Response:
        """Keep an inbound SMS or WhatsApp message."""
        form = await genuine_form(request)
        try:
            inbound = InboundForm.model_validate(dict(form))
        except ValidationError:
            await refuse("webhook.malformed")
        await of_our_account(inbound.account)
        received = await run_in_threadpool(
            inbox.receive, database, keyring, as_message(inbound, form), clock()
        )
        _log.info("inbox.received", inbox_id=received.inbox_id, duplicate=received.duplicate)
        return EMPTY

    @router.post("/webhooks/twilio/status")
    async def status(request: Request) -> Response:
        """Note how far a sent message has come; a message we do not know changes nothing."""
        form = await genuine_form(request)
        try:
            callback = StatusForm.model_validate(dict(form))
        except ValidationError:
            await refuse("webhook.malformed")
        await of_our_account(callback.account)
        ours = request.query_params.get("outbox", "")
        await run_in_threadpool(
            delivery.apply_status,
            database,
            provider=NAME,
            provider_message_id=callback.sid,
            status=callback.status,
            error_code=callback.error_code or None,
            now=clock(),
            outbox_id=int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 16 else None,  # noqa: PLR2004
        )
        return Response(status_code=204)

    return router
