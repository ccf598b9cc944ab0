"""What is sent on WhatsApp: a free text, a text with buttons, or a template outside the window."""

from __future__ import annotations

import json
from collections.abc import Mapping

from safar.gateway.providers.base import OutboundMessage, WindowClosedError

LONGEST_VARIABLE = 1024
MOST_BUTTONS = 3
"""Buttons that WhatsApp takes without approval of the template, in the 24 hours."""
LONGEST_TITLE = 20
_ENGLISH = "en"


def one_line(text: str, longest: int = LONGEST_VARIABLE) -> str:
    """Return a text as a template's variable takes it: no line ends, no tabs, not too long."""
    flat = " ".join(text.split())
    if len(flat) <= longest:
        return flat
    cut = flat[: longest - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def template_fields(message: OutboundMessage, templates: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a message outside the window: a template whose {{1}} is the text.

    Args:
        message: what to say.
        templates: ContentSid by variant; ``en`` stands in for those that have none.

    Raises:
        WindowClosedError: there is no template.
    """
    sid = templates.get(message.variant or "") or templates.get(_ENGLISH)
    if sid is None:
        raise WindowClosedError("63016")
    return {"content_sid": sid, "content_variables": json.dumps({"1": one_line(message.body)})}


def button_fields(message: OutboundMessage, contents: Mapping[str, str]) -> dict[str, str] | None:
    """Return the fields of a text with buttons, None where it must go as plain text.

    Args:
        message: what to say; its text numbers the same options.
        contents: ContentSid by number of buttons. Variable 1 of such a content is the text; 2
            and 3 are title and id of the first button, 4 and 5 of the second, and so on.
    """
    choices = message.choices
    sid = contents.get(str(len(choices)))
    if sid is None or not 1 <= len(choices) <= MOST_BUTTONS:
        return None
    if len(message.body) > LONGEST_VARIABLE or any(len(c.title) > LONGEST_TITLE for c in choices):
        return None
    values = [message.body]
    for choice in choices:
        values += [choice.title, choice.id]
    variables = {str(number): value for number, value in enumerate(values, start=1)}
    return {"content_sid": sid, "content_variables": json.dumps(variables)}
