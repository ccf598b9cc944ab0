"""The words of notices to staff, by language; English where there are no others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

SOURCE: Final = "en"
OTHER: Final = "other"
"""What is said of a kind that has no words of its own."""

_FILE: Final = Path(__file__).with_name("words.yaml")


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return words


def languages() -> tuple[str, ...]:
    """Return the tags of the languages that notices can be in."""
    return tuple(_all())


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Take a language's words; the source's where it has none."""
        self._own = _all().get(language, _all()[SOURCE])

    def __getitem__(self, name: str) -> str:
        """Return the words for a label or a risk.

        Raises:
            KeyError: There are none, in the source neither.
        """
        return self._own.get(name) or _all()[SOURCE][name]

    def of_kind(self, kind: str) -> str:
        """Return what happened; of an unknown kind only that something did."""
        return self[kind if kind in _all()[SOURCE] else OTHER]
