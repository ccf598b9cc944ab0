"""`safar chat` and `safar demo`: whole conversations in the terminal."""

from __future__ import annotations

import pytest

from safar.cli.demo import CONVERSATIONS


def test_a_conversation_from_a_pipe_goes_on_and_ends_at_the_empty_line(safar) -> None:
    stdin = "manpower le qatar jana 2 lakh magyo, thik ho?\n9\n1\n\nnever read\n"
    ran = safar("chat", stdin=stdin.encode())
    assert ran.code == 0
    assert ran.out.count("> ") == 4
    assert "ne-Latn · ask_recruitment_fees" in ran.out
    assert "destination=QA" in ran.out
    assert "check_agency (1.00)" in ran.out
    assert "GSM-7, 2 SMS" in ran.out
    assert "never read" not in ran.all


@pytest.mark.parametrize("stdin", ["", "\n", "  \n"], ids=["end of file", "empty line", "spaces"])
def test_nothing_written_ends_it(safar, stdin: str) -> None:
    ran = safar("chat", stdin=stdin.encode())
    assert (ran.code, ran.out) == (0, "> ")


def test_a_pipe_without_a_last_line_break_is_answered(safar) -> None:
    ran = safar("chat", "--channel", "whatsapp", stdin=b"hello")
    assert ran.code == 0
    assert "greet" in ran.out
    assert "WhatsApp" in ran.out


def test_markup_and_commands_are_shown_as_text(safar) -> None:
    ran = safar("chat", stdin=b"[red]passport[/red] /restart\n/restart\n")
    assert ran.code == 0
    assert ran.out.count("> ") == 3
    assert "Traceback" not in ran.all


def test_danger_is_marked(safar) -> None:
    assert "DANGER" in safar("chat", stdin=b"help my boss is beating me now\n").out


def test_the_demo_plays_three_conversations_and_ends(process) -> None:
    ran = process("demo")
    assert ran.returncode == 0
    out = ran.stdout.decode()
    places = [out.index(f" {title} ") for title, *_ in CONVERSATIONS]
    assert len(places) == 3
    assert places == sorted(places)
    answers = out.count("SMS ──") + out.count("WhatsApp ──")
    assert answers >= sum(len(texts) for *_, texts in CONVERSATIONS)
    assert "NPR 10,000" in out
    assert "DANGER" in out
    assert "19911" in out
    assert ran.stderr.decode().splitlines() == ["Loading the assistant…"]
