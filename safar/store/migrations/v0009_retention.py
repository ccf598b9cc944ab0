"""What has been kept long enough is found by its time; who was forgotten is known by a digest."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    return (
        # Partial: what is emptied leaves the index, so old rows cost nothing.
        "CREATE INDEX inbox_texts ON inbox (received_at) WHERE body_encrypted <> ''",
        "CREATE INDEX inbox_understood ON inbox (received_at)"
        " WHERE understood_encrypted IS NOT NULL",
        "CREATE INDEX outbox_texts ON outbox (created_at) WHERE body_encrypted <> ''",
        "CREATE INDEX conversations_memory ON conversations (updated_at)"
        " WHERE state_encrypted IS NOT NULL",
        "CREATE INDEX contact_identities_known ON contact_identities (contact_id)"
        " WHERE value_encrypted <> ''",
        "CREATE INDEX received_parts_time ON received_parts (received_at)",
        "CREATE INDEX sent_parts_time ON sent_parts (sent_at)",
        # Keyed digests of the random ids of people who were forgotten: with a backup, and the hash
        # key, they say who must not come back; without, nothing.
        f"""CREATE TABLE forgettings (
            digest TEXT PRIMARY KEY NOT NULL,
            at TEXT NOT NULL
        ){words.strict}""",
    )
