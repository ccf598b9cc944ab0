"""Routes that Twilio does not have: what a test asks of the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict

from tests.peers.twilio.account import Account, Callbacks, Lists, Numbers, Webhooks
from tests.peers.twilio.codes import Refused
from tests.peers.twilio.faults import Faults
from tests.peers.twilio.inbound import Inbound, receive
from tests.peers.twilio.messages import Message


class Time(BaseModel):
    """What becomes of the time: first set, then moved on; `stop` lets it stand still."""

    model_config = ConfigDict(extra="forbid")

    set: AwareDatetime | None = None
    advance: float = 0.0
    stop: bool = False


class Secrets(BaseModel):
    """The auth tokens of an account: the first one signs, each is good for the API."""

    model_config = ConfigDict(extra="forbid")

    tokens: list[str]


def control_routes(accounts: Mapping[str, Account]) -> APIRouter:
    """Return the routes; they are about the first account, or `?account=` names another."""
    router = APIRouter()

    def chosen(request: Request) -> Account:
        sid = request.query_params.get("account", next(iter(accounts)))
        if sid not in accounts:
            raise Refused(20404)
        return accounts[sid]

    @router.post("/_faults", status_code=204)
    async def set_faults(request: Request, faults: Faults) -> None:
        account = chosen(request)
        if faults.on == "read":
            account.read_faults = faults
        else:
            account.faults = faults

    @router.post("/_callbacks", status_code=204)
    async def set_callbacks(request: Request, callbacks: Callbacks) -> None:
        chosen(request).callbacks = callbacks

    @router.post("/_webhooks", status_code=204)
    async def set_webhooks(request: Request, webhooks: Webhooks) -> None:
        chosen(request).webhooks = webhooks

    @router.post("/_numbers", status_code=204)
    async def set_numbers(request: Request, numbers: Numbers) -> None:
        chosen(request).numbers = numbers

    @router.post("/_lists", status_code=204)
    async def set_lists(request: Request, lists: Lists) -> None:
        chosen(request).lists = lists

    @router.post("/_tokens", status_code=204)
    async def set_tokens(request: Request, secrets: Secrets) -> None:
        account = chosen(request)
        account.token, *others = secrets.tokens
        account.other_tokens = tuple(others)

    @router.post("/_inbound", status_code=201)
    async def write(request: Request, inbound: Inbound) -> Message:
        return await receive(chosen(request), inbound)

    @router.get("/_sent")
    async def sent(request: Request) -> list[dict[str, Any]]:
        return chosen(request).sent

    @router.get("/_received")
    async def received(request: Request) -> list[dict[str, Any]]:
        return chosen(request).received

    @router.get("/_opted_out")
    async def opted_out(request: Request) -> list[tuple[str, str]]:
        return sorted(chosen(request).opted_out)

    @router.post("/_clock")
    async def move_clock(request: Request, time: Time) -> datetime:
        clock = chosen(request).clock
        if time.stop:
            clock.stop()
        if time.set is not None:
            clock.set(time.set)
        clock.advance(time.advance)
        return clock()

    @router.get("/_clock")
    async def tell_time(request: Request) -> datetime:
        return chosen(request).clock()

    @router.post("/_reset", status_code=204)
    async def reset(request: Request) -> None:
        chosen(request).reset()

    return router
