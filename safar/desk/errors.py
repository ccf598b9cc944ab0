"""What can go wrong at the desk; every message is a sentence for an editor."""

from __future__ import annotations

from collections.abc import Iterable


class DeskError(Exception):
    """Base of everything this package raises: says what is wrong and what to do."""


class EditError(DeskError):
    """A content file could not be changed; it is as it was."""


class PublishError(DeskError):
    """A version could not be published; what people are answered from is as it was."""


class SheetError(DeskError):
    """A spreadsheet has errors, each with its row and column; nothing was taken over."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep all `problems`."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
