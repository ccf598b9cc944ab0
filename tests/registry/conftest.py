"""A small content folder, and the registry built from it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from content_tree import write_tree

from safar.registry.build import build_registry
from safar.registry.query import Registry

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_tree(tmp_path)


@pytest.fixture
def registry_path(content: Path, tmp_path: Path) -> Path:
    return build_registry(content, tmp_path / "var" / "registry.db", NOW).path


@pytest.fixture
def registry(registry_path: Path) -> Registry:
    return Registry.open(registry_path)
