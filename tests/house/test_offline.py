"""No message, number or fact of use leaves the machine: training and answering stay offline."""

from __future__ import annotations

import json
import os

import pytest

from safar.assistant.quiet import make_rasa_quiet

PROBES = {
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "a name": "import socket; socket.getaddrinfo('example.org', 443)",
    "a datagram": "import socket; socket.socket(type=2).sendto(b'x', ('127.0.0.1', 9))",
    "httpx": "import httpx; httpx.get('http://example.org')",
    "requests": "import requests; requests.get('http://127.0.0.1:9')",
    "asyncio": "import asyncio; asyncio.run(asyncio.open_connection('127.0.0.1', 9))",
    "aiohttp under Rasa": (
        "import asyncio, rasa.core.agent, aiohttp\n"
        "async def f():\n"
        "    async with aiohttp.ClientSession() as s: await s.get('http://127.0.0.1:9')\n"
        "asyncio.run(f())"
    ),
}


@pytest.mark.parametrize("code", PROBES.values(), ids=PROBES)
def test_the_watch_sees_what_it_must(processes, code: str) -> None:
    ran = processes.run("python", "-c", code, watch=True)
    assert ran.code != 0
    assert ran.attempts


def test_training_opens_no_connection(small_bot) -> None:
    assert small_bot.training.code == 0, small_bot.training.err
    assert small_bot.training.attempts == []


@pytest.mark.parametrize("text", ["manpower le qatar jana 2 lakh magyo", "malai kutyo, thunyo"])
def test_answering_opens_no_connection(processes, text: str) -> None:
    ran = processes.run("safar", "ask", text, "--json", watch=True)
    assert json.loads(ran.out)["replies"]
    assert ran.attempts == []


def test_telemetry_is_off_wherever_our_code_loads_rasa(monkeypatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    make_rasa_quiet()
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"


def test_a_training_that_crashes_reports_to_nobody(processes, copy_bot, tmp_path) -> None:
    folder = copy_bot(tmp_path / "bot")
    config = folder / "config.yml"
    told = config.read_text("utf-8")
    # What cannot be counted with ends the training.
    config.write_text(told.replace("inverse_regularisation: 30.0", "inverse_regularisation: -1.0"))
    ran = processes.run("rasa", "train", cwd=folder, watch=True)
    assert ran.code != 0
    assert "GraphComponentException" in ran.err
    assert ran.attempts == []
