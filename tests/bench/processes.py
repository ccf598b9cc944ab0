"""What processes cost, as Linux counts it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB_A_MB = 1000_000 / 1024


@dataclass(frozen=True)
class Memory:
    """Memory of a process, in MB: `rss` as it looks alone, `pss` with shared pages divided."""

    rss: float
    pss: float


def memory_of(pid: int) -> Memory:
    """Return what the process `pid` holds now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    kib = {name.rstrip(":"): int(value) for name, value, *_ in map(str.split, lines)}
    return Memory(rss=kib["Rss"] / _KIB_A_MB, pss=kib["Pss"] / _KIB_A_MB)


def processor_seconds(pids: Iterable[int]) -> float:
    """Return how long the processes have kept a core busy since they started."""
    ticks = 0
    for pid in pids:
        # The second field is the name, in parentheses, and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def size_of(folder: Path) -> float:
    """Return how much disk the files below `folder` take, in MB."""
    blocks = 0
    for at, _, names in os.walk(folder):
        blocks += sum(os.lstat(os.path.join(at, name)).st_blocks for name in names)
    return blocks * 512 / 1000_000
