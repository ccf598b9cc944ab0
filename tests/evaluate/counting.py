"""What is counted of messages understood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, quantiles

from tests.evaluate.dev_set import NOT_OURS, Expected

_SILENT = frozenset(
    {NOT_OURS, "nlu_fallback", None, "greet", "goodbye", "thank", "affirm", "deny", "bot_challenge"}
)
"""Intents whose answer states nothing: the person is told so, asked back, or greeted."""
_BINS = 10


@dataclass(frozen=True)
class Understood:
    """A message of the test set and what was made of it."""

    expected: Expected
    intent: str | None
    confidence: float
    danger: bool
    variant: str | None
    origins: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    amounts: frozenset[Decimal] = frozenset()
    milliseconds: float = 0.0


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1, and milliseconds; None where there was nothing to count."""

    messages: int
    accuracy: float
    macro_f1: float
    danger_recall: float | None
    danger_precision: float | None
    false_answers: float | None
    """Share of out_of_scope messages answered as if they were ours."""
    variant_accuracy: float
    place_f1: float | None
    amount_f1: float | None
    calibration_error: float
    """Expected calibration error over ten bins of confidence."""
    median_ms: float
    p99_ms: float


def figures(rows: Sequence[Understood]) -> Figures:
    """Count over `rows`, of which there is at least one."""
    total = len(rows)
    times = sorted(row.milliseconds for row in rows)
    return Figures(
        messages=total,
        accuracy=sum(row.intent == row.expected.intent for row in rows) / total,
        macro_f1=macro_f1(rows),
        danger_recall=_share(rows, lambda r: r.expected.danger, lambda r: r.danger),
        danger_precision=_share(rows, lambda r: r.danger, lambda r: r.expected.danger),
        false_answers=_share(
            rows, lambda r: r.expected.intent == NOT_OURS, lambda r: r.intent not in _SILENT
        ),
        variant_accuracy=sum(row.variant == row.expected.variant for row in rows) / total,
        place_f1=_sets_f1(
            (
                {("from", code) for code in row.expected.origin.split()}
                | {("to", code) for code in row.expected.destination.split()},
                {("from", code) for code in row.origins} | {("to", c) for c in row.destinations},
            )
            for row in rows
        ),
        amount_f1=_sets_f1(({row.expected.amount} - {None}, set(row.amounts)) for row in rows),
        calibration_error=calibration_error(rows),
        median_ms=median(times),
        p99_ms=quantiles(times, n=100)[-1] if total > 1 else times[0],
    )


def macro_f1(rows: Sequence[Understood]) -> float:
    """Return the mean of the F1 of every intent that is expected at least once."""
    scores = [score for score, _ in by_intent(rows).values()]
    return sum(scores) / len(scores)


def by_intent(rows: Sequence[Understood]) -> dict[str, tuple[float, int]]:
    """Return F1 and number of messages by intent."""
    right: Counter[str] = Counter()
    said: Counter[str | None] = Counter()
    meant: Counter[str] = Counter()
    for row in rows:
        said[row.intent] += 1
        meant[row.expected.intent] += 1
        right[row.expected.intent] += row.intent == row.expected.intent
    return {
        intent: (2 * right[intent] / (said[intent] + count), count)
        for intent, count in sorted(meant.items())
    }


def calibration_error(rows: Sequence[Understood]) -> float:
    """Return how far confidence is from the share that is right, on average."""
    bins: defaultdict[int, list[Understood]] = defaultdict(list)
    for row in rows:
        bins[min(int(row.confidence * _BINS), _BINS - 1)].append(row)
    return sum(
        abs(
            sum(row.confidence for row in each)
            - sum(row.intent == row.expected.intent for row in each)
        )
        for each in bins.values()
    ) / len(rows)


def confusions(rows: Iterable[Understood]) -> Counter[tuple[str, str]]:
    """Count (meant, understood) of what was understood wrong."""
    return Counter(
        (row.expected.intent, row.intent or "nothing")
        for row in rows
        if row.intent != row.expected.intent
    )


def _share(
    rows: Iterable[Understood],
    among: Callable[[Understood], bool],
    counted: Callable[[Understood], bool],
) -> float | None:
    chosen = [row for row in rows if among(row)]
    return sum(map(counted, chosen)) / len(chosen) if chosen else None


def _sets_f1(pairs: Iterable[tuple[set[object], set[object]]]) -> float | None:
    both = expected = found = 0
    for wanted, got in pairs:
        both += len(wanted & got)
        expected += len(wanted)
        found += len(got)
    return 2 * both / (expected + found) if expected + found else None
