"""Tells staff what is queued for them, one way at a time."""

from __future__ import annotations

from typing import Final, Protocol

import structlog

from safar.cases.notices import sends, spreading
from safar.cases.notices.errors import NotSentError, RefusedError, WayDownError
from safar.cases.notices.notice import Notice
from safar.cases.notices.settings import NoticeSettings
from safar.cases.office import Office
from safar.store.database import Database

_AT_ONCE: Final = 50

_log = structlog.get_logger(__name__)


class Way(Protocol):
    """One way to tell staff something."""

    @property
    def name(self) -> str:
        """``email`` or ``webhook``, as content/desks.yaml has it."""
        ...

    def send(self, notice: Notice, address: str) -> None:
        """Tell it, waiting a bounded time.

        Raises:
            NotSentError: It was not told, or nobody knows; its kind says what follows.
        """
        ...


def send_due(
    database: Database, office: Office, way: Way, owner: str, settings: NoticeSettings
) -> int:
    """Tell what is due one way; return how many notices were told.

    Args:
        database: The store.
        office: The surroundings.
        way: Which way.
        owner: Name for leases, unique among all that run, restarts included.
        settings: How often to try, and where the console is.

    Raises:
        StoreUnavailableError: The store cannot be used; what was being sent is sent once more.
    """
    spreading.spread(database, office)
    told = 0
    for _ in range(_AT_ONCE):
        claimed = sends.claim(
            database, office, way.name, owner, settings.console_url, settings.attempts
        )
        if claimed is None:
            break
        if claimed.address is None:
            sends.skip(database, office, claimed, owner)
            continue
        try:
            way.send(claimed.notice, claimed.address)
        except NotSentError as error:
            _follow(database, office, claimed, owner, settings, error)
            if isinstance(error, WayDownError):
                # The next one would fare no better, and wait as long to hear so.
                break
        else:
            held = sends.sent(database, office, claimed, owner)
            _log.info("notice.sent", send_id=claimed.id, way=way.name, recorded=held)
            told += 1
    return told


def _follow(  # noqa: PLR0913, PLR0917 - what follows hangs on all of them
    database: Database,
    office: Office,
    claimed: sends.Claimed,
    owner: str,
    settings: NoticeSettings,
    error: NotSentError,
) -> None:
    _log.warning(
        "notice.not_sent",
        send_id=claimed.id,
        way=claimed.way,
        attempts=claimed.attempts,
        error_code=error.code,
    )
    if isinstance(error, RefusedError) or claimed.attempts >= settings.attempts:
        sends.give_up(database, office, claimed, owner, error.code)
    else:
        sends.again(database, office, claimed, owner, error.code, error.after)
