"""Settings that must hold before Rasa is imported: no telemetry, no text in any log."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


def make_rasa_quiet() -> None:
    """Turn Rasa's telemetry off and its loggers down.

    By default Rasa's debug events print every text a person writes, and printing costs more than
    thinking. Called by whoever is about to import Rasa; calling it twice does no harm.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # where the real TensorFlow is installed
    for name in ("rasa", "rasa_sdk", "matplotlib", "apscheduler", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)
    make_logs_quiet()


@contextmanager
def no_warnings() -> Iterator[None]:
    """Swallow the deprecation warnings of Rasa's libraries, whatever filters they set."""
    with warnings.catch_warnings():
        warnings.showwarning = _swallow
        yield


def _swallow(*_: object, **__: object) -> None:
    return None


def make_logs_quiet() -> None:
    """Let structlog print warnings and errors only, on stderr as JSON lines."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        # Looked up at each line: whoever called first may have replaced stderr only for a while.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
