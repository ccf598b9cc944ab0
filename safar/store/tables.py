"""The tables, as queries see them; `migrations` makes them.

Columns ending in ``_encrypted`` hold Fernet tokens of `safar.store.crypto.KeyRing`. Times are
UTC text (`UtcDateTime`). Ids of contacts and conversations are 32 random hex digits: they say
nothing about the person, so they may stand in logs and go to Rasa.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

# Whoever sees these tables sees all: those of cases and staff enter the same list.
from safar.store import case_tables, notice_tables, staff_tables  # noqa: F401
from safar.store.columns import RowId as _RowId
from safar.store.columns import count_column as _count
from safar.store.columns import metadata
from safar.store.columns import text_column as _text
from safar.store.columns import time_column as _time
from safar.store.types import Flag

schema_migrations = Table(
    "schema_migrations",
    metadata,
    Column("name", Text, primary_key=True),
    _time("applied_at"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    _time("created_at"),
    _time("erase_at", nullable=True),
)

contact_identities = Table(
    "contact_identities",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("contact_id", Text, ForeignKey("contacts.id"), nullable=False),
    _text("channel"),
    _text("kind"),
    _text("digest"),
    _text("value_encrypted"),
    _text("profile_digest", nullable=True),
    _time("created_at"),
    UniqueConstraint("digest"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("contact_id", Text, ForeignKey("contacts.id"), nullable=False),
    # The address the person wrote from last, so that the answer goes where the question came from.
    Column("identity_id", _RowId, ForeignKey("contact_identities.id"), nullable=False),
    _text("channel"),
    _text("provider"),
    _text("our_address"),
    _text("state_encrypted", nullable=True),
    _text("variant", nullable=True),
    _text("options_encrypted", nullable=True),
    _text("pages_encrypted", nullable=True),
    Column("last_inbox_id", _RowId, nullable=True),
    Column("person_has_it", Flag, nullable=False, default=False),
    # Messages up to this one are of another person at the same telephone: `safar.store.people`.
    Column("earlier_until", _RowId, nullable=False, default=0),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("contact_id", "channel", "provider"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("provider"),
    _text("provider_message_id"),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    _text("body_encrypted"),
    _text("raw_encrypted"),
    _text("extras_encrypted", nullable=True),
    _text("decided_encrypted", nullable=True),
    _text("understood_encrypted", nullable=True),
    _text("body_digest", nullable=True),
    Column("treatment", Text, nullable=False, default="answer"),
    Column("costs", Flag, nullable=False, default=True),
    _count("round"),
    _count("priority"),
    _time("received_at"),
    _text("state"),
    _count("attempts"),
    _text("lease_owner", nullable=True),
    _time("lease_until", nullable=True),
    _time("not_before"),
    _text("error_code", nullable=True),
    _time("updated_at"),
    UniqueConstraint("provider", "provider_message_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("idempotency_key"),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("inbox_id", _RowId, ForeignKey("inbox.id"), nullable=True),
    _text("provider"),
    _text("channel"),
    _text("body_encrypted"),
    _text("extras_encrypted", nullable=True),
    Column("kind", Text, nullable=False, default="answer"),
    Column("replaces_id", _RowId, ForeignKey("outbox.id"), nullable=True),
    _count("priority"),
    _text("state"),
    _count("attempts"),
    _count("resends"),
    _text("lease_owner", nullable=True),
    _time("lease_until", nullable=True),
    _time("not_before"),
    _time("expires_at", nullable=True),
    _time("sending_at", nullable=True),
    _time("unknown_at", nullable=True),
    _text("provider_message_id", nullable=True),
    _text("provider_status", nullable=True),
    _count("segments"),
    _text("encoding"),
    _text("error_code", nullable=True),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("idempotency_key"),
)

status_events = Table(
    "status_events",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("provider"),
    _text("provider_message_id"),
    _text("status"),
    Column("outbox_id", _RowId, ForeignKey("outbox.id"), nullable=False),
    _text("error_code", nullable=True),
    _time("received_at"),
    UniqueConstraint("provider", "provider_message_id", "status"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("value", _RowId, nullable=False),
)

service_windows = Table(
    "service_windows",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("our_address", Text, primary_key=True),
    _time("last_inbound_at"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", Text, primary_key=True),
    _text("channel"),
    _text("origin"),
    _time("since"),
    _time("danger_told_at", nullable=True),
)

consent_events = Table(
    "consent_events",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("digest"),
    _text("channel"),
    _text("kind"),
    _text("origin"),
    _time("at"),
)

# Who was forgotten, by keyed digest of a random id: `safar.store.wishes`.
forgettings = Table(
    "forgettings",
    metadata,
    Column("digest", Text, primary_key=True),
    _time("at"),
)

usage = Table(
    "usage",
    metadata,
    Column("day", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _count("messages"),
    _count("segments"),
)

provider_health = Table(
    "provider_health",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False, default="closed"),
    _count("failures"),
    _time("paused_until", nullable=True),
    _text("error_code", nullable=True),
    _time("last_ok_at", nullable=True),
    _time("reported_at", nullable=True),
    _text("reported_code", nullable=True),
    _time("updated_at"),
)

devices = Table(
    "devices",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    _text("state"),
    Column("signal_percent", Integer, nullable=True),
    _text("network", nullable=True),
    _text("balance", nullable=True),
    _count("resets"),
    _text("error_code", nullable=True),
    _time("last_received_at", nullable=True),
    _time("last_sent_at", nullable=True),
    _time("updated_at"),
)

received_parts = Table(
    "received_parts",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("provider"),
    _text("device"),
    _text("fingerprint"),
    _text("sender_digest"),
    _text("sender_encrypted"),
    _text("reference"),
    _count("parts"),
    _count("part"),
    _text("text_encrypted"),
    _time("sent_at", nullable=True),
    _time("received_at"),
    Column("inbox_id", _RowId, ForeignKey("inbox.id"), nullable=True),
    UniqueConstraint("provider", "fingerprint"),
)

sent_parts = Table(
    "sent_parts",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("provider"),
    _text("device"),
    Column("outbox_id", _RowId, ForeignKey("outbox.id"), nullable=False),
    _count("part"),
    _count("parts"),
    _text("reference"),
    _text("recipient_digest"),
    _text("status"),
    _time("sent_at"),
    UniqueConstraint("outbox_id", "part"),
)

switches = Table(
    "switches",
    metadata,
    Column("name", Text, primary_key=True),
    _text("value"),
    _text("reason"),
    _time("changed_at"),
)
