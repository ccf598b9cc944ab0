"""Words as the full-text search knows them."""

from __future__ import annotations

import unicodedata


def words_of(text: str) -> list[str]:
    """Return the words of `text`, casefolded; each holds letters, marks and digits only."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in folded
    ).split()


def place_key(name: str) -> str:
    """Return the words of a city's name in one form, so that case and signs do not matter."""
    return " ".join(words_of(name)) or name.casefold()
