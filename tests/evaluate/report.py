"""The HTML report: one file that needs nothing from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from tests.evaluate.figures import Figures, Understood, by_intent, confusions

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --hit: #2a7d4f; --miss: #c0392b }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: auto; padding: 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right }
th:first-child, td:first-child { text-align: left }
.wide { overflow-x: auto }
svg text { font: 10px system-ui, sans-serif; fill: currentColor }
"""
_CELL = 16
_LABELS = 170


def html(title: str, figures: Mapping[str, Figures], rows: Sequence[Understood]) -> str:
    """Return the page: figures by variant, F1 by intent, the plot of confusions, and the list."""
    return "\n".join(
        [
            "<!doctype html><html lang=en><meta charset=utf-8>",
            '<meta name=viewport content="width=device-width">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style>",
            f"<h1>{escape(title)}</h1>",
            "<h2>By variant</h2><div class=wide>" + _table(figures) + "</div>",
            "<h2>By intent</h2><div class=wide>" + _intents(rows) + "</div>",
            "<h2>What is taken for what</h2><div class=wide>" + _plot(rows) + "</div>",
            "<h2>Most frequent confusions</h2>" + _confusions(rows),
            "<h2>Everything misread</h2><div class=wide>" + _misread(rows) + "</div></html>",
        ]
    )


def cells(each: Figures) -> list[str]:
    """Return the figures of one row in words, in the order of `COLUMNS`."""

    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    return [
        str(each.messages),
        *map(
            share,
            (
                each.accuracy,
                each.macro_f1,
                each.danger_recall,
                each.danger_precision,
                each.false_answers,
                each.variant_accuracy,
                each.place_f1,
                each.amount_f1,
                each.calibration_error,
            ),
        ),
        f"{each.median_ms:.1f}",
        f"{each.p99_ms:.1f}",
    ]


COLUMNS = (
    "messages accuracy macro-F1 danger-recall danger-precision false-answers variant places amounts"
    " calibration-error ms-median ms-p99"
).split()


def _table(figures: Mapping[str, Figures]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("", *COLUMNS))
    body = "".join(
        f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{c}</td>" for c in cells(each)) + "</tr>"
        for name, each in figures.items()
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _intents(rows: Sequence[Understood]) -> str:
    body = "".join(
        f"<tr><td>{escape(intent)}</td><td>{score:.3f}</td><td>{count}</td></tr>"
        for intent, (score, count) in sorted(by_intent(rows).items(), key=lambda pair: pair[1])
    )
    return f"<table><tr><th>intent</th><th>F1</th><th>messages</th></tr>{body}</table>"


def _plot(rows: Sequence[Understood]) -> str:
    counts: Counter[tuple[str, str]] = Counter(
        (row.expected.intent, row.intent or "nothing") for row in rows
    )
    down = sorted({meant for meant, _ in counts})
    across = sorted(set(down) | {seen for _, seen in counts})
    total = Counter(row.expected.intent for row in rows)
    marks = []
    for y, meant in enumerate(down):
        place = _LABELS + y * _CELL
        marks.append(f'<text x="{_LABELS - 6}" y="{place + 12}" text-anchor="end">{meant}</text>')
        for x, seen in enumerate(across):
            count = counts[meant, seen]
            if count:
                colour = "var(--hit)" if meant == seen else "var(--miss)"
                marks.append(
                    f'<rect x="{_LABELS + x * _CELL}" y="{place}" width="{_CELL - 1}" '
                    f'height="{_CELL - 1}" fill="{colour}" opacity="{count / total[meant]:.2f}">'
                    f"<title>{meant} taken for {seen}: {count}</title></rect>"
                )
    for x, seen in enumerate(across):
        at = _LABELS + x * _CELL + 11
        marks.append(
            f'<text transform="rotate(-90 {at} {_LABELS - 6})" x="{at}" y="{_LABELS - 6}">'
            f"{escape(seen)}</text>"
        )
    width, height = _LABELS + len(across) * _CELL, _LABELS + len(down) * _CELL
    return (
        f'<svg role="img" aria-label="Intents meant, down, against intents understood, across" '
        f'width="{width}" height="{height}">{"".join(marks)}</svg>'
    )


def _confusions(rows: Sequence[Understood]) -> str:
    items = "".join(
        f"<li>{escape(meant)} taken for {escape(seen)}: {count}</li>"
        for (meant, seen), count in confusions(rows).most_common(25)
    )
    return f"<ol>{items}</ol>"


def _misread(rows: Sequence[Understood]) -> str:
    body = "".join(
        f"<tr><td>{escape(row.expected.variant)}</td><td dir=auto>{escape(row.expected.text)}</td>"
        f"<td>{escape(row.expected.intent)}</td><td>{escape(str(row.intent))}</td>"
        f"<td>{row.confidence:.2f}</td></tr>"
        for row in rows
        if row.intent != row.expected.intent
    )
    return (
        "<table><tr><th>variant</th><th>text</th><th>meant</th><th>understood</th><th>sure</th>"
        f"</tr>{body}</table>"
    )
