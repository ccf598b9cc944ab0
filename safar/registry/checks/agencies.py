"""Registers of agencies: a number stands once, and samples are never among real ones."""

from __future__ import annotations

from collections.abc import Iterator

from safar.registry.agencies.licence import licence_key
from safar.registry.content import Content
from safar.registry.errors import Problem, Severity


def check_numbers(content: Content) -> Iterator[Problem]:
    """Warn of a licence number that two rows of a register have; both are then told of."""
    for loaded in content.registers:
        first: dict[str, str] = {}
        for index, agency in enumerate(loaded.model.agencies):
            if agency.licence_number is None:
                continue
            name = first.setdefault(licence_key(agency.licence_number), agency.name)
            if name is not agency.name:
                yield loaded.document.problem(
                    ("agencies", index, "licence_number"),
                    f'the licence number "{agency.licence_number}" of "{agency.name}" is also that'
                    f' of "{name}"',
                    "ask the authority whose it is",
                ).as_severity(Severity.WARNING)


def check_samples(content: Content) -> Iterator[Problem]:
    """A country has real registers or samples, never both."""
    real = {
        loaded.model.country: loaded.document.file
        for loaded in content.registers
        if not loaded.model.sample
    }
    for loaded in content.registers:
        country = loaded.model.country
        if loaded.model.sample and country in real:
            yield loaded.document.problem(
                ("sample",),
                f"this sample stands beside the real register {real[country]}",
                "remove one of the two",
            )
