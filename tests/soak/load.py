"""Writes signed webhooks as fast as the house answers, and no faster."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from tests.e2e.services import MESSAGE_PATH, PUBLIC, House
from tests.faults.people import QUESTIONS
from tests.peers.twilio_webhooks import TOKEN, new_sid, sign, sms_form

_CALLERS = 16
_CALL_SECONDS = 30.0
_LOOK_AGAIN = 0.05


@dataclass(frozen=True)
class Plan:
    """How much is written.

    Attributes:
        messages: altogether.
        people: who write them, each one after the other.
        rate: messages a second at most.
        backlog: messages that may wait unanswered; beyond it nobody writes.
    """

    messages: int = 50_000
    people: int = 5_000
    rate: float = 60.0
    backlog: int = 400


@dataclass
class Written:
    """What was written: its ids in the order of each person, and how long each call took."""

    sids: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0


async def write(
    house: House, plan: Plan, waiting: Callable[[], int], told: Callable[[int], None]
) -> Written:
    """Deliver all messages; give what was written when the last one was taken.

    Args:
        house: that runs.
        plan: how much.
        waiting: tells how many messages wait for an answer.
        told: told how many messages were written, now and then.
    """
    written = Written()
    order = _order(plan)
    turns: dict[int, asyncio.Lock] = {}
    begun = time.monotonic()
    limits = httpx.Limits(max_connections=_CALLERS)
    async with httpx.AsyncClient(timeout=_CALL_SECONDS, trust_env=False, limits=limits) as client:

        async def caller() -> None:
            for number, person in order:
                while waiting() > plan.backlog or number > plan.rate * (time.monotonic() - begun):
                    await asyncio.sleep(_LOOK_AGAIN)
                async with turns.setdefault(person, asyncio.Lock()):
                    await _deliver(client, house, person, number, written)
                if number % 50 == 0:
                    told(len(written.sids))

        await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    told(len(written.sids))
    return written


def _order(plan: Plan) -> Iterator[tuple[int, int]]:
    """Yield number and person; everybody writes once before anybody writes again."""
    rng = random.Random(plan.messages)
    people = list(range(plan.people))
    number = 0
    while number < plan.messages:
        rng.shuffle(people)
        for person in people[: plan.messages - number]:
            yield number, person
            number += 1


async def _deliver(
    client: httpx.AsyncClient, house: House, person: int, number: int, written: Written
) -> None:
    """Call the webhook until it takes the message, as Twilio does with retries."""
    text = QUESTIONS[(person + number) % len(QUESTIONS)]
    form = sms_form(text, From=f"+97798{person:08d}", MessageSid=new_sid())
    headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + MESSAGE_PATH, form)}
    while True:
        began = time.perf_counter()
        try:
            answer = await client.post(house.gateway + MESSAGE_PATH, data=form, headers=headers)
            taken = answer.status_code == httpx.codes.OK
        except httpx.TransportError:
            taken = False
        written.seconds.append(time.perf_counter() - began)
        if taken:
            written.sids.append(form["MessageSid"])
            return
        written.refused += 1
        await asyncio.sleep(_LOOK_AGAIN)
