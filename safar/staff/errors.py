"""Errors of accounts.

StaffError
├── StaffRefusedError     what was asked is not allowed; the sentence says why and what to do
└── UnknownStaffError     no account is meant
"""

from __future__ import annotations


class StaffError(Exception):
    """Something about an account cannot be done; the sentence may be shown."""


class StaffRefusedError(StaffError):
    """Not allowed; nothing was written.

    Attributes:
        code: A short word for tests and logs, such as ``password`` or ``invitation``.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code = code


class UnknownStaffError(StaffError):
    """There is no such account."""
