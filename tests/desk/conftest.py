"""A small content folder to edit, and a desk beside it."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "registry"))  # for content_tree

from content_tree import write_tree  # noqa: E402

from safar.desk.publishing import Desk, approve, publish, submit  # noqa: E402
from safar.desk.shelf import Manifest, Shelf  # noqa: E402
from safar.desk.signing import new_keys  # noqa: E402

NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write_tree(tmp_path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose versions are signed, and answered from only if they are."""
    keys = new_keys()
    shelf = Shelf(tmp_path / "var" / "content", tmp_path / "var" / "registry.db")
    return Desk(shelf, keys.signing, keys.public)


@pytest.fixture
def put_in_use():
    """Publish the content as it is, by two people."""

    def put(desk: Desk, content: Path, name: str) -> Manifest:
        submit(desk, content, by="Asha", now=NOW, name=name)
        approve(desk, name, by="Binod", now=NOW)
        return publish(desk, name, now=NOW)

    return put
