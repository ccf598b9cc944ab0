"""Plays one conversation: the gateway's own route, the worker, the dispatcher, the phone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

import httpx

from safar.answers.resources import utc_now
from safar.cli.local_path import LocalPath
from safar.cli.phone import show_reply, show_understood, show_written
from safar.cli.run import owner_name
from safar.gateway.dispatcher import Dispatcher
from safar.gateway.providers.simulator.provider import SimulatorProvider
from safar.gateway.providers.simulator.transcript import transcript
from safar.gateway.web import create_app


async def play(channel: Literal["sms", "whatsapp"], sender: str, texts: Sequence[str]) -> None:
    """Write `texts` one after the other and show what the phone gets."""
    path = LocalPath.thrown_away()
    settings = path.resources.settings.model_copy(update={"simulator": True})
    app = create_app(settings, path.database, path.keyring)
    dispatcher = Dispatcher(
        path.database,
        path.keyring,
        [SimulatorProvider()],
        owner=owner_name("demo"),
        clock=utc_now,
        rng=random.Random(0),  # noqa: S311 - spreads retries, guards nothing
    )
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        seen = 0
        for text in texts:
            answer = await client.post(
                "/simulator/api/messages",
                json={"sender": sender, "channel": channel, "text": text},
            )
            answer.raise_for_status()
            said = await path.wait(sender, channel, seen + 1)
            dispatcher.run_once()
            show_written(text)
            show_understood(said.understood)
            talk = transcript(path.database, path.keyring, sender, channel)["messages"]
            for reply in talk[seen + 1 :]:
                show_reply(reply)
            seen = len(talk)
