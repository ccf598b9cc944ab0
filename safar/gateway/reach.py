"""Whether a person can be written to now, asked before somebody does: STOP, and WhatsApp's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, select

from safar.gateway.outbox_rows import window_is_open
from safar.gateway.providers.plugin import plugins
from safar.settings import Settings
from safar.store import suppressions
from safar.store.database import Tx
from safar.store.errors import UnknownRowError
from safar.store.identities import digests_beside
from safar.store.tables import conversations, service_windows

_ENGLISH: Final = "en"


@dataclass(frozen=True)
class Way:
    """How a text to a person would go out.

    Attributes:
        channel: ``sms`` or ``whatsapp``.
        stopped: They asked to get no more messages.
        window_open: Whether WhatsApp takes any text; None where there is no such thing.
        has_template: Whether the operator has set up a template that carries a text all the same.
    """

    channel: str
    stopped: bool
    window_open: bool | None
    has_template: bool

    @property
    def in_template(self) -> bool:
        """Whether a text would stand in a template, on one line."""
        return self.window_open is False and self.has_template

    @property
    def closed(self) -> bool:
        """Whether no text could go out until they write again."""
        return self.window_open is False and not self.has_template


def way_to(
    tx: Tx, settings: Settings, conversation_id: str, variant: str | None, now: datetime
) -> Way:
    """Return how a text in a variant would reach the person of a conversation.

    Raises:
        UnknownRowError: There is no such conversation.
    """
    row = tx.execute(
        select(
            conversations.c.channel,
            conversations.c.provider,
            conversations.c.identity_id,
            service_windows.c.last_inbound_at,
        )
        .join(
            service_windows,
            and_(
                service_windows.c.conversation_id == conversations.c.id,
                service_windows.c.our_address == conversations.c.our_address,
            ),
            isouter=True,
        )
        .where(conversations.c.id == conversation_id)
    ).one_or_none()
    if row is None:
        raise UnknownRowError(f"There is no conversation {conversation_id}.")
    stopped = suppressions.is_suppressed(tx, *digests_beside(tx, row.identity_id))
    plugin = next((each for each in plugins() if each.name == row.provider), None)
    templates = () if plugin is None else plugin.templates(settings)
    if row.channel != "whatsapp" or templates is None:
        return Way(row.channel, stopped, None, has_template=False)
    return Way(
        row.channel,
        stopped,
        window_is_open(row.last_inbound_at, now),
        has_template=variant in templates or _ENGLISH in templates,
    )
