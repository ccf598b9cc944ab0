"""Sending through the WhatsApp Cloud API."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import httpx

from safar.gateway.providers.base import (
    Capabilities,
    ContentError,
    NoConnectionError,
    OutboundMessage,
    SendResult,
    UnknownOutcomeError,
    WindowClosedError,
)
from safar.gateway.providers.meta.errors import error_of
from safar.gateway.providers.meta.payload import NAME
from safar.gateway.providers.meta.settings import MetaSettings

LONGEST_TEXT = 4096
LONGEST_INTERACTIVE = 1024
MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW = 10, 24
LONGEST_VARIABLE = 1024
_PARALLEL = 4
_OK = 200
_MENU = "☰"
"""On the button that opens a list; a sign, since it stands in every language."""


class MetaProvider:
    """One number of ours on WhatsApp.

    The API has no list of what was sent, so an outcome in doubt is settled by a status.
    """

    name = NAME
    capabilities = Capabilities(
        channels=frozenset({"whatsapp"}), status_callbacks=True, parallel=_PARALLEL
    )

    def __init__(
        self, settings: MetaSettings, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Make the client; nothing is sent yet."""
        # It logs every address it calls, with our number's id, at INFO.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._settings = settings
        base = settings.graph_base_url.rstrip("/")
        self._url = f"{base}/{settings.graph_version}/{settings.phone_number_id}/messages"
        self._client = httpx.Client(
            timeout=settings.timeout_seconds,
            transport=transport,
            follow_redirects=False,
            headers={"Authorization": f"Bearer {settings.access_token}"},
            # A proxy named in the environment must not read what people are told.
            trust_env=False,
        )

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message; see `Provider.send` for the errors."""
        if len(message.body) > LONGEST_TEXT:
            raise ContentError("too_long")
        content = self._template(message) if message.window_open is False else _content(message)
        address = message.to.removeprefix("whatsapp:")
        to = {"to": address[1:]} if address.startswith("+") else {"recipient": address}
        try:
            answer = self._client.post(
                self._url,
                json={
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    "biz_opaque_callback_data": message.callback_id,
                    **to,
                    **content,
                },
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise NoConnectionError("no_connection") from None
        except httpx.HTTPError:
            raise UnknownOutcomeError("answer_lost") from None
        return _result(answer)

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Not known: there is no list. See `Capabilities.can_find`."""
        raise UnknownOutcomeError("no_list")

    def _template(self, message: OutboundMessage) -> dict[str, Any]:
        templates = self._settings.templates
        template = templates.get(message.variant or "") or templates.get("en")
        if template is None:
            raise WindowClosedError("131047")
        flat = " ".join(message.body.split())
        if len(flat) > LONGEST_VARIABLE:
            flat = flat[: LONGEST_VARIABLE - 1].rpartition(" ")[0] + "…"
        return {
            "type": "template",
            "template": {
                "name": template.name,
                "language": {"code": template.language},
                "components": [
                    {"type": "body", "parameters": [{"type": "text", "text": flat}]},
                ],
            },
        }


def _content(message: OutboundMessage) -> dict[str, Any]:
    """Return a text, with buttons or a list where the options fit; the text numbers them, too."""
    choices = message.choices
    if choices and len(message.body) <= LONGEST_INTERACTIVE:
        body = {"text": message.body}
        if len(choices) <= MOST_BUTTONS and all(len(c.title) <= LONGEST_BUTTON for c in choices):
            buttons = [{"type": "reply", "reply": {"id": c.id, "title": c.title}} for c in choices]
            return _interactive("button", body, {"buttons": buttons})
        if len(choices) <= MOST_ROWS and all(len(c.title) <= LONGEST_ROW for c in choices):
            rows = [{"id": c.id, "title": c.title} for c in choices]
            return _interactive("list", body, {"button": _MENU, "sections": [{"rows": rows}]})
    return {"type": "text", "text": {"body": message.body, "preview_url": False}}


def _interactive(kind: str, body: dict[str, str], action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "interactive",
        "interactive": {"type": kind, "body": body, "action": action},
    }


def _result(answer: httpx.Response) -> SendResult:
    try:
        parsed = answer.json()
    except ValueError:
        parsed = None
    if answer.status_code != _OK:
        error = parsed.get("error") if isinstance(parsed, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        raise error_of(answer.status_code, code if isinstance(code, int) else None)
    try:
        return SendResult(str(parsed["messages"][0]["id"]), "accepted")
    except (KeyError, IndexError, TypeError):
        raise UnknownOutcomeError("unreadable_answer") from None
