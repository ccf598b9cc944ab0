"""What a message was taken for stays beside it, so that it can be learned from."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; they are spelt alike in both databases."""
    return ("ALTER TABLE inbox ADD COLUMN understood_encrypted TEXT",)
