"""Ask the trained model the development test set and print what it understood."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from safar.assistant.engine import AssistantError
from safar.registry.variants import VARIANTS
from tests.evaluate import english_only
from tests.evaluate.asking import ask
from tests.evaluate.counting import Figures, Understood, by_intent, confusions, figures
from tests.evaluate.dev_set import MessagesError, read_messages
from tests.evaluate.kept import compared, page, read_kept, write_kept
from tests.evaluate.report import COLUMNS, cells, html

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "bot" / "models" / "safar.tar.gz"
RELEASED = ROOT / "docs" / "understanding.json"


def main() -> int:
    """Print the tables; return 0, or 1 where nothing could be measured."""
    options = _options()
    screen = Console()
    try:
        messages = read_messages(variants=options.variant)
        with Progress(console=Console(stderr=True)) as progress:
            rows = ask(options.model, messages, progress)
            found = by_variant(rows)
            if options.english:
                with tempfile.TemporaryDirectory() as folder:
                    baseline = english_only.train(Path(folder))
                    found[english_only.NAME] = figures(ask(baseline, messages, progress))
    except (MessagesError, AssistantError) as error:
        screen.print(str(error))
        return 1
    _print(screen, found, rows)
    _compare(screen, found)
    if options.html:
        title = f"How {len(rows)} messages were understood"
        options.html.write_text(html(title, found, rows), encoding="utf-8")
    if options.json:
        write_kept(options.json, found)
    if options.markdown:
        options.markdown.write_text(page(found, read_kept(RELEASED)), encoding="utf-8")
    return 0


def by_variant(rows: Sequence[Understood]) -> dict[str, Figures]:
    """Return the figures of each variant in the order of the list, and of all together."""
    parted: defaultdict[str, list[Understood]] = defaultdict(list)
    for row in rows:
        parted[row.expected.variant].append(row)
    found = {tag: figures(parted[tag]) for tag in VARIANTS if tag in parted}
    return {**found, "all": figures(rows)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluate",
        description="Measure how the messages of bot/tests/messages/ are understood.",
    )
    parser.add_argument("--model", type=Path, default=MODEL, help="by default the trained one")
    parser.add_argument("--variant", nargs="*", default=[], help="only these (BCP 47)")
    parser.add_argument(
        "--english", action="store_true", help="train and ask the baseline on English, too"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a report there")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="also write the figures there; baselines that the file holds stay in it",
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the docs' page")
    return parser.parse_args()


def _print(screen: Console, found: Mapping[str, Figures], rows: Sequence[Understood]) -> None:
    table = Table("", *COLUMNS)
    for name, each in found.items():
        table.add_row(name, *cells(each))
    screen.print(table)
    intents = Table("intent", "F1", "messages")
    for intent, (score, count) in by_intent(rows).items():
        intents.add_row(intent, f"{score:.3f}", str(count))
    screen.print(intents)
    for (meant, seen), count in confusions(rows).most_common(12):
        screen.print(f"{count:4} {meant} taken for {seen}")


def _compare(screen: Console, found: Mapping[str, Figures]) -> None:
    head, *lines = compared(found, read_kept(RELEASED))
    table = Table(*head)
    for line in lines:
        table.add_row(*line)
    screen.print(table)


if __name__ == "__main__":
    sys.exit(main())
