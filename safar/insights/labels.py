"""The sheet in which an editor says what texts mean: written here, read in `learning`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from safar.desk.sheets import Sheet, write_book
from safar.insights.report import Group, Insights
from safar.insights.stripping import NAME, NUMBER
from safar.insights.vocabulary import ENGLISH
from safar.registry.danger import normalise
from safar.registry.intents import INTENTS
from safar.registry.training import Line

LINES: Final = "lines"
INTENTS_SHEET: Final = "intents"
_SHOWN: Final = (
    "id",
    "variant",
    "text",
    "how often",
    "why",
    "understood as",
    "corrected to",
)
INTENT, WORDING, LABELLED, REVIEWED = "intent", "wording", "labelled by", "reviewed by"
FILLED: Final = (INTENT, WORDING, LABELLED, REVIEWED)
READ: Final = ("variant", "text", *FILLED)


def export_labels(
    found: Insights, lines: Iterable[Line], target: Path, most: int
) -> dict[str, int]:
    """Write the texts worth labelling into a workbook, the commonest first; return rows by variant.

    Args:
        found: What is to be learned.
        lines: The training lines: an example of each intent stands beside it.
        target: The workbook.
        most: At most so many texts of a variant.

    Raises:
        SheetError: The file cannot be written.
    """
    rows: list[Sequence[str]] = []
    counts: dict[str, int] = {}
    for each in found.variants:
        worth = [group for group in each.worth_labelling if _says_something(group.text)][:most]
        rows += [_cells(group) for group in worth]
        counts[each.variant] = len(worth)
    intents = Sheet(INTENTS_SHEET, ("intent", "example"), _examples(lines))
    sheet = Sheet(LINES, (*_SHOWN, *FILLED), rows, frozenset(_SHOWN), {INTENT: intents})
    write_book(target, [sheet, intents])
    return counts


def _cells(group: Group) -> tuple[str, ...]:
    key = f"{group.variant}\n{normalise(group.text)}"
    return (
        hashlib.sha256(key.encode()).hexdigest()[:10],
        group.variant,
        group.text,
        str(group.times),
        f"{group.why}: {group.how}" if group.how else group.why,
        group.understood_as,
        group.meant,
        *("" for _ in FILLED),
    )


def _says_something(text: str) -> bool:
    return bool(normalise(text.replace(NAME, " ").replace(NUMBER, " ")))


def _examples(lines: Iterable[Line]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    for line in lines:
        if line.variant == ENGLISH:
            first.setdefault(line.intent, line.text)
    return [(intent, first.get(intent, "")) for intent in INTENTS]
