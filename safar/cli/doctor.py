"""`safar doctor`: looks at everything an operator can mend, and says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError

from safar.cli.doctor_cases import notices_of
from safar.gateway.limits import LimitSettings
from safar.gateway.overview import Overview, look, plain
from safar.gateway.providers.plugin import Finding, Level
from safar.registry.agencies import AgencyRegister
from safar.settings import Settings, load_settings

_MARKS: dict[Level, str] = {"ok": "ok     ", "warning": "LOOK   ", "error": "BROKEN "}
_OLD_REGISTRY = timedelta(days=90)
_SLOW_QUEUE = timedelta(minutes=10)
_LOW_DISK = 200 * 1024 * 1024
_FULL = 0.8
_ACTED_ON: tuple[tuple[str, Level, str], ...] = (
    (
        "blocked",
        "warning",
        "Our account may not send there: see the table of codes in docs/operators/gateway.md.",
    ),
    (
        "guarded",
        "error",
        "The provider takes it for fraud: look at `safar usage` and at the ranges in its console.",
    ),
)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Look at settings, store, registry, model, providers, modems, queues and limits.

    Nothing is sent and nothing is changed. Ends with 1 where something is broken.
    """
    from safar.gateway.web import utc_now  # noqa: PLC0415 - only this command

    findings = list(examine(load_settings(), utc_now()))
    for finding in findings:
        if as_json:
            typer.echo(json.dumps(vars(finding), ensure_ascii=False))
        else:
            typer.echo(f"{_MARKS[finding.level]} {finding.subject}: {finding.sentence}")
    broken = sum(finding.level == "error" for finding in findings)
    if broken:
        if not as_json:
            typer.echo(f"{broken} broken; what to do stands beside each.", err=True)
        raise typer.Exit(1)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield everything there is to say; an error in one part does not hide the others."""
    yield from _keys(settings)
    yield from _disk(settings.home)
    yield from _registry(settings, now)
    yield from _model(settings)
    yield from _providers(settings)
    yield from _desks(settings)
    yield from _store(settings, now)


def _keys(settings: Settings) -> Iterator[Finding]:
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.errors import CryptoError, StoreError  # noqa: PLC0415

    try:
        KeyRing(settings.keys, settings.hash_key)
    except (CryptoError, StoreError) as error:
        yield Finding("keys", "error", str(error))
    else:
        yield Finding("keys", "ok", f"{len(settings.keys)} in the ring; the newest encrypts.")


def _disk(home: Path) -> Iterator[Finding]:
    place = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(place).free
    said = f"{free // (1024 * 1024)} MiB are free where the store is."
    if free < _LOW_DISK:
        yield Finding(
            "disk", "error", f"{said} Free some: when it is full nothing can be taken in."
        )
    else:
        yield Finding("disk", "ok", said)


def _registry(settings: Settings, now: datetime) -> Iterator[Finding]:
    from safar.registry.errors import RegistryError  # noqa: PLC0415
    from safar.registry.query import Registry  # noqa: PLC0415

    try:
        registry = Registry.open(settings.registry_path, settings.content_public_key)
    except RegistryError as error:
        yield Finding("registry", "error", str(error))
        return
    built = registry.meta.built_at
    lists = registry.registers()
    registry.close()
    yield from agency_lists(lists, now.date())
    said = f"built {built:%Y-%m-%d %H:%M} UTC."
    if now - built > _OLD_REGISTRY:
        yield Finding("registry", "warning", f"{said} Build it from newer content: make content.")
    else:
        yield Finding("registry", "ok", said)


def agency_lists(lists: Iterable[AgencyRegister], today: date) -> Iterator[Finding]:
    """Yield what is wrong with the lists of agencies, if anything is."""
    for each in lists:
        subject = f"agencies of {each.country}"
        if each.sample:
            said = "a made-up list, for trials only. Import the authority's own before people ask"
            yield Finding(subject, "warning", f"{said}: see docs/editors/agencies.md.")
        elif not each.stated(today):
            said = f"the list of {each.as_of or 'no date'} is too old to call anybody valid"
            yield Finding(subject, "warning", f"{said}. Import a newer one: safar agencies import.")
        else:
            yield Finding(subject, "ok", f"the list of {each.as_of} of {each.authority}.")


def _model(settings: Settings) -> Iterator[Finding]:
    models = settings.model_path
    found = [models] if models.is_file() else sorted(models.glob("*.tar.gz"))
    if found:
        yield Finding("model", "ok", found[-1].name)
    else:
        yield Finding("model", "error", f"There is none in {models}. Train one: make train.")


def _providers(settings: Settings) -> Iterator[Finding]:
    from safar.gateway.providers.plugin import configured  # noqa: PLC0415

    plugins = configured(settings)
    real = [plugin for plugin in plugins if plugin.name != "simulator"]
    if not real:
        yield Finding(
            "providers",
            "warning",
            "None is set up, so only the simulator can be used. See docs/operators/gateway.md.",
        )
    for plugin in plugins:
        yield Finding(plugin.name, "ok", "set up.")
        yield from plugin.doctor(settings)


def _desks(settings: Settings) -> Iterator[Finding]:
    from safar.cases.notices.settings import NoticeSettings  # noqa: PLC0415
    from safar.cli import doctor_cases  # noqa: PLC0415
    from safar.gateway.providers.plugin import configured  # noqa: PLC0415

    try:
        notices = NoticeSettings()
    except ValidationError as error:
        yield Finding("notices", "error", f"A setting is not right: {error.errors()[0]['msg']}.")
        return
    providers = [plugin.name for plugin in configured(settings)]
    yield from doctor_cases.desks(settings, notices, providers)


def _store(settings: Settings, now: datetime) -> Iterator[Finding]:
    from safar.store.database import open_database  # noqa: PLC0415
    from safar.store.errors import StoreError  # noqa: PLC0415

    limits = LimitSettings()
    try:
        database = open_database(settings.database_url)
        overview = look(database, limits, now)
    except StoreError as error:
        yield Finding("store", "error", str(error))
        return
    yield Finding("store", "ok", database.describe())
    database.close()
    yield from state_of(overview, limits)


def state_of(overview: Overview, limits: LimitSettings) -> Iterator[Finding]:
    """Yield what an overview says."""
    stopped = overview.sending_stopped
    if stopped is not None:
        said = f"stopped since {stopped.changed_at:%Y-%m-%d %H:%M} UTC: {stopped.reason}."
        yield Finding("sending", "warning", f"{said} Let it go on: safar sending resume.")
    else:
        yield Finding("sending", "ok", "goes on.")
    yield from _queues(overview)
    advice = _advice()
    for row in overview.providers:
        level: Level = "ok" if row.state == "closed" else "warning"
        until = f" until {row.paused_until:%H:%M:%S} UTC" if row.paused_until else ""
        yield Finding(
            f"{row.provider} {row.channel} breaker",
            level,
            f"{row.state.replace('_', ' ')}{until}, {row.failures} failures in a row"
            f"{_code(advice, row)}",
        )
    for row in overview.devices:
        signal = "unknown" if row.signal_percent is None else f"{row.signal_percent}%"
        yield Finding(
            f"{row.provider} {row.device}",
            "ok" if row.state == "ok" and not row.error_code else "warning",
            f"{row.state}; signal {signal}, network {row.network or 'unknown'}, balance"
            f" {row.balance or 'unknown'}, {row.resets} resets{_code(advice, row)}",
        )
    yield from _limits(overview, limits)
    yield Finding("opt-out", "ok", f"{overview.suppressed} addresses asked to be left alone.")
    yield from _refusals(overview)
    yield from notices_of(overview.notices)
    for name, value in overview.counters.items():
        yield Finding("counted today", "ok", f"{name}: {value}")


def _advice() -> dict[str, Callable[[str], str | None]]:
    from safar.gateway.providers.plugin import plugins  # noqa: PLC0415

    return {plugin.name: plugin.advice for plugin in plugins()}


def _code(advice: Mapping[str, Callable[[str], str | None]], row: Any) -> str:
    """Return the end of a sentence: a code, if there is one, and what to do about it."""
    code = plain(row.error_code)
    if not code:
        return "."
    known = advice.get(row.provider)
    what = known(code) if known else None
    return f", code {code}. {what}" if what else f", code {code}."


def _refusals(overview: Overview) -> Iterator[Finding]:
    """Say which codes of today somebody must act on; they name no person and no country."""
    for kind, level, sentence in _ACTED_ON:
        start = f"outbox.failure.{kind}."
        for name, value in overview.counters.items():
            if name.startswith(start):
                said = f"code {name.removeprefix(start)}, {value} times today. {sentence}"
                yield Finding(f"{kind} by the provider", level, said)


def _queues(overview: Overview) -> Iterable[Finding]:
    if not overview.queues:
        yield Finding("queues", "ok", "empty.")
    for queue in overview.queues:
        slow = queue.oldest_seconds > _SLOW_QUEUE.total_seconds()
        said = f"{queue.rows} {queue.state}, the oldest for {queue.oldest_seconds:.0f} s."
        name = f"{queue.name} {queue.provider}"
        yield Finding(name, "warning" if slow else "ok", said)


def _limits(overview: Overview, limits: LimitSettings) -> Iterable[Finding]:
    for limit in overview.limits:
        if limit.name == "countries":
            yield _countries(limits, limit.reached)
            continue
        said, level = f"{limit.most}", "ok"
        if limit.used is not None:
            key = f" ({limit.key})" if limit.key else ""
            said = f"{limit.used} of {limit.most} segments{key}"
            level = "warning" if limit.most == 0 or limit.used >= limit.most * _FULL else "ok"
        said += f"; held {limit.reached} messages back today." if limit.reached else "."
        if limit.full:
            variable = f"SAFAR_LIMIT_{limit.name.upper()}"
            said += f" Only danger is answered beyond it. Raise {variable} if this is no attack."
        yield Finding(f"limit {limit.name}", cast(Level, level), said)


def _countries(limits: LimitSettings, reached: int) -> Finding:
    if limits.countries:
        said = f"{', '.join(limits.countries)}; held {reached} messages back today."
        return Finding("limit countries", "ok", said)
    return Finding(
        "limit countries",
        "warning",
        "All are answered. List those you serve in SAFAR_LIMIT_COUNTRIES; people in danger"
        " are answered wherever they are.",
    )
