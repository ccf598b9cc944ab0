"""Cases that staff put beside each other, and marks of forms that were handed in already."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        # The smaller number first: so a link is there once, whoever made it from which side.
        f"""CREATE TABLE case_links (
            id {row_id},
            first_id {number} NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
            second_id {number} NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
            staff_id TEXT REFERENCES staff (id),
            at TEXT NOT NULL,
            UNIQUE (first_id, second_id),
            CHECK (first_id < second_id)
        ){strict}""",
        "CREATE INDEX case_links_second ON case_links (second_id)",
        f"""CREATE TABLE form_marks (
            id {row_id},
            mark TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX form_marks_at ON form_marks (at)",
    )
