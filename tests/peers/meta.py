"""A stand-in for Meta's Cloud API: keeps what it took, fails when told to, signs webhooks."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

OUR_ID = "106540352242922"
TOKEN, SECRET, OLD_SECRET, WORD = "a token", "a secret", "the secret before", "a word of ours"
PERSON = "9779841234567"
# Last digits of a number, and the code it is refused with, beside the HTTP status.
MAGIC = {
    "0026": (400, 131026),
    "0047": (400, 131047),
    "0056": (429, 131056),
    "0190": (401, 190),
    "0100": (400, 100),
}
_LONGEST_SILENCE = 30


@dataclass
class Number:
    """One number of ours, what was sent from it, and what the next message meets.

    Faults: ``429``, ``500`` and ``silent`` (no answer), where nothing was taken; ``garbage`` and
    ``hang`` (no answer), where it was.
    """

    sent: list[dict[str, Any]] = field(default_factory=list)
    fault: str | None = None
    token: str = TOKEN


def create_app(number: Number) -> FastAPI:
    """Return the application around one number."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/{version}/{phone_number_id}/messages")
    async def send(request: Request, phone_number_id: str) -> Response:
        if request.headers.get("authorization") != f"Bearer {number.token}":
            return _refusal(401, 190)
        body = await request.json()
        to = str(body.get("to") or body.get("recipient") or "")
        refused = MAGIC.get(to[-4:])
        if refused is not None:
            return _refusal(*refused)
        fault, number.fault = number.fault, None
        if fault == "429":
            return _refusal(429, 130429)
        if fault == "silent":
            await _until_gone(request)
        if fault in {"500", "silent"}:
            return _refusal(500, 131016)
        number.sent.append(body)
        if fault == "hang":
            await asyncio.sleep(5)
        if fault == "garbage":
            return Response("<html>Please sign in to this network</html>", 200)
        return JSONResponse({"messages": [{"id": f"wamid.{len(number.sent)}"}]})

    return app


async def _until_gone(request: Request) -> None:
    for _ in range(_LONGEST_SILENCE * 20):
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)


def _refusal(status: int, code: int) -> JSONResponse:
    return JSONResponse({"error": {"message": "Refused.", "code": code}}, status)


def sign(body: bytes, secret: str = SECRET) -> str:
    """Return the header that Meta sends beside these bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def call(
    *messages: dict[str, Any], statuses: tuple[dict[str, Any], ...] = (), **changes: Any
) -> bytes:
    """Return the body of a webhook call, its letters as they are and not escaped."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550006", "phone_number_id": OUR_ID},
        "contacts": [{"profile": {"name": "x"}, "wa_id": PERSON, "user_id": "NP.1349"}],
        "messages": list(messages),
        "statuses": list(statuses),
    } | changes
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False
    ).encode()


def text(body: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return one text as it stands in a call."""
    return {
        "id": f"wamid.in{number}",
        "from": PERSON,
        "timestamp": "1764000000",
        "type": "text",
        "text": {"body": body},
    } | changes
