"""The fonts that installed packages bring; no font is in this house, and none of the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

# By family, in the order in which a letter is looked for; the file of the upright face.
FAMILIES: Final[dict[str, tuple[str, str]]] = {
    "Noto Sans": ("manimgx_fonts", "NotoSans[wght].ttf"),
    # Before Noto's Arabic: that one draws dots apart, and copying gives each dotted letter twice.
    "Amiri": ("fontpkg_amiri", "files/Amiri-Regular.ttf"),
    **{
        f"Noto Sans {script}": ("manimgx_fonts", f"NotoSans{script}[wght].ttf")
        for script in (
            *("Arabic", "Devanagari", "Bengali", "Tamil", "Sinhala", "Myanmar", "Khmer"),
            *("Ethiopic", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Telugu", "Oriya"),
            *("Thai", "Lao", "Hebrew", "Georgian", "Armenian", "Symbols"),
        )
    },
    "Noto Emoji": ("manimgx_fonts", "NotoEmoji[wght].ttf"),
}


def folders() -> list[Path]:
    """Return where the fonts are."""
    return sorted({path.parent for path in _files()})


def code_points() -> frozenset[int]:
    """Return all that some font has a shape for."""
    found: set[int] = set()
    for path in _files():
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)


def _files() -> Iterator[Path]:
    for package, name in FAMILIES.values():
        yield Path(str(resources.files(package))) / name
