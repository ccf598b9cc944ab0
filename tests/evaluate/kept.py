"""Figures kept from one release to the next, of our model and of the baselines, and their page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from safar.registry.variants import VARIANTS
from tests.evaluate.counting import Figures
from tests.evaluate.report import COLUMNS, cells

ALL: Final = "all"
_OURS: Final = frozenset({ALL, *VARIANTS})
_COMPARED: Final = (
    ("accuracy", "accuracy"),
    ("macro-F1", "macro_f1"),
    ("danger recall", "danger_recall"),
    ("danger precision", "danger_precision"),
    ("false answers", "false_answers"),
    ("calibration error", "calibration_error"),
    ("ms, median", "median_ms"),
    ("ms, 99 of 100", "p99_ms"),
)

Kept = Mapping[str, Mapping[str, Any]]


def read_kept(path: Path) -> Kept:
    """Return the figures kept in a file by name: variants, all together, baselines."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}  # type: ignore[no-any-return]


def write_kept(path: Path, found: Mapping[str, Figures]) -> None:
    """Write figures; of what was kept, baselines that were not measured anew stay."""
    baselines = {name: each for name, each in read_kept(path).items() if name not in _OURS}
    measured = {name: _rounded(asdict(each)) for name, each in found.items()}
    text = json.dumps({**baselines, **measured}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def compared(found: Mapping[str, Figures], kept: Kept) -> Iterator[tuple[str, ...]]:
    """Yield a table: this model, the last release, and the baselines, a column each."""
    baselines: dict[str, Mapping[str, Any]] = {
        name: each for name, each in kept.items() if name not in _OURS
    }
    baselines |= {name: asdict(each) for name, each in found.items() if name not in _OURS}
    columns = {"now": asdict(found[ALL]), "last release": kept.get(ALL, {}), **baselines}
    yield ("", *columns)
    for title, name in _COMPARED:
        yield (title, *(_share(each.get(name)) for each in columns.values()))


def page(found: Mapping[str, Figures], kept: Kept) -> str:
    """Return the page of the docs."""
    head, *lines = compared(found, {name: e for name, e in kept.items() if name != ALL})
    columns = [place for place, name in enumerate(head) if name != "last release"]
    return "\n".join(
        [
            "# How well messages are understood",
            "",
            "Measured by `make evaluate` on the messages of `bot/tests/messages/`, which people "
            "wrote who had not seen the training lines. A false answer is a message that is none "
            "of ours and was answered as if it were. Danger counts by whether help was offered.",
            "",
            "This page is made by `make evaluate EVALUATE=--markdown=docs/understanding.md`.",
            "",
            *_table(("", *COLUMNS), [(name, *cells(each)) for name, each in found.items()]),
            "",
            "## Against other ways",
            "",
            "Trained on the same lines, but for those that say otherwise. `make evaluate "
            "EVALUATE=--english` trains the one on English again; Rasa's default pipeline was "
            "trained once, with TensorFlow.",
            "",
            *_table([head[c] for c in columns], [[line[c] for c in columns] for line in lines]),
            "",
        ]
    )


def _table(head: Any, lines: Any) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|--:" * (len(head) - 1) + "|"
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }
