"""Where Rasa puts what it says: collected as replies, sent by nobody."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

from safar.messaging.reply import Reply


class ReplyCollector(CollectingOutputChannel):
    """Keeps the reply that each action put beside its plain text."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.replies: list[Reply] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance; a text without a reply cannot come from our actions or phrasing."""
        reply = message.get("reply")
        if reply is not None:
            self.replies.append(Reply.model_validate(reply))
