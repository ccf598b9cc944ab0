"""The simulator as a provider: a text is delivered when it is in the outbox."""

from __future__ import annotations

from datetime import datetime

from safar.gateway.providers.base import Capabilities, OutboundMessage, SendResult

NAME = "simulator"


class SimulatorProvider:
    """Delivers to the simulator's page, which reads the outbox."""

    name = NAME
    capabilities = Capabilities(channels=frozenset({"sms", "whatsapp"}), can_find=True)

    def send(self, message: OutboundMessage) -> SendResult:
        """Say that the text has arrived."""
        return SendResult(f"SIM{message.outbox_id}", "delivered")

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Say the same: nothing is ever lost on the way."""
        return self.send(message)
