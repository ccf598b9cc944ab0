"""How a provider does is kept for each of its channels: one may be out of order alone."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    number, strict = words.number, words.strict
    return (
        # What costs nothing has no limits, also when its answer is made.
        f"ALTER TABLE inbox ADD COLUMN costs {number} NOT NULL DEFAULT 1 CHECK (costs IN (0, 1))",
        # It says how things are just now, and the dispatcher writes it anew.
        "DROP TABLE provider_health",
        f"""CREATE TABLE provider_health (
            provider TEXT NOT NULL,
            channel TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'closed',
            failures {number} NOT NULL DEFAULT 0,
            paused_until TEXT,
            error_code TEXT,
            last_ok_at TEXT,
            reported_at TEXT,
            reported_code TEXT,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (provider, channel)
        ){strict}""",
    )
