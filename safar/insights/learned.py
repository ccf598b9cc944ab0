"""The files of lines that were learned from use: bot/data/nlu/learned/<variant>.yml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from safar.desk.errors import SheetError
from safar.registry.danger import normalise
from safar.registry.files import replace_file
from safar.registry.intents import INTENTS
from safar.registry.training import Line, training_lines

FOLDER: Final = "learned"
_HEAD: Final = """\
# Learned from use, labelled by one person and read by another: `safar insights import` writes this
# file, sorted. A line may be taken out by hand.
version: "3.1"

nlu:
"""
_READABLE: Final = 0o644


def write_learned(folder: Path, added: Iterable[Line]) -> tuple[Path, ...]:
    """Add lines to the files of their variants; return the files that changed.

    Should one not be writable, those before it are put back.

    Raises:
        SheetError: A file cannot be written; all are as they were.
    """
    new: dict[str, list[Line]] = {}
    for line in added:
        new.setdefault(line.variant, []).append(line)
    if not new:
        return ()
    folder.mkdir(exist_ok=True)
    present = training_lines(folder)
    texts = {
        folder / f"{variant}.yml": text_of(
            variant, [*(line for line in present if line.variant == variant), *lines]
        )
        for variant, lines in sorted(new.items())
    }
    _write_all(texts)
    return tuple(texts)


def text_of(variant: str, lines: Iterable[Line]) -> str:
    """Return the file of a variant: intents in their order, lines sorted, each once."""
    by_intent: dict[str, dict[str, str]] = {}
    for line in lines:
        by_intent.setdefault(line.intent, {}).setdefault(normalise(line.text), line.text)
    blocks = []
    for intent in sorted(by_intent, key=INTENTS.index):
        examples = "".join(f"    - {text}\n" for text in sorted(by_intent[intent].values()))
        blocks.append(
            f"- intent: {intent}\n  metadata: {{variant: {variant}}}\n  examples: |\n{examples}"
        )
    return _HEAD + "\n".join(blocks)


def _write_all(texts: Mapping[Path, str]) -> None:
    before = {path: path.read_text("utf-8") if path.exists() else None for path in texts}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            replace_file(path, text, _READABLE)
            done.append(path)
    except OSError as error:
        for path in done:
            old = before[path]
            if old is None:
                path.unlink(missing_ok=True)
            else:
                replace_file(path, old)
        raise SheetError([f"{error.filename} cannot be written; nothing was changed."]) from error
