"""The tables of how staff get in; who they are is in `case_tables.staff`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from safar.store.columns import RowId, count_column, metadata, text_column, time_column

staff_accounts = Table(
    "staff_accounts",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    text_column("email_digest"),
    text_column("email_encrypted"),
    text_column("password_hash", nullable=True),
    text_column("totp_encrypted", nullable=True),
    # The last half minute whose code was taken: none is taken twice, and none before it.
    Column("totp_step", Integer, nullable=True),
    text_column("language", nullable=True),
    text_column("invitation_digest", nullable=True),
    time_column("invitation_until", nullable=True),
    time_column("invited_at"),
    time_column("set_up_at", nullable=True),
    time_column("signed_in_at", nullable=True),
    time_column("updated_at"),
    UniqueConstraint("email_digest"),
    UniqueConstraint("invitation_digest"),
)

staff_recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    text_column("digest"),
    time_column("made_at"),
    time_column("used_at", nullable=True),
    UniqueConstraint("digest"),
)

# Of the token in the browser only the digest is kept; the id is for lists.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    text_column("id"),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    text_column("stage"),
    text_column("way"),
    time_column("started_at"),
    time_column("seen_at"),
    time_column("ends_at"),
    UniqueConstraint("id"),
)

# By seal of an account or an address, never by itself.
staff_waits = Table(
    "staff_waits",
    metadata,
    Column("key", Text, primary_key=True),
    count_column("failures"),
    time_column("until"),
    time_column("failed_at"),
)
