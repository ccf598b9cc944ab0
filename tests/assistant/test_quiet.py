"""Nothing a person writes, and no telemetry, leaves through Rasa's logs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

from safar.assistant.quiet import make_rasa_quiet, no_warnings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "passport company le rakhyo 98412"


def test_telemetry_is_off_whatever_the_environment_says(monkeypatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    make_rasa_quiet()
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    from rasa import telemetry

    assert telemetry.is_telemetry_enabled() is False


def test_rasa_has_only_errors_to_say_even_where_all_others_may_speak(caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        make_rasa_quiet()
        for name in ("rasa.core.processor", "rasa_sdk.executor", "apscheduler", "asyncio"):
            logging.getLogger(name).warning(SECRET)
            logging.getLogger(name).error("an error")
    assert SECRET not in caplog.text
    assert caplog.text.count("an error") == 4


def test_a_turn_writes_nothing_about_the_person(assistant, caplog, capfd) -> None:
    with caplog.at_level(logging.DEBUG):
        make_rasa_quiet()
        asyncio.run(assistant.turn("c1", SECRET, {}))
    out, err = capfd.readouterr()
    for written in (caplog.text, out, err):
        assert "98412" not in written
        assert "passport" not in written


def test_warnings_are_swallowed_inside_and_heard_again_after() -> None:
    heard: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *rest, **more: heard.append(str(message))
        with no_warnings():
            warnings.warn("of a library", DeprecationWarning, stacklevel=1)
        warnings.warn("of ours", UserWarning, stacklevel=1)
    assert heard == ["of ours"]


def test_what_is_logged_is_a_json_line_on_stderr_from_warning_up() -> None:
    code = (
        "import structlog; from safar.assistant.quiet import make_rasa_quiet;"
        "make_rasa_quiet(); log = structlog.get_logger('x');"
        "log.debug('no'); log.info('no'); log.warning('yes', inbox_id=7)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (line,) = ran.stderr.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["inbox_id"], entry["level"]) == ("yes", 7, "warning")
    assert ran.stdout == ""
