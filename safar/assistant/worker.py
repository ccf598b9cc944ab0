"""The worker: claims inbox rows, answers them, and closes each in one transaction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from safar.answers.resources import Resources
from safar.assistant.answering import answer, failed, outgoing
from safar.assistant.asked import asked, understood
from safar.assistant.engine import Assistant
from safar.assistant.last_word import LastWords, remembered_of
from safar.assistant.turns import (
    After,
    Before,
    options_from_json,
)
from safar.cases.office import Office
from safar.gateway import inbox
from safar.gateway.inbox import ClaimedMessage
from safar.gateway.limits import LimitSettings
from safar.store.changes import STEP, ChangeWatch
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import CryptoError, StoreUnavailableError

_log = structlog.get_logger(__name__)
_BATCH = 8
_RETRY_DELAY = timedelta(seconds=2)
_ANSWER_TRIES = 2
"""Tries of the assistant at one message before the person gets the fallback instead."""
_FRESH = 1 / 4
"""Of a lease, the share after which it is renewed before a turn begins."""


class Worker:
    """Answers messages until told to stop.

    Args:
        database, keyring: the operational store.
        assistant: a loaded assistant that passed its golden phrases.
        resources: registry, catalogue, settings.
        owner: name of this worker, unique among all that run.
        clock: returns UTC time.
        limits: how much may be sent; None reads them from the environment.
        office: the surroundings of cases; None where there are none.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - one value each
        self,
        database: Database,
        keyring: KeyRing,
        assistant: Assistant,
        resources: Resources,
        owner: str,
        clock: Callable[[], datetime],
        limits: LimitSettings | None = None,
        office: Callable[[], Office] | None = None,
    ) -> None:
        """Keep what is given."""
        fresh = timedelta(hours=resources.settings.fresh_hours)
        self._last_words = None if office is None else LastWords(resources, office, fresh)
        self._database, self._keyring = database, keyring
        self._assistant, self._resources = assistant, resources
        self._owner, self._clock = owner, clock
        self._limits = limits or LimitSettings()
        self._lease = timedelta(seconds=resources.settings.lease_seconds)

    async def run(self, stop: threading.Event) -> None:
        """Answer until `stop` is set; a store that is away is waited for, not died of."""
        watch = ChangeWatch(self._database)
        looks = watch.steps(self._resources.settings.poll_seconds)
        while not stop.is_set():
            watch.mark()
            try:
                done = await self.run_once()
            except StoreUnavailableError:
                _log.warning("worker.store_unavailable", owner=self._owner)
                done = 0
            for _ in range(0 if done else looks):
                await asyncio.sleep(STEP)
                if watch.changed() or stop.is_set():
                    break
        watch.close()

    async def run_once(self) -> int:
        """Answer what is ready now; return how many messages were closed."""
        now = self._clock()
        claimed = inbox.claim(self._database, self._keyring, self._owner, now, self._lease, _BATCH)
        fresh_until = now + self._lease * _FRESH
        closed = 0
        for message in claimed:
            closed += await self._answer(message, fresh_until)
        return closed

    async def _answer(self, message: ClaimedMessage, fresh_until: datetime) -> int:
        now = self._clock()
        if now > fresh_until and not inbox.renew(
            self._database, message.id, self._owner, now, self._lease
        ):
            return 0
        before = self._remembered(message)
        given_up = message.attempts > _ANSWER_TRIES
        try:
            after = (
                failed(self._resources, message, before, now)
                if given_up
                else await answer(self._assistant, self._resources, message, before, now)
            )
            return int(self._close(message, after, given_up=given_up))
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is raised, the person gets an answer
            _log.error(
                "worker.turn_failed",
                inbox_id=message.id,
                attempts=message.attempts,
                error=type(error).__name__,
            )
            inbox.release(self._database, message.id, self._owner, now, _RETRY_DELAY, "turn_failed")
            return 0

    def _remembered(self, message: ClaimedMessage) -> Before:
        """Return the conversation's memory; one that cannot be read is forgotten, not died of."""
        try:
            conversation = inbox.load_conversation(
                self._database, self._keyring, message.conversation_id
            )
            return Before(
                conversation.state,
                options_from_json(conversation.offered_options),
                conversation.pages,
                conversation.variant,
            )
        except (CryptoError, ValueError, TypeError) as error:
            _log.error(
                "worker.memory_unreadable",
                conversation_id=message.conversation_id,
                error=type(error).__name__,
            )
            return Before()

    def _close(self, message: ClaimedMessage, after: After | None, *, given_up: bool) -> bool:
        now = self._clock()
        fresh = timedelta(hours=self._resources.settings.fresh_hours)
        finished = inbox.finish(
            self._database,
            self._keyring,
            message,
            self._owner,
            now,
            # Nothing is remembered of what nobody is told about.
            conversation=None if after is None else remembered_of(after),
            outgoing=[] if after is None else outgoing(message, after, now, fresh),
            decided=None if after is None else after.decided,
            understood=None if after is None else understood(after),
            erases=after is not None and after.erases,
            dead=given_up,
            limits=self._limits,
            counted=() if after is None else asked(after),
            last_word=None
            if self._last_words is None
            else self._last_words.on(message, after, now),
        )
        if not finished:
            _log.warning("worker.lease_lost", inbox_id=message.id)
        return finished
