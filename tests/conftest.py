"""What the whole suite shares: the real content, the trained model, one loaded assistant."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import settings

from safar.answers.resources import Resources, shared_resources
from safar.assistant.engine import Assistant
from safar.registry.build import build_registry
from safar.settings import load_settings
from tests.peers.postgresql import PostgresqlServer, postgresql_server

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "bot" / "models" / "safar.tar.gz"
TRAINED_FROM = (
    *("data/**/*.yml", "domain/*.yml", "components/**/*.py"),
    *("config.yml", "importer.py", "lines.py"),
)
DATABASES = ("sqlite", "postgresql")

# A machine that does other work as well is slow, not wrong.
settings.register_profile("safar", deadline=None)
settings.load_profile("safar")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked so on both databases; other tests are about SQLite or about neither."""
    marked = metafunc.definition.get_closest_marker
    if "dialect" in metafunc.fixturenames and marked("both_databases"):
        alone = marked("sqlite_alone")
        metafunc.parametrize("dialect", DATABASES[:1] if alone else DATABASES, indirect=True)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database the test's stores are in."""
    return str(getattr(request, "param", DATABASES[0]))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server for all tests, started when the first one asks."""
    with postgresql_server() as server:
        yield server


@pytest.fixture
def new_database_url(
    dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Make an empty store's address at each call: what was opened there is closed by the caller."""
    server: PostgresqlServer | None = (
        request.getfixturevalue("postgresql") if dialect == "postgresql" else None
    )
    made: list[str] = []

    def make() -> str:
        place = tmp_path / (f"store{len(made)}" if made else "")
        made.append(server.borrow() if server else f"sqlite:///{place}/safar.db")
        return made[-1]

    yield make
    for url in made if server else []:
        server.give_back(url)


@pytest.fixture
def database_url(new_database_url: Callable[[], str]) -> str:
    """The address of an empty store."""
    return new_database_url()


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
