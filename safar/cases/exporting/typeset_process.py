"""Sets one paper, in a process of its own: reads it as JSON, writes a PDF file.

The page for staff stays small and answers others meanwhile, and a text that would stop or crash
the typesetter stops this process alone. PDF/UA is asked for: it is tagged for screen readers, and
a letter that no font has is an error rather than an empty box.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import typst
from babel import Locale, UnknownLocaleError
from fontTools.unicodedata import script

from safar.cases.exporting import fonts
from safar.cases.exporting.printable import breakable, direction_of, lines, script_of, shown

_MOST_BYTES = 3 << 30
"""Of addresses, not of memory: the typesetter takes far fewer, and a runaway stops here."""
_SHOWN_AS_LINES = frozenset({"body"})
_AS_IT_IS = frozenset({"language", "direction", "kind", "page", "missing"})


def typeset(told: dict[str, Any], made_at: datetime) -> bytes:
    """Return the PDF file of a paper.

    Args:
        told: A `safar.cases.exporting.paper.Paper` as plain values.
        made_at: UTC; stands in the file.

    Raises:
        typst.TypstError: It cannot be set.
    """
    missing = _missing(told["words"]["missing"], told["language"])
    ready = _printable(told, fonts.code_points(), missing)
    compiled = typst.compile(
        (Path(__file__).parent / "case.typ").read_bytes(),
        format="pdf",
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in fonts.folders()],
        ),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(ready), "families": json.dumps(list(fonts.FAMILIES))},
        pdf_standards="ua-1",
        timestamp=made_at.replace(microsecond=0),
    )
    if not isinstance(compiled, bytes):
        raise TypeError("A PDF file is one piece of bytes.")
    return compiled


def _missing(sentence: str, language: str) -> Callable[[str], str]:
    names: Mapping[str, str] = {}
    with suppress(UnknownLocaleError, ValueError):
        names = Locale.parse(language, sep="-").scripts

    def words(stretch: str) -> str:
        found = script_of(stretch, script)
        return sentence.replace("{script}", names.get(found, found) if found else "?")

    return words


def _printable(
    value: Any, known: Collection[int], missing: Callable[[str], str], name: str = ""
) -> Any:
    """Return plain values with every text in them made fit for the printer."""
    if isinstance(value, dict):
        made = {key: _printable(each, known, missing, key) for key, each in value.items()}
        return {("lines" if key in _SHOWN_AS_LINES else key): each for key, each in made.items()}
    if isinstance(value, list | tuple):
        return [_printable(each, known, missing, name) for each in value]
    if not isinstance(value, str) or name in _AS_IT_IS:
        return value
    told = [breakable(shown(line, known, missing)) for line in lines(value)]
    if name in _SHOWN_AS_LINES:
        return [{"text": line, "direction": direction_of(line)} for line in told]
    return " ".join(told)


def main() -> None:
    """Read from standard input, write to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    told = json.load(sys.stdin.buffer)
    made_at = datetime.fromisoformat(told.pop("made_at")).astimezone(timezone.utc)
    sys.stdout.buffer.write(typeset(told, made_at))


if __name__ == "__main__":
    main()
