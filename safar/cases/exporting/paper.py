"""What stands on paper, already in the words of whoever reads it; how it looks is `case.typ`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Fact:
    """One line of what is known: ``Desk: Doha``."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """One text of the transcript.

    Attributes:
        who: Who wrote it, in words.
        when: When, in words.
        body: As it was written; it may be in any script.
        language: Two or three letters of the language it is in; it shapes some letters.
        kind: A ``note`` was among staff only, and looks different.
    """

    who: str
    when: str
    body: str = field(repr=False)
    language: str = "en"
    kind: Literal["text", "note"] = "text"


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    when: str
    who: str
    what: str


@dataclass(frozen=True)
class Words:
    """What the paper itself says.

    Attributes:
        facts: Heading of what is known.
        timeline: Heading of what was done.
        transcript: Heading of what was said.
        columns: Heads of the timeline: when, who, what.
        nothing: Stands where there is no text.
        page: With ``{page}`` and ``{pages}``.
        missing: With ``{script}``: stands for text whose letters no font has.
    """

    facts: str
    timeline: str
    transcript: str
    columns: tuple[str, str, str]
    nothing: str
    page: str
    missing: str


@dataclass(frozen=True)
class Paper:
    """One case on paper.

    Attributes:
        title: Also the title of the file.
        language: Tag of the language the paper itself is in.
        direction: In which that is written.
        made: When and for whom it was made, in words.
        handling: How to handle it, in words: it holds what people wrote in confidence.
    """

    title: str
    language: str
    direction: Direction
    made: str
    handling: str
    words: Words
    facts: tuple[Fact, ...]
    timeline: tuple[Event, ...]
    transcript: tuple[Entry, ...]
