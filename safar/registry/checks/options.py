"""Titles of options: each has one, and none is a word that phone companies take for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safar.registry.content import Content
from safar.registry.errors import Problem
from safar.registry.schema import Message

RESERVED_WORDS: Final = frozenset(
    """
    stop stopall unsubscribe end quit cancel revoke optout yes start unstop help info
    """.split()
)
"""Sent as an SMS, these subscribe or unsubscribe and may never reach us."""

LONGEST_TITLE: Final = 24
"""Characters of a row in a WhatsApp list."""

_PREFIX: Final = "option."


def is_title(message: Message) -> bool:
    """Whether `message` is the title of an option."""
    return message.id.startswith(_PREFIX)


def check_options(content: Content) -> Iterator[Problem]:
    """Every option that a topic offers has a title."""
    known = {message.id for message, _ in content.located_messages()}
    for topic in content.topics:
        for index, intent in enumerate(topic.model.options):
            if _PREFIX + intent not in known:
                yield topic.document.problem(
                    ("options", index),
                    f'the option "{intent}" has no title',
                    f'add the message "{_PREFIX}{intent}" to a file in messages/',
                )


def check_titles(content: Content) -> Iterator[Problem]:
    """No title is a reserved word, and each fits."""
    for message, place in content.located_messages():
        if not is_title(message):
            continue
        bare = "".join(letter for letter in message.text if letter.isalpha()).casefold()
        if bare in RESERVED_WORDS:
            yield place.document.problem(
                (*place.loc, "text"),
                f'the title "{message.text}" is a word that phone companies take for themselves',
                "write other words",
            )
        if "{" not in message.text and len(message.text) > LONGEST_TITLE:
            yield place.document.problem(
                (*place.loc, "text"),
                f"the title has {len(message.text)} characters, more than {LONGEST_TITLE}",
                "shorten it",
            )
