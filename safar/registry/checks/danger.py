"""Danger words: every phrase is found, and no everyday sentence is taken for danger."""

from __future__ import annotations

from collections.abc import Iterator

from safar.registry.content import Content
from safar.registry.danger import DangerMatcher, normalise
from safar.registry.errors import Problem, Severity


def check_danger(content: Content) -> Iterator[Problem]:
    """Match near misses with the phrases of their own file (errors) and of all files (warnings)."""
    everything = DangerMatcher(file.model for file in content.danger)
    for file in content.danger:
        own = DangerMatcher([file.model])
        for index, phrase in enumerate(file.model.phrases):
            if not normalise(phrase.text):
                yield file.document.problem(
                    ("phrases", index), f'"{phrase.text}" holds no letters', "write words"
                )
        for index, text in enumerate(file.model.near_misses):
            hit = own.find(text) or everything.find(text)
            if hit is None:
                continue
            problem = file.document.problem(
                ("near_misses", index),
                f'the near miss "{text}" is taken for danger: "{hit.phrase}" of {hit.variant}',
                "make that phrase longer or more exact",
            )
            same = hit.variant == file.model.variant
            yield problem if same else problem.as_severity(Severity.WARNING)
