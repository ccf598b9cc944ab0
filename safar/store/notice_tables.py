"""The table of where each notice to staff goes, and what came of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Table,
    UniqueConstraint,
    literal_column,
)

from safar.store.columns import RowId, count_column, metadata, text_column, time_column

# One row a notice and address, so that a letter that fails does not send the SMS again. Addresses
# are of staff; here they are digests, since desks.yaml says today's.
case_notice_sends = Table(
    "case_notice_sends",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("notice_id", RowId, ForeignKey("case_notices.id"), nullable=False),
    text_column("way"),
    text_column("target_digest"),
    # ready → leased → sent, or failed; by SMS ready → handed_over (to the outbox) → the same ends.
    # skipped: the address left desks.yaml before it was told.
    text_column("state"),
    count_column("attempts"),
    time_column("not_before"),
    text_column("lease_owner", nullable=True),
    time_column("lease_until", nullable=True),
    Column("outbox_id", RowId, ForeignKey("outbox.id"), nullable=True),
    text_column("error_code", nullable=True),
    time_column("handed_over_at", nullable=True),
    time_column("updated_at"),
    UniqueConstraint("notice_id", "way", "target_digest"),
)

UNDER_WAY: Final = ("ready", "leased", "handed_over")
"""States of a send of which something is still to come."""


def is_under_way() -> ColumnElement[bool]:
    """Make the condition of the partial index, in literal words so that it can be used."""
    return case_notice_sends.c.state.in_([literal_column(f"'{state}'") for state in UNDER_WAY])
