"""`safar ask`: one question, one answer, for people and for programs."""

from __future__ import annotations

import asyncio
import json
from enum import Enum
from typing import Annotated

import typer


class Channel(str, Enum):
    """The form of the answer."""

    sms = "sms"
    whatsapp = "whatsapp"


def ask(
    text: Annotated[str, typer.Argument(help="What a person writes.")],
    sender: Annotated[
        str | None,
        typer.Option("--as", help="Go on with the conversation of this sender, and remember it."),
    ] = None,
    channel: Annotated[Channel, typer.Option(help="The form of the answer.")] = Channel.sms,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer TEXT as a person would get it, through inbox, assistant and outbox."""
    from safar.cli.local_path import LocalPath  # noqa: PLC0415 - imports Rasa

    path = LocalPath.kept() if sender else LocalPath.thrown_away()
    said = asyncio.run(path.say(sender or "ask", channel.value, text))
    if not as_json:
        typer.echo("\n---\n".join(reply["text"] for reply in said.replies))
        if not said.replies:
            typer.echo("Nothing is answered: this sender sent STOP. START begins again.", err=True)
        return
    seen = said.understood
    typer.echo(
        json.dumps(
            {
                "variant": seen.get("answered_in") or seen.get("variant"),
                "intent": seen.get("intent"),
                "confidence": seen.get("confidence", 0.0),
                "danger": seen.get("danger", False),
                "entities": seen.get("entities", []),
                "replies": [
                    {key: reply[key] for key in ("text", "encoding", "segments")}
                    for reply in said.replies
                ],
                "sources": seen.get("sources", []),
            },
            ensure_ascii=False,
        )
    )
