"""Errors of cases.

CaseError
├── CaseRefusedError   what was asked is not allowed now; the sentence says why and what to do
├── UnknownCaseError   no case has this id or reference
└── NoDesksError       there is no desk that could take a case
"""

from __future__ import annotations


class CaseError(Exception):
    """Something about a case cannot be done."""


class CaseRefusedError(CaseError):
    """Not allowed now; nothing was written.

    Attributes:
        code: A short word for logs, tests and translations: ``not_now``, ``other_desk``,
            ``other_officer``, ``wrong_role``, ``already_open``, ``other_person``, ``forgotten``,
            ``unreachable``, ``not_theirs``, ``desk``, ``linked``, ``no_such_case``, ``not_shared``,
            ``no_number``.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code = code


class UnknownCaseError(CaseError):
    """No case has this id or reference."""


class NoDesksError(CaseError):
    """No desk is set up, so nobody could take a case."""
