"""What every page works with, handed in once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from safar.cases.office import Office
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import Languages
from safar.registry.holder import RegistryHolder
from safar.settings import Settings
from safar.staff.access import Access
from safar.staff.passwords import Hasher
from safar.store.crypto import KeyRing
from safar.store.database import Database


@dataclass(frozen=True)
class House:
    """The surroundings of all pages.

    Attributes:
        settings: Everything an operator can set.
        database: The operational store.
        keyring: Of that store.
        office: Gives the surroundings of cases, with the plan of content/desks.yaml as it is now.
        clock: Gives the time, UTC.
        choose: Returns one sign of those given, each as likely; `secrets.choice` outside tests.
        registry: The content as it is now.
        words: The messages that go to workers.
        languages: The variants in which workers are answered.
        hasher: Of passwords.
    """

    settings: Settings = field(repr=False)
    database: Database
    keyring: KeyRing = field(repr=False)
    office: Callable[[], Office]
    clock: Callable[[], datetime]
    choose: Callable[[str], str]
    registry: RegistryHolder
    words: Catalogue = field(repr=False)
    languages: Languages = field(repr=False)
    hasher: Hasher = field(default_factory=Hasher)

    @property
    def access(self) -> Access:
        """The surroundings of accounts."""
        return Access(self.keyring, self.clock, self.choose, self.hasher)
