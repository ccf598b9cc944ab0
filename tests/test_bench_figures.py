"""The bench's own arithmetic, on systems that answer at once."""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench import baseline, ours
from tests.bench.figures import Figure, number, percentile, table
from tests.bench.rows import rows
from tests.bench.talk import ENDS, MESSAGES_EACH, BenchError, Plan, Waits, measure

PLAN = Plan(rounds=2, alone=8, crowd=24, people=3, long=40, imports=1)
WARM_UP = 3 * MESSAGES_EACH
TEXTS = (("a", "b", "c", "d"), ("e", "f", "g", "h"))
NOT_OF_TALK = {
    "start",
    "memory.gateway.rss",
    "memory.dispatcher.rss",
    "memory.supervisor.rss",
    "import.seconds",
    "import.memory",
    "disk",
}
"""Lines of the table that are measured elsewhere, or of processes a small system has not."""


class _Echo:
    """Answers at once, and remembers who asked what and how many at the same time."""

    texts = TEXTS

    def __init__(self, name: str, log: list[str], meet: int) -> None:
        self.name, self.log = name, log
        self.asked: list[tuple[int, str]] = []
        self._meeting, self._lock = threading.Barrier(meet, timeout=20), threading.Lock()
        self._crowd = range(WARM_UP + PLAN.alone, WARM_UP + PLAN.alone + PLAN.crowd)

    def ask(self, person: int, text: str) -> None:
        with self._lock:
            self.asked.append((person, text))
            self.log.append(self.name)
            in_crowd = len(self.asked) - 1 in self._crowd
        if in_crowd:
            self._meeting.wait()  # never passed unless so many ask at the same time

    def pids(self) -> dict[str, int]:
        return {"worker": os.getpid()}


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.5, 5.0),
        ([5.0], 0.99, 5.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([4.0, 3.0, 2.0, 1.0], 0.5, 2.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
        ([float(n) for n in range(1, 102)], 0.99, 100.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.01), ([1.0], -0.01)])
def test_percentile_refuses_what_has_none(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0.0, "0.00"),
        (0.0712, "0.07"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (99.94, "99.9"),
        (99.96, "100"),
        (1234.5, "1,234"),
    ],
)
def test_numbers_have_three_digits(value: float | None, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("own", "baseline_value", "ratio"),
    [(30.0, 60.0, 0.5), (None, 60.0, None), (30.0, None, None), (30.0, 0.0, None), (0.0, 2.0, 0.0)],
)
def test_ratio_is_ours_to_the_baseline(
    own: float | None, baseline_value: float | None, ratio: float | None
) -> None:
    figure = Figure(key="x", name="x", unit="ms", better="less", ours=own, baseline=baseline_value)
    assert figure.ratio == ratio


def test_table_sets_columns_under_each_other() -> None:
    shown = table(
        [
            Figure(key="s", name="speed", unit="1/s", better="more", ours=128.0, baseline=64.0),
            Figure(key="m", name="memory of it", unit="MB", better="less", ours=5.0),
        ]
    )
    assert shown.splitlines() == [
        "              ours  baseline  ratio  unit  better is",
        "speed          128      64.0  2.00×  1/s   more",
        "memory of it  5.00         –      –  MB    less",
    ]


def test_systems_are_asked_as_planned_and_by_turns() -> None:
    log: list[str] = []
    systems = [_Echo(name, log, meet=PLAN.people) for name in ("one", "other")]
    found, other = measure(PLAN, systems, lambda text: None)

    for system in systems:
        assert len(system.asked) == WARM_UP + PLAN.alone + PLAN.crowd + PLAN.long
        by_person = Counter(person for person, _ in system.asked)
        assert sorted(by_person.values())[-1] == PLAN.long
        assert set(sorted(by_person.values())[:-1]) == {MESSAGES_EACH}
        for person in [one for one, count in by_person.items() if count == MESSAGES_EACH]:
            assert tuple(text for asker, text in system.asked if asker == person) in TEXTS
    turns = [(name, len(list(group))) for name, group in itertools.groupby(log)]
    lengths = [WARM_UP, 4, 4, 12, 12, ENDS, ENDS]
    assert turns == [(name, length) for length in lengths for name in ("one", "other")]

    written = {figure.key: figure for figure in rows(PLAN, found, other)}
    assert {key for key, figure in written.items() if figure.ours is None} == NOT_OF_TALK
    assert {key for key, figure in written.items() if figure.baseline is None} == NOT_OF_TALK


def test_waits_of_several_rounds_count_together() -> None:
    waits = Waits()
    waits.add(Waits([0.1, 0.2], seconds=1.0, processor=0.02))
    waits.add(Waits([0.3, 0.4], seconds=3.0, processor=0.06))
    assert waits.figures("x") == pytest.approx(
        {"x.rate": 1.0, "x.p50": 200.0, "x.p99": 400.0, "x.processor": 20.0}
    )


def test_an_error_of_one_person_ends_the_measuring() -> None:
    class Refusing(_Echo):
        def ask(self, person: int, text: str) -> None:
            raise BenchError("It refuses.")

    with pytest.raises(BenchError, match="It refuses"):
        measure(PLAN, [Refusing("one", [], meet=1)], lambda text: None)


class _Path(_Echo):
    checked = False

    def check_each_was_answered_once(self) -> None:
        self.checked = True


def test_without_a_baseline_our_figures_are_shown_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def unreachable(*_: object) -> None:
        raise BenchError("`uv pip install …` failed: no network")

    monkeypatch.setattr(baseline, "prepare", unreachable)
    path = _Path("ours", [], meet=1)
    monkeypatch.setattr(ours, "started", lambda: nullcontext((path, 2.5)))
    monkeypatch.setattr(command, "talk", lambda *_: [{"alone.rate": 32.0}])
    monkeypatch.setattr(command, "_imports", lambda *_: {"disk": 900.0})
    target = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["bench", "--quick", "--json", str(target)])

    assert command.main() == 0
    assert path.checked
    shown = capsys.readouterr().out
    (line,) = [line for line in shown.splitlines() if line.startswith("messages a second, 1")]
    assert line.split()[-5:] == ["32.0", "–", "–", "1/s", "more"]
    assert "only our figures" in shown
    assert "no network" in shown
    measured = json.loads(target.read_text("utf-8"))
    assert measured["quick"] is True
    (rate,) = [figure for figure in measured["figures"] if figure["key"] == "alone.rate"]
    assert (rate["ours"], rate["baseline"], rate["ratio"]) == (32.0, None, None)


def test_a_failed_step_of_the_baseline_is_told_in_a_sentence(tmp_path: Path) -> None:
    program = "import sys; print('first', file=sys.stderr); sys.exit('second')"
    with pytest.raises(BenchError, match=r"`python\S* -c .*` failed: first second"):
        baseline._run([sys.executable, "-c", program], tmp_path)


def test_the_baseline_is_made_again_when_its_pins_change(tmp_path: Path) -> None:
    baseline._note_made(tmp_path, "one")
    assert baseline._is_made(tmp_path, "one")
    assert not baseline._is_made(tmp_path, "other")
    assert not baseline._is_made(tmp_path / "nowhere", "one")
