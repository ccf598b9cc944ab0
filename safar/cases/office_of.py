"""The office of a process: today's plan of desks.yaml, read again when the file changes.

A file that is wrong or gone changes nothing: the last good plan goes on, after a restart as well.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from pydantic import ValidationError

from safar.cases.errors import NoDesksError
from safar.cases.office import Office
from safar.cases.plan import Plan
from safar.cases.plan_file import FILE, load_plan
from safar.registry.errors import ContentError
from safar.registry.files import replace_file
from safar.registry.signature import MANIFEST
from safar.settings import Settings
from safar.store.crypto import KeyRing

KEPT: Final = "desks.last-good.json"
"""Below the home: the plan as it was last read without fault."""

_PUBLISHED: Final = "content"
_LOOK_EVERY_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)

Stamp = tuple[str, int, int, int] | None


def office_source(
    settings: Settings,
    keyring: KeyRing,
    clock: Callable[[], datetime],
    choose: Callable[[str], str] = secrets.choice,
) -> Callable[[], Office]:
    """Return what gives the office as it is now; it may be called from any thread, for each call.

    What it returns raises `NoDesksError` where there has never been a good desks.yaml.

    Args:
        settings: Where desks.yaml is.
        keyring: Of the store.
        clock: Gives the time, UTC.
        choose: Returns one sign of those given, each as likely.
    """
    plans = PlanHolder(settings)

    def office() -> Office:
        return Office(keyring, plans.current(), clock, choose)

    return office


def plan_dir(settings: Settings) -> Path:
    """Return the folder whose desks.yaml counts.

    Where content is published by two people, that is what they published: a draft changes nothing
    before. Else, and where a version came without its files, it is the folder of the editors.
    """
    version = settings.registry_path.resolve().parent
    if (version / MANIFEST).is_file() and (version / _PUBLISHED / FILE).is_file():
        return version / _PUBLISHED
    return settings.content_dir


class PlanHolder:
    """The plan in its newest good form, for a process that runs for weeks."""

    def __init__(self, settings: Settings, seconds: Callable[[], float] = time.monotonic) -> None:
        """Keep where to look; nothing is read before `current`.

        Args:
            settings: Where desks.yaml is, and where the last good plan is kept.
            seconds: Seconds that only go forward.
        """
        self._settings = settings
        self._seconds = seconds
        self._lock = threading.Lock()
        self._plan: Plan | None = None
        self._read: Stamp = None
        self._seen: Stamp = None
        self._looked = 0.0

    def current(self) -> Plan:
        """Return the plan; looks at most once a second whether the file was changed.

        Raises:
            NoDesksError: There has never been a good one.
        """
        plan = self._plan
        if plan is None:
            with self._lock:
                return self._plan or self._first()
        due = self._seconds() - self._looked >= _LOOK_EVERY_SECONDS
        # While another thread is looking the old one will do.
        if due and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._plan or plan

    def kept(self) -> Plan | None:
        """Return the plan that was last read without fault, by whatever process; None without."""
        try:
            text = (self._settings.home / KEPT).read_text("utf-8")
            return Plan.model_validate_json(text)
        except (OSError, ValidationError):
            return None

    def _first(self) -> Plan:
        folder = plan_dir(self._settings)
        self._read = self._seen = _stamp(folder / FILE)
        self._looked = self._seconds()
        self._plan = self._load(folder) or self.kept()
        if self._plan is None:
            raise NoDesksError(
                f"There is no good {FILE} in {folder}, so nobody could take a case. See what is"
                f" wrong with it: safar content check {FILE}."
            )
        return self._plan

    def _look(self) -> None:
        self._looked = self._seconds()
        folder = plan_dir(self._settings)
        stamp = _stamp(folder / FILE)
        if stamp == self._read:
            return
        if stamp != self._seen:
            # Perhaps somebody is still writing it: it is taken once it rests.
            self._seen = stamp
            return
        self._read = stamp
        self._plan = self._load(folder) or self._plan

    def _load(self, folder: Path) -> Plan | None:
        try:
            plan = load_plan(folder)
        except (ContentError, OSError) as error:
            _log.error("desks.kept_old", code="invalid", error=type(error).__name__)
            return None
        if plan is None:
            _log.error("desks.kept_old", code="missing")
            return None
        self._keep(plan)
        return plan

    def _keep(self, plan: Plan) -> None:
        """Write the plan down for a start after which the file is wrong."""
        place, text = self._settings.home / KEPT, plan.model_dump_json(by_alias=True)
        try:
            if not place.is_file() or place.read_text("utf-8") != text:
                place.parent.mkdir(parents=True, exist_ok=True)
                # It holds addresses of staff.
                replace_file(place, text, mode=0o600)
        except OSError as error:
            _log.warning("desks.not_kept", error=type(error).__name__)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_ino, found.st_mtime_ns, found.st_size
