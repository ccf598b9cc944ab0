"""`safar chat`: the simulated phone in the terminal."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from safar.cli.ask import Channel


def chat(
    sender: Annotated[str, typer.Option("--as", help="The number you write from.")] = "chat",
    channel: Annotated[Channel, typer.Option(help="The form of the answers.")] = Channel.sms,
) -> None:
    """Talk with the assistant as a person would; an empty line or Ctrl-D ends it."""
    from safar.cli.local_path import LocalPath  # noqa: PLC0415 - imports Rasa
    from safar.cli.phone import show_reply, show_understood  # noqa: PLC0415

    typer.echo("Loading the assistant…", err=True)
    path = LocalPath.thrown_away()
    typer.echo("Write as a worker would. An empty line ends the talk.", err=True)

    async def talk() -> None:
        while True:
            try:
                text = input("> ")
            except EOFError:
                return
            if not text.strip():
                return
            said = await path.say(sender, channel.value, text)
            show_understood(said.understood)
            for reply in said.replies:
                show_reply(reply)

    asyncio.run(talk())
