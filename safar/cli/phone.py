"""Texts in the terminal as a phone shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

_WIDTH = 44


def show_written(text: str) -> None:
    """Show what the person wrote, on the right."""
    Console().print(Panel(Text(text), width=_WIDTH, border_style="green"), justify="right")


def show_reply(reply: Mapping[str, Any]) -> None:
    """Show an answer, on the left, with what it costs."""
    cost = f"{reply['encoding']}, {reply['segments']} SMS" if reply.get("segments") else "WhatsApp"
    Console().print(
        Panel(Text(str(reply["text"])), width=_WIDTH + 8, subtitle=cost, border_style="blue")
    )


def show_understood(understood: Mapping[str, Any]) -> None:
    """Show in one dim line what a text was taken for."""
    entities = ", ".join(f"{e['entity']}={e['value']}" for e in understood.get("entities", []))
    danger = "  DANGER" if understood.get("danger") else ""
    Console().print(
        f"{understood.get('variant')} · {understood.get('intent')} "
        f"({understood.get('confidence', 0):.2f}) {entities}{danger}",
        style="dim",
        highlight=False,
    )
