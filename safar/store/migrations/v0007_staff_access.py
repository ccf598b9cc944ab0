"""How staff get in: accounts, codes for emergencies, sessions, and who has to wait."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        f"""CREATE TABLE staff_accounts (
            staff_id TEXT PRIMARY KEY NOT NULL REFERENCES staff (id),
            email_digest TEXT NOT NULL UNIQUE,
            email_encrypted TEXT NOT NULL,
            password_hash TEXT,
            totp_encrypted TEXT,
            totp_step {number},
            language TEXT,
            invitation_digest TEXT UNIQUE,
            invitation_until TEXT,
            invited_at TEXT NOT NULL,
            set_up_at TEXT,
            signed_in_at TEXT,
            updated_at TEXT NOT NULL
        ){strict}""",
        f"""CREATE TABLE staff_recovery_codes (
            id {row_id},
            staff_id TEXT NOT NULL REFERENCES staff (id),
            digest TEXT NOT NULL UNIQUE,
            made_at TEXT NOT NULL,
            used_at TEXT
        ){strict}""",
        "CREATE INDEX staff_recovery_codes_of ON staff_recovery_codes (staff_id)",
        f"""CREATE TABLE staff_sessions (
            digest TEXT PRIMARY KEY NOT NULL,
            id TEXT NOT NULL UNIQUE,
            staff_id TEXT NOT NULL REFERENCES staff (id),
            stage TEXT NOT NULL CHECK (stage IN ('code', 'whole')),
            way TEXT NOT NULL CHECK (way IN ('password', 'single_sign_on')),
            started_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            ends_at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX staff_sessions_of ON staff_sessions (staff_id)",
        "CREATE INDEX staff_sessions_end ON staff_sessions (ends_at)",
        f"""CREATE TABLE staff_waits (
            key TEXT PRIMARY KEY NOT NULL,
            failures {number} NOT NULL,
            until TEXT NOT NULL,
            failed_at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX staff_waits_old ON staff_waits (failed_at)",
    )
