"""What is sent on WhatsApp: a free text, a text with buttons, or a template outside the window.

Variables of a template or of buttons are one line each (Twilio's errors 21656 and 92007), and no
variable is empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from safar.gateway.providers.base import OutboundMessage, WindowClosedError

LONGEST_VARIABLE = 1024
MOST_BUTTONS = 3
"""Buttons that WhatsApp takes without approval of the template, in the 24 hours."""
LONGEST_TITLE = 20
LONGEST_ID = 200
MOST_LINES = 3
"""Lines of a text that may be put on one without becoming hard to read."""
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
    return _fields(sid, [one_line(message.body)])


def spoken(message: OutboundMessage) -> str | None:
    """Return the text that goes above buttons, None where the numbered text is better.

    It is the text without the numbered lines of the options, which the buttons name, on one line.
    A text of more than three lines keeps its lines, and so goes without buttons.
    """
    choices = message.choices
    lines = [line.strip() for line in message.body.splitlines() if line.strip()]
    said, menu = lines[: -len(choices) or None], lines[len(lines) - len(choices) :]
    if not choices or not said or len(said) > MOST_LINES:
        return None
    if not all(_names(line, choice.title) for line, choice in zip(menu, choices, strict=True)):
        return None
    text = " ".join(" ".join(said).split())
    return text if len(text) <= LONGEST_VARIABLE else None


def button_fields(message: OutboundMessage, contents: Mapping[str, str]) -> dict[str, str] | None:
    """Return the fields of a text with buttons, None where it must go as plain text.

    Args:
        message: what to say; its text ends with the same options, a numbered line each.
        contents: ContentSid by number of buttons. Variable 1 of such a content is the text; 2
            and 3 are title and id of the first button, 4 and 5 of the second, and so on.
    """
    choices = message.choices
    sid = contents.get(str(len(choices)))
    if sid is None or not 1 <= len(choices) <= MOST_BUTTONS:
        return None
    text = spoken(message)
    if text is None or any(not _fits(c.title, c.id) for c in choices):
        return None
    return _fields(sid, [text, *(value for c in choices for value in (c.title, c.id))])


def _names(line: str, title: str) -> bool:
    """Tell whether a line of the text is an option: its number and its title."""
    number, _, rest = line.partition(" ")
    return number.rstrip(".").isdecimal() and rest.split() == title.split()


def _fits(title: str, choice_id: str) -> bool:
    one_line_each = one_line(title) == title and one_line(choice_id) == choice_id
    return one_line_each and len(title) <= LONGEST_TITLE and len(choice_id) <= LONGEST_ID


def _fields(sid: str, values: Sequence[str]) -> dict[str, str]:
    variables = {str(number): value for number, value in enumerate(values, start=1)}
    written = json.dumps(variables, ensure_ascii=False)
    # People report that Twilio refuses an apostrophe here; this means the same to any reader.
    return {"content_sid": sid, "content_variables": written.replace("'", "\\u0027")}
