"""Placeholders: found, filled in one pass, and never read out of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.phrasing.errors import TemplateError
from safar.phrasing.templates import fill, placeholders

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
HOSTILE = st.text() | st.sampled_from(["{amount}", "{0.__class__}", "%(a)s", "%s", "{{", "}", "{"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("no braces, 100% plain", set()),
        ("{a} and {b_2} and {a}", {"a", "b_2"}),
        ("{{a}} is meant as such", set()),
    ],
)
def test_finds_placeholders(text: str, names: set[str]) -> None:
    assert placeholders(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{a",
        "a}",
        "{}",
        "{0}",
        "{a.b}",
        "{a[0]}",
        "{a!r}",
        "{a:>9}",
        "{A}",
        "{ a }",
        "{रकम}",
    ],
)
def test_refuses_what_is_no_plain_name(text: str) -> None:
    with pytest.raises(TemplateError):
        placeholders(text)


def test_a_placeholder_without_words_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        fill("{a} {b}", {"a": "x"})


@given(st.lists(st.tuples(HOSTILE, NAMES)), st.dictionaries(NAMES, HOSTILE))
def test_values_pass_unharmed(pieces: list[tuple[str, str]], words: dict[str, str]) -> None:
    words = {**{name: "" for _, name in pieces}, **words}
    escaped = [(text.replace("{", "{{").replace("}", "}}"), name) for text, name in pieces]
    template = "".join(f"{text}{{{name}}}" for text, name in escaped)
    assert fill(template, words) == "".join(text + words[name] for text, name in pieces)


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        names = placeholders(text)
    except TemplateError:
        return
    assert fill(text, dict.fromkeys(names, "")) is not None
