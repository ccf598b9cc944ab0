"""One YAML file as plain data that remembers on which line each value stands.

Only the data part of YAML is read: tags, anchors and aliases are refused, so no file can run code
or grow when it is read. Scalars stay the text that was written (0112 stays 0112), except that an
unquoted `true`, `no`, `on`… is a boolean and an unquoted `null`, `~` or nothing is None, as in
every other YAML reader; the models turn text into numbers and dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from safar.registry.errors import Problem

Loc = tuple[str | int, ...]
"""Where a value is: keys and 0-based list positions from the top of the file."""

MAX_DEPTH = 32
_TRUE = frozenset(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"))
_FALSE = frozenset(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"))
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_LEADING_TAB = re.compile(r"^ *\t", re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Document:
    """A file that was read.

    Attributes:
        file: how problems name the file.
        data: mappings, lists, text, booleans and None.
        lines: 1-based line of each value.
        raw: each scalar as it is written in the file, without its quotes.
    """

    file: str
    data: Any
    lines: dict[Loc, int]
    raw: dict[Loc, str]

    def line(self, loc: Loc) -> int:
        """Return the line of `loc`, or of the nearest thing around it that the file holds."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 0)

    def entry(self, loc: Loc) -> str:
        """Return how to call the entry around `loc`, such as `facts[2] "np-fee-cap"`."""
        depth = max((i for i, part in enumerate(loc[:3]) if isinstance(part, int)), default=None)
        if depth is None:
            return str(loc[0]) if loc else ""
        words = ""
        for part in loc[: depth + 1]:
            words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
        name = self.raw.get((*loc[: depth + 1], "id"))
        return f'{words} "{name}"' if name else words

    def problem(self, loc: Loc, message: str, remedy: str) -> Problem:
        """Return an error at `loc`."""
        return Problem(self.file, self.line(loc), self.entry(loc), message, remedy)


class _Refusal(Exception):
    """Reading cannot go on."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


@dataclass
class _Reader:
    file: str
    events: Iterator[Any]
    lines: dict[Loc, int] = field(default_factory=dict)
    raw: dict[Loc, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> Any:
        """Return the only document of the stream, or None if there is none."""
        next(self.events)  # stream start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        data = self._node(next(self.events), ())
        next(self.events)  # document end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Refusal(
                after.start_mark.line + 1,
                "a second document starts here",
                "keep one document a file and remove the line '---'",
            )
        return data

    def _node(self, event: Any, loc: Loc) -> Any:
        line = event.start_mark.line + 1
        self.lines.setdefault(loc, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _Refusal(
                line, f"anchors and aliases ({event.anchor}) are not read", "write the value out"
            )
        if event.tag:
            raise _Refusal(line, f"the tag {event.tag!r} is not read", "write the plain value")
        if len(loc) > MAX_DEPTH:
            raise _Refusal(line, f"more than {MAX_DEPTH} levels", "check the indentation")
        if isinstance(event, yaml.ScalarEvent):
            self.raw[loc] = event.value
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc)
        return self._mapping(loc)

    @staticmethod
    def _scalar(event: Any) -> str | bool | None:
        text = str(event.value)
        if event.implicit[0]:  # unquoted
            if text in _NULL:
                return None
            if text in _TRUE or text in _FALSE:
                return text in _TRUE
        return text

    def _sequence(self, loc: Loc) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*loc, len(items))))
        return items

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise _Refusal(line, "a key must be a plain word", "write one word before the ':'")
            key = str(event.value)
            here = (*loc, key)
            if not isinstance(self._scalar(event), str):
                self._fault(
                    line,
                    loc,
                    f"YAML does not read the key {key} as text",
                    f"write '{key}': in quotes",
                )
            if key in result:
                first = self.lines[here]
                self._fault(
                    line,
                    loc,
                    f'the key "{key}" is written twice, first on line {first}',
                    "keep one of the two",
                )
                here = (*loc, f"{key} (again)")
                self.lines[here] = line
                self._node(next(self.events), here)
                continue
            # The key's line, not the value's: text in block form starts a line later.
            self.lines[here] = line
            result[key] = self._node(next(self.events), here)
        return result

    def _fault(self, line: int, loc: Loc, message: str, remedy: str) -> None:
        entry = Document(self.file, None, self.lines, self.raw).entry(loc)
        self.problems.append(Problem(self.file, line, entry, message, remedy))


def read_yaml(path: Path, file: str, max_bytes: int) -> tuple[Document | None, list[Problem]]:
    """Read one file.

    Args:
        path: the file.
        file: how problems name it.
        max_bytes: larger files are refused before they are read.

    Returns:
        The document and no problems; or, where it cannot be trusted, the problems that say why
        (with the document if its other entries can still be checked).
    """

    def refuse(line: int, message: str, remedy: str) -> tuple[None, list[Problem]]:
        return None, [Problem(file, line, "", message, remedy)]

    try:
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        return refuse(0, f"cannot be read ({error.strerror})", "check the file and its permissions")
    if len(content) > max_bytes:
        return refuse(0, f"is larger than {max_bytes:,} bytes", "split it into several files")
    if content.startswith(_UTF16):
        return refuse(0, "is written in UTF-16", "save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return refuse(line, "holds a letter that is not UTF-8", "save the file as UTF-8")
    if tab := _LEADING_TAB.search(text):
        line = text.count("\n", 0, tab.end()) + 1
        return refuse(line, "the line is indented with a tab", "use spaces, two a level")
    return _parse(text, file)


def _parse(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    reader = _Reader(file, yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    try:
        data = reader.document()
    except _Refusal as refusal:
        problem = Problem(file, refusal.line, "", refusal.message, refusal.remedy)
        return None, [*reader.problems, problem]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 0
        problem = Problem(
            file,
            line,
            "",
            f"YAML cannot be read here ({error.problem})",
            "check indentation, quotes and the space after ':', and quote a text with ': ' in it",
        )
        return None, [*reader.problems, problem]
    except yaml.YAMLError:
        remedy = "remove what is no letter, or save the file again as UTF-8"
        return None, [Problem(file, 0, "", "holds a control character", remedy)]
    if data is None:
        return None, [Problem(file, 0, "", "is empty", "write its entries or delete the file")]
    return Document(file, data, reader.lines, reader.raw), reader.problems
