"""The baseline: our own pipeline, trained on the English lines alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.evaluate.dev_set import MessagesError

NAME: Final = "trained on English only"
_ROOT: Final = Path(__file__).resolve().parents[2]


def train(folder: Path) -> Path:
    """Train the baseline below `folder` and return its model.

    Raises:
        MessagesError: the training failed; tells its last line.
    """
    bot = folder / "bot"
    shutil.copytree(
        _ROOT / "bot", bot, ignore=shutil.ignore_patterns("models", ".rasa", "__pycache__")
    )
    for path in (bot / "data" / "nlu").rglob("*.yml"):
        if path.stem != "en":
            path.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "english.tar.gz"],
        cwd=bot,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder), "RASA_TELEMETRY_ENABLED": "false"},
    )
    model = bot / "models" / "english.tar.gz"
    if done.returncode or not model.exists():
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise MessagesError(f"The baseline could not be trained: {''.join(last)}")
    return model
