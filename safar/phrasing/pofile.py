"""PO files as Safar uses them: message ids as contexts, drafts and stale translations told apart.

Babel reads the file. What Babel drops is kept here: the previous English of a translation, which
is what tells a stale translation from a draft, and the flags of obsolete entries. The writer
puts nothing into a file that was not asked for, such as the time, so that writing the same
content again gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, denormalize, normalize

from safar.phrasing.errors import LocalesError

_WELL_FORMED = re.compile(r'(?:[a-z_]+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"')
_OBSOLETE = re.compile(r"^\s*#~")
_COMMENT = re.compile(r"^\s*#(?!~\s*[^|\s])")
_PREVIOUS = re.compile(r"(msgid_plural|msgid|msgctxt)\s+(\".*)", re.DOTALL)


LONGEST_OPTION = 24
"""Characters of an option's title: a row of a WhatsApp list has no room for more."""
_OPTION = "option."


def is_option(message_id: str) -> bool:
    """Whether a message is the title of an option."""
    return message_id.startswith(_OPTION)


class Status(str, Enum):
    """How far a translation may be trusted."""

    TRANSLATED = "translated"
    DRAFT = "draft"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class Entry:
    """One message of a PO file."""

    id: str
    """The stable id (msgctxt); empty if the file has none, which is a fault."""
    english: tuple[str, ...]
    """The English text, and its plural if it has one."""
    strings: tuple[str, ...] = ()
    """The translation: one text, or one for each plural form."""
    fuzzy: bool = False
    previous: tuple[str, ...] = ()
    """The English that a stale translation was made from."""
    notes: tuple[str, ...] = ()
    """Notes of whoever wrote the message."""
    comments: tuple[str, ...] = ()
    """Comments of translators."""
    locations: tuple[tuple[str, int | None], ...] = ()
    line: int = 0
    """Line of the PO file, from 1; 0 if it did not come from one."""

    @property
    def plural(self) -> bool:
        """Whether the message has plural forms."""
        return len(self.english) > 1

    @property
    def status(self) -> Status:
        """What the flags say; whether the English is still the same is not known here."""
        if not any(text.strip() for text in self.strings):
            return Status.MISSING
        if self.fuzzy:
            return Status.STALE if self.previous else Status.DRAFT
        return Status.TRANSLATED


@dataclass
class PoFile:
    """A PO or POT file."""

    headers: dict[str, str] = field(default_factory=dict)
    """Header fields in the order of the file."""
    header_comment: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    """By message id."""
    obsolete: dict[str, Entry] = field(default_factory=dict)
    """Translations of messages that are gone, by message id."""


class _Reading(Catalog):
    """Keeps messages in the order of the file, with the raw header and duplicates."""

    def __init__(self) -> None:
        super().__init__(fuzzy=False)
        self.raw_header = ""
        self.raw_comments: list[str] = []
        self.found: list[Message] = []

    def __setitem__(self, id: str | list[str] | tuple[str, ...], message: Message) -> None:
        if id:
            self.found.append(message)
            return
        self.raw_header = str(message.string)
        self.raw_comments = list(message.user_comments)
        super().__setitem__(id, message)  # learns how many plurals there are


def read_po(path: Path) -> PoFile:
    """Read a PO or POT file.

    Raises:
        LocalesError: The file is missing, is not a PO file, or has an id twice.
    """
    catalog = _Reading()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalesError([f"{path}: cannot be read ({error}); restore it, in UTF-8."]) from error
    torn = [
        f'{path}:{number}: the text is not between two quotes; write "…", and \\" for a quote '
        "inside."
        for number, line in enumerate(lines, start=1)
        if '"' in line
        and not _WELL_FORMED.fullmatch(_OBSOLETE.sub("", line).strip())
        and not _COMMENT.match(line)
    ]
    if torn:
        raise LocalesError(torn)  # Babel would take the last letter for the closing quote
    try:
        # Babel does not know "#~|", the previous English of an obsolete entry.
        PoFileParser(catalog, abort_invalid=True).parse(
            re.sub(r"^#~\s*\|", "#|", line) for line in lines
        )
    except PoFileError as error:
        raise LocalesError(
            [f"{path}:{error.lineno + 1}: {error.args[0]}; mend or remove this entry."]
        ) from error
    except (ValueError, IndexError, LookupError, TypeError) as error:
        raise LocalesError([f"{path}: is not a PO file ({error}); restore it."]) from error
    found = PoFile(
        headers=_headers(catalog.raw_header),
        header_comment="\n".join(catalog.raw_comments),
        obsolete={entry.id: entry for entry in map(_entry, catalog.obsolete.values())},
    )
    problems = []
    for entry in map(_entry, catalog.found):
        first = found.entries.setdefault(entry.id, entry)
        if first is not entry:
            problems.append(
                f"{path}:{entry.line}: the id {entry.id!r} was used in line {first.line} already; "
                "remove one of the two entries."
            )
    if problems:
        raise LocalesError(problems)
    return found


def write_po(path: Path, po: PoFile) -> None:
    """Write a PO or POT file, sorted by message id; replaces it in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("".join(_blocks(po)), encoding="utf-8", newline="\n")
    fresh.replace(path)


def plural_count(headers: Mapping[str, str]) -> int:
    """Return how many plural forms the header declares; two if it does not say."""
    match = re.search(r"nplurals\s*=\s*(\d+)", headers.get("Plural-Forms", ""))
    return int(match.group(1)) if match else 2


def _headers(raw: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in raw.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _entry(message: Message) -> Entry:
    strings = message.string if isinstance(message.string, tuple) else (message.string or "",)
    comments = [text for text in message.user_comments if not text.startswith("|")]
    return Entry(
        id=message.context or "",
        english=tuple(message.id) if not isinstance(message.id, str) else (message.id,),
        strings=tuple(str(text) for text in strings),
        fuzzy=message.fuzzy,
        previous=_previous(message.user_comments),
        notes=tuple(message.auto_comments),
        comments=tuple(comments),
        locations=tuple(message.locations),
        line=message.lineno or 0,
    )


def _previous(comments: Iterable[str]) -> tuple[str, ...]:
    """Read `#| msgid "…"`, which Babel hands on as comments that begin with a bar."""
    fields: dict[str, str] = {}
    name = ""
    for comment in comments:
        if not comment.startswith("|"):
            continue
        text = comment[1:].strip()
        match = _PREVIOUS.fullmatch(text)
        if match:
            name, text = match.group(1), match.group(2)
            fields[name] = ""
        if name and text.startswith('"'):
            fields[name] += denormalize(text)
    return tuple(fields[name] for name in ("msgid", "msgid_plural") if name in fields)


def _blocks(po: PoFile) -> Iterator[str]:
    for line in po.header_comment.splitlines():
        yield f"# {line}".rstrip() + "\n"
    header = "".join(f"{name}: {value}\n" for name, value in po.headers.items())
    yield f'msgid ""\nmsgstr {normalize(header)}\n'
    forms = plural_count(po.headers)
    for _, entry in sorted(po.entries.items()):
        yield "\n" + "".join(_lines(entry, forms))
    for _, entry in sorted(po.obsolete.items()):
        yield "\n" + "".join(_lines(entry, forms, "#~ "))


def _lines(entry: Entry, forms: int, prefix: str = "") -> Iterator[str]:
    for comment in entry.comments:
        yield f"# {comment}".rstrip() + "\n"
    if not prefix:
        for note in entry.notes:
            yield f"#. {note}\n"
        for file, line in entry.locations:
            yield f"#: {_location(file, line)}\n"
    if flags := _flags(entry):
        yield f"#, {', '.join(flags)}\n"
    bar = "#~| " if prefix else "#| "
    for name, text in zip(("msgid", "msgid_plural"), entry.previous, strict=False):
        yield _field(name, text, bar)
    if entry.id:
        yield _field("msgctxt", entry.id, prefix)
    for name, text in zip(("msgid", "msgid_plural"), entry.english, strict=False):
        yield _field(name, text, prefix)
    if entry.plural:
        for form in range(forms):
            text = entry.strings[form] if form < len(entry.strings) else ""
            yield _field(f"msgstr[{form}]", text, prefix)
    else:
        yield _field("msgstr", entry.strings[0] if entry.strings else "", prefix)


def _flags(entry: Entry) -> list[str]:
    flags = ["fuzzy"] if entry.fuzzy else []
    if any("{" in text for text in entry.english):
        flags.append("python-brace-format")  # lets translation tools check the placeholders
    elif is_option(entry.id):
        flags.append(f"max-length:{LONGEST_OPTION}")  # lets Weblate check it
    return flags


def _location(file: str, line: int | None) -> str:
    name = f"\u2068{file}\u2069" if " " in file else file
    return f"{name}:{line}" if line else name


def _field(name: str, text: str, prefix: str) -> str:
    return f"{prefix}{name} {normalize(text, prefix=prefix)}\n"
