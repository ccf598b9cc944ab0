"""Why a notice did not go out.

NotSentError        it did not, or nobody knows; it is tried again
├── WayDownError    nothing can go this way now: the server is away, or does not let us in
└── RefusedError    this one never will: it is given up
    └── NotSetUpError   an operator has not set this way up
"""

from __future__ import annotations


class NotSentError(Exception):
    """A notice did not go out, or perhaps did not.

    Attributes:
        code: A short word for tables and logs; it holds no address.
        after: Seconds that the other side asked us to wait.
    """

    def __init__(self, code: str, after: float = 0.0) -> None:
        """Keep the code."""
        super().__init__(f"The notice was not sent, code {code}.")
        self.code = code
        self.after = after


class WayDownError(NotSentError):
    """Nothing can go this way now."""


class RefusedError(NotSentError):
    """Trying again cannot help."""


class NotSetUpError(RefusedError):
    """An operator has not set this way up."""

    def __init__(self) -> None:
        """Know the code."""
        super().__init__("not_set_up")
