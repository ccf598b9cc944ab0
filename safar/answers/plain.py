"""A reply as plain paragraphs: for the terminal, and where no channel's form is wanted."""

from __future__ import annotations

from safar.messaging.reply import Reply
from safar.phrasing.catalogue import Catalogue


def plain_text(reply: Reply, catalogue: Catalogue, variant: str) -> str:
    """Return all parts of `reply` in `variant`, one a line, with its numbered options."""
    lines = [catalogue.phrase(part, variant) for part in reply.parts]
    lines += [
        f"{number} {catalogue.phrase(option.title, variant)}"
        for number, option in enumerate(reply.options, start=1)
    ]
    return "\n".join(lines)
