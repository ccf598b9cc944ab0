"""A small copy of bot/ to train, and a watch on every connection a process tries to open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from safar.answers.resources import Resources

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
EXAMPLES = 4
"""Examples of each intent and variant in the small copy: enough to train, not to understand."""

WATCH = '''
"""Writes down and refuses every connection but those inside the machine's own file system."""
import os, socket, sys

# uvloop connects in C, where nobody is told of it; without it asyncio uses Python's sockets.
sys.modules["uvloop"] = None
_NAMED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")

def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        if arguments[0].family == socket.AF_UNIX:
            return
    elif event not in _NAMED:
        return
    with open(os.environ["WATCHED"], "a") as file:
        file.write(f"{event} {arguments[1:] if event not in _NAMED else arguments}\\n")
    raise OSError(f"{event} is refused: this process must stay offline")

sys.addaudithook(_watch)
'''


@dataclass(frozen=True)
class Watched:
    """A process that ended, and the connections it tried to open."""

    code: int
    out: str
    err: str
    attempts: list[str] = field(default_factory=list)


class Processes:
    """Starts commands of this environment with settings of their own."""

    def __init__(self, folder: Path, resources: Resources) -> None:
        self._folder = folder
        (folder / "watch").mkdir()
        (folder / "watch" / "sitecustomize.py").write_text(WATCH)
        # A fresh user on a fresh machine: what is off must be off without their help.
        (folder / "user").mkdir()
        unset = ("RASA_TELEMETRY_ENABLED", "PYTHONPATH", "XDG_CONFIG_HOME")
        self.environment = {k: v for k, v in os.environ.items() if k not in unset} | {
            "HOME": str(folder / "user"),
            "PYTHONWARNINGS": "ignore",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "SAFAR_HOME": str(resources.settings.home),
            "SAFAR_REGISTRY_PATH": str(resources.settings.registry_path),
            "SAFAR_MODEL_PATH": str(resources.settings.model_path),
        }

    def run(self, *command: str, cwd: Path = ROOT, stdin: str = "", watch: bool = False) -> Watched:
        """Run `command`, whose first word is a program of this environment."""
        log = self._folder / "watched.log"
        log.write_text("")
        environment = dict(self.environment)
        if watch:
            environment |= {"PYTHONPATH": str(self._folder / "watch"), "WATCHED": str(log)}
        ran = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=cwd,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Watched(ran.returncode, ran.stdout, ran.stderr, log.read_text().splitlines())


@dataclass(frozen=True)
class SmallBot:
    """A copy of bot/ with two variants and few examples, trained by plain `rasa train`."""

    folder: Path
    training: Watched


def _copy_small(target: Path) -> Path:
    """Copy bot/ without models, with the first examples of English and Nepali."""
    shutil.copytree(
        ROOT / "bot",
        target,
        ignore=shutil.ignore_patterns("models", ".rasa", "results", "__pycache__", "nlu"),
    )
    for variant in ("en", "ne"):
        source = ROOT / "bot" / "data" / "nlu" / f"{variant}.yml"
        content = yaml.safe_load(source.read_text("utf-8"))
        for item in content["nlu"]:
            item["examples"] = "\n".join(item["examples"].splitlines()[:EXAMPLES]) + "\n"
        copy = target / "data" / "nlu" / source.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return target


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory, resources: Resources) -> Processes:
    return Processes(tmp_path_factory.mktemp("processes"), resources)


@pytest.fixture(scope="session")
def copy_bot() -> Callable[[Path], Path]:
    """Copies bot/ small to a folder that is not there yet."""
    return _copy_small


@pytest.fixture(scope="session")
def small_bot(tmp_path_factory: pytest.TempPathFactory, processes: Processes) -> SmallBot:
    folder = _copy_small(tmp_path_factory.mktemp("plain") / "bot")
    return SmallBot(folder, processes.run("rasa", "train", cwd=folder, watch=True))
