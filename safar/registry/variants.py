"""The variants of the plan: a language in a script, by its BCP 47 tag.

content/languages.yaml lists those that are answered in. A word to stop must be understood in all
of them, since nobody asks us before they write.
"""

from __future__ import annotations

from typing import Final

VARIANTS: Final[tuple[str, ...]] = (
    "en",
    "ne",
    "ne-Latn",
    "hi",
    "hi-Latn",
    "ur",
    "ur-Latn",
    "bn",
    "bn-Latn",
    "ta",
    "ta-Latn",
    "si",
    "si-Latn",
    "fil",
    "id",
    "vi",
    "my",
    "km",
    "am",
    "sw",
    "ar",
    "ar-Latn",
    "es",
    "fr",
    "ru",
)
