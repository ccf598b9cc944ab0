"""What is urgent among what came in, and where in a conversation another person began."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    number = words.number
    return (
        f"ALTER TABLE inbox ADD COLUMN priority {number} NOT NULL DEFAULT 0",
        # In the order in which it is claimed, so that a long queue need not be sorted each time.
        "CREATE INDEX inbox_open_first ON inbox (priority DESC, id)"
        " WHERE state IN ('ready', 'leased')",
        "CREATE INDEX contacts_erasing ON contacts (erase_at) WHERE erase_at IS NOT NULL",
        # Forgetting a person needs their counts of all days.
        "CREATE INDEX usage_of_person ON usage (key) WHERE scope = 'sender'",
        f"ALTER TABLE conversations ADD COLUMN earlier_until {number} NOT NULL DEFAULT 0",
    )
