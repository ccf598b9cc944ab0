"""A web server that keeps what is posted to it and answers as a test says."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from fastapi.responses import Response

_PATIENCE = 10.0


@dataclass(frozen=True)
class Call:
    """One call: where to, its fields, and its headers in small letters."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Receiver:
    """Keeps calls; serve its `app` with `tests.peers.serving.served`.

    Attributes:
        answers: HTTP statuses of the next calls; 204 when there is none left.
        seconds: how long each answer takes.
        calls: what came, oldest first.
    """

    answers: list[int] = field(default_factory=list)
    seconds: float = 0.0
    calls: list[Call] = field(default_factory=list)

    @property
    def app(self) -> FastAPI:
        """Return the application; it takes a POST to any path."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        @app.post("/{path:path}")
        async def take(request: Request, path: str) -> Response:
            form = {name: str(value) for name, value in (await request.form()).items()}
            query = f"?{request.url.query}" if request.url.query else ""
            self.calls.append(Call(f"/{path}{query}", form, dict(request.headers)))
            await asyncio.sleep(self.seconds)
            return Response(status_code=self.answers.pop(0) if self.answers else 204)

        return app

    def wait(self, count: int) -> list[Call]:
        """Return the calls as soon as there are so many, or what came in ten seconds."""
        deadline = time.monotonic() + _PATIENCE
        while len(self.calls) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.calls

    def forget(self) -> None:
        """Be as at the beginning."""
        self.answers, self.seconds = [], 0.0
        self.calls.clear()
