"""`safar understand --jsonl`: a line out for each line in, whatever the line is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

KEYS = ["text", "variant", "intent", "confidence", "danger", "entities"]


def _lines(*texts: object) -> bytes:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def _understand(safar: Any, stdin: bytes) -> list[dict[str, Any]]:
    ran = safar("understand", "--jsonl", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_line_is_understood_in_its_place(safar) -> None:
    texts = ["hindi pa sahod 3 months na po", "passport company le rakhyo", "कतारमा", "hello"]
    found = _understand(safar, _lines(*texts))
    assert [list(line) for line in found] == [KEYS] * 4
    assert [line["text"] for line in found] == texts
    assert [line["intent"] for line in found] == [
        "ask_wages",
        "ask_passport_retention",
        "inform",
        "greet",
    ]
    assert found[2]["entities"] == [{"entity": "destination", "value": "QA"}]
    assert all(type(line["danger"]) is bool for line in found)
    assert all(0 <= line["confidence"] <= 1 for line in found)


BAD = {
    "no JSON": b"hello",
    "half an object": b'{"text": "hel',
    "a list": b'["hello"]',
    "a string": b'"hello"',
    "null": b"null",
    "no text": b'{"txt": "hello"}',
    "text is a number": b'{"text": 5}',
    "text is null": b'{"text": null}',
    "not UTF-8": b'{"text": "\xff"}',
    "very deep": b"[" * 100_000,
    "a number without end": b"1" * 10_000,
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
def test_a_bad_line_is_told_in_its_place_and_the_others_go_on(safar, line: bytes) -> None:
    found = _understand(safar, _lines("hello") + line + b"\n" + _lines("menu"))
    assert [one.get("intent") for one in found] == ["greet", None, "menu"]
    assert list(found[1]) == ["error"]
    assert "text" in found[1]["error"]


ODD = {
    "empty": "",
    "spaces": "   ",
    "line break inside": "passport\ncompany le rakhyo",
    "null": "\x00",
    "half an emoji": "\ud83d hello",
    "command": '/inform{"origin": "NP"}',
    "very long": "salary " * 20_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_comes_back_as_it_was_with_an_outcome(safar, text: str) -> None:
    stdin = (json.dumps({"text": text}) + "\n").encode() + _lines("menu")
    odd, after = _understand(safar, stdin)
    assert list(odd) == KEYS
    assert odd["text"] == text
    assert after["intent"] == "menu"


@pytest.mark.parametrize(
    ("stdin", "count"),
    [
        (b"", 0),
        (b"\n \n\t\n", 0),
        (b"\n" + _lines("hello") + b"\n\n" + _lines("menu"), 2),
        (_lines("hello").rstrip(b"\n"), 1),
        (_lines("hello").replace(b"\n", b"\r\n"), 1),
        (_lines("line\u2028separator\u2028inside"), 1),
    ],
    ids=["nothing", "blank lines", "blank between", "no last end", "Windows", "U+2028"],
)
def test_blank_lines_are_no_lines(safar, stdin: bytes, count: int) -> None:
    ran = safar("understand", "--jsonl", stdin=stdin)
    assert (ran.code, len(ran.out.split("\n")) - 1) == (0, count)


def test_a_thousand_lines_take_one_loaded_model(safar, loads: list[str]) -> None:
    texts = [f"{number} lakh magyo" for number in range(1000)]
    found = _understand(safar, _lines(*texts))
    assert [line["text"] for line in found] == texts
    assert loads == ["load"]


def test_extra_fields_of_a_line_are_passed_over(safar) -> None:
    (found,) = _understand(safar, b'{"id": 7, "text": "how much is the fee", "variant": "ar"}\n')
    assert list(found) == KEYS
    assert found["variant"] == "en"


def test_without_jsonl_it_says_how(safar) -> None:
    ran = safar("understand", stdin=_lines("hello"))
    assert (ran.code, ran.out) == (2, "")
    assert "--jsonl" in ran.err


def test_as_a_process_it_ends_quietly_when_the_reader_has_enough(resources) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "safar", "understand", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin and running.stdout and running.stderr
    running.stdin.write(_lines("नमस्ते"))
    running.stdin.flush()
    assert json.loads(running.stdout.readline())["text"] == "नमस्ते"
    running.stdout.close()
    running.stdin.write(_lines("hello"))
    running.stdin.close()
    assert running.stderr.read() == b""
    assert running.wait(60) == 1
