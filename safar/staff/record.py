"""Writes down who did what about accounts, in the chain of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from safar.staff.access import Access
from safar.store import audit
from safar.store.database import Tx

_NOBODY: Final = "unknown"
"""Stands for whoever has no account."""


@dataclass(frozen=True)
class Doer:
    """Who does something: a member of staff, or the operator at the machine."""

    staff_id: str | None = None

    @property
    def kind(self) -> str:
        """The word of the audit."""
        return "operator" if self.staff_id is None else "staff"


OPERATOR: Final = Doer()


def note(
    tx: Tx, access: Access, doer: Doer, action: str, staff_id: str | None, **details: Any
) -> None:
    """Write down what was done to an account; call it last in a transaction.

    Args:
        tx: The open write transaction.
        access: The surroundings.
        doer: Who did it.
        action: A short word: ``sign_in``, ``disable``.
        staff_id: Whose account; None where there is none, such as at a failed sign-in.
        details: Words of ours, never an address or a name.
    """
    deed = audit.Deed(
        doer.kind, action, "staff", staff_id or _NOBODY, doer.staff_id, details or None
    )
    audit.append(tx, access.keyring, deed, access.clock())
