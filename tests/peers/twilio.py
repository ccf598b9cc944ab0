"""A stand-in for Twilio's message API: it remembers what it accepted and fails when told to.

Start it with ``python -m tests.peers.twilio --port 8099``. Beside Twilio's two routes it has these:

    POST /_faults     {"mode": "hang|500|429|problem|garbage|drop_after_accept", "times": 1}
    POST /_callbacks  {"statuses": ["sent", "delivered"], "target": "http://127.0.0.1:8080"}
    GET  /_sent       what was accepted, oldest first
    POST /_reset      forget everything
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any, Literal

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send

from tests.peers.twilio_webhooks import ACCOUNT, TOKEN, new_sid, sign, status_form

Mode = Literal["hang", "500", "429", "problem", "garbage", "drop_after_accept"]
LONGEST_BODY = 1600
# Twilio's numbers for tests: what they stand for, and the HTTP status that goes with it.
BAD_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
BAD_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
BASIC = HTTPBasic(auto_error=False)
HTTP_STATUS = {20003: 401, 20429: 429, 20500: 500, 21408: 403, 21611: 429}


class Faults(BaseModel):
    """What goes wrong with the next `times` messages."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    times: int = Field(default=1, ge=0)
    seconds: float = Field(default=30.0, gt=0, le=120)


class Callbacks(BaseModel):
    """Statuses to report of each message; `target` stands in for the address's scheme and host."""

    model_config = ConfigDict(extra="forbid")

    statuses: list[str] = []
    target: str | None = None


@dataclass
class Account:
    """One account and what it has sent."""

    sid: str = ACCOUNT
    token: str = TOKEN
    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: Faults | None = None
    callbacks: Callbacks = field(default_factory=Callbacks)
    reports: set[asyncio.Task[None]] = field(default_factory=set)

    def next_fault(self) -> Faults | None:
        """Use up one of the faults asked for."""
        if self.faults is None or self.faults.times == 0:
            return None
        self.faults.times -= 1
        return self.faults


class CutOff(Response):
    """An answer that breaks off in the middle, as when a connection is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"900")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"sid": "SM', "more_body": True})


def refusal(code: int) -> JSONResponse:
    """Return an error in Twilio's form."""
    status = HTTP_STATUS.get(code, 400)
    return JSONResponse({"code": code, "message": "Refused.", "status": status}, status)


def fault_code(to: str, sender: str, service: str, body: str) -> int | None:
    """Return why Twilio would refuse this message, None if it would not."""
    bare_to, bare_sender = to.removeprefix("whatsapp:"), sender.removeprefix("whatsapp:")
    checks = [
        (not to, 21604),
        (not sender and not service, 21603),
        (not body, 21602),
        (len(body) > LONGEST_BODY, 21617),
        (bare_sender in BAD_SENDERS, BAD_SENDERS.get(bare_sender, 0)),
        (bare_to in BAD_RECIPIENTS, BAD_RECIPIENTS.get(bare_to, 0)),
    ]
    return next((code for wrong, code in checks if wrong), None)


async def report(account: Account, message: dict[str, Any]) -> None:
    """Call back with each status asked for; what the other side answers is kept, not judged."""
    url = message["status_callback"]
    target = account.callbacks.target or ""
    called = target.rstrip("/") + url[url.index("/", 8) :] if target else url
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for status in account.callbacks.statuses:
            form = status_form(message["sid"], status, AccountSid=account.sid)
            headers = {"X-Twilio-Signature": sign(account.token, url, form)}
            try:
                answer = await client.post(called, data=form, headers=headers)
                message["callback_answers"].append(answer.status_code)
            except httpx.HTTPError:
                message["callback_answers"].append(None)
            message["status"] = status


def not_before(message: dict[str, Any], moment: datetime) -> bool:
    """Tell whether a message was sent at `moment` or later."""
    return parsedate_to_datetime(message["date_sent"]) >= moment


async def hang(request: Request, seconds: float) -> None:
    """Say nothing until the caller gives up, or for so long."""
    for _ in range(int(seconds / 0.05) + 1):
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)


async def fail(request: Request, fault: Faults) -> Response | None:
    """Answer as a provider that took nothing; None for the faults that come after it took it."""
    if fault.mode == "hang":
        await hang(request, fault.seconds)
    if fault.mode in {"hang", "500"}:
        return refusal(20500)
    if fault.mode == "429":
        return refusal(20429)
    if fault.mode == "problem":
        # The newer form of errors (RFC 9457), which the client raises as another exception.
        problem = {"type": "about:blank", "title": "Slow down.", "status": 429, "code": 20429}
        return JSONResponse(problem, 429, media_type="application/problem+json")
    return None


def public(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as the API shows it."""
    hidden = {"status_callback", "callback_answers"}
    return {name: value for name, value in message.items() if name not in hidden}


def create_app(account: Account) -> FastAPI:
    """Return the application around one account."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def signed_in(sid: str, given: Annotated[HTTPBasicCredentials | None, Depends(BASIC)]) -> None:
        expected = (account.sid, account.token)
        if sid != account.sid or given is None or (given.username, given.password) != expected:
            raise HTTPException(401)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return refusal({401: 20003}.get(error.status_code, 20404))

    def accept(to: str, sender: str, service: str, body: str, callback: str) -> dict[str, Any]:
        now = format_datetime(datetime.now(timezone.utc))
        message: dict[str, Any] = {
            "sid": new_sid(),
            "account_sid": account.sid,
            "messaging_service_sid": service or None,
            "to": to,
            "from": sender or None,
            "body": body,
            "direction": "outbound-api",
            "status": "accepted" if service else "queued",
            "num_segments": "0" if service else "1",
            "error_code": None,
            "error_message": None,
            "date_created": now,
            "date_updated": now,
            "date_sent": now,
            "status_callback": callback,
            "callback_answers": [],
        }
        account.sent.append(message)
        return message

    @app.post("/2010-04-01/Accounts/{sid}/Messages.json", dependencies=[Depends(signed_in)])
    async def create(
        request: Request,
        to: Annotated[str, Form(alias="To")] = "",
        sender: Annotated[str, Form(alias="From")] = "",
        service: Annotated[str, Form(alias="MessagingServiceSid")] = "",
        body: Annotated[str, Form(alias="Body")] = "",
        callback: Annotated[str, Form(alias="StatusCallback")] = "",
    ) -> Response:
        fault = account.next_fault()
        failed = await fail(request, fault) if fault is not None else None
        if failed is not None:
            return failed
        code = fault_code(to, sender, service, body)
        if code is not None:
            return refusal(code)
        message = accept(to, sender, service, body, callback)
        if callback and account.callbacks.statuses:
            # At once, so that a callback may overtake the answer, as it does in life.
            task = asyncio.create_task(report(account, message))
            account.reports.add(task)
            task.add_done_callback(account.reports.discard)
        if fault is not None and fault.mode == "drop_after_accept":
            return CutOff()
        if fault is not None:
            return Response("<html>Please sign in to this network</html>", 201)
        return JSONResponse(public(message), 201)

    @app.get("/2010-04-01/Accounts/{sid}/Messages.json", dependencies=[Depends(signed_in)])
    async def listed(
        to: Annotated[str, Query(alias="To")] = "",
        after: Annotated[datetime | None, Query(alias="DateSent>")] = None,
        size: Annotated[int, Query(alias="PageSize", ge=1, le=1000)] = 50,
    ) -> dict[str, Any]:
        found = [
            public(message)
            for message in reversed(account.sent)
            if to in {"", message["to"]} and (after is None or not_before(message, after))
        ]
        return {"messages": found[:size], "page_size": size, "next_page_uri": None}

    @app.post("/_faults", status_code=204)
    async def set_faults(faults: Faults) -> None:
        account.faults = faults

    @app.post("/_callbacks", status_code=204)
    async def set_callbacks(callbacks: Callbacks) -> None:
        account.callbacks = callbacks

    @app.get("/_sent")
    async def sent() -> list[dict[str, Any]]:
        return account.sent

    @app.post("/_reset", status_code=204)
    async def reset() -> None:
        account.sent.clear()
        account.faults, account.callbacks = None, Callbacks()

    return app


def main() -> None:
    """Serve one account on this machine."""
    parser = argparse.ArgumentParser(description="A stand-in for Twilio's message API.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    app = create_app(Account(options.account, options.token))
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="critical", ws="none")


if __name__ == "__main__":
    main()
