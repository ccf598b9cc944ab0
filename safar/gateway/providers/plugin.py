"""A provider is one folder here: what its ``plugin`` module offers, and how the folders are found.

A folder ``<name>`` has a module ``plugin`` with ``PLUGIN: Plugin``. Its settings are its own too
(variables ``SAFAR_<NAME>_…``), so a new provider touches no file outside its folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from safar.gateway import providers
from safar.gateway.messages import InboundMessage, Received
from safar.gateway.providers.base import Provider, StatusReport
from safar.settings import Settings
from safar.store.crypto import KeyRing
from safar.store.database import Database


@dataclass(frozen=True)
class Surroundings:
    """What a provider is given to work with.

    Attributes:
        settings: Those common to all; the folder reads its own.
        database: For what the folder keeps itself; most keep nothing.
        keyring: Encrypts and digests.
        clock: Gives the time (UTC).
        receive: Takes a message that came, durably; a repeat is told apart by its id.
        report: Takes a delivery report.
        count: Adds one to a daily counter, such as ``webhook.bad_signature``.
    """

    settings: Settings
    database: Database
    keyring: KeyRing
    clock: Callable[[], datetime]
    receive: Callable[[InboundMessage], Received]
    report: Callable[[StatusReport], bool]
    count: Callable[[str], None]


Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One line of `safar doctor`: what was looked at, how it is, and what to do about it."""

    subject: str
    level: Level
    sentence: str


class Listener(Protocol):
    """Brings messages in over a connection of its own, such as a modem's or an SMPP session's."""

    def listen(self, stop: threading.Event) -> None:
        """Bring messages in until told to stop; an error is logged and the call made again."""
        ...


def _nothing(_surroundings: Surroundings) -> Any:
    return None


def _no_advice(_code: str) -> str | None:
    return None


def _no_templates(_settings: Settings) -> Collection[str] | None:
    return ()


def _no_findings(_settings: Settings) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True)
class Plugin:
    """What one folder offers.

    Attributes:
        name: As it stands in the tables; also the folder's name.
        configured: Whether an operator has set it up.
        provider: Makes what the dispatcher sends through. It may also be a `Listener`: then it
            listens in the dispatcher's process, where the connection is.
        routes: Makes the web routes (an `APIRouter`), None where there are none.
        errands: Work done now and then in the dispatcher's process, such as fetching what a
            webhook lost: each returns how much it did.
        doctor: Looks at the configuration and at what can be seen without sending anything.
        advice: Says what to do about a code of its own, of a device or a failure.
        templates: Variants for which there is a template of WhatsApp, for texts a day after a
            person's last one; None: it takes any text at any time.
    """

    name: str
    configured: Callable[[Settings], bool]
    provider: Callable[[Surroundings], Provider]
    routes: Callable[[Surroundings], Any] = _nothing
    errands: Callable[[Surroundings], Sequence[Errand]] = lambda _: ()
    doctor: Callable[[Settings], Iterable[Finding]] = _no_findings
    advice: Callable[[str], str | None] = _no_advice
    templates: Callable[[Settings], Collection[str] | None] = _no_templates


@dataclass(frozen=True)
class Errand:
    """Work done again and again.

    Attributes:
        name: For the log.
        every: Seconds between two runs.
        run: The work; returns how much it did.
        alone: It may have to wait for somebody else's machine, so it has a thread of its own and
            holds up no other errand.
    """

    name: str
    every: float
    run: Callable[[], int]
    alone: bool = False


def plugins() -> tuple[Plugin, ...]:
    """Return what all folders offer, in the order of their names.

    Raises:
        TypeError: A folder's ``plugin`` module has no ``PLUGIN``, or one of another name.
    """
    found = []
    for module in pkgutil.iter_modules(providers.__path__):
        if not module.ispkg:
            continue
        name = f"{providers.__name__}.{module.name}.plugin"
        plugin = getattr(importlib.import_module(name), "PLUGIN", None)
        if not isinstance(plugin, Plugin) or plugin.name != module.name:
            raise TypeError(f"{name} must offer PLUGIN, a Plugin named {module.name!r}.")
        found.append(plugin)
    return tuple(found)


def configured(settings: Settings) -> tuple[Plugin, ...]:
    """Return the plugins that an operator has set up."""
    return tuple(plugin for plugin in plugins() if plugin.configured(settings))
