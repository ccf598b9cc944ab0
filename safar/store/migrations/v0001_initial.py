"""Contacts, conversations, the durable inbox and outbox, status events, counters."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        f"""CREATE TABLE contacts (
            id TEXT PRIMARY KEY NOT NULL,
            created_at TEXT NOT NULL
        ){strict}""",
        f"""CREATE TABLE contact_identities (
            id {row_id},
            contact_id TEXT NOT NULL REFERENCES contacts (id),
            channel TEXT NOT NULL,
            kind TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            value_encrypted TEXT NOT NULL,
            created_at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX contact_identities_contact ON contact_identities (contact_id)",
        f"""CREATE TABLE conversations (
            id TEXT PRIMARY KEY NOT NULL,
            contact_id TEXT NOT NULL REFERENCES contacts (id),
            identity_id {number} NOT NULL REFERENCES contact_identities (id),
            channel TEXT NOT NULL,
            provider TEXT NOT NULL,
            our_address TEXT NOT NULL,
            state_encrypted TEXT,
            variant TEXT,
            options_encrypted TEXT,
            pages_encrypted TEXT,
            last_inbox_id {number},
            person_has_it {number} NOT NULL DEFAULT 0 CHECK (person_has_it IN (0, 1)),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            UNIQUE (contact_id, channel, provider)
        ){strict}""",
        f"""CREATE TABLE inbox (
            id {row_id},
            provider TEXT NOT NULL,
            provider_message_id TEXT NOT NULL,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            body_encrypted TEXT NOT NULL,
            raw_encrypted TEXT NOT NULL,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'done', 'dead')),
            attempts {number} NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_until TEXT,
            not_before TEXT NOT NULL,
            error_code TEXT,
            updated_at TEXT NOT NULL,
            UNIQUE (provider, provider_message_id)
        ){strict}""",
        # Partial indexes: the open rows are few, however many were answered over the years.
        "CREATE INDEX inbox_open ON inbox (id) WHERE state IN ('ready', 'leased')",
        "CREATE INDEX inbox_open_conversation ON inbox (conversation_id, id)"
        " WHERE state IN ('ready', 'leased')",
        "CREATE INDEX inbox_conversation ON inbox (conversation_id, id)",
        f"""CREATE TABLE outbox (
            id {row_id},
            idempotency_key TEXT NOT NULL UNIQUE,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            inbox_id {number} REFERENCES inbox (id),
            provider TEXT NOT NULL,
            channel TEXT NOT NULL,
            body_encrypted TEXT NOT NULL,
            priority {number} NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'sending', 'unknown',
                'accepted', 'sent', 'delivered', 'read', 'failed', 'undelivered', 'canceled',
                'dead')),
            attempts {number} NOT NULL DEFAULT 0,
            resends {number} NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_until TEXT,
            not_before TEXT NOT NULL,
            expires_at TEXT,
            sending_at TEXT,
            unknown_at TEXT,
            provider_message_id TEXT,
            provider_status TEXT,
            segments {number} NOT NULL DEFAULT 0,
            encoding TEXT NOT NULL,
            error_code TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX outbox_open ON outbox (provider, id)"
        " WHERE state IN ('ready', 'leased', 'sending', 'unknown')",
        "CREATE INDEX outbox_open_conversation ON outbox (conversation_id, id)"
        " WHERE state IN ('ready', 'leased', 'sending', 'unknown')",
        "CREATE INDEX outbox_conversation ON outbox (conversation_id, id)",
        "CREATE UNIQUE INDEX outbox_provider_message ON outbox (provider, provider_message_id)"
        " WHERE provider_message_id IS NOT NULL",
        f"""CREATE TABLE status_events (
            id {row_id},
            provider TEXT NOT NULL,
            provider_message_id TEXT NOT NULL,
            status TEXT NOT NULL,
            outbox_id {number} NOT NULL REFERENCES outbox (id),
            error_code TEXT,
            received_at TEXT NOT NULL,
            UNIQUE (provider, provider_message_id, status)
        ){strict}""",
        "CREATE INDEX status_events_outbox ON status_events (outbox_id)",
        f"""CREATE TABLE counters (
            name TEXT NOT NULL,
            day TEXT NOT NULL,
            value {number} NOT NULL,
            PRIMARY KEY (name, day)
        ){strict}""",
    )
