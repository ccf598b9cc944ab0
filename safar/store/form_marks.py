"""A form that is handed in twice does its thing once: each has a mark, and a mark counts once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from safar.store.case_tables import form_marks
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore

KEPT_FOR: Final = timedelta(days=2)
"""Nobody hands in a form that is older: by then they were signed out."""

_MARK: Final = re.compile(r"[0-9a-f]{32}")


def is_mark(text: str) -> bool:
    """Whether a text is a mark as forms carry it: 32 hex digits."""
    return _MARK.fullmatch(text) is not None


def first_time(tx: Tx, mark: str, now: datetime) -> bool:
    """Note a mark; False when it was there before, so that what the form asks for was done.

    Call it first in the transaction that does the thing: if that is left, the mark is free again.
    A second one at the same moment waits for the first.
    """
    tx.execute(delete(form_marks).where(form_marks.c.at < now - KEPT_FOR))
    return insert_or_ignore(tx, form_marks, {"mark": mark, "at": now}) is not None
