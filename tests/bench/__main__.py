"""Run the bench and print its table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from tests.bench import baseline, ours
from tests.bench.figures import table
from tests.bench.processes import size_of
from tests.bench.rows import rows
from tests.bench.talk import QUICK, BenchError, Plan, Say, System
from tests.bench.talk import measure as talk

_IMPORT = """
import logging, time, warnings
warnings.simplefilter("ignore")
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
began = time.perf_counter()
import rasa.core.agent
took = time.perf_counter() - began
with open("/proc/self/status") as status:
    rss = next(line.split()[1] for line in status if line.startswith("VmRSS"))
print(took, int(rss) * 1024 / 1e6)
"""


def main() -> int:
    """Measure ours, then the baseline; return 0, or 1 where ours could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"Measure the message path against {baseline.NAME}, in one run.",
    )
    parser.add_argument("--quick", action="store_true", help="fewer messages: figures are rougher")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    try:
        found, stock_found, notes = measure(plan, _say)
    except (BenchError, AssertionError) as error:
        # The services may not end in order either; what went wrong first is the reason.
        _say(str(error.__context__ if isinstance(error.__context__, BenchError) else error))
        return 1
    figures = rows(plan, found, stock_found)
    about = {"ours": ours.NAME, "baseline": baseline.NAME, "machine": _machine()}
    print("".join(f"{name}: {text}\n" for name, text in about.items()))
    print(table(figures))
    print("\n" + "\n".join(notes))
    if options.json:
        measured = {
            "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "quick": options.quick,
            **about,
            "notes": notes,
            "figures": [figure.model_dump() | {"ratio": figure.ratio} for figure in figures],
        }
        options.json.write_text(json.dumps(measured, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0


def measure(plan: Plan, say: Say) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Return our figures, the baseline's (none, if it cannot be had) and what to know of them."""
    notes = [f"load of the machine before: {os.getloadavg()[0]:.2f}"]
    found = _imports(Path(sys.executable), Path(sys.prefix), plan, _of("ours", say))
    stock_found: dict[str, float] = {}
    with ExitStack() as running:
        say("ours: starting, until the first answer…")
        path, found["start"] = running.enter_context(ours.started())
        systems: list[System] = [path]
        server = None
        try:
            stock = baseline.prepare(_of("baseline", say))
            stock_found = _imports(stock.python, stock.venv, plan, _of("baseline", say))
            say("baseline: starting, until the first answer…")
            server, stock_found["start"] = running.enter_context(baseline.started(stock))
            systems.append(server)
        except BenchError as error:
            notes.append(f"The baseline cannot be measured, so only our figures are here. {error}")
        ours_talked, *stock_talked = talk(plan, systems, _of("by turns", say))
        path.check_each_was_answered_once()
    if server is not None:
        notes.append(f"messages the baseline left unanswered: {server.unanswered}")
    return found | ours_talked, stock_found | dict(*stock_talked), notes


def _imports(python: Path, folder: Path, plan: Plan, say: Say) -> dict[str, float]:
    say("importing Rasa")
    runs = []
    for _ in range(plan.imports + 1):
        done = subprocess.run(
            [str(python), "-c", _IMPORT], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BenchError(f"Rasa cannot be imported: {done.stderr.strip().splitlines()[-1]}")
        runs.append([float(word) for word in done.stdout.split()[-2:]])
    # The first one may have had to read the files from the disk.
    return {
        "import.seconds": median(seconds for seconds, _ in runs[1:]),
        "import.memory": median(memory for _, memory in runs[1:]),
        "disk": size_of(folder),
    }


def _machine() -> str:
    bits = f"Python {platform.python_version()}, {platform.machine()}"
    return f"{os.cpu_count()} cores, {bits}"


def _of(name: str, say: Say) -> Say:
    return lambda text: say(f"{name}: {text}…")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
