"""Registries built from the small content folder of tests/registry, changed as a test wants."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "registry"))  # for content_tree

from content_tree import write_tree  # noqa: E402

from safar.registry.build import build_registry  # noqa: E402
from safar.registry.query import Registry  # noqa: E402

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
Small = Callable[..., Registry]


@pytest.fixture
def today() -> date:
    """The day of the answers; everything in the small content may be stated on it."""
    return NOW.date()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A maker of registries: `small(files)`, files instead of or beside those of the folder."""
    made: dict[str, Registry] = {}

    def make(changes: dict[str, str | bytes] | None = None) -> Registry:
        key = repr(sorted((changes or {}).items()))
        if key not in made:
            folder = tmp_path_factory.mktemp("small")
            built = build_registry(write_tree(folder, changes), folder / "small.db", NOW)
            made[key] = Registry.open(built.path)
        return made[key]

    return make
