"""Lists of cases and figures cost what they show, however many cases there are."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words

# What a list may be narrowed by stands in its index: so no row is fetched to be left out.
_NARROWED_BY = "state, kind, origin, destination, assignee_id, late_at"


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    number, computed = words.number, words.computed
    return (
        "ALTER TABLE cases ADD COLUMN late_at TEXT",
        "UPDATE cases SET late_at = due_at WHERE state IN ('open', 'reopened')",
        "ALTER TABLE cases ADD COLUMN arrived_at TEXT",
        "UPDATE cases SET arrived_at = coalesce(reopened_at, opened_at)",
        # Columns rather than expressions in the index: SQLite compares rows of columns with it.
        f"ALTER TABLE cases ADD COLUMN urgency {number} GENERATED ALWAYS AS"
        f" (CASE risk WHEN 'red' THEN 0 WHEN 'amber' THEN 1 ELSE 2 END) {computed}",
        "ALTER TABLE cases ADD COLUMN waits_since TEXT GENERATED ALWAYS AS"
        f" (coalesce(reopened_at, opened_at)) {computed}",
        "CREATE INDEX cases_queue ON cases"
        f" (desk_id, urgency, waits_since, id, {_NARROWED_BY}) WHERE state IN"
        " ('open', 'reopened', 'acknowledged', 'with_person', 'handed_back')",
        f"CREATE INDEX cases_newest ON cases (desk_id, waits_since, id, risk, {_NARROWED_BY})"
        " WHERE waits_since IS NOT NULL",
        # Offers and what came of none are in no list, and are not to be counted.
        "DROP INDEX cases_desk",
        "CREATE INDEX cases_desk ON cases (desk_id, state, id) WHERE waits_since IS NOT NULL",
        "CREATE INDEX cases_figures ON cases (desk_id, opened_at, risk, kind, first_reply_at)"
        " WHERE opened_at IS NOT NULL",
    )
