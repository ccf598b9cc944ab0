"""What a conversation keeps between two messages: one small row, whatever its length.

A Rasa tracker replays every event of a session on each message; at 400 messages that costs six
times what it did at the first. Rules look at the present turn only, so slots are all we carry over.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

OF_THE_SESSION = frozenset({"pending_topic", "last_topic", "misunderstood", "danger_told"})
"""Slots that end with the session; the others are what the person told about themselves."""
STRANGER = timedelta(days=90)
"""Silence after which a number may be another person's: companies give numbers out again."""
LONGEST_STATE = 8192
"""Characters a stored state may have."""


class Memory(BaseModel):
    """The slots of one conversation and when they were last used."""

    model_config = ConfigDict(extra="ignore")

    version: int = 1
    at: AwareDatetime | None = None
    slots: dict[str, str | bool | float | None] = {}
    understood: dict[str, Any] | None = None
    """What the last message was taken for, without its text."""
    last_at: AwareDatetime | None = Field(default=None, exclude=True)
    """When the row that was read was written; None where there was none to be read."""

    @classmethod
    def read(
        cls,
        stored: str | None,
        now: datetime,
        session: timedelta,
        stranger: timedelta = STRANGER,
    ) -> Memory:
        """Return the memory as it is at `now`.

        After a silence as long as `session` only facts about the person stay. After one as long
        as `stranger` nothing does: by then the number may be another person's. A state that
        cannot be read is forgotten rather than stopping the conversation for good.
        """
        if not stored:
            return cls(at=now)
        try:
            memory = cls.model_validate_json(stored)
        except ValidationError:
            return cls(at=now)
        if memory.at is not None and now - memory.at > stranger:
            return cls(at=now, last_at=memory.at)
        if memory.at is None or now - memory.at > session:
            slots = {k: v for k, v in memory.slots.items() if k not in OF_THE_SESSION}
            return cls(at=now, slots=slots, last_at=memory.at)
        return memory.model_copy(update={"last_at": memory.at})

    def write(self, now: datetime) -> str:
        """Return the row to store; slots that are empty take no room."""
        empty = (None, 0.0, False)
        kept = {name: value for name, value in self.slots.items() if value not in empty}
        text = self.model_copy(update={"at": now, "slots": kept}).model_dump_json()
        if len(text) > LONGEST_STATE:
            kept = {name: value for name, value in kept.items() if name in ("variant", "origin")}
            text = json.dumps({"version": 1, "at": now.isoformat(), "slots": kept})
        return text
