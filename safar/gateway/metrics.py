"""`/metrics` in the text form that Prometheus reads. Closed unless SAFAR_METRICS_TOKEN is set."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool

from safar.gateway.limits import LimitSettings
from safar.gateway.overview import Overview, look, plain
from safar.settings import Settings
from safar.store.database import Database

_BREAKER = {"closed": 0, "half_open": 1, "open": 2}


def metrics_routes(
    settings: Settings,
    limits: LimitSettings,
    database: Database,
    clock: Callable[[], datetime],
) -> APIRouter:
    """Return the route; whoever does not know the token is told that there is nothing."""
    router = APIRouter()

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Show counts and states; nothing in them is of a person."""
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {settings.metrics_token}".encode()
        if not settings.metrics_token or not hmac.compare_digest(given, wanted):
            raise HTTPException(404, "Not Found")
        overview = await run_in_threadpool(look, database, limits, clock())
        return Response(exposition(overview), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


def exposition(overview: Overview) -> bytes:
    """Return an overview as metrics."""
    registry = CollectorRegistry()
    registry.register(_Once(_families(overview)))
    return bytes(generate_latest(registry))


class _Once:
    """Gives what was read; there is nothing to keep between two calls."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _families(overview: Overview) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        "safar_queue_rows", "Messages that wait.", labels=["queue", "provider", "state"]
    )
    age = GaugeMetricFamily(
        "safar_queue_oldest_seconds",
        "Age of the oldest message that waits.",
        labels=["queue", "provider", "state"],
    )
    for queue in overview.queues:
        labels = [queue.name, queue.provider, queue.state]
        rows.add_metric(labels, queue.rows)
        age.add_metric(labels, queue.oldest_seconds)
    yield rows
    yield age
    breaker = GaugeMetricFamily(
        "safar_provider_breaker",
        "0 closed, 1 half open, 2 open.",
        labels=["provider", "channel"],
    )
    failures = GaugeMetricFamily(
        "safar_provider_failures",
        "Failures of a channel in a row.",
        labels=["provider", "channel"],
    )
    for row in overview.providers:
        breaker.add_metric([row.provider, row.channel], _BREAKER.get(row.state, 2))
        failures.add_metric([row.provider, row.channel], row.failures)
    yield breaker
    yield failures
    signal = GaugeMetricFamily(
        "safar_device_signal_percent", "Signal of a modem.", labels=["provider", "device"]
    )
    resets = GaugeMetricFamily(
        "safar_device_resets", "Times a modem was reset.", labels=["provider", "device"]
    )
    state = GaugeMetricFamily(
        "safar_device_state",
        "1 for the state a device is in, with its code.",
        labels=["provider", "device", "state", "code"],
    )
    for row in overview.devices:
        state.add_metric([row.provider, row.device, row.state, plain(row.error_code)], 1)
        if row.signal_percent is not None:
            signal.add_metric([row.provider, row.device], row.signal_percent)
        resets.add_metric([row.provider, row.device], row.resets)
    yield state
    yield signal
    yield resets
    used = GaugeMetricFamily(
        "safar_limit_used",
        "SMS segments of today under a limit, by its fullest key.",
        labels=["limit"],
    )
    most = GaugeMetricFamily("safar_limit_most", "Where that limit is.", labels=["limit"])
    reached = GaugeMetricFamily(
        "safar_limit_reached", "Messages of today that a limit held back.", labels=["limit"]
    )
    for limit in overview.limits:
        if limit.used is not None:
            used.add_metric([limit.name], limit.used)
        most.add_metric([limit.name], limit.most)
        reached.add_metric([limit.name], limit.reached)
    yield used
    yield most
    yield reached
    segments = GaugeMetricFamily(
        "safar_segments_today", "SMS segments sent today, by country.", labels=["country"]
    )
    for country, counted in sorted(overview.countries.items()):
        segments.add_metric([country], counted.segments)
    yield segments
    events = GaugeMetricFamily("safar_events_today", "Things counted today.", labels=["event"])
    for name, value in overview.counters.items():
        events.add_metric([name], value)
    yield events
    yield GaugeMetricFamily(
        "safar_sending_stopped",
        "1 where an operator has stopped all sending.",
        value=float(overview.sending_stopped is not None),
    )
    yield GaugeMetricFamily(
        "safar_notices_waiting", "Notices to staff that wait.", value=overview.notices.waiting
    )
    yield GaugeMetricFamily(
        "safar_notices_oldest_seconds",
        "Age of the oldest notice to staff that waits.",
        value=overview.notices.oldest_seconds,
    )
    given_up = GaugeMetricFamily(
        "safar_notices_failed", "Notices to staff that were given up.", labels=["way", "code"]
    )
    for (way, code), number in overview.notices.failed.items():
        given_up.add_metric([way, code], number)
    yield given_up
    yield GaugeMetricFamily(
        "safar_suppressed", "Addresses that asked to be left alone.", value=overview.suppressed
    )
    yield GaugeMetricFamily(
        "safar_unjoined_parts",
        "Parts of long SMS whose other parts have not come.",
        value=overview.unjoined_parts,
    )
