"""What must be true of the outbox, after each step and in the end.

Moves of a row, in full. Forward means: towards the provider, then along the life that the provider
reports. The only ways back are those of a text that was surely not sent (``sending`` to ``ready``),
of one that nobody can say was sent (``unknown`` to ``ready``, counted in ``resends``), and of one
whose sender died or gave it back before the provider was called (``leased`` to ``ready``).

Order within a conversation is that of queueing, whatever the priorities. Three things let a later
text go first, all of them on purpose:

- an older one of unknown outcome holds up the others for two minutes only (`UNKNOWN_BLOCKS`);
- when that older one is sent again, it comes after those that went meanwhile;
- a second try set for an hour later (`second_way.AGAIN_AFTER`) holds up nothing until then.

To somebody who asked to be left alone go words about consent and danger; besides, what an officer
had written before (`receiving`): it may save a life.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.gateway.machine.diary import Entry
from tests.gateway.machine.house import House
from tests.gateway.machine.truth import BAD, PLACE

TAKEN = ("accepted", "sent", "delivered", "read")
OPEN = ("ready", "leased", "sending", "unknown")

MOVES: dict[str, set[str]] = {
    "unborn": {"ready"},
    # "failed" where its channel is out of order and an SMS goes in its place.
    "ready": {"ready", "leased", "failed", "canceled", "dead", *TAKEN},
    "leased": {"leased", "sending", "ready", "canceled", "dead", *TAKEN},
    "sending": {"sending", "ready", "unknown", "dead", *TAKEN, *BAD},
    "unknown": {"unknown", "ready", "dead", *TAKEN, *BAD},
    "accepted": {*TAKEN, *BAD},
    "sent": {"sent", "delivered", "read", *BAD},
    "delivered": {"delivered", "read"},
    "read": {"read"},
    # Given up, and then it turns out that it had been sent.
    "dead": {"dead", *TAKEN},
    "failed": {"failed"},
    "undelivered": {"undelivered"},
    "canceled": {"canceled"},
}
ONLY_IN_DOUBT = {(was, now) for was in ("ready", "leased") for now in TAKEN}
"""Moves of a text that was sent before and may have arrived: only when it is sent again."""

OWNED = ("leased", "sending")
MOST_RESENDS = {"asked": 19, "noted": 1, "mute": 1}
"""Where a list proves that a text was not sent, it is tried as often as a refused one: 20 times."""
UNKNOWN_BLOCKS = timedelta(minutes=2)

WHY_CANCELED = {"opted_out", "no_address", "erased", "other_person", *BAD}
WHY_DEAD = {"expired", "redecided", "outcome_unknown", "busy", "429"}
WHY_FAILED = {
    *["20003", "63003", "63027", "63016", "21610", "30036", "1", "30003", "redecided"],
    "led_round",
    *BAD,
}
PAST_TELLING = ("danger", "consent", "officer")
"""Kinds of text that may go to somebody who asked to be left alone."""


def of_entry(entry: Entry) -> Iterator[str]:
    """Yield what is wrong with one change of a row."""
    at = f"row {entry.id}: {entry.was} to {entry.now}"
    if entry.now not in MOVES[entry.was]:
        yield f"{at}, which no row may do"
    if entry.was == "unborn":
        return
    if (entry.was, entry.now) in ONLY_IN_DOUBT and not entry.resends_now:
        yield f"{at}, though it had not been sent"
    yield from _of_words(entry, at)
    yield from _of_resends(entry, at)
    yield from _of_owner(entry, at)
    yield from _of_order(entry, at)
    sent = entry.now == "sending" and entry.was != "sending"
    if sent and entry.stopped and entry.kind not in PAST_TELLING:
        yield f"{at}: {entry.kind} to somebody who asked to be left alone"


def _of_words(entry: Entry, at: str) -> Iterator[str]:
    was, now = entry.word_was, entry.word_now
    if was == now:
        return
    if now is None or was in BAD:
        yield f"{at}: the provider's word {was} became {now}"
    elif was is not None and PLACE.get(now, PLACE["sent"] + 0.5) <= PLACE[was]:
        yield f"{at}: the provider's word went back from {was} to {now}"


def _of_resends(entry: Entry, at: str) -> Iterator[str]:
    was, now = entry.resends_was or 0, entry.resends_now or 0
    counted = (entry.was, entry.now) == ("unknown", "ready")
    if now != was + counted or now > MOST_RESENDS[entry.provider or ""]:
        yield f"{at}: resends {was}, then {now}"


def _of_owner(entry: Entry, at: str) -> Iterator[str]:
    was, now = entry.owner_was, entry.owner_now
    if (now is None) == (entry.now in OWNED) and entry.now != "unknown":
        yield f"{at}: its owner is {now}"
    if was and now and was != now and (entry.lease_was or "") > (entry.at or ""):
        yield f"{at}: taken from {was} by {now} before the lease ran out"


def _of_order(entry: Entry, at: str) -> Iterator[str]:
    for other in entry.ahead:
        if not _lets_pass(other, entry.at or ""):
            yield f"{at} before row {other['id']}, which is {other['state']}"


def _lets_pass(other: dict[str, Any], now: str) -> bool:
    if other["state"] == "unknown":
        since = datetime.fromisoformat(other["unknown_at"])
        return datetime.fromisoformat(now) - since >= UNKNOWN_BLOCKS
    later = other["state"] == "ready" and other["not_before"] > now
    return later and other["replaces"] is not None and not other["attempts"]


def after_step(house: House) -> list[str]:
    """Return what is wrong now."""
    wrong = list(house.broken)
    for carrier in house.carriers.values():
        wrong += carrier.broken
    for entry in house.diary.read_on():
        wrong += of_entry(entry)
        sent = entry.now == "sending" and entry.was != "sending"
        if sent and entry.n > house.unsaid.get(entry.id, entry.n):
            wrong.append(f"row {entry.id} is sent though the person was forgotten")
    rows, messages = house.rows(), house.messages()
    for row in rows:
        wrong += _of_row(house, row)
    house.seen = Counter(row.state for row in rows)
    house.seen["messages"] = sum(each.state in {"ready", "leased"} for each in messages)
    return wrong


def _of_row(house: House, row: Any) -> Iterator[str]:
    sent = len(house.carriers[row.provider].of_row(row.id))
    if sent > 1 + row.resends:
        yield f"row {row.id} was taken {sent} times with {row.resends} resends"
    if not row.body_encrypted and row.provider_message_id:
        yield f"row {row.id} of somebody forgotten has an id of the provider"
    if not row.body_encrypted and row.state in OPEN:
        yield f"row {row.id} is open and empty"
    if row.state in {*BAD, "dead"} and not row.error_code:
        yield f"row {row.id} is {row.state} for no reason"


def all_at_rest(house: House) -> bool:
    """Whether nothing is left to be answered or sent."""
    return all(message.state in {"done", "dead"} for message in house.messages()) and all(
        row.state not in OPEN for row in house.rows()
    )


def in_the_end(house: House) -> list[str]:
    """Return what is wrong when everything has come to rest."""
    wrong = [
        f"message {message.id} is {message.state} for ever"
        for message in house.messages()
        if message.state not in {"done", "dead"}
    ]
    rows = house.rows()
    by_id = {row.id: row for row in rows}
    led = {by_id[row.replaces_id].inbox_id or row.replaces_id for row in rows if row.replaces_id}
    for row in rows:
        wrong += _of_end(house, row)
        if row.error_code == "led_round" and (row.inbox_id or row.id) not in led:
            wrong.append(f"row {row.id} was to go by SMS and no SMS was queued")
        if row.error_code == "redecided" and row.inbox_id not in house.silenced:
            later = [each for each in rows if each.inbox_id == row.inbox_id and each.id > row.id]
            if not later and row.body_encrypted:
                wrong.append(f"row {row.id} was to be answered anew and was not")
    return wrong


def _of_end(house: House, row: Any) -> Iterator[str]:
    carrier = house.carriers[row.provider]
    code = row.error_code
    if row.state in OPEN:
        yield f"row {row.id} is {row.state} for ever ({code})"
    elif row.state in TAKEN:
        if code is not None:
            yield f"row {row.id} is {row.state} because of {code}"
        if not carrier.of_row(row.id):
            yield f"row {row.id} is {row.state}, yet the carrier never took it"
    elif row.state == "canceled":
        if code not in WHY_CANCELED | WHY_FAILED:
            yield f"row {row.id} is canceled because of {code}"
    elif row.state == "dead":
        if code not in WHY_DEAD:
            yield f"row {row.id} is dead because of {code}"
    elif code not in WHY_FAILED:
        yield f"row {row.id} is {row.state} because of {code}"
