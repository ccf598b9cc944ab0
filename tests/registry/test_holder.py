"""A registry that is replaced while processes read it."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path

import pytest
from content_tree import changed, write_tree
from structlog.testing import capture_logs

from safar.registry.build import build_registry
from safar.registry.errors import RegistryMissingError
from safar.registry.holder import RegistryHolder
from safar.registry.sqlite import sqlite3


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "other", changed("countries/NP.yaml", "12000", "15000"))


def fee(holder: RegistryHolder) -> str:
    value = holder.current().facts("NP", ("fee_cap",), destination="MY")[0].values["amount"]
    return str(value.amount)  # type: ignore[union-attr]


def put(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".put")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def test_the_same_object_as_long_as_the_file_is_the_same(registry_path: Path, clock: Clock) -> None:
    holder = RegistryHolder(registry_path, clock)
    first = holder.current()
    clock.seconds += 60
    assert holder.current() is first


def test_a_swap_is_noticed_after_a_second(
    registry_path: Path, other: Path, now: datetime, clock: Clock
) -> None:
    holder = RegistryHolder(registry_path, clock)
    old = holder.current()
    build_registry(other, registry_path, now)
    clock.seconds += 0.9
    assert fee(holder) == "12000"
    clock.seconds += 0.1
    assert fee(holder) == "15000"
    assert old.topics() != ()  # who still holds the old one can go on with it
    assert old.meta.content_hash != holder.current().meta.content_hash


def newer(path: Path) -> None:
    copy = path.with_suffix(".newer")
    copy.write_bytes(path.read_bytes())
    connection = sqlite3.connect(str(copy))
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.commit()
    connection.close()
    os.replace(copy, path)


BAD = {
    "truncated": (lambda path: put(path, path.read_bytes()[:5000]), "RegistryDamagedError"),
    "empty": (lambda path: put(path, b""), "RegistryDamagedError"),
    "of a newer version": (newer, "RegistryVersionError"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_logged_once_and_the_old_one_kept(
    registry_path: Path, other: Path, now: datetime, clock: Clock, name: str
) -> None:
    spoil, reason = BAD[name]
    holder = RegistryHolder(registry_path, clock)
    old = holder.current()
    spoil(registry_path)
    with capture_logs() as logs:
        for _ in range(3):
            clock.seconds += 1
            assert holder.current() is old
            assert fee(holder) == "12000"
    assert logs == [
        {
            "event": "registry.kept_old",
            "log_level": "error",
            "content_hash": old.meta.content_hash,
            "reason": reason,
        }
    ]
    build_registry(other, registry_path, now)
    clock.seconds += 1
    assert fee(holder) == "15000"


def test_a_file_that_is_removed_is_missed_by_nobody(registry_path: Path, clock: Clock) -> None:
    holder = RegistryHolder(registry_path, clock)
    holder.current()
    registry_path.unlink()
    clock.seconds += 1
    assert fee(holder) == "12000"


def test_the_first_file_may_come_late(
    tmp_path: Path, content: Path, now: datetime, clock: Clock
) -> None:
    holder = RegistryHolder(tmp_path / "registry.db", clock)
    with pytest.raises(RegistryMissingError):
        holder.current()
    build_registry(content, tmp_path / "registry.db", now)
    assert fee(holder) == "12000"


def test_threads_read_while_the_file_is_swapped(
    registry_path: Path, content: Path, other: Path, now: datetime
) -> None:
    ticks = iter(range(10**9))
    holder = RegistryHolder(registry_path, lambda: float(next(ticks)))  # every look is due
    seen: list[set[str]] = [set() for _ in range(4)]
    amounts: list[set[str]] = [set() for _ in range(4)]
    errors: list[BaseException] = []
    stop = threading.Event()

    def read(number: int) -> None:
        try:
            while not stop.is_set():
                registry = holder.current()
                seen[number].add(registry.meta.content_hash)
                value = registry.facts("NP", ("fee_cap",), destination="MY")[0].values["amount"]
                # An answer never mixes two versions: hash and amount belong together.
                amounts[number].add(f"{registry.meta.content_hash} {value.amount}")  # type: ignore[union-attr]
                assert registry.agencies("Himal Starlight")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    hashes = {
        build_registry(folder, registry_path, now).content_hash
        for folder in (other, content, other, content, other)
    }
    while not errors and not all(hashes <= each for each in seen):
        build_registry(content, registry_path, now)
        build_registry(other, registry_path, now)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(hashes) == 2
    assert all(each == hashes for each in seen)
    assert all(len(each) == 2 for each in amounts)
