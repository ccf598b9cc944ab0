"""What goes wrong in the modem process, apart from the library that says so."""

from __future__ import annotations


class PhoneError(Exception):
    """libGammu could not do something.

    Attributes:
        code: Its name of the error in lower case, such as ``timeout`` or ``nosim``.
    """

    def __init__(self, code: str) -> None:
        """Keep the code alone: the library's words may hold a number."""
        super().__init__(f"The modem could not do that: {code}.")
        self.code = code
