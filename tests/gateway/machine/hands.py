"""A sender taken apart, so that anything may happen between two of its steps.

It does what `safar.gateway.sending.Sender` does with one text: claims it, writes "sending", calls
the provider, writes down what came of it. It may be slow, or die, before each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from safar.gateway import outbox
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import (
    PermanentSendError,
    SendResult,
    TransientSendError,
)
from tests.gateway.machine.house import LEASE, House
from tests.gateway.machine.truth import Carrier, Killed


@dataclass
class Job:
    """One text in one sender's hands: ``claimed``, ``begun``, then ``called``."""

    house: House
    carrier: Carrier
    owner: str
    item: ClaimedSend
    stage: str = "claimed"
    heard: SendResult | Exception | None = None

    def step(self, outcome: str) -> bool:
        """Do the next step; False when there is nothing more to do."""
        if self.stage == "claimed":
            self.stage = "begun"
            return self._fenced(
                "leased",
                lambda: outbox.mark_sending(
                    self.house.database, self.item.id, self.owner, self.house.clock(), LEASE
                ),
            )
        if self.stage == "begun":
            self.stage = "called"
            try:
                self.heard = self.carrier.take(self.item.message, outcome)
            except Killed:
                return False
            except Exception as error:  # noqa: BLE001 - as in the sender itself
                self.heard = error
            return True
        self._write_down()
        return False

    def _write_down(self) -> None:
        house, heard, now = self.house, self.heard, self.house.clock()
        who = (house.database, self.item.id, self.owner, now)
        if isinstance(heard, SendResult):
            self._note_taken(heard)
        elif isinstance(heard, TransientSendError):
            self._fenced(
                "sending",
                lambda: (
                    outbox.retry_later(
                        *who,
                        delay=heard.retry_after or timedelta(seconds=5 * 2**self.item.attempts),
                        error_code=heard.code,
                        counted=not heard.pause,
                    )
                    if self.item.attempts < 6 or heard.pause
                    else outbox.mark_dead(*who, error_code=heard.code)
                ),
            )
        elif isinstance(heard, PermanentSendError):
            self._fenced(
                "sending",
                lambda: outbox.mark_failed(
                    *who, error_code=heard.code, failure=heard.kind, keyring=house.keyring
                ),
            )
        else:
            self._fenced("sending", lambda: outbox.mark_unknown(*who, error_code="timeout"))

    def _note_taken(self, result: SendResult) -> None:
        """Late or not, the answer of the provider counts; it is fenced by the ids alone."""
        before = self.house.row(self.item.id)
        recorded = outbox.mark_sent(
            self.house.database,
            self.item.id,
            self.house.clock(),
            provider_message_id=result.provider_message_id,
            status=result.status,
        )
        after = self.house.row(self.item.id)
        if not recorded and after != before:
            self.house.broken.append(f"refused answer changed row {self.item.id}")

    def _fenced(self, state: str, change: Any) -> bool:
        return fenced(self.house, self.item.id, self.owner, state, change)


@dataclass
class Question:
    """One text of unknown outcome in the hands of who has asked the provider for it."""

    house: House
    carrier: Carrier
    owner: str
    item: ClaimedSend

    def __post_init__(self) -> None:
        self.found: SendResult | Exception | None
        if not self.carrier.can_find:
            self.found = None
            return
        now = self.house.clock()
        began = self.item.sending_at or self.item.unknown_at or now
        try:
            self.found = self.carrier.find(self.item.message, began - timedelta(minutes=1))
        except Exception as error:  # noqa: BLE001 - as in the sender itself
            self.found = error

    def settle(self) -> None:
        """Write down what was found."""
        house, found, now = self.house, self.found, self.house.clock()
        if isinstance(found, Exception):
            fenced(
                house,
                self.item.id,
                self.owner,
                "unknown",
                lambda: outbox.postpone_unknown(
                    house.database,
                    self.item.id,
                    self.owner,
                    now,
                    delay=timedelta(seconds=30),
                    error_code="503",
                ),
            )
            return
        before = house.row(self.item.id)
        state = outbox.resolve_unknown(
            house.database,
            self.item.id,
            self.owner,
            now,
            found=found,
            may_resend=True,
            most=19 if self.carrier.has_list else outbox.MAX_RESENDS,
        )
        after = house.row(self.item.id)
        held = (before["state"], before["lease_owner"]) == ("unknown", self.owner)
        if found is None and not held and after != before:
            house.broken.append(f"who had lost row {self.item.id} settled it")
        if state != after["state"]:
            house.broken.append(f"row {self.item.id} is said to be {state}")


def fenced(house: House, row_id: int, owner: str, state: str, change: Any) -> bool:
    """Make a change and see that it was made by the owner only, and not at all by anybody else."""
    before = house.row(row_id)
    done = bool(change())
    after = house.row(row_id)
    held = (before["state"], before["lease_owner"]) == (state, owner)
    if done and not held:
        house.broken.append(f"{owner} changed row {row_id} that it did not hold as {state}")
    if not done and after != before:
        house.broken.append(f"{owner} was refused row {row_id} and changed it")
    return done
