"""The tables of cases, of those who handle them, and of what was done to them.

Of a case that was forgotten there stay its number, corridor, kind, risk, desk, times and outcome:
what an office must be able to account for, and what names nobody.
"""

from __future__ import annotations

from sqlalchemy import Column, Computed, ForeignKey, Integer, Table, Text, UniqueConstraint

from safar.store.columns import RowId, count_column, metadata, text_column, time_column
from safar.store.types import Flag, UtcDateTime

# Kept beside content/desks.yaml, since cases outlive a desk that was taken out of the file.
desks = Table(
    "desks",
    metadata,
    Column("id", Text, primary_key=True),
    text_column("name"),
    text_column("kind"),
    text_column("next_desk_id", nullable=True),
    # What routes to it and when it is open, as JSON; where notices go is encrypted.
    text_column("details"),
    text_column("notices_encrypted"),
    time_column("updated_at"),
    time_column("retired_at", nullable=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    text_column("name_encrypted"),
    Column("desk_id", Text, ForeignKey("desks.id"), nullable=False),
    text_column("role"),
    time_column("created_at"),
    time_column("disabled_at", nullable=True),
)

cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("reference"),
    Column("contact_id", Text, ForeignKey("contacts.id"), nullable=False),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("for_other", Flag, nullable=False, default=False),
    text_column("about_encrypted", nullable=True),
    text_column("origin", nullable=True),
    text_column("destination", nullable=True),
    text_column("city", nullable=True),
    text_column("kind"),
    text_column("variant", nullable=True),
    text_column("risk"),
    text_column("state"),
    Column("desk_id", Text, ForeignKey("desks.id"), nullable=False),
    Column("assignee_id", Text, ForeignKey("staff.id"), nullable=True),
    text_column("consent_terms", nullable=True),
    time_column("consented_at", nullable=True),
    time_column("withdrawn_at", nullable=True),
    text_column("outcome", nullable=True),
    # How far it has climbed, and when it is due to be acknowledged; None: nobody is waited for.
    count_column("level"),
    time_column("due_at", nullable=True),
    # From when on its desk is late with it; stays while it climbs, when `due_at` moves on.
    time_column("late_at", nullable=True),
    # When its desk got it, or got it back.
    time_column("arrived_at", nullable=True),
    # Red is 0, amber 1, green 2; and since when the person waits: migration 0010 says how.
    Column("urgency", Integer, Computed("risk")),
    Column("waits_since", UtcDateTime, Computed("coalesce(reopened_at, opened_at)")),
    # Another person has the telephone since: nothing of this case may reach them.
    time_column("detached_at", nullable=True),
    time_column("erased_at", nullable=True),
    time_column("offered_at"),
    time_column("opened_at", nullable=True),
    time_column("acknowledged_at", nullable=True),
    time_column("first_reply_at", nullable=True),
    time_column("closed_at", nullable=True),
    time_column("reopened_at", nullable=True),
    time_column("updated_at"),
    UniqueConstraint("reference"),
)

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    text_column("author"),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=True),
    # A text went between people; a note is of staff, for staff.
    Column("kind", Text, nullable=False, default="text"),
    text_column("body_encrypted"),
    Column("inbox_id", RowId, ForeignKey("inbox.id"), nullable=True),
    Column("outbox_id", RowId, ForeignKey("outbox.id"), nullable=True),
    time_column("at"),
    UniqueConstraint("case_id", "inbox_id"),
    UniqueConstraint("case_id", "outbox_id"),
)

# Only ever added to.
case_events = Table(
    "case_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    text_column("action"),
    text_column("state"),
    text_column("actor"),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=True),
    # Words of ours as JSON, never a person's.
    text_column("details"),
    time_column("at"),
)

# What staff must be told, queued in the transaction that made it so; without personal content.
case_notices = Table(
    "case_notices",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("idempotency_key"),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("desk_id", Text, ForeignKey("desks.id"), nullable=False),
    text_column("kind"),
    Column("to_supervisor", Flag, nullable=False, default=False),
    time_column("created_at"),
    time_column("done_at", nullable=True),
    UniqueConstraint("idempotency_key"),
)

# Symmetric: the smaller number first. Only a desk that has both cases sees that they are linked.
case_links = Table(
    "case_links",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("first_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("second_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=True),
    time_column("at"),
    UniqueConstraint("first_id", "second_id"),
)

# Marks of forms that were handed in: a second click does nothing.
form_marks = Table(
    "form_marks",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("mark"),
    time_column("at"),
    UniqueConstraint("mark"),
)

# Only ever added to; each row carries a hash over itself and the one before: `safar.store.audit`.
audit = Table(
    "audit",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=False),
    time_column("at"),
    text_column("actor"),
    text_column("actor_id", nullable=True),
    text_column("action"),
    text_column("subject"),
    text_column("subject_id"),
    text_column("details"),
    text_column("previous"),
    text_column("hash"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("name", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    text_column("hash"),
    text_column("seal"),
)
