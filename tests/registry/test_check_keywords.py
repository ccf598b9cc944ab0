"""Faults in the words to stop, start and ask: each is told with line, word and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree

from safar.registry.check import check_content
from safar.registry.errors import ContentError
from safar.registry.load import load_content

TODAY = date(2026, 11, 23)
FILE = "keywords.yaml"
STOP = "      - म्यासेज बन्द\n"


def stop(*words: str) -> dict[str, str | bytes]:
    """Return the file with these words to stop beside those of Nepali, from line 9 on."""
    return changed(FILE, STOP, STOP + "".join(f"      - {word}\n" for word in words))


# (changes, "severity place", part of the message, part of the remedy)
FAULTS = {
    "variant of no plan": (
        changed(FILE, "variant: ar-Latn", "variant: de"),
        "error content/keywords.yaml:11",
        '"de" is not known',
        "ne-Latn",
    ),
    "variant twice": (
        changed(FILE, "variant: ar-Latn", "variant: ne"),
        "error content/keywords.yaml:11",
        'the keywords variant "ne" is already',
        "another id",
    ),
    "served variant without a word": (
        changed(FILE, "start: [फेरि सुरु]", "start: []"),
        "warning content/keywords.yaml:1",
        '"ne" is in languages.yaml but has no word for start',
        "add words",
    ),
    "word of two kinds": (
        stop("Start!"),
        "error content/keywords.yaml:9",
        '"Start!" means start on line 4 ("START" of en)',
        "one of the two",
    ),
    "twice in one variant": (
        stop("म्यासेज, बन्द।"),
        "error content/keywords.yaml:9",
        "already on line 8",
        "remove one",
    ),
    "twice in one variant but for accents": (
        stop("arrêt sms", "Arret SMS"),
        "error content/keywords.yaml:10",
        'already on line 9 as "arrêt sms"',
        "accents",
    ),
    "twice in one variant, and in another": (
        stop("stop all", "Stop all"),
        "error content/keywords.yaml:10",
        "already on line 9",
        "remove one",
    ),
    "other marks in another variant": (
        stop("stop"),
        "error content/keywords.yaml:9",
        "other marks than on line 3",
        "carrier",
    ),
    "phrase of danger": (
        stop("she beats me"),
        "error content/keywords.yaml:9",
        'danger phrase "beats me" of en',
        "leave it",
    ),
    "stem of danger": (
        stop("kidnapping"),
        "error content/keywords.yaml:9",
        'danger phrase "kidnap" of en',
        "leave it",
    ),
    "word of the menu": (
        stop("मेनु"),
        "error content/keywords.yaml:9",
        "opens the menu",
        "another word",
    ),
    "name of a language": (
        stop("Nepali!"),
        "error content/keywords.yaml:9",
        "name of a language",
        "another word",
    ),
    "title of an option": (
        stop("wages"),
        "error content/keywords.yaml:9",
        'is the option "Wages"',
        "another word",
    ),
    "name of a place": (
        stop("Doha"),
        "error content/keywords.yaml:9",
        "name of a place",
        "another word",
    ),
    "number": (stop('"12"'), "error content/keywords.yaml:9", "no letters", "chooses an option"),
    "signs": (stop('"?!"'), "error content/keywords.yaml:9", "no letters", "write words"),
    "one letter": (stop('"n!"'), "error content/keywords.yaml:9", "fewer than 3", "longer"),
    "sentence": (
        stop("please do not send me this again"),
        "error content/keywords.yaml:9",
        "more than 6 words",
        "whole message",
    ),
    "mark of start under stop": (
        stop("{text: halt now, only_when_stopped: true}"),
        "error content/keywords.yaml:9",
        'no meaning under "stop"',
        "remove it",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_remedy(tmp_path: Path, name: str) -> None:
    changes, place, said, remedy = FAULTS[name]
    problems = check_content(load_content(write_tree(tmp_path, changes)), TODAY).problems
    told = [f"{each.severity.value} {each}" for each in problems]
    fitting = [
        line for line in told if line.startswith(f"{place}:") and said in line and remedy in line
    ]
    assert len(fitting) == 1, told
    assert "keywords[" in fitting[0] or "warning" in fitting[0]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["stop all"], id="a word of another variant, same kind"),
        pytest.param(["{text: Stop, carrier: true}"], id="with the same mark"),
        pytest.param(["no1"], id="a short word"),
        pytest.param(["how do I stop this now"], id="six words"),
    ],
)
def test_what_is_right_is_not_told_of(tmp_path: Path, words: list[str]) -> None:
    content = load_content(write_tree(tmp_path, stop(*words)))
    assert check_content(content, TODAY).problems == ()


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        pytest.param(
            changed(FILE, 'text: "YES"', "text: YES"),
            "content/keywords.yaml:4: keywords[0]: text: YAML reads YES without quotes as true",
            'write "YES" in quotes',
            id="yes without quotes in braces",
        ),
        pytest.param(
            stop("No"),
            "content/keywords.yaml:9: keywords[1]: stop: YAML reads No without quotes as false",
            'write "No" in quotes',
            id="no without quotes",
        ),
        pytest.param(
            stop("{text: halt, carier: true}"),
            'content/keywords.yaml:9: keywords[1]: the key "carier" is not known',
            'write "carrier"',
            id="key misspelt",
        ),
        pytest.param(
            changed(FILE, "    start: []\n", ""),
            'content/keywords.yaml:11: keywords[2]: "start" is missing',
            "add a line start",
            id="kind left out",
        ),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, changes: dict[str, str | bytes], place: str, said: str
) -> None:
    with pytest.raises(ContentError) as caught:
        load_content(write_tree(tmp_path, changes))
    (problem,) = caught.value.problems
    assert str(problem).startswith(place), problem
    assert said in str(problem)


def test_the_small_tree_has_the_lines_that_these_tests_name() -> None:
    lines = FILES[FILE].splitlines()
    assert lines[7] == STOP.rstrip("\n")
    assert "START" in lines[3]
