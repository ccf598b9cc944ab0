"""Looks over the training lines and the test messages: `python -m bot.lint`, part of `make check`.

A model cannot be better than its lines. Told with file and line: intents with too few of them in a
variant, lines of two intents that are all but the same, test messages that stand in the training
lines, and letters that only look right (of another script, invisible, torn apart).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track

from bot.components.variant import script_of_variant
from safar.registry import training
from safar.registry.training import Line, leaks, near_duplicates, test_messages, training_lines

BOT: Final = Path(__file__).resolve().parent
TALK: Final = frozenset(
    "greet goodbye thank affirm deny menu change_language bot_challenge".split()
)
LEAST_TALK, LEAST, LEAST_FOREIGN, LEAST_TESTED = 10, 25, 60, 4
_OUT: Final = "out_of_scope"


def missing_cells(
    lines: Iterable[Line], tested: Iterable[Line], intents: Iterable[str]
) -> Iterator[str]:
    """Tell of intents with too few lines, or too few tests, in a variant."""
    lines, tested = list(lines), list(tested)
    counts = Counter((line.variant, line.intent) for line in lines)
    tests = Counter((line.variant, line.intent) for line in tested)
    for variant in sorted({line.variant for line in lines}):
        for intent in sorted(intents):
            least = LEAST_FOREIGN if intent == _OUT else LEAST_TALK if intent in TALK else LEAST
            if counts[variant, intent] < least:
                yield (
                    f"{variant}.yml: {intent} has {counts[variant, intent]} lines; "
                    f"write {least} at least."
                )
            if tests[variant, intent] < LEAST_TESTED:
                yield (
                    f"tests/messages/{variant}.yml: {intent} has {tests[variant, intent]} "
                    f"messages; write {LEAST_TESTED} at least."
                )


def strange_letters(lines: Iterable[Line]) -> Iterator[str]:
    """Tell of words in two scripts, invisible signs and letters torn apart."""
    return training.strange_letters(lines, script_of_variant)


def problems(bot: Path) -> Iterator[str]:
    """Yield every problem of the lines and messages below the folder `bot`."""
    lines = training_lines(bot / "data" / "nlu")
    tested = test_messages(bot / "tests" / "messages")
    intents = {line.intent for line in lines}
    yield from missing_cells(lines, tested, intents)
    yield from strange_letters(lines)
    by_variant: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_variant[line.variant].append(line)
    console = Console(stderr=True)
    for variant, own in track(by_variant.items(), "Comparing lines", console=console):
        yield from near_duplicates(own)
        yield from leaks(own, [each for each in tested if each.variant == variant])


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = list(problems(BOT))
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(found)} problems in the training lines.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
