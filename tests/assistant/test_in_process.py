"""Actions run in the worker's own process, exactly as the action server would run them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.interfaces import ActionNotFoundException

from safar.assistant.in_process import InProcessActions

DOMAIN = Path(__file__).resolve().parents[2] / "bot" / "domain"


def _call(name: str, **latest: Any) -> dict[str, Any]:
    tracker = {
        "sender_id": "c1",
        "slots": {"variant": "en", "destination": "QA", "origin": "NP"},
        "latest_message": {"text": "hello", "intent": {"name": "menu"}, "entities": [], **latest},
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {"next_action": name, "sender_id": "c1", "tracker": tracker, "domain": {}}


def _named_in_the_domain() -> set[str]:
    files = [yaml.safe_load(path.read_text("utf-8")) for path in DOMAIN.glob("*.yml")]
    return {name for file in files for name in file.get("actions") or []}


@pytest.fixture
def actions(resources: object) -> InProcessActions:
    return InProcessActions()


def test_every_action_of_the_domain_is_there_and_no_other(actions: InProcessActions) -> None:
    assert set(actions.executor.actions) == _named_in_the_domain()


def test_an_action_answers_with_words_and_reply(actions: InProcessActions) -> None:
    answer = asyncio.run(actions.request(json=_call("action_menu")))
    (said,) = answer["responses"]
    assert said["reply"]["parts"][0]["id"] == "menu.intro"
    assert len(said["reply"]["options"]) == len(said["text"].splitlines()) - 1
    assert {event["name"] for event in answer["events"]} == {"pending_topic"}


def test_an_action_nobody_wrote_is_an_error(actions: InProcessActions) -> None:
    with pytest.raises(ActionNotFoundException):
        asyncio.run(actions.request(json=_call("action_of_last_year")))
