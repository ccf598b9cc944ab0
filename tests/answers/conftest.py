"""Registries built from the small content folder of tests/registry, changed as a test wants."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "registry"))  # for content_tree

from content_tree import write_tree  # noqa: E402

from safar.phrasing.languages import load_languages  # noqa: E402
from safar.registry.amounts import AmountFinder  # noqa: E402
from safar.registry.build import build_registry  # noqa: E402
from safar.registry.offers.checker import OfferChecker  # noqa: E402
from safar.registry.places import PlaceFinder  # noqa: E402
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


@pytest.fixture(scope="session")
def real_registry(registry_path: Path) -> Registry:
    """The registry of content/ as it is now."""
    return Registry.open(registry_path)


@pytest.fixture(scope="session")
def real_offers(real_registry: Registry) -> OfferChecker:
    """The checker of offers by the real content; no model is needed for it."""
    root = Path(__file__).resolve().parents[2]
    languages = load_languages(root / "content" / "languages.yaml")
    roles = {country.code: country.roles for country in real_registry.countries()}
    places = PlaceFinder(real_registry.places(), sorted({each.cldr for each in languages}), roles)
    likely = {each.tag: each.likely_origin for each in languages}
    return OfferChecker(real_registry, AmountFinder(real_registry.money()), places, likely)
