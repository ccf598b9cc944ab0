"""`safar content check`: everything that is wrong, gathered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safar.desk.answers import aside, catalogue_of
from safar.desk.checks.dates import check_dates
from safar.desk.checks.lengths import check_lengths
from safar.desk.checks.links import check_links
from safar.desk.checks.sentences import check_numbers, check_reading
from safar.desk.checks.translations import check_translations
from safar.desk.rules import Rules, load_rules
from safar.desk.segments import Cost, Progress, costs
from safar.phrasing.languages import LAST_RESORT
from safar.phrasing.translations import TEMPLATE
from safar.phrasing.workshop import Coverage
from safar.registry.check import check_content
from safar.registry.content import Content
from safar.registry.errors import Problem
from safar.registry.load import load_content


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes:
        content: what was looked at.
        rules: what it was judged by.
        problems: in the order of files and lines.
        coverage: how far each variant is; empty where there are no catalogues.
        costs: what answers cost in the variants that were measured.
    """

    content: Content
    rules: Rules
    problems: tuple[Problem, ...]
    coverage: tuple[Coverage, ...] = ()
    costs: tuple[Cost, ...] = ()


def check(
    content_dir: Path,
    locales_dir: Path | None,
    now: datetime,
    *,
    all_variants: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Look at content and catalogues as they are.

    Args:
        content_dir: the content files.
        locales_dir: the catalogues; None, or without a template: they are left out.
        now: aware time.
        all_variants: whether answers are measured in all variants, which takes a while, or only in
            English.
        progress: told of the answers measured.

    Raises:
        ContentError: the content cannot be read at all.
        DeskError: checks.yaml cannot be read.
        PhrasingError: a catalogue cannot be read.
    """
    content = load_content(content_dir)
    rules = load_rules(content_dir)
    today = now.date()
    report = check_content(content, today)
    problems = set(report.problems)
    problems.update(check_links(content))
    problems.update(check_dates(content, today))
    problems.update(check_reading(content, rules))
    problems.update(check_numbers(content, rules))
    coverage: list[Coverage] = []
    measured: list[Cost] = []
    if locales_dir is not None and (locales_dir / TEMPLATE).exists():
        found, coverage = check_translations(content, locales_dir)
        problems.update(found)
        if not report.errors and rules.corridors:
            catalogue = catalogue_of(content, locales_dir)
            variants = content.languages.tags if all_variants else [LAST_RESORT]
            with aside(content, now, report) as registry:
                measured = costs(registry, catalogue, rules, today, variants, progress)
            problems.update(check_lengths(measured, content.languages))
    return Checked(content, rules, tuple(sorted(problems)), tuple(coverage), tuple(measured))
