"""Answers that cost more than they may, measured as they would be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from statistics import median

from safar.desk.segments import LATIN_MOST, OTHERS_MOST, Cost
from safar.phrasing.languages import Languages
from safar.registry.errors import Problem, Severity


def check_lengths(found: Iterable[Cost], languages: Languages) -> Iterator[Problem]:
    """Warn of first answers over their budget, of odd letters, of answers that cannot be made."""
    by_variant: dict[str, list[int]] = {}
    for cost in found:
        by_variant.setdefault(cost.variant, []).extend(cost.segments)
        file = f"content/topics/{cost.topic}.yaml"
        if cost.failed:
            message = f"there is no answer in {cost.variant} ({cost.failed})"
            yield Problem(file, 0, "", message, "mend the message it names", Severity.WARNING)
        if cost.over:
            message = (
                f"the first answer in {cost.variant} has up to {max(cost.segments)} segments "
                f"({', '.join(cost.over)})"
            )
            remedy = "shorten its sentences, or let blocks come after others"
            yield Problem(file, 0, "", message, remedy, Severity.WARNING)
        if cost.odd:
            message = f"{cost.odd} in {cost.variant} more than halve what an SMS holds"
            remedy = "write other letters, or list them under sms_letters in languages.yaml"
            yield Problem(file, 0, "", message, remedy, Severity.WARNING)
    for variant, numbers in by_variant.items():
        most = LATIN_MOST if languages[variant].latin else OTHERS_MOST
        if numbers and median(numbers) > most:
            message = f"the median first answer in {variant} has {median(numbers):g} segments"
            remedy = f"shorten its translations: {most} are the most"
            yield Problem("content/languages.yaml", 0, variant, message, remedy, Severity.WARNING)
