"""How grave a case is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from safar.cases.plan import Risk, RiskRules, graver


def assess(rules: RiskRules, *, danger: bool, kind: str, answers: Iterable[str] = ()) -> Risk:
    """Return the gravest of what danger words, the topic and the person's answers say.

    Args:
        rules: What counts as what.
        danger: Whether danger words were in the text.
        kind: The intent that the case came from.
        answers: Ids of what the person said to our questions, such as ``hurt``.
    """
    found = [rules.kinds.get(kind, Risk.GREEN)]
    found += [rules.answers.get(answer, Risk.GREEN) for answer in answers]
    if danger:
        found.append(rules.danger)
    return reduce(graver, found)
