"""Rasa's tracker store over the conversation row that the inbox transaction saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class ConversationRowStore(TrackerStore):
    """Holds the slots of the conversations in hand; the worker puts them in and takes them out.

    A tracker begins with a session start, the slots and a listen, and ends with the turn. So the
    three-hundredth message costs what the third does, and a crash leaves no half-saved tracker.
    """

    def __init__(self, domain: Domain | None = None) -> None:
        """Start with no conversation in hand."""
        super().__init__(domain or Domain.empty())
        self._slots: dict[str, dict[str, Any]] = {}
        self._parsed: dict[str, dict[str, Any]] = {}

    def put(self, conversation_id: str, slots: Mapping[str, Any]) -> None:
        """Take a conversation in hand."""
        self._slots[conversation_id] = dict(slots)

    def take(self, conversation_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give a conversation back: slots after the turn, and what the message was taken for."""
        return self._slots.pop(conversation_id, {}), self._parsed.pop(conversation_id, {})

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a tracker that is listening and knows the slots."""
        tracker = DialogueStateTracker(sender_id, self.domain.slots)
        tracker.update(ActionExecuted("action_session_start"), self.domain)
        tracker.update(SessionStarted(), self.domain)
        for name, value in self._slots.get(sender_id, {}).items():
            if name in tracker.slots:
                tracker.update(SlotSet(name, value), self.domain)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the slots of `tracker` until they are taken."""
        self._slots[tracker.sender_id] = {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name != "session_started_metadata"
        }
        if tracker.latest_message is not None:
            self._parsed[tracker.sender_id] = dict(tracker.latest_message.parse_data)

    async def keys(self) -> Iterable[str]:
        """Return the ids of the conversations in hand."""
        return list(self._slots)
