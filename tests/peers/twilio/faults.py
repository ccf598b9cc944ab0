"""What goes wrong with requests: before Twilio took the message, after it, or only slowly."""

from __future__ import annotations

import asyncio
import random
from typing import Literal

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from starlette.types import Receive, Scope, Send

from tests.peers.twilio.codes import refusal

Mode = Literal[
    # Twilio took nothing.
    "hang",
    "429",
    "problem",
    "500",
    "503",
    "garbage_before_accept",
    # Twilio took the message, and the caller does not learn it.
    "hang_after_accept",
    "500_after_accept",
    "drop_after_accept",
    "garbage",
    # Nothing goes wrong but the time.
    "slow",
]
AFTER_ACCEPT = frozenset({"hang_after_accept", "500_after_accept", "drop_after_accept", "garbage"})
_PAGE = "<html>Please sign in to this network</html>"
_LOOKS_AGAIN = 0.05


class Faults(BaseModel):
    """What goes wrong with the next requests.

    Attributes:
        mode: one way, or several of which each time one is drawn.
        times: how often; None for ever.
        seconds: how long a hanging or slow request lasts, in real time.
        share: how many of the requests it strikes, from 0 to 1, drawn with `seed`.
        on: creating messages, or reading them (fetch and list).
    """

    model_config = ConfigDict(extra="forbid")

    mode: Mode | list[Mode]
    times: int | None = Field(default=1, ge=0)
    seconds: float = Field(default=30.0, gt=0, le=120)
    share: float = Field(default=1.0, ge=0, le=1)
    seed: int = 0
    on: Literal["create", "read"] = "create"
    _rng: random.Random = PrivateAttr(default_factory=random.Random)

    def model_post_init(self, context: object, /) -> None:
        """Begin the draws anew."""
        self._rng = random.Random(self.seed)

    def draw(self) -> Mode | None:
        """Return what strikes the next request, None if nothing does."""
        struck = self._rng.random() < self.share
        mode = self.mode if isinstance(self.mode, str) else self._rng.choice(self.mode)
        if not struck or self.times == 0:
            return None
        if self.times is not None:
            self.times -= 1
        return mode


class CutOff(Response):
    """An answer that breaks off in the middle, as when a connection is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"900")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"sid": "SM', "more_body": True})


async def before(request: Request, mode: Mode | None, seconds: float) -> Response | None:
    """Answer as a provider that took nothing; None where the request goes on."""
    if mode in {"hang", "slow"}:
        await _hang(request, seconds)
    if mode in {"hang", "500"}:
        return refusal(20500)
    if mode == "503":
        return refusal(20503)
    if mode == "429":
        return refusal(20429)
    if mode == "garbage_before_accept":
        return Response(_PAGE)
    if mode == "problem":
        # The newer form of errors (RFC 9457), which the client raises as another exception.
        problem = {"type": "about:blank", "title": "Slow down.", "status": 429, "code": 20429}
        return JSONResponse(problem, 429, media_type="application/problem+json")
    return None


async def after(request: Request, mode: Mode | None, seconds: float) -> Response | None:
    """Answer as a provider that took the message and does not get to say so; else None."""
    if mode == "hang_after_accept":
        await _hang(request, seconds)
    if mode in {"hang_after_accept", "500_after_accept"}:
        return refusal(20500)
    if mode == "drop_after_accept":
        return CutOff()
    if mode == "garbage":
        return Response(_PAGE, 201)
    return None


async def _hang(request: Request, seconds: float) -> None:
    """Say nothing until the caller gives up, or for so long."""
    for _ in range(int(seconds / _LOOKS_AGAIN) + 1):
        if await request.is_disconnected():
            return
        await asyncio.sleep(min(_LOOKS_AGAIN, seconds))
