"""Domain, rules and actions name each other: what one lacks, Rasa would find out in a talk."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import pytest
import yaml

import actions
from actions.base import SafarAction
from safar.assistant.in_process import InProcessActions

BOT = Path(__file__).resolve().parents[2] / "bot"


def entries(folder: str, key: str) -> list[Any]:
    """Return what all files of `folder` list under `key`."""
    files = sorted((BOT / folder).glob("*.yml"))
    return [e for file in files for e in yaml.safe_load(file.read_text("utf-8")).get(key) or []]


def concrete(cls: type[SafarAction]) -> list[type[SafarAction]]:
    below = [found for child in cls.__subclasses__() for found in concrete(child)]
    return below if inspect.isabstract(cls) else [cls, *below]


@pytest.fixture(scope="module")
def by_name() -> dict[str, type[SafarAction]]:
    for module in pkgutil.iter_modules(actions.__path__, "actions."):
        importlib.import_module(module.name)
    ours = [cls for cls in concrete(SafarAction) if cls.__module__.startswith("actions.")]
    assert len({cls.NAME for cls in ours}) == len(ours), "two actions have one name"
    return {cls.NAME: cls for cls in ours}


INTENTS = entries("domain", "intents")
ACTIONS = entries("domain", "actions")
RESPONSES = entries("domain", "responses")
SLOTS = entries("domain", "slots")
RULES = entries("data/rules", "rules")


def steps(rule: dict[str, Any], key: str) -> list[str]:
    return [step[key] for step in rule["steps"] if key in step]


def test_nothing_is_named_twice() -> None:
    for names in (INTENTS, ACTIONS, RESPONSES, SLOTS, [rule["rule"] for rule in RULES]):
        assert sorted(set(names)) == sorted(names)
        assert names


def test_domain_and_classes_have_the_same_actions(by_name) -> None:
    assert sorted(by_name) == sorted(ACTIONS)


def test_the_executor_finds_every_action(by_name) -> None:
    assert set(InProcessActions().executor.actions) == set(by_name)


@pytest.mark.parametrize("rule", RULES, ids=[rule["rule"] for rule in RULES])
def test_a_rule_names_what_exists(rule: dict[str, Any]) -> None:
    assert [intent for intent in steps(rule, "intent") if intent not in INTENTS] == []
    assert [a for a in steps(rule, "action") if a not in (*ACTIONS, *RESPONSES)] == []
    assert len(steps(rule, "intent")) == 1
    assert len(steps(rule, "action")) == 1


def test_every_intent_has_one_rule() -> None:
    assert sorted(intent for rule in RULES for intent in steps(rule, "intent")) == sorted(INTENTS)


def test_every_action_and_response_is_called() -> None:
    called = {action for rule in RULES for action in steps(rule, "action")}
    config = yaml.safe_load((BOT / "config.yml").read_text("utf-8"))
    called |= {policy.get("core_fallback_action_name") for policy in config["policies"]}
    called.add("action_note_facts")  # sets the slots before any rule, see the next test
    source = "".join(f.read_text("utf-8") for f in Path(actions.__path__[0]).glob("*.py"))
    called |= {response for response in RESPONSES if f'"{response}"' in source}
    assert set(ACTIONS) | set(RESPONSES) == called


def test_slots_are_set_before_any_rule_and_steer_none() -> None:
    for file in (BOT / "domain").glob("*.yml"):
        for name, slot in (yaml.safe_load(file.read_text("utf-8")).get("slots") or {}).items():
            assert slot["mappings"] == [{"type": "custom", "action": "action_note_facts"}], name
            assert slot["influence_conversation"] is False, name


def test_what_actions_remember_is_a_slot() -> None:
    """Rasa drops a slot that the domain does not have, with only a warning."""
    import ast

    written = set()
    for file in Path(actions.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Subscript(
                    value=ast.Attribute(attr="memory"), slice=ast.Constant(value=str(name))
                ):
                    written.add(name)
                case ast.Call(
                    func=ast.Attribute(attr="update", value=ast.Attribute(attr="memory")),
                    keywords=keywords,
                ):
                    written |= {keyword.arg for keyword in keywords}
    assert {"variant", "last_topic", "misunderstood"} <= written
    assert written <= set(SLOTS)
