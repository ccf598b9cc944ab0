"""`safar demo`: three conversations through the whole path, printed as phones show them."""

from __future__ import annotations

import asyncio
from typing import Literal

import typer

CONVERSATIONS: tuple[tuple[str, Literal["sms", "whatsapp"], str, tuple[str, ...]], ...] = (
    (
        "Romanised Nepali by SMS",
        "sms",
        "+9779800000001",
        (
            "namaste",
            "manpower le qatar jana 2 lakh magyo, thik ho?",
            "passport company le rakhyo",
            "1",
        ),
    ),
    (
        "Tagalog by WhatsApp",
        "whatsapp",
        "+639170000001",
        ("hindi pa sahod 3 months na po", "Saudi", "saan po embassy natin"),
    ),
    (
        "Arabic with danger words, by SMS",
        "sms",
        "+966500000001",
        ("السلام عليكم", "صاحب البيت يضربني وحابسني في الغرفة", "الرياض"),
    ),
)


def demo() -> None:
    """Play three conversations from webhook to phone and print them, then end."""
    from rich.console import Console  # noqa: PLC0415 - only this command

    from safar.cli.demo_path import play  # noqa: PLC0415 - imports Rasa

    console = Console()
    typer.echo("Loading the assistant…", err=True)
    for title, channel, sender, texts in CONVERSATIONS:
        console.rule(title)
        asyncio.run(play(channel, sender, texts))
