"""Loading a model, or saying in one sentence why not; and what a person's text becomes."""

from __future__ import annotations

import asyncio
import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.answers.resources import Resources
from safar.assistant.engine import (
    LONGEST_TEXT,
    Assistant,
    AssistantError,
    newest_model,
    plain,
    understanding_of,
)
from safar.registry.errors import RegistryMissingError
from safar.settings import Settings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hello", "hello"),
        ("  hello\n", "hello"),
        ("/ask_wages", "ask_wages"),
        ("/ /ask_wages", "ask_wages"),
        (" \t/ // \x00/ask", "ask"),
        ("1/2", "1/2"),
        ("either/or/", "either/or/"),
        ("a\x00b\x1bc\u202ed", "a b c d"),
        ("line\none", "line one"),
        ("न\u200dम\u200cस्ते", "न\u200dम\u200cस्ते"),
        ("नमस्ते 🙏", "नमस्ते 🙏"),
        ("\ud83d hi", "hi"),
        ("", ""),
        ("///", ""),
        ("x" * 2000, "x" * LONGEST_TEXT),
    ],
)
def test_plain_text(written: str, read: str) -> None:
    assert plain(written) == read


@given(st.text() | st.text(alphabet="/ \t\n\x00\u200b\u200ca{}@"))
def test_plain_text_is_never_a_command_nor_longer_nor_changed_twice(text: str) -> None:
    read = plain(text)
    assert not read.strip().startswith("/")
    assert len(read) <= LONGEST_TEXT
    assert all(c.isprintable() or c in "\u200c\u200d" for c in read)
    assert plain(read) == read


def test_newest_model(tmp_path: Path) -> None:
    for age, name in ((10, "new.tar.gz"), (500, "old.tar.gz"), (1, "no-model.txt")):
        path = tmp_path / name
        path.touch()
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
    assert newest_model(tmp_path) == tmp_path / "new.tar.gz"
    assert newest_model(tmp_path / "old.tar.gz") == tmp_path / "old.tar.gz"


@pytest.mark.parametrize("folder", [".", "missing"])
def test_no_model_is_one_sentence(resources: Resources, tmp_path: Path, folder: str) -> None:
    with pytest.raises(AssistantError, match=r"no trained model in .*make train"):
        Assistant.load(resources, tmp_path / folder)


def _without_weights(model: Path, target: Path) -> None:
    """Copy a model with the classifiers' weights cut in half."""
    with tarfile.open(model) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            data = content.read() if content else b""
            if member.name.endswith("weights.npz"):
                data = data[: len(data) // 2]
            if content:
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize("damage", ["empty", "no archive", "half of it", "half of the weights"])
def test_a_damaged_model_is_one_sentence(
    resources: Resources, model_path: Path, tmp_path: Path, damage: str
) -> None:
    model = tmp_path / "safar.tar.gz"
    whole = model_path.read_bytes()
    if damage == "half of the weights":
        _without_weights(model_path, model)
    else:
        damaged = {"empty": b"", "no archive": b"model", "half of it": whole[: len(whole) // 2]}
        model.write_bytes(damaged[damage])
    with pytest.raises(AssistantError) as caught:
        Assistant.load(resources, model)
    sentence = str(caught.value)
    assert sentence.startswith("The model safar.tar.gz")
    assert sentence.endswith("make train")
    assert ".." not in sentence
    assert "Traceback" not in sentence


def test_a_missing_registry_stops_the_start_and_not_each_answer(
    tmp_path: Path, model_path: Path
) -> None:
    settings = Settings(registry_path=tmp_path / "registry.db", model_path=model_path)
    with pytest.raises(RegistryMissingError, match="safar content build"):
        Assistant.load(Resources(settings))


@pytest.mark.parametrize(
    ("parsed", "danger"),
    [
        ({}, False),
        ({"intent": {"name": "ask_wages", "confidence": 0.9}}, False),
        ({"intent": {"name": "ask_wages"}, "danger": {"found": True}}, True),
        ({"intent": {"name": "emergency"}}, True),
        ({"intent": {"name": "report_abuse"}, "danger": {"found": False}}, True),
        ({"intent": None, "variant": None, "danger": None, "entities": None}, False),
    ],
)
def test_danger_is_what_the_words_or_the_intent_say(parsed, danger: bool) -> None:
    assert understanding_of("text", parsed).danger is danger


def test_an_understanding_has_the_text_as_written(assistant: Assistant) -> None:
    seen = asyncio.run(assistant.understand("  /I am in Qatar, from Nepal\n"))
    assert seen.text == "  /I am in Qatar, from Nepal\n"
    assert seen.variant == "en"
    found = {entity["entity"]: entity["value"] for entity in seen.entities}
    assert found == {"destination": "QA", "origin": "NP"}
