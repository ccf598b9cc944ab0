"""Notices to staff: one row for each address, with its tries and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        f"""CREATE TABLE case_notice_sends (
            id {row_id},
            notice_id {number} NOT NULL REFERENCES case_notices (id),
            way TEXT NOT NULL CHECK (way IN ('email', 'sms', 'webhook', 'none')),
            target_digest TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'handed_over', 'sent',
                'failed', 'skipped')),
            attempts {number} NOT NULL DEFAULT 0,
            not_before TEXT NOT NULL,
            lease_owner TEXT,
            lease_until TEXT,
            outbox_id {number} REFERENCES outbox (id),
            error_code TEXT,
            handed_over_at TEXT,
            updated_at TEXT NOT NULL,
            UNIQUE (notice_id, way, target_digest)
        ){strict}""",
        "CREATE INDEX case_notice_sends_open ON case_notice_sends (way, id)"
        " WHERE state IN ('ready', 'leased', 'handed_over')",
        "CREATE INDEX case_notice_sends_failed ON case_notice_sends (id) WHERE state = 'failed'",
        "CREATE INDEX case_notice_sends_told ON case_notice_sends"
        " (target_digest, handed_over_at) WHERE handed_over_at IS NOT NULL",
    )
