"""A conversation with the assistant in this process, with no store beside it."""

from __future__ import annotations

import asyncio
import json

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant
from safar.assistant.turns import After, Before, take_turn
from safar.messaging.render import Channel
from tests.clock import NOW


class Talk:
    """One conversation: what a turn leaves is what the next one finds."""

    def __init__(self, assistant: Assistant, resources: Resources, **slots: object) -> None:
        self._assistant, self._resources = assistant, resources
        self.before = Before(json.dumps({"at": NOW.isoformat(), "slots": slots}))
        self.now = NOW

    def say(self, text: str, channel: Channel = "sms") -> After:
        after = asyncio.run(
            take_turn(
                self._assistant,
                self._resources,
                conversation_id="c1",
                text=text,
                channel=channel,
                before=self.before,
                now=self.now,
            )
        )
        self.before = Before(after.state, after.options, after.pages)
        return after

    @property
    def slots(self) -> dict[str, object]:
        return dict(json.loads(self.before.state or "{}")["slots"])


def ids(after: After) -> list[str]:
    """Return the ids of what was said, in order."""
    return [part.id for reply in after.replies for part in reply.parts]


def offered(after: After) -> list[str]:
    """Return the ids of the options offered, in order."""
    return [option.id for option in after.options]
