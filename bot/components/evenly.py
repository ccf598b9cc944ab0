"""Chooses among training lines, so that no label has more than its share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def evenly(labels: Sequence[str], most: int) -> list[int]:
    """Return the places of at most `most` of each label, spread over all that have it."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        places[label].append(place)
    return sorted(
        own[number * len(own) // min(len(own), most)]
        for own in places.values()
        for number in range(min(len(own), most))
    )
