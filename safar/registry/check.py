"""Check what the files in content/ say together; each file by itself is checked when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from safar.registry.checks import (
    agencies,
    codes,
    danger,
    freshness,
    keywords,
    offers,
    options,
    references,
    topics,
    world,
)
from safar.registry.content import Content
from safar.registry.errors import Problem, Severity

_CHECKS = (
    references.check_sources,
    references.check_unique,
    references.check_message_ids,
    references.check_refs,
    references.check_file_names,
    codes.check_codes,
    codes.check_dialling,
    topics.check_templates,
    topics.check_intents,
    topics.check_blocks,
    topics.check_unused_facts,
    options.check_options,
    options.check_titles,
    danger.check_danger,
    keywords.check_variants,
    keywords.check_words,
    agencies.check_numbers,
    agencies.check_samples,
    world.check_dates,
    world.check_codes,
    world.check_twice,
    world.check_words,
    world.check_positions,
    offers.check_head,
    offers.check_words,
)


@dataclass(frozen=True)
class CheckReport:
    """Everything found, in the order of files and lines."""

    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps a registry from being built."""
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What should be looked at soon."""
        return self._of(Severity.WARNING)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is good to know."""
        return self._of(Severity.NOTE)

    def _of(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is severity)


def check_content(content: Content, today: date) -> CheckReport:
    """Return every problem of `content` on `today` (UTC)."""
    found = {problem for check in _CHECKS for problem in check(content)}
    found.update(codes.check_future(content, today))
    found.update(world.check_age(content, today))
    found.update(freshness.check_freshness(content, today))
    return CheckReport(tuple(sorted(found)))
