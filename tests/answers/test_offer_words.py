"""The words of content/red_flags/, tried on offers, honest advertisements and questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from safar.registry.offers.checker import OfferChecker
from safar.registry.offers.schema import FLAGS

TEXTS = sorted((Path(__file__).parent / "offers").glob("*.jsonl"))
FLOORS = {"en": (0.9, 0.9, 120)}
"""Least precision, recall and number of texts of a variant."""
OTHERS = (0.8, 0.8, 25)


class Line(NamedTuple):
    """A text with the signs a careful reader sees in it; none in an honest one."""

    text: str
    flags: frozenset[str]


def lines(file: Path) -> Iterator[Line]:
    for line in file.read_text("utf-8").splitlines():
        read = json.loads(line)
        yield Line(read["text"], frozenset(read["flags"]))


def test_every_file_of_words_has_texts() -> None:
    words = Path(__file__).parents[2] / "content" / "red_flags"
    tried = {file.stem for file in TEXTS}
    assert tried <= {file.stem for file in words.glob("*.yaml")}
    assert {"en", "ne", "ne-Latn", "hi", "bn", "fil", "id", "ar", "sw"} <= tried


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_signs_are_found_and_honest_texts_left_alone(
    real_offers: OfferChecker, today, file: Path
) -> None:
    precision, recall, least = FLOORS.get(file.stem, OTHERS)
    right = found = there = 0
    alarms = []
    read = list(lines(file))
    for text, flags in read:
        findings = real_offers.check(text, today)
        seen = set(findings.flags)
        right, found, there = right + len(seen & flags), found + len(seen), there + len(flags)
        if not flags and findings.risk == "high":
            alarms.append(text)
    assert len(read) >= least
    assert sum(not line.flags for line in read) * 3 >= len(read), "too few honest texts"
    assert alarms == [], "honest, and told to be of high risk"
    assert right / found >= precision, "false alarms"
    assert right / there >= recall, "signs not seen"


def test_all_signs_are_tried_in_english() -> None:
    english = next(file for file in TEXTS if file.stem == "en")
    assert {each for line in lines(english) for each in line.flags} == set(FLAGS)
