"""`safar offer`: a line in, a line out, whatever the line is."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(registry_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a home with a registry and no model: none is needed."""
    return {
        **os.environ,
        "SAFAR_HOME": str(tmp_path_factory.mktemp("home")),
        "SAFAR_REGISTRY_PATH": str(registry_path),
        "SAFAR_MODEL_PATH": str(tmp_path_factory.mktemp("none")),
    }


def run(
    home: dict[str, str], *words: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "safar", "offer", *words],
        input=given, env=home, cwd=ROOT, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def test_each_line_is_answered_at_its_place(home: dict[str, str]) -> None:
    lines = [
        json.dumps({"text": "From Nepal to Qatar. Service charge NPR 200,000"}),
        "no json",
        '["text"]',
        json.dumps({"text": 5}),
        json.dumps({"text": "Service charge NPR 200,000", "origin": "NP", "destination": "QA"}),
        json.dumps({"text": "hello", "origin": "Nepal"}),
        "",
        json.dumps({"text": "hello", "variant": "xx", "more": 1}),
        '{"text": "\\ud800 pay"}',
    ]
    done = run(home, "--jsonl", given="\n".join(lines).encode() + b"\n\xff\xfe\n")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    both = {"risk": "high", "flags": ["fee_above_cap", "fee_charged"]}
    nothing = {"risk": "low", "flags": []}
    assert [answers[0], answers[4], answers[6], answers[7]] == [both, both, nothing, nothing]
    assert [(set(a), a["line"]) for a in answers if "error" in a] == [
        ({"error", "line"}, number) for number in (2, 3, 4, 6, 10)
    ]
    assert "two capital letters" in answers[5]["error"]


def test_a_person_reads_the_ceiling_and_its_source(home: dict[str, str]) -> None:
    said = run(home, "From Nepal to Qatar. Service charge NPR 200,000").stdout.decode()
    assert "Risk: high" in said
    assert "at most 10,000 NPR" in said
    assert "Source: " in said
    none = run(home, "hello").stdout.decode()
    assert "does not mean" in none


@pytest.mark.parametrize("words", [[], ["text", "--jsonl"], ["text", "--origin", "Nepal"]])
def test_what_cannot_be_done_is_said(home: dict[str, str], words: list[str]) -> None:
    done = run(home, *words)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_reader_who_leaves_is_no_error(home: dict[str, str]) -> None:
    line = json.dumps({"text": "Pay 500 USD for the visa"}) + "\n"
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "safar", "offer", "--jsonl"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=home, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout and process.stdin and process.stderr
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(line.encode() * 2000)
            process.stdin.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 141
