"""What dies is started again, ever more slowly; what is told to stop stops in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from safar.cli import supervisor
from safar.cli.supervisor import SERVICES, Supervisor

ROOT = Path(__file__).resolve().parents[2]


class FakeTime:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.at_each_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.at_each_sleep()


class FakeChild:
    """A process that ends with `code` after `life` seconds; one without an end must be told."""

    def __init__(self, house: House, name: str, code: int | None, life: float) -> None:
        self._house, self._name = house, name
        self._code, self._ends = code, house.time.now + life

    def poll(self) -> int | None:
        return self._code if self._house.time.now >= self._ends else None

    def terminate(self) -> None:
        self._house.did.append(f"tell {self._name}")

    def kill(self) -> None:
        self._house.did.append(f"kill {self._name}")

    def wait(self, timeout: float | None = None) -> int:
        if timeout is not None and self._name in self._house.deaf:
            raise subprocess.TimeoutExpired(self._name, timeout)
        return 0


class House:
    """A supervisor over fake children; `ends` says with what code a service ends, and when."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **ends: tuple[int, float]) -> None:
        self.time = FakeTime()
        self.did: list[str] = []
        self.deaf: set[str] = set()
        self.said: list[str] = []
        self.started: list[str] = []
        self._ends = ends
        monkeypatch.setattr(supervisor, "time", self.time)
        monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
        monkeypatch.setattr(supervisor.subprocess, "Popen", self._popen)
        self.supervisor = Supervisor({"A": "B"}, self.said.append)

    def _popen(self, command: list[str], *, env: dict[str, str], preexec_fn: object) -> FakeChild:
        assert (command[:3], env) == ([sys.executable, "-m", "safar"], {"A": "B"})
        assert preexec_fn is supervisor._die_with_parent
        self.started.append(command[3])
        code, life = self._ends.get(command[3], (None, 0.0))
        return FakeChild(self, command[3], code, life)

    def run_for(self, seconds: float) -> int:
        until = self.time.now + seconds

        def end() -> None:
            if self.time.now >= until:
                self.supervisor._stop()

        self.time.at_each_sleep = end
        return self.supervisor.run()

    def delays(self, service: str) -> list[str]:
        return [s.split()[-2] for s in self.said if s.startswith(f"The {service} ended")]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Callable[..., House]:
    return lambda **ends: House(monkeypatch, **ends)


def test_what_lives_is_left_alone_and_ended_in_order(house) -> None:
    quiet = house()
    assert quiet.run_for(3600) == 0
    assert quiet.started == list(SERVICES)
    assert quiet.did == [f"tell {name}" for name in SERVICES]
    assert quiet.said == []


def test_a_service_that_ends_with_an_error_is_given_up_after_waiting_ever_longer(house) -> None:
    failing = house(worker=(1, 1.0))
    assert failing.run_for(3600) == 1
    assert failing.delays("worker") == ["0.2", "0.4", "0.8", "1.6", "3.2", "6.4"]
    assert failing.said[0] == "The worker ended (exit code 1); it starts again in 0.2 s."
    assert failing.said[-1].startswith("The worker cannot be kept alive")
    assert failing.started.count("worker") == 6
    assert failing.did == ["tell gateway", "tell dispatcher"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [(-9, "signal SIGKILL"), (-15, "signal SIGTERM"), (-40, "signal 40"), (0, "exit code 0")],
)
def test_what_is_killed_or_ends_by_itself_is_never_given_up(house, code, reason) -> None:
    killed = house(gateway=(code, 0.5))
    assert killed.run_for(300) == 0
    assert killed.said[0] == f"The gateway ended ({reason}); it starts again in 0.2 s."
    delays = killed.delays("gateway")
    assert delays[:7] == ["0.2", "0.4", "0.8", "1.6", "3.2", "6.4", "10.0"]
    assert set(delays[6:]) == {"10.0"}
    assert killed.started.count("worker") == 1


def test_a_death_after_a_steady_run_counts_as_the_first(house) -> None:
    steady = house(dispatcher=(1, 25.0))
    assert steady.run_for(400) == 0
    assert len(steady.delays("dispatcher")) > 6
    assert set(steady.delays("dispatcher")) == {"0.2"}


def test_who_does_not_end_when_told_is_killed(house) -> None:
    deaf = house()
    deaf.deaf = {"worker"}
    assert deaf.run_for(1) == 0
    assert deaf.did == ["tell gateway", "tell worker", "tell dispatcher", "kill worker"]


def _wait_for(there: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = there()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("It never came.")


def _pids(folder: Path) -> dict[str, int]:
    return {path.stem: int(path.read_text()) for path in folder.glob("*.pid")}


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def real(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "supervised_process.py"), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield running
    running.kill()
    running.wait()


def test_real_children_are_restarted_and_ended(real, tmp_path) -> None:
    first = _wait_for(lambda: len(_pids(tmp_path)) == 3 and _pids(tmp_path))
    os.kill(first["worker"], signal.SIGKILL)
    second = _wait_for(lambda: _pids(tmp_path)["worker"] != first["worker"] and _pids(tmp_path))
    assert {k: v for k, v in second.items() if k != "worker"} == {
        k: v for k, v in first.items() if k != "worker"
    }
    real.send_signal(signal.SIGTERM)
    assert real.wait(60) == 0
    assert {path.stem for path in tmp_path.glob("*.ended")} == set(SERVICES)
    assert "The worker ended (signal SIGKILL)" in real.stdout.read()
    assert not any(_lives(pid) for pid in second.values())


def test_no_orphan_is_left_by_a_supervisor_that_is_killed(real, tmp_path) -> None:
    children = _wait_for(lambda: len(_pids(tmp_path)) == 3 and _pids(tmp_path))
    real.kill()
    assert _wait_for(lambda: not any(_lives(pid) for pid in children.values()))
