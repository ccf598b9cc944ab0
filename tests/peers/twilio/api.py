"""Twilio's routes: create, list, fetch, redact, cancel and delete messages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from email.utils import format_datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tests.peers.twilio import create, delivery, faults, listing
from tests.peers.twilio.account import Account
from tests.peers.twilio.codes import Refused, refusal
from tests.peers.twilio.messages import CANCELABLE, DONE, Message, move, public

_MESSAGES = "/2010-04-01/Accounts/{account_sid}/Messages"


def api_routes(accounts: Mapping[str, Account]) -> APIRouter:
    """Return Twilio's routes over these accounts, by SID."""
    router = APIRouter()

    def signed_in(request: Request, account_sid: str) -> Account:
        user, password = _credentials(request)
        account = accounts.get(account_sid)
        if account is None or not account.knows(user, password):
            raise Refused(20003)
        return account

    @router.post(_MESSAGES + ".json")
    async def create_message(request: Request, account_sid: str) -> Response:
        account = signed_in(request, account_sid)
        fault = account.faults
        mode = fault.draw() if fault is not None else None
        seconds = fault.seconds if fault is not None else 0.0
        # Read before a fault waits: looking whether the caller has gone eats an unread body.
        asked = create.Asked.of(await request.form())
        failed = await faults.before(request, mode, seconds)
        if failed is not None:
            return failed
        code = create.why_refused(account, asked)
        if code is not None:
            return refusal(code)
        message = create.accept(account, asked)
        shown = public(message)
        delivery.begin(account, message)
        return await faults.after(request, mode, seconds) or JSONResponse(shown, 201)

    @router.get(_MESSAGES + ".json")
    async def list_messages(request: Request, account_sid: str) -> Response:
        account = signed_in(request, account_sid)
        failed = await _reading(request, account)
        return failed or JSONResponse(listing.page(account, dict(request.query_params)))

    @router.get(_MESSAGES + "/{sid}.json")
    async def fetch_message(request: Request, account_sid: str, sid: str) -> Response:
        account = signed_in(request, account_sid)
        failed = await _reading(request, account)
        return failed or JSONResponse(public(_find(account, sid)))

    @router.post(_MESSAGES + "/{sid}.json")
    async def update_message(request: Request, account_sid: str, sid: str) -> Response:
        account = signed_in(request, account_sid)
        message, form = _find(account, sid), await request.form()
        if form.get("Status") == "canceled":
            if message["status"] not in CANCELABLE:
                raise Refused(30409)
            move(message, "canceled", account.clock(), None, "")
        elif form.get("Body") == "":
            message["body"] = ""
            message["date_updated"] = format_datetime(account.clock())
        else:
            raise Refused(20001, "A message can be redacted or canceled, not changed.")
        return JSONResponse(public(message))

    @router.delete(_MESSAGES + "/{sid}.json")
    async def delete_message(request: Request, account_sid: str, sid: str) -> Response:
        account = signed_in(request, account_sid)
        message = _find(account, sid)
        if message["status"] not in DONE:
            raise Refused(20009)
        message["deleted"] = True
        return Response(status_code=204)

    return router


def _find(account: Account, sid: str) -> Message:
    for message in account.messages():
        if message["sid"] == sid:
            return message
    raise Refused(20404)


async def _reading(request: Request, account: Account) -> Response | None:
    """Fail as a test asked for; nothing is accepted here, so all faults are alike."""
    fault = account.read_faults
    mode = fault.draw() if fault is not None else None
    if fault is None or mode is None:
        return None
    return await faults.before(request, mode, fault.seconds) or await faults.after(
        request, mode, fault.seconds
    )


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, password = decoded.partition(":")
    return user, password
