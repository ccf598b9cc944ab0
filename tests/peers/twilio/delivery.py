"""What becomes of a message that was taken: its statuses, and the callbacks about them."""

from __future__ import annotations

import asyncio
import random

from tests.peers.twilio.account import Account
from tests.peers.twilio.codes import means
from tests.peers.twilio.messages import FAILED, WHATSAPP, Message, count_segments, move
from tests.peers.twilio.webhooks import call
from tests.peers.twilio_webhooks import status_form

NOT_ON_WHATSAPP = 63003
WINDOW_CLOSED = 63016

Step = tuple[str, int | None]


def begin(account: Account, message: Message) -> None:
    """Let a message that was just taken go its way, beside whatever else goes on."""
    # What WhatsApp's window is at this moment counts, not at the moment of the failure.
    steps = _steps(account, message)
    if not steps:
        return
    # At once, so that a callback may overtake the answer, as it does in life.
    task = asyncio.create_task(_go(account, message, steps))
    account.reports.add(task)
    task.add_done_callback(account.reports.discard)


def sender_of(account: Account, message: Message) -> str:
    """Return the address a message leaves from; a messaging service chooses one of its own."""
    if message["from"]:
        return str(message["from"])
    prefix = WHATSAPP if message["to"].startswith(WHATSAPP) else ""
    return prefix + account.pool(message["messaging_service_sid"])[0].removeprefix(WHATSAPP)


def _steps(account: Account, message: Message) -> list[Step]:
    """Return the statuses to come, each with its error code."""
    settings, to = account.callbacks, message["to"]
    if to.startswith(WHATSAPP):
        if to.removeprefix(WHATSAPP) in account.numbers.not_on_whatsapp:
            return [("failed", NOT_ON_WHATSAPP)]
        in_window = account.window_open(sender_of(account, message), to)
        if not in_window and message["template"] is None:
            return [("failed", WINDOW_CLOSED)]
    outcome = account.numbers.outcomes.get(to)
    if outcome is not None:
        return [("sent", None), (outcome.status, outcome.error_code)]
    return [
        (status, settings.error_code if status in FAILED else None) for status in settings.statuses
    ]


async def _go(account: Account, message: Message, steps: list[Step]) -> None:
    settings, rng = account.callbacks, random.Random(account.callbacks.seed + message["order"])
    in_order = settings.order == "as_given"
    for step in steps:
        if settings.delay:
            await account.clock.sleep(settings.delay)
        if message["status"] == "canceled":
            return
        _reach(account, message, step)
        if in_order:
            await _report(account, message, step, rng)
    if not in_order:
        calls = list(steps)
        if settings.order == "reversed":
            calls.reverse()
        else:
            rng.shuffle(calls)
        for step in calls:
            await _report(account, message, step, rng)


def _reach(account: Account, message: Message, step: Step) -> None:
    status, code = step
    move(message, status, account.clock(), code, means(code) if code else "")
    if message["messaging_service_sid"] and message["from"] is None:
        message["from"] = sender_of(account, message)
        message["num_segments"] = str(count_segments(message["body"], message["to"]))


async def _report(account: Account, message: Message, step: Step, rng: random.Random) -> None:
    """Call back; what the other side answers is kept, not judged."""
    settings, url = account.callbacks, message["status_callback"]
    for _ in range(settings.copies):
        if not url or rng.random() < settings.lose:
            continue
        outcomes = await call(account.token, url, _form(account, message, step), settings.target)
        last = outcomes[-1] if outcomes else None
        message["callback_answers"].append(last if isinstance(last, int) else None)


def _form(account: Account, message: Message, step: Step) -> dict[str, str]:
    status, code = step
    form = status_form(
        message["sid"],
        status,
        AccountSid=account.sid,
        To=message["to"],
        From=sender_of(account, message),
    )
    if message["messaging_service_sid"]:
        form["MessagingServiceSid"] = message["messaging_service_sid"]
    if code is not None:
        form |= {"ErrorCode": str(code), "ErrorMessage": means(code)}
    return form
