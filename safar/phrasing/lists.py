"""Lists in words: "A, B and C"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from babel.lists import format_list as cldr_list

from safar.phrasing.languages import Language


def format_list(
    words: Sequence[str], language: Language, style: Literal["and", "or"] = "and"
) -> str:
    """Join words that are in the variant's language already.

    Args:
        words: At least one; they are only joined, whatever they hold.
        language: Whose "and" or "or" to use.
        style: Whether all of them are meant, or any.
    """
    if language.joiners is not None and len(words) > 1:
        joiner = language.joiners.and_ if style == "and" else language.joiners.or_
        return f"{', '.join(words[:-1])} {joiner} {words[-1]}"
    return cldr_list(words, style="standard" if style == "and" else "or", locale=language.names)
