"""What the whole suite shares: the real content, the trained model, one loaded assistant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from safar.answers.resources import Resources, shared_resources
from safar.assistant.engine import Assistant
from safar.registry.build import build_registry
from safar.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "bot" / "models" / "safar.tar.gz"
TRAINED_FROM = ("data/**/*.yml", "domain/*.yml", "components/*.py", "config.yml", "importer.py")


@pytest.fixture(scope="session")
def registry_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registry built from content/ as it is now."""
    target = tmp_path_factory.mktemp("registry") / "registry.db"
    return build_registry(ROOT / "content", target, datetime.now(timezone.utc)).path


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The model that `make train` made of what is in bot/ now."""
    if not MODEL.is_file():
        pytest.fail("There is no trained model to test; make one with: make train", pytrace=False)
    sources = [path for pattern in TRAINED_FROM for path in (ROOT / "bot").glob(pattern)]
    newer = [path.name for path in sources if path.stat().st_mtime > MODEL.stat().st_mtime]
    if newer:
        names = ", ".join(newer[:3])
        pytest.fail(f"The model is older than {names}; train with: make train", pytrace=False)
    return MODEL


@pytest.fixture(scope="session")
def resources(
    registry_path: Path, model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resources]:
    """The resources that the actions and components of this process use, of a home of its own."""
    ours = {
        "SAFAR_HOME": str(tmp_path_factory.mktemp("home")),
        "SAFAR_REGISTRY_PATH": str(registry_path),
        "SAFAR_MODEL_PATH": str(model_path),
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    load_settings.cache_clear()
    shared_resources.cache_clear()
    yield shared_resources()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    load_settings.cache_clear()
    shared_resources.cache_clear()


@pytest.fixture(scope="session")
def assistant(resources: Resources) -> Assistant:
    """The loaded model, with actions and phrasing in this process."""
    return Assistant.load(resources)
