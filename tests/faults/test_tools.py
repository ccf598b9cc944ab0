"""What the fault matrix breaks things with: a wire that can be cut, a clock that can be moved."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.faults.matrix import Played, table
from tests.faults.moved_clock import MovedClock
from tests.faults.place import Outcome
from tests.faults.tally import Tally
from tests.faults.twilio_rows import TWILIO_ROWS, TwilioRow, nothing
from tests.faults.wire import Wire

TELL = """
import sys, time
from datetime import datetime, timezone
for _ in sys.stdin:
    print(datetime.now(timezone.utc).isoformat(), time.monotonic(), flush=True)
"""


@pytest.fixture
def echo():
    """A server that sends back what it gets; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                end, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(end,), daemon=True).start()

    def answer(end: socket.socket) -> None:
        with end:
            while data := end.recv(1000):
                end.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


def test_a_cut_wire_ends_connections_and_refuses_new_ones_until_it_is_mended(echo: int) -> None:
    wire = Wire(echo)
    with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as open_before:
        open_before.sendall(b"hello")
        assert open_before.recv(10) == b"hello"
        wire.cut()
        assert open_before.recv(10) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", wire.port), timeout=5)
    wire.mend()
    with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as again:
        again.sendall(b"back")
        assert again.recv(10) == b"back"
    wire.cut()


def test_processes_follow_the_moved_clock_but_not_in_their_timeouts(tmp_path: Path) -> None:
    clock = MovedClock(tmp_path / "clock")
    process = subprocess.Popen(
        [sys.executable, "-c", TELL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clock.environment,
    )
    assert process.stdin is not None and process.stdout is not None

    def told() -> tuple[timedelta, float]:
        process.stdin.write("\n")
        process.stdin.flush()
        moment, monotonic = process.stdout.readline().split()
        off = datetime.fromisoformat(moment) - datetime.now(timezone.utc)
        return off, float(monotonic) - time.monotonic()

    try:
        for move, off in ((0, 0), (7200, 7200), (-10_800, -3600)):
            clock.move(move)
            by_day, by_monotonic = told()
            assert abs(by_day.total_seconds() - off) < 60
            assert abs(by_monotonic) < 60
    finally:
        process.kill()
        process.wait()


def outcome(**changes: int) -> Outcome:
    return Outcome(
        Tally(**({"came": 9, "lost": 0, "doubled": 0, "most": 1, "out_of_order": 0} | changes))
    )


@pytest.mark.parametrize(
    ("resends", "result", "broken"),
    [
        (0, outcome(), []),
        (0, outcome(lost=1), ["messages were lost"]),
        (0, outcome(doubled=1, most=2), ["an answer was sent too often"]),
        (1, outcome(doubled=3, most=2), []),
        (1, outcome(doubled=2, most=3), ["an answer was sent too often"]),
        (1, outcome(out_of_order=1), ["answers left out of order"]),
        (0, outcome(came=0), ["nobody wrote"]),
        (0, None, ["the row could not be played"]),
    ],
    ids=str,
)
def test_a_broken_promise_is_named(resends: int, result: Outcome | None, broken: list[str]) -> None:
    played = Played(TwilioRow("x", nothing, resends=resends), result, 1.0)

    assert played.broken == broken
    assert table([played]).row_count == 1


def test_only_the_row_that_nobody_could_get_right_may_send_again() -> None:
    assert [row.name for row in TWILIO_ROWS if row.resends] == [
        "5xx after accept, and not in the list"
    ]
