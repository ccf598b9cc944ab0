"""What a contract test needs of a provider and of who stands behind it.

Each folder of `safar.gateway.providers` has a module here, ``<name>_rig``, with ``CHANNELS``,
``HAS_PEER`` and ``open_rig(bench)``. The plugin is the real one; the peer is the stand-in of that
provider; between the two nothing is replaced but what the peer is reached by.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Literal, Protocol

from safar.gateway import providers
from safar.gateway.providers.base import OutboundMessage, Provider
from safar.gateway.providers.plugin import Plugin, Surroundings
from safar.gateway.surroundings import surroundings_of
from safar.settings import Settings
from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.gateway.web_gateway import PUBLIC, Gateway
from tests.whole_way import limits_of

Channel = Literal["sms", "whatsapp"]
Word = Literal["underway", "delivered", "failed"]
"""What a peer may tell later: it goes on, it has arrived, it never will."""

ANA, BEN = "+9779841234567", "+9779841765432"


@dataclass
class Bench:
    """Where a rig is put together: a store of its own, a clock that stands, an environment.

    Attributes:
        database: What the provider works with; it waits one second for a lock.
        set: Sets a variable of the environment until the test is over.
    """

    home: Path
    channel: Channel
    keyring: KeyRing
    clock: FakeClock
    database: Database
    set: Callable[[str, str], None]

    def settings(self, **values: object) -> Settings:
        given = {"home": self.home, "public_base_url": PUBLIC, **values}
        return Settings(_env_file=None, **given)  # type: ignore[arg-type]

    def surroundings(self, settings: Settings) -> Surroundings:
        return surroundings_of(settings, self.database, self.keyring, self.clock, limits_of())

    def gateway(self, settings: Settings) -> Gateway:
        return Gateway(settings, self.database, self.keyring, self.clock, limits_of())


class Rig(Protocol):
    """A provider, its peer, and the ways in which the peer may behave.

    Attributes:
        plugin: As the folder offers it.
        provider: What it made of these surroundings.
        surroundings: Over a real store.
        channel: The one that people write on in this test.
        patience: Seconds after which `Provider.send` must have come back, whatever the peer does.
        resends: Times that a text which is no cry for help is sent again when nobody can say
            whether it was taken.
        secrets: What nobody may ever read in a log or a finding.
        unreachable: Somebody whom this channel never reaches.
    """

    plugin: Plugin
    provider: Provider
    surroundings: Surroundings
    channel: Channel
    patience: timedelta
    resends: int
    secrets: tuple[str, ...]
    unreachable: str

    def accepted(self) -> list[tuple[str, str]]:
        """Return address and text of what the peer took, oldest first."""
        ...

    def arrive(self, text: str, sender: str = ANA) -> bool:
        """Let somebody write, by the provider's own way in; say whether the peer may forget it."""
        ...

    def arrive_again(self) -> bool:
        """Bring the last one once more, as the peer does after it was refused."""
        ...

    def arrive_doubled(self, text: str) -> None:
        """Let somebody write; the peer does not learn that it was taken, and brings it again."""
        ...

    def report(self, word: Word, of: int = -1) -> bool:
        """Tell of a message that the peer took; say whether the peer may forget it."""
        ...

    def report_again(self) -> bool:
        """Tell the last thing once more, as the peer does after it was refused."""
        ...

    def report_stranger(self, word: Word) -> bool:
        """Tell of a message that nobody here ever sent."""
        ...

    def forge(self) -> Iterator[tuple[str, int]]:
        """Call the routes as a stranger in every way; give what was wrong and the HTTP status."""
        ...

    # The next message meets this, one time.

    def throttle(self) -> None: ...
    def lose_answer(self) -> None: ...
    def hang(self) -> None: ...

    # All messages meet this, until `mend`.

    def go_away(self) -> None: ...
    def refuse_everything(self) -> None: ...

    def mend(self) -> None:
        """Be well again, and wait until the provider can know."""
        ...


def rig_module(name: str) -> ModuleType | None:
    """Return the module with a provider's rig, None where nobody has written it."""
    full = f"{__package__ or 'tests.gateway.contract'}.{name}_rig"
    return importlib.import_module(full) if importlib.util.find_spec(full) else None


def folders() -> list[str]:
    """Return the names of the providers' folders; one that is broken hides none of the others."""
    return [each.name for each in pkgutil.iter_modules(providers.__path__) if each.ispkg]


def lines(*, peered: bool = False) -> list[tuple[str, Channel]]:
    """Return provider and channel of all that can be written on, or of those that have a peer."""
    found = []
    for name in folders():
        module = rig_module(name)
        if module is not None and (module.HAS_PEER or not peered):
            found += [(name, channel) for channel in module.CHANNELS]
    return found


def open_rig(name: str, bench: Bench) -> AbstractContextManager[Rig]:
    """Set a provider up beside its peer."""
    module = rig_module(name)
    assert module is not None
    opened: AbstractContextManager[Rig] = module.open_rig(bench)
    return opened


def answer_to(message: OutboundMessage) -> tuple[str, str]:
    """Return a message as `Rig.accepted` shows it."""
    return message.to, message.body
