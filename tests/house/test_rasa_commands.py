"""Plain Rasa works in bot/ for whoever edits it: train, test, shell, run actions."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.peers.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
NLU = """
version: "3.1"
nlu:
- intent: greet
  metadata: {variant: en}
  examples: |
    - hello
- intent: ask_wages
  metadata: {variant: ne-Latn}
  examples: |
    - malik le talab dieko chaina
"""
LEAST_STORIES = 60
STORY = """
version: "3.1"
stories:
- story: greet
  steps:
  - user: hello
    intent: greet
  - action: utter_greet
"""


def test_train_finds_domain_and_data_by_itself(small_bot) -> None:
    assert small_bot.training.code == 0, small_bot.training.err
    (model,) = (small_bot.folder / "models").glob("*.tar.gz")
    assert model.stat().st_size > 0


def test_test_measures_understanding_and_rules(small_bot, processes, model_path) -> None:
    folder = small_bot.folder
    (folder / "tests" / "nlu.yml").write_text(NLU)
    (folder / "tests" / "test_stories.yml").write_text(STORY)
    model = ("--model", str(model_path))
    files = ("--nlu", "tests/nlu.yml", "--stories", "tests/test_stories.yml")
    ran = processes.run("rasa", "test", *model, *files, "--out", "results", cwd=folder)
    assert ran.code == 0, ran.err
    report = json.loads((folder / "results" / "intent_report.json").read_text())
    assert (report["accuracy"], report["ask_wages"]["support"]) == (1.0, 1)
    failed = yaml.safe_load((folder / "results" / "failed_test_stories.yml").read_text())
    assert not (failed or {}).get("stories")


def test_conversations_of_all_variants_go_as_they_are_written(
    small_bot, processes, model_path
) -> None:
    """Interruptions, corrections, danger and STOP in the middle of a question, by `rasa test`."""
    stories = ("--stories", str(ROOT / "bot" / "tests" / "stories"))
    model = ("--e2e", "--model", str(model_path))
    ran = processes.run(
        "rasa", "test", "core", *model, *stories, "--out", "results", cwd=small_bot.folder
    )
    assert ran.code == 0, ran.err
    found = json.loads((small_bot.folder / "results" / "story_report.json").read_text())
    played = found["conversation_accuracy"]
    assert played["total"] >= LEAST_STORIES
    # A model trained anew may take one message of the hundreds for another.
    failed = (small_bot.folder / "results" / "failed_test_stories.yml").read_text()
    assert played["correct"] >= played["total"] - 1, failed


@pytest.fixture
def action_server(small_bot, processes) -> Iterator[int]:
    """A running `rasa run actions`; gives its port, which endpoints.yml then names."""
    port = free_port()
    endpoints = small_bot.folder / "endpoints.yml"
    endpoints.write_text(endpoints.read_text().replace("127.0.0.1:5055", f"127.0.0.1:{port}"))
    rasa = Path(sys.executable).parent / "rasa"
    running = subprocess.Popen(
        [rasa, "run", "actions", "--port", str(port)],
        cwd=small_bot.folder,
        env=processes.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        running.terminate()
        running.wait(30)


def _get(port: int, path: str) -> object:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return json.loads(answer.read())
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_shell_talks_with_the_action_server(small_bot, processes, action_server, model_path):
    assert _get(action_server, "/health") == {"status": "ok"}
    names = {action["name"] for action in _get(action_server, "/actions")}
    assert {"action_menu", "action_danger", "action_note_facts"} <= names
    ran = processes.run(
        "rasa",
        "shell",
        "--model",
        str(model_path),
        cwd=small_bot.folder,
        stdin="menu\nnamaste\nhelp my boss is beating me now\n/stop\n",
    )
    assert ran.code == 0, ran.err
    assert "1 Fees and costs" in ran.out
    assert "Hello. I answer questions" in ran.out or "Namaste." in ran.out
    assert "Your safety" in ran.out or "surakshya" in ran.out
    assert "Traceback" not in ran.err


def test_our_own_pipeline_names_no_neural_component() -> None:
    config = yaml.safe_load((ROOT / "bot" / "config.yml").read_text("utf-8"))
    names = {part["name"] for part in config["pipeline"] + config["policies"]}
    neural = {"DIETClassifier", "TEDPolicy", "ResponseSelector", "UnexpecTEDIntentPolicy"}
    assert names
    assert not names & neural
