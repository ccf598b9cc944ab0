"""Plain spaces and quotes for what CLDR and translators write typographically."""

from __future__ import annotations

# One no-break space or curly quote turns a text message from 160 into 70 characters a segment.
_SPACES: dict[int, str] = {
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " "),
    0x200B: "",  # CLDR divides Khmer names by it: unseen, and paid for
}
_LATIN = {
    **_SPACES,
    **dict.fromkeys(map(ord, "‘’‛ʼ"), "'"),  # noqa: RUF001
    **dict.fromkeys(map(ord, "“”„"), '"'),
    **dict.fromkeys(map(ord, "‐‑–—−"), "-"),  # noqa: RUF001
    ord("…"): "...",
}


def plain(text: str, *, latin: bool) -> str:
    """Return `text` without no-break spaces and, in Latin script, without curly marks."""
    return text.translate(_LATIN if latin else _SPACES)
