"""Twilio's webhooks: checked, stored in one transaction, answered; thinking comes later."""

from __future__ import annotations

from typing import NoReturn

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict

from safar.gateway.body import read_body
from safar.gateway.providers.base import FailureKind, StatusReport
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.twilio.errors import TEMPLATE_REFUSED, kind_of
from safar.gateway.providers.twilio.inbound import (
    NAME,
    InboundForm,
    StatusForm,
    as_message,
    parse_form,
)
from safar.gateway.providers.twilio.signature import SignatureChecker

FORM = "application/x-www-form-urlencoded"
EMPTY = Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")
_log = structlog.get_logger(__name__)


def twilio_routes(surroundings: Surroundings) -> APIRouter:
    """Return the routes of a configured account."""
    settings = surroundings.settings
    router = APIRouter()
    checker = SignatureChecker.of(settings)

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

    async def refuse(counter: str) -> NoReturn:
        await run_in_threadpool(surroundings.count, counter)
        raise HTTPException(403, "Refused.")

    async def of_our_account(account: str) -> None:
        if account != settings.twilio_account_sid:
            await refuse("webhook.other_account")

    @router.post("/webhooks/twilio/message")
    @router.post("/webhooks/twilio/fallback")
    async def message(request: Request) -> Response:
        """Keep an inbound SMS or WhatsApp message; Twilio's fallback handler is the same."""
        form = await genuine_form(request)
        try:
            inbound = InboundForm.model_validate(dict(form))
        except ValidationError:
            await refuse("webhook.malformed")
        await of_our_account(inbound.account)
        received = await run_in_threadpool(
            surroundings.receive,
            as_message(inbound, form, obeys_stop=settings.twilio_obeys_stop),
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
        report = StatusReport(
            provider=NAME,
            status=callback.status,
            provider_message_id=callback.sid,
            outbox_id=int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 16 else None,  # noqa: PLR2004
            error_code=callback.error_code or None,
            failure=_failure(callback.error_code, request.query_params.get("form")),
        )
        await run_in_threadpool(surroundings.report, report)
        return Response(status_code=204)

    return router


def _failure(error_code: str, form: str | None) -> FailureKind | None:
    if not error_code:
        return None
    code = int(error_code)
    if form == "template" and code in TEMPLATE_REFUSED:
        # Outside the window, a template that is refused is as good as none.
        return FailureKind.WINDOW
    return kind_of(code)
