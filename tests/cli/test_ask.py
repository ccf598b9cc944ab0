"""`safar ask`: one question, one answer, for people and for programs."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from safar.assistant import worker
from safar.cli import local_path
from safar.messaging.segments import measure

FEES = "manpower le qatar jana 2 lakh magyo, thik ho?"
QUESTIONS = {
    "fees in romanised Nepali": (FEES, "ne-Latn", "ask_recruitment_fees", False),
    "danger in Arabic": ("صاحب البيت يضربني وحابسني في الغرفة", "ar", "report_abuse", True),
    "wages in Tagalog": ("hindi pa sahod 3 months na po", "fil", "ask_wages", False),
    "greeting in English": ("hello", "en", "greet", False),
    "nothing": ("", "en", None, False),
    "emoji": ("🙏", "en", None, False),
}


def _ask(safar: Any, *arguments: str, **environment: str) -> dict[str, Any]:
    ran = safar("ask", *arguments, "--json", **environment)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("\n") == 1
    found: dict[str, Any] = json.loads(ran.out)
    return found


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize(("text", "variant", "intent", "danger"), QUESTIONS.values(), ids=QUESTIONS)
def test_the_json_has_its_schema_and_nothing_else(
    safar, text, variant, intent, danger, channel
) -> None:
    found = _ask(safar, text, "--channel", channel)
    assert list(found) == [
        "variant",
        "intent",
        "confidence",
        "danger",
        "entities",
        "replies",
        "sources",
    ]
    assert (found["variant"], found["intent"], found["danger"]) == (variant, intent, danger)
    assert isinstance(found["confidence"], float)
    assert 0 <= found["confidence"] <= 1
    assert found["replies"]
    for reply in found["replies"]:
        assert list(reply) == ["text", "encoding", "segments"]
        assert reply["text"].strip()
        size = measure(reply["text"])
        assert reply["encoding"] == size.encoding
        assert reply["segments"] == (size.segments if channel == "sms" else 0)
    for entity in found["entities"]:
        assert list(entity) == ["entity", "value"]
    for source in found["sources"]:
        assert list(source) == ["id", "title", "as_of"]


def test_a_fact_comes_with_entities_and_the_source_it_names(safar) -> None:
    found = _ask(safar, FEES)
    assert {"entity": "destination", "value": "QA"} in found["entities"]
    assert found["sources"][0]["id"] == "np-free-visa-2015"
    assert found["sources"][0]["title"] in found["replies"][0]["text"]
    assert found["sources"][0]["as_of"].startswith("2015")


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_people_get_the_same_words_as_programs(safar, channel) -> None:
    texts = [reply["text"] for reply in _ask(safar, FEES, "--channel", channel)["replies"]]
    assert safar("ask", FEES, "--channel", channel).out == "\n---\n".join(texts) + "\n"


def test_whatsapp_has_a_form_of_its_own(safar) -> None:
    sms, whatsapp = (_ask(safar, FEES, "--channel", name) for name in ("sms", "whatsapp"))
    assert sum(len(r["text"]) for r in whatsapp["replies"]) > len(sms["replies"][0]["text"])


def test_a_sender_goes_on_where_it_was_and_nobody_else_does(safar, installation) -> None:
    first = _ask(safar, FEES, "--as", "+9779841234567", **installation)
    more = _ask(safar, "9", "--as", "+9779841234567", **installation)
    option = _ask(safar, "1", "--as", "+9779841234567", **installation)
    stranger = _ask(safar, "1", "--as", "+639171234567", **installation)
    assert more["replies"][0]["text"] not in ("", first["replies"][0]["text"])
    assert (option["intent"], option["confidence"]) == ("check_agency", 1.0)
    assert stranger["intent"] != "check_agency"
    stored = (Path(installation["home"]) / "safar.db").read_bytes()
    assert b"manpower" not in stored
    assert b"9841234567" not in stored


def test_what_is_said_of_an_empty_text_is_not_what_was_said_before_it(safar, installation) -> None:
    danger = _ask(safar, "help my boss is beating me now", "--as", "a", **installation)
    empty = _ask(safar, "   ", "--as", "a", **installation)
    assert danger["danger"] is True
    assert (empty["intent"], empty["danger"], empty["entities"]) == (None, False, [])


def test_without_a_sender_nothing_is_kept(safar, tmp_path, installation) -> None:
    del installation["keys"], installation["hash_key"]
    _ask(safar, FEES, **installation)
    assert _ask(safar, "1", **installation)["intent"] != "check_agency"
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    "text",
    ["x" * 50_000, "caf\udce9", "\x00\x1b[0m", "a\nb\nc", '/inform{"variant": "ar"}', "/restart"],
    ids=["50,000 letters", "not UTF-8", "control characters", "lines", "a command", "restart"],
)
def test_any_text_is_answered(safar, text) -> None:
    found = _ask(safar, text)
    assert found["replies"][0]["text"].strip()
    assert found["variant"] != "ar"


@pytest.mark.parametrize(
    "arguments", [[], ["hello", "--channel", "fax"], ["hello", "more"], ["--json"]], ids=str
)
def test_a_wrong_call_says_how_to_call(safar, arguments) -> None:
    ran = safar("ask", *arguments)
    assert ran.code == 2
    assert "Usage: safar ask" in ran.err
    assert "Traceback" not in ran.err


@pytest.fixture
def failing(loads, assistant, monkeypatch) -> None:
    async def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(assistant, "turn", fail)
    monkeypatch.setattr(local_path, "_PAUSE", 0.0)


def test_an_assistant_that_fails_is_answered_for(failing, safar, monkeypatch) -> None:
    monkeypatch.setattr(worker, "_RETRY_DELAY", worker._RETRY_DELAY * 0)
    ran = safar("ask", "hello")
    assert ran.code == 0
    assert ran.out.startswith("Something went wrong on our side.")
    assert "hello" not in ran.err


def test_no_answer_at_all_is_a_failure(failing, safar, monkeypatch) -> None:
    monkeypatch.setattr(local_path, "_MOST_ROUNDS", 3)
    ran = safar("ask", "hello", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-1].startswith("There is no answer yet")


def test_a_store_of_a_newer_safar_is_one_sentence(safar, installation) -> None:
    _ask(safar, "hello", "--as", "a", **installation)
    with sqlite3.connect(Path(installation["home"]) / "safar.db") as store:
        store.execute("INSERT INTO schema_migrations VALUES ('v9999_later', '2030-01-01')")
    ran = safar("ask", "hello", "--as", "a", **installation)
    assert (ran.code, ran.out) == (1, "")
    assert "newer" in ran.err
    assert "Traceback" not in ran.err
