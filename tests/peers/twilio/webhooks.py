"""Calling the gateway as Twilio does: signed, with the time limits and retries of the address."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urlsplit

import httpx

from tests.peers.twilio_webhooks import sign

Outcome = int | str
"""An HTTP status, `ct` where no connection was made, `rt` where no answer came in time."""

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """How Twilio calls an address: times in milliseconds, retries, and after what it retries."""

    ct: int = 5_000
    rt: int = 15_000
    tt: int = 15_000
    rc: int = 1
    rp: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> Overrides:
        """Read the overrides in an address's fragment, such as `#rc=3&rp=all`.

        Raises:
            ValueError: a value is outside of what Twilio takes.
        """
        given = dict(parse_qsl(urldefrag(url).fragment))
        values: dict[str, int] = {}
        for name, (low, high) in _LIMITS.items():
            if name in given:
                values[name] = int(given[name])
                if not low <= values[name] <= high:
                    raise ValueError(f"{name}={given[name]} is not from {low} to {high}.")
        policies = frozenset(given["rp"].split(",")) if "rp" in given else cls.rp
        if not policies <= _POLICIES:
            raise ValueError(f"rp={given['rp']} is no list of {', '.join(sorted(_POLICIES))}.")
        return cls(**values, rp=policies)

    def retries_after(self, outcome: Outcome) -> bool:
        """Tell whether a call that ended so is made again."""
        if succeeded(outcome):
            return False
        word = f"{outcome // 100}xx" if isinstance(outcome, int) else outcome
        return "all" in self.rp or word in self.rp


def succeeded(outcome: Outcome) -> bool:
    """Tell whether a call was answered without an error."""
    return isinstance(outcome, int) and outcome < 400


async def call(token: str, url: str, form: Mapping[str, str], target: str | None) -> list[Outcome]:
    """Post a form to an address, again where it says so; give how each try ended.

    Args:
        token: signs the call.
        url: the address that was configured; signed without its fragment.
        form: the fields.
        target: scheme and host that are called in the place of the address's own. Without it
            only an address on this machine is called: a stand-in speaks with nobody else.
    """
    rules, bare = Overrides.of(url), urldefrag(url).url
    parts = urlsplit(bare)
    called = target.rstrip("/") + bare[bare.index("/", 8) :] if target else bare
    if not target and parts.hostname not in _LOCAL:
        return ["ct"]
    headers = {
        "X-Twilio-Signature": sign(token, bare, form),
        "I-Twilio-Idempotency-Token": secrets.token_hex(16),
    }
    outcomes: list[Outcome] = []
    # Time limits of a network: the stand-in's own clock has no say in them.
    ends = time.monotonic() + rules.tt / 1000
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                break
            outcomes.append(await _once(client, called, form, headers, rules, left))
            if len(outcomes) > rules.rc or not rules.retries_after(outcomes[-1]):
                break
    return outcomes


async def _once(
    client: httpx.AsyncClient,
    url: str,
    form: Mapping[str, str],
    headers: Mapping[str, str],
    rules: Overrides,
    left: float,
) -> Outcome:
    read = min(rules.rt / 1000, left)
    limits = httpx.Timeout(read, connect=min(rules.ct / 1000, left))
    try:
        answer = await client.post(url, data=dict(form), headers=dict(headers), timeout=limits)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return "ct"
    except httpx.HTTPError:
        return "rt"
    return answer.status_code
