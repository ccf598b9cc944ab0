"""What each role may do in the console. Closed unless it stands here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, get_args

Role = Literal["officer", "supervisor", "editor", "auditor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Permission(str, Enum):
    """One thing that may be done, or seen."""

    SEE_CASES = "see_cases"
    HANDLE_CASES = "handle_cases"
    ASSIGN_CASES = "assign_cases"
    TRANSFER_CASES = "transfer_cases"
    REVEAL_NUMBER = "reveal_number"
    SUPERVISE = "supervise"
    """Do for another officer what only they could, such as handing a conversation back."""
    SEE_CHARTS = "see_charts"
    EXPORT_CASES = "export_cases"
    SEE_AUDIT = "see_audit"
    MANAGE_STAFF = "manage_staff"
    SEE_CONTENT = "see_content"


_P = Permission
_OFFICER: Final = frozenset(
    {
        _P.SEE_CASES,
        _P.HANDLE_CASES,
        _P.ASSIGN_CASES,
        _P.TRANSFER_CASES,
        _P.REVEAL_NUMBER,
        _P.SEE_CHARTS,
    }
)

ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        "officer": _OFFICER,
        "supervisor": _OFFICER | {_P.SUPERVISE, _P.EXPORT_CASES},
        "editor": frozenset({_P.SEE_CONTENT, _P.SEE_CHARTS}),
        "auditor": frozenset({_P.SEE_AUDIT, _P.SEE_CHARTS}),
        # Who gives out accounts reads no case: nobody can give themselves what others wrote.
        "admin": frozenset({_P.MANAGE_STAFF, _P.SEE_AUDIT}),
    }
)
