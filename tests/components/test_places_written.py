"""Places as people of every variant write them, and what part each has in the journey."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest

from safar.answers.resources import Resources
from tests.components.places import elsewhere, short, south_asia

CASES = {
    tag: {**texts, **short.CASES[tag]}
    for tag, texts in {**south_asia.CASES, **elsewhere.CASES}.items()
}

MILLISECONDS = 0.3
"""Ten times what it takes for so short a text on a machine that does nothing else."""


@pytest.mark.parametrize(
    ("variant", "text"), [(tag, text) for tag, texts in CASES.items() for text in texts]
)
def test_journey(resources: Resources, variant: str, text: str) -> None:
    found = resources.places().find(text, resources.home_of(variant))
    origins = sorted({place.country for place in found if place.role == "origin"})
    destinations = sorted({place.country for place in found if place.role == "destination"})
    assert f"{' '.join(origins)}>{' '.join(destinations)}" == CASES[variant][text]


def test_every_variant_is_written_in(resources: Resources) -> None:
    assert set(CASES) == set(resources.languages.tags)


def test_is_quick(resources: Resources) -> None:
    finder = resources.places()
    taken = []
    for variant, texts in CASES.items():
        home = resources.home_of(variant)
        for text in texts:
            began = perf_counter()
            finder.find(text, home)
            taken.append((perf_counter() - began) * 1000)
    assert median(taken) < MILLISECONDS
