"""The console with cases and staff, on both databases where a test is marked so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

sys.path.append(str(Path(__file__).resolve().parents[1] / "cases"))  # for case_house

from case_house import House as CaseHouse  # noqa: E402
from console_house import Browser, Console, make_console  # noqa: E402

from safar.phrasing.catalogue import Catalogue  # noqa: E402
from safar.phrasing.languages import load_languages  # noqa: E402
from safar.registry.holder import RegistryHolder  # noqa: E402
from safar.settings import Settings  # noqa: E402
from safar.staff.permissions import Role  # noqa: E402
from safar.store.crypto import KeyRing  # noqa: E402
from safar.store.database import open_database  # noqa: E402
from tests.fresh_store import prepared  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _every_event_is_logged() -> Iterator[None]:
    """Undo what a command in another test made of the logs of this process."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture(scope="session")
def worker_words() -> Catalogue:
    """The messages that go to workers."""
    return Catalogue.load(ROOT / "locales", load_languages(ROOT / "content" / "languages.yaml"))


@pytest.fixture
def console_settings(tmp_path: Path, registry_path: Path) -> Callable[..., Settings]:
    """Make settings, whatever the environment of the machine says."""

    def make(**changes: object) -> Settings:
        values: dict[str, object] = {
            "home": tmp_path / "home",
            "registry_path": registry_path,
            "console": True,
        }
        return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def cases(database_url: str, keyring: KeyRing) -> Iterator[CaseHouse]:
    """Desks, two officers and a supervisor at each, conversations and cases."""
    database = open_database(prepared(database_url))
    made = CaseHouse(database, keyring)
    made.hire()
    yield made
    database.close()


@pytest.fixture
def console_with(
    cases: CaseHouse,
    console_settings: Callable[..., Settings],
    registry_path: Path,
    worker_words: Catalogue,
) -> Callable[..., Console]:
    """Make the console with settings of one's own."""

    def make(**changes: object) -> Console:
        return make_console(
            cases, console_settings(**changes), RegistryHolder(registry_path), worker_words
        )

    return make


@pytest.fixture
def console(console_with: Callable[..., Console]) -> Console:
    return console_with()


@pytest.fixture
def signed_in_client(console: Console) -> Callable[..., Browser]:
    """A browser signed in as somebody new: ``signed_in_client("officer", "doha")``."""

    def make(role: Role, desk: str = "doha", language: str = "en") -> Browser:
        return console.signed_in(role, desk, language)

    return make
