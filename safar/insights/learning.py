"""Lines that an editor labelled and another one read, back from the sheet into the training data.

All or nothing: with one error in one row nothing is written. A row in which nobody wrote anything
is left for another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import regex

from safar.desk.errors import SheetError
from safar.desk.sheets import Row, read_book
from safar.insights.labels import FILLED, INTENT, LABELLED, LINES, READ, REVIEWED, WORDING
from safar.insights.learned import FOLDER, write_learned
from safar.insights.stripping import NAME, NUMBER
from safar.registry.content import Content
from safar.registry.intents import INTENTS
from safar.registry.keywords import KeywordMatcher
from safar.registry.training import (
    COPIED,
    SHORT,
    Line,
    leaks,
    near_duplicates,
    strange_letters,
    test_messages,
    training_lines,
)

_LONGEST: Final = 300
"""Characters of a line; a longer one is a story, of which the question is a part."""
_TOLD: Final = regex.compile(r"(?i)https?://|www\.|\S@\S|\p{N}(?:[\s().+-]*\p{N}){7}")
_MARKS: Final = frozenset("[]{}")


@dataclass(frozen=True)
class Learned:
    """What an import took over: lines, files, and how many rows nobody has labelled yet."""

    added: tuple[Line, ...]
    files: tuple[Path, ...]
    waiting: int


@dataclass
class _Known:
    """What a new line is held against."""

    scripts: dict[str, str]
    keywords: KeywordMatcher
    by_text: dict[str, Line]
    lines: dict[str, list[Line]]
    tested: dict[str, list[Line]]
    added: dict[str, Line] = field(default_factory=dict)


def import_labels(book: Path, bot_dir: Path, content: Content) -> Learned:
    """Take over the rows of a workbook that two people have labelled.

    Args:
        book: As `labels.export_labels` wrote it, filled in.
        bot_dir: The folder bot/, with data/nlu/ and tests/messages/.
        content: Languages and their scripts, and words like STOP.

    Raises:
        SheetError: With every error, each with its row and column; nothing was written.
    """
    nlu = bot_dir / "data" / "nlu"
    rows = read_book(book, {LINES: READ})[LINES]
    filled = [row for row in rows if any(row[column] for column in FILLED)]
    known = _known(nlu, bot_dir / "tests" / "messages", content)
    problems = [problem for row in filled for problem in _take(row, known)]
    if problems:
        raise SheetError(problems)
    added = tuple(known.added.values())
    files = write_learned(nlu / FOLDER, added)
    return Learned(added, files, len(rows) - len(filled))


def _known(nlu: Path, messages: Path, content: Content) -> _Known:
    lines = training_lines(nlu)
    return _Known(
        scripts={language.tag: language.script for language in content.languages},
        keywords=KeywordMatcher(content.keywords.model.keywords),
        by_text={line.normal: line for line in lines},
        lines=_by_variant(lines),
        tested=_by_variant(test_messages(messages)),
    )


def _by_variant(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.variant, []).append(line)
    return found


def _take(row: Row, known: _Known) -> list[str]:
    """Note the line of a row, or return what is wrong with it."""
    column = WORDING if row[WORDING] else "text"
    text = " ".join(row[column].split())
    line = Line(row["variant"], row[INTENT], text, f"{row.sheet}:{row.number}")
    problems = [*_of_editors(row, known), *(row.fault(column, each) for each in _of_text(text))]
    if not problems:
        problems = [row.fault(column, each) for each in _beside_others(line, known)]
    if not problems and line.normal not in known.added:
        known.added[line.normal] = line
        known.lines[line.variant].append(line)
    return problems


def _of_editors(row: Row, known: _Known) -> Iterator[str]:
    if row["variant"] not in known.lines or row["variant"] not in known.scripts:
        served = ", ".join(sorted(known.lines))
        yield row.fault("variant", f"{row['variant']!r} is no variant; there are {served}")
    if not row[INTENT]:
        yield row.fault(INTENT, "is empty; choose what the text means, or empty the whole row")
    elif row[INTENT] not in INTENTS:
        yield row.fault(INTENT, f"{row[INTENT]!r} is no intent; choose one of the sheet intents")
    names = {column: " ".join(row[column].split()).casefold() for column in (LABELLED, REVIEWED)}
    for column, name in names.items():
        if not name:
            yield row.fault(column, "is empty; one person labels a row and another one reads it")
    if names[LABELLED] and names[LABELLED] == names[REVIEWED]:
        yield row.fault(REVIEWED, "is who labelled the row; let another person read it")


def _of_text(text: str) -> Iterator[str]:
    """Yield what is wrong with a line whatever it means."""
    if NAME in text or NUMBER in text:
        yield (
            f"has a blank ({NAME} or {NUMBER}); write the whole line under {WORDING}, with a"
            " made-up word or amount in its place"
        )
    if not regex.search(r"\p{L}", text):
        yield "has no words; write a line, or empty the row"
    if len(text) > _LONGEST:
        yield f"has {len(text)} characters; keep the question, {_LONGEST} at most"
    if _TOLD.search(text):
        yield "has a telephone number, an address or a link; leave it out"
    if _MARKS & set(text) or text.startswith(("/", "-")):
        yield "has a bracket, or begins with / or -; the training would take it for something else"


def _beside_others(line: Line, known: _Known) -> Iterator[str]:
    """Yield why a line may not stand beside those that are there."""
    yield from (
        told.partition(": ")[2] for told in strange_letters([line], known.scripts.__getitem__)
    )
    keyword = known.keywords.find(line.text)
    if keyword is not None and not keyword.only_when_stopped:
        yield f"is a word that everybody's {keyword.kind} is, before anything is understood"
    same = known.by_text.get(line.normal)
    if same is not None:
        yield f"is a training line already: {same.place} ({same.intent}); empty the row"
        return
    here = known.added.get(line.normal)
    if here is not None:
        if (here.variant, here.intent) != (line.variant, line.intent):
            row = here.place.partition(":")[2]
            yield f"stands in row {row} as {here.intent} in {here.variant}; make both rows agree"
        return
    beside = [other for other in known.lines[line.variant] if _may_be_alike(line, other)]
    for told in near_duplicates([line, *beside]):
        # Others that are alike among themselves are no fault of this row.
        if told.startswith(f"{line.place}: "):
            yield told.partition(": ")[2]
    tested = known.tested.get(line.variant, [])
    if any(message.normal == line.normal for message in tested) or any(leaks([line], tested)):
        yield (
            f"is (nearly, {COPIED:g}% of its letters) a message of the test set; a model that is"
            " trained on it cannot be tested by it: empty the row"
        )


def _may_be_alike(line: Line, other: Line) -> bool:
    """Spare the comparison where the lengths alone tell that two lines are not alike."""
    one, two = len(line.normal), len(other.normal)
    return one >= SHORT and other.intent != line.intent and abs(one - two) <= one // 4
