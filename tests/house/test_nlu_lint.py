"""What `python -m bot.lint` finds in training lines, and that ours have nothing to find."""

from __future__ import annotations

import pytest

from bot import lint
from bot.lint import Line


def line(text: str, intent: str = "ask_wages", variant: str = "en", at: int = 1) -> Line:
    return Line(variant, intent, text, f"{variant}.yml:{at}")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("my salary is not paid", "my salary is not payd", True),
        ("my salary is not paid", "my contract was changed", False),
        ("no pay", "no say", False),
    ],
    ids=["one letter apart", "another sentence", "too short to tell"],
)
def test_lines_of_two_intents_that_are_all_but_the_same(one: str, other: str, told: bool) -> None:
    lines = [line(one), line(other, "ask_contract", at=2)]
    assert bool(list(lint.near_duplicates(lines))) is told


def test_lines_of_one_intent_may_be_alike() -> None:
    assert (
        list(lint.near_duplicates([line("my salary is not paid"), line("my salary not paid")]))
        == []
    )


def test_a_test_message_among_the_training_lines_is_told_with_its_place() -> None:
    (told,) = lint.leaks([line("my salary is not paid", at=7)], [line("My salary is not paid!")])
    assert told.startswith("en.yml:7: ")
    assert list(lint.leaks([line("my salary is not paid")], [line("boss pays too late")])) == []


def test_cells_with_too_few_lines_or_tests() -> None:
    lines = [line(f"text {n}") for n in range(24)]
    tested = [line(f"test {n}") for n in range(3)]
    assert len(list(lint.missing_cells(lines, tested, {"ask_wages"}))) == 2
    lines.append(line("one more"))
    tested.append(line("one more test"))
    assert list(lint.missing_cells(lines, tested, {"ask_wages"})) == []


@pytest.mark.parametrize(
    ("text", "variant", "problems"),
    [
        ("my sаlary", "en", 1),
        ("my salary\u200b late", "en", 1),
        ("cafe\u0301", "fr", 1),
        ("मेरो salary", "ne", 0),
        ("salaryको", "ne", 0),
        ("ගෙව්\u200dවා", "si", 0),
    ],
    ids=["a Cyrillic letter", "an unseen sign", "torn apart", "two words", "an ending", "a joiner"],
)
def test_letters_that_only_look_right(text: str, variant: str, problems: int) -> None:
    assert len(list(lint.strange_letters([line(text, variant=variant)]))) == problems


def test_our_lines_have_no_problem() -> None:
    assert list(lint.problems(lint.BOT)) == []
