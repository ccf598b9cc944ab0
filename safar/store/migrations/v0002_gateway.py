"""Consent, limits, WhatsApp's window, several addresses of one person, modems, provider health."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        "ALTER TABLE contacts ADD COLUMN erase_at TEXT",
        "ALTER TABLE contact_identities ADD COLUMN profile_digest TEXT",
        "ALTER TABLE inbox ADD COLUMN treatment TEXT NOT NULL DEFAULT 'answer'",
        "ALTER TABLE inbox ADD COLUMN extras_encrypted TEXT",
        "ALTER TABLE inbox ADD COLUMN body_digest TEXT",
        f"ALTER TABLE inbox ADD COLUMN round {number} NOT NULL DEFAULT 0",
        "ALTER TABLE inbox ADD COLUMN decided_encrypted TEXT",
        "ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'answer'",
        "ALTER TABLE outbox ADD COLUMN extras_encrypted TEXT",
        f"ALTER TABLE outbox ADD COLUMN replaces_id {number} REFERENCES outbox (id)",
        "CREATE INDEX inbox_conversation_time ON inbox (conversation_id, received_at)",
        f"""CREATE TABLE service_windows (
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            our_address TEXT NOT NULL,
            last_inbound_at TEXT NOT NULL,
            PRIMARY KEY (conversation_id, our_address)
        ){strict}""",
        # By digest, not by row: a wish to be left alone outlives the erasing of the person's data.
        f"""CREATE TABLE suppressions (
            digest TEXT PRIMARY KEY NOT NULL,
            channel TEXT NOT NULL,
            origin TEXT NOT NULL,
            since TEXT NOT NULL,
            danger_told_at TEXT
        ){strict}""",
        f"""CREATE TABLE consent_events (
            id {row_id},
            digest TEXT NOT NULL,
            channel TEXT NOT NULL,
            kind TEXT NOT NULL,
            origin TEXT NOT NULL,
            at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX consent_events_digest ON consent_events (digest, id)",
        f"""CREATE TABLE usage (
            day TEXT NOT NULL,
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            messages {number} NOT NULL,
            segments {number} NOT NULL,
            PRIMARY KEY (day, scope, key)
        ){strict}""",
        f"""CREATE TABLE provider_health (
            provider TEXT PRIMARY KEY NOT NULL,
            state TEXT NOT NULL,
            failures {number} NOT NULL,
            paused_until TEXT,
            error_code TEXT,
            last_ok_at TEXT,
            updated_at TEXT NOT NULL
        ){strict}""",
        f"""CREATE TABLE devices (
            provider TEXT NOT NULL,
            device TEXT NOT NULL,
            state TEXT NOT NULL,
            signal_percent {number},
            network TEXT,
            balance TEXT,
            resets {number} NOT NULL DEFAULT 0,
            error_code TEXT,
            last_received_at TEXT,
            last_sent_at TEXT,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (provider, device)
        ){strict}""",
        f"""CREATE TABLE received_parts (
            id {row_id},
            provider TEXT NOT NULL,
            device TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            sender_digest TEXT NOT NULL,
            sender_encrypted TEXT NOT NULL,
            reference TEXT NOT NULL,
            parts {number} NOT NULL,
            part {number} NOT NULL,
            text_encrypted TEXT NOT NULL,
            sent_at TEXT,
            received_at TEXT NOT NULL,
            inbox_id {number} REFERENCES inbox (id),
            UNIQUE (provider, fingerprint)
        ){strict}""",
        "CREATE INDEX received_parts_waiting ON received_parts"
        " (provider, device, sender_digest, reference) WHERE inbox_id IS NULL",
        f"""CREATE TABLE sent_parts (
            id {row_id},
            provider TEXT NOT NULL,
            device TEXT NOT NULL,
            outbox_id {number} NOT NULL REFERENCES outbox (id),
            part {number} NOT NULL,
            parts {number} NOT NULL,
            reference TEXT NOT NULL,
            recipient_digest TEXT NOT NULL,
            status TEXT NOT NULL,
            sent_at TEXT NOT NULL,
            UNIQUE (outbox_id, part)
        ){strict}""",
        "CREATE INDEX sent_parts_reference ON sent_parts (provider, device, reference)",
        f"""CREATE TABLE switches (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL,
            reason TEXT NOT NULL,
            changed_at TEXT NOT NULL
        ){strict}""",
    )
