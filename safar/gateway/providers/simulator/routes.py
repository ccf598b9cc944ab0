"""The simulator's page and its small API: loopback only, off unless asked for."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from safar.gateway.body import read_body
from safar.gateway.messages import InboundMessage
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.simulator.provider import NAME
from safar.gateway.providers.simulator.transcript import transcript

PAGES = Path(__file__).parent / "page"
LOOPBACK = ("127.0.0.1", "::1")
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host")
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
Sender = Annotated[str, Field(pattern=r"^\+?[0-9A-Za-z]{1,20}$")]


class Written(BaseModel):
    """What a person typed into the simulated phone."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sender: Sender = "+9779800000001"
    channel: Literal["sms", "whatsapp"] = "sms"
    text: str = Field(max_length=12_000)


def local_only(request: Request) -> None:
    """Refuse whoever is not on this machine, or comes through a page of another site.

    The Host header is checked as well, or a foreign page could reach us by a name of its own.
    """
    client = request.client.host if request.client else ""
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    origin = request.headers.get("origin")
    # A proxy on this machine calls from loopback for anybody in the world.
    proxied = any(header in request.headers for header in PROXY_HEADERS)
    if client not in LOOPBACK or name not in LOCAL_NAMES or proxied:
        raise HTTPException(403, "The simulator answers on this machine only.")
    if origin is not None and origin != f"http://{host}":
        raise HTTPException(403, "The simulator answers its own page only.")


def secured(response: Response) -> None:
    """Let the page load nothing but its own two files, and talk to nobody but us."""
    response.headers.update(SECURITY)


def simulator_routes(surroundings: Surroundings) -> APIRouter:
    """Return the page and the two calls it makes."""
    router = APIRouter(prefix="/simulator", dependencies=[Depends(local_only), Depends(secured)])

    @router.get("")
    def without_slash() -> RedirectResponse:
        return RedirectResponse("/simulator/", headers=SECURITY)

    @router.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGES / "index.html", headers=SECURITY)

    @router.get("/static/{name}")
    def static(name: Literal["phone.css", "phone.js"]) -> FileResponse:
        return FileResponse(PAGES / name, headers=SECURITY)

    @router.post("/api/messages", status_code=202)
    async def write(request: Request) -> dict[str, int]:
        """Put a text into the inbox, as a provider would."""
        try:
            written = Written.model_validate_json(
                await read_body(request, surroundings.settings.body_limit_bytes)
            )
        except ValidationError:
            raise HTTPException(422, "Send a sender, a channel and a text.") from None
        received = await run_in_threadpool(
            surroundings.receive,
            InboundMessage(
                provider=NAME,
                provider_message_id=f"SIM{secrets.token_hex(16)}",
                channel=written.channel,
                sender_kind=NAME,
                sender=written.sender,
                recipient="safar",
                body=written.text,
                costs=False,
            ),
        )
        return {"id": received.inbox_id}

    @router.get("/api/messages")
    def read(
        sender: Annotated[str, Query(pattern=r"^\+?[0-9A-Za-z]{1,20}$")],
        channel: Literal["sms", "whatsapp"] = "sms",
    ) -> dict[str, Any]:
        """Return the talk so far: texts both ways, segments, encoding, what was understood."""
        return transcript(surroundings.database, surroundings.keyring, sender, channel)

    return router
