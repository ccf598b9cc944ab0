"""Reads a PDF file that Safar wrote, as a program would that copies text out of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdf
from pypdf.generic import ByteStringObject, ContentStream, TextStringObject

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@dataclass
class ReadPdf:
    """What a file holds.

    Attributes:
        title, language: As the file names them.
        tagged: Whether a screen reader is told what is a heading and what a table.
        pages: The text of each page; letters of right-to-left lines are in the order of the paper.
        boxes: How many empty boxes stand for a letter that no font has.
    """

    title: str
    language: str
    tagged: bool
    kinds: set[str]
    pages: list[str] = field(default_factory=list)
    boxes: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


def read_pdf(content: bytes) -> ReadPdf:
    """Read a file; fails when it is none."""
    reader = pypdf.PdfReader(io.BytesIO(content), strict=True)
    root: Any = reader.trailer["/Root"]
    found = ReadPdf(
        title=str(reader.metadata.title if reader.metadata else ""),
        language=str(root.get("/Lang")),
        tagged=bool(root["/MarkInfo"]["/Marked"]),
        kinds=set(_kinds(root["/StructTreeRoot"])),
    )
    for page in reader.pages:
        text, boxes = _page(reader, page)
        found.pages.append(text)
        found.boxes += boxes
    return found


def _kinds(element: Any) -> Iterator[str]:
    if "/S" in element:
        yield str(element["/S"]).removeprefix("/")
    below = element.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        each = child.get_object()
        if isinstance(each, dict):
            yield from _kinds(each)


def _page(reader: pypdf.PdfReader, page: Any) -> tuple[str, int]:
    letters = {name: _letters(font) for name, font in page["/Resources"]["/Font"].items()}
    stream = ContentStream(page.get_contents(), reader)
    out: list[str] = []
    boxes = 0
    # Of marked stretches: None, or whether the words that stand for what is drawn were taken.
    marks: list[str | None] = []
    font: dict[int, str] = {}
    for operands, operator in stream.operations:
        if operator in {b"BDC", b"BMC"}:
            instead = operands[1].get("/ActualText") if operator == b"BDC" else None
            marks.append(_instead(instead))
            if marks[-1] is not None:
                out.append(marks[-1])
        elif operator == b"EMC":
            marks.pop()
        elif operator == b"Tf":
            font = letters[operands[0]]
        elif operator in {b"Tj", b"TJ"}:
            pieces = operands[0] if operator == b"TJ" else operands
            for glyph in (glyph for piece in pieces for glyph in _glyphs(piece)):
                boxes += glyph == 0
                if not any(mark is not None for mark in marks):
                    out.append(font.get(glyph, "\ufffd"))
        elif operator == b"ET":
            out.append("\u2005" if out and out[-1] != "\u2005" else "")
    return "".join(out).replace("\u2005", ""), boxes


def _instead(value: Any) -> str | None:
    if value is None:
        return None
    raw = value.original_bytes if isinstance(value, TextStringObject) else bytes(value)
    return raw.decode("utf-16") if raw[:2] == b"\xfe\xff" else str(value)


def _glyphs(piece: Any) -> Iterator[int]:
    if isinstance(piece, TextStringObject):
        raw = piece.original_bytes
    elif isinstance(piece, ByteStringObject | bytes):
        raw = bytes(piece)
    else:
        return  # a number: how far to move
    for at in range(0, len(raw), 2):
        yield int.from_bytes(raw[at : at + 2], "big")


def _letters(font: Any) -> dict[int, str]:
    table = font["/ToUnicode"].get_data()
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in _PAIR.findall(block):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in _RANGE.findall(block):
            start = int.from_bytes(bytes.fromhex(text.decode()), "big")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found
