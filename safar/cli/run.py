"""`safar run` and the three services it keeps alive; each also runs alone."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import threading
from typing import Annotated

import typer

from safar.settings import Settings, load_settings


def run(
    simulator: Annotated[
        bool,
        typer.Option(
            "--simulator", help="Also serve the simulated phone and the console, on this machine."
        ),
    ] = False,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the gateway.")] = None,
) -> None:
    """Start gateway, worker and dispatcher, and restart whichever dies."""
    from safar.cli.supervisor import Supervisor  # noqa: PLC0415 - only this command

    environment = dict(os.environ)
    if simulator:
        environment["SAFAR_SIMULATOR"] = environment["SAFAR_CONSOLE"] = "true"
    if port is not None:
        environment["SAFAR_PORT"] = str(port)
    settings = load_settings()
    check_ready(settings)
    if not (simulator or settings.simulator):
        warn_of_samples(settings)
    typer.echo(f"Safar starts on http://{settings.host}:{port or settings.port} (Ctrl-C ends it).")
    if simulator:
        typer.echo(f"The simulator: http://{settings.host}:{port or settings.port}/simulator/")
    if simulator or settings.console:
        typer.echo(f"The console of staff: http://{settings.host}:{port or settings.port}/console/")
    raise typer.Exit(Supervisor(environment, typer.echo).run())


def check_ready(settings: Settings) -> None:
    """Raise, with a sentence, for what no restart would mend: keys, registry, model."""
    from safar.assistant.engine import newest_model  # noqa: PLC0415 - only this command
    from safar.registry.query import Registry  # noqa: PLC0415 - only this command
    from safar.store.crypto import KeyRing  # noqa: PLC0415 - only this command

    KeyRing(settings.keys, settings.hash_key)
    Registry.open(settings.registry_path, settings.content_public_key).close()
    newest_model(settings.model_path)


def warn_of_samples(settings: Settings) -> None:
    """Say that answers rest on made-up lists of agencies, if they do."""
    from safar.registry.query import Registry  # noqa: PLC0415 - only this command

    registry = Registry.open(settings.registry_path)
    samples = sorted({each.country for each in registry.registers() if each.sample})
    registry.close()
    if samples:
        typer.echo(
            f"The lists of agencies of {', '.join(samples)} are made up, for trials only; answers"
            " say so. Import real ones: see docs/editors/agencies.md.",
            err=True,
        )


def gateway() -> None:
    """Serve the webhooks (and simulator and console, if SAFAR_SIMULATOR and SAFAR_CONSOLE are)."""
    import uvicorn  # noqa: PLC0415 - only this command

    from safar.gateway.web import create_app, utc_now  # noqa: PLC0415 - only this command
    from safar.store.crypto import KeyRing  # noqa: PLC0415 - only this command
    from safar.store.database import open_database  # noqa: PLC0415 - only this command

    settings = load_settings()
    quiet()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    keyring = KeyRing(settings.keys, settings.hash_key)
    app = create_app(settings, database, keyring)
    if settings.console:
        from safar.console import app as console  # noqa: PLC0415 - only where it is wanted

        console.mount(app, console.house_of(settings, database, keyring, utc_now))
    # No access log: paths and addresses of people must not stand in a file.
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        ws="none",
        log_level="warning",
        server_header=False,
    )


def worker() -> None:
    """Answer what the inbox holds."""
    from safar.answers.resources import shared_resources, utc_now  # noqa: PLC0415
    from safar.assistant.engine import Assistant  # noqa: PLC0415
    from safar.assistant.golden import check_golden  # noqa: PLC0415
    from safar.assistant.worker import Worker  # noqa: PLC0415
    from safar.cases.office_of import office_source  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    quiet()
    settings.home.mkdir(parents=True, exist_ok=True)
    resources = shared_resources()
    assistant = Assistant.load(resources)
    check_golden(
        assistant,
        settings.bot_dir / "tests" / "golden.yml",
        resources.languages.tags,
        {language.tag: language.alike for language in resources.languages},
    )
    keyring = KeyRing(settings.keys, settings.hash_key)
    service = Worker(
        open_database(settings.database_url),
        keyring,
        assistant,
        resources,
        owner_name("worker"),
        utc_now,
        office=office_source(settings, keyring, utc_now),
    )
    typer.echo("The worker is ready.", err=True)
    asyncio.run(service.run(stop_on_signals()))


def dispatcher() -> None:
    """Send what the outbox holds."""
    from safar.cases.notices.settings import NoticeSettings  # noqa: PLC0415 - only this command
    from safar.cli.case_errands import case_errands  # noqa: PLC0415 - only this command
    from safar.gateway import housekeeping  # noqa: PLC0415 - only this command
    from safar.gateway.dispatcher import Dispatcher  # noqa: PLC0415 - only this command
    from safar.gateway.providers.plugin import configured  # noqa: PLC0415 - only this command
    from safar.gateway.surroundings import surroundings_of  # noqa: PLC0415 - only this command
    from safar.gateway.web import utc_now  # noqa: PLC0415 - only this command
    from safar.store.crypto import KeyRing  # noqa: PLC0415 - only this command
    from safar.store.database import open_database  # noqa: PLC0415 - only this command

    settings = load_settings()
    quiet()
    settings.home.mkdir(parents=True, exist_ok=True)
    surroundings = surroundings_of(
        settings,
        open_database(settings.database_url),
        KeyRing(settings.keys, settings.hash_key),
        utc_now,
    )
    plugins = configured(settings)
    owner = owner_name("dispatcher")
    service = Dispatcher(
        surroundings.database,
        surroundings.keyring,
        [plugin.provider(surroundings) for plugin in plugins],
        owner=owner,
        clock=utc_now,
        rng=random.Random(),  # noqa: S311 - spreads retries, guards nothing
        options=dispatcher_options(settings),
        errands=[
            *housekeeping.errands(surroundings),
            *case_errands(
                surroundings, owner, [plugin.name for plugin in plugins], NoticeSettings()
            ),
            *(errand for plugin in plugins for errand in plugin.errands(surroundings)),
        ],
    )
    service.run(stop_on_signals())


def dispatcher_options(settings: Settings):  # type: ignore[no-untyped-def]
    """Return how patiently to send, from the settings."""
    from datetime import timedelta  # noqa: PLC0415

    from safar.gateway.dispatcher import DispatcherOptions  # noqa: PLC0415

    return DispatcherOptions(
        lease=timedelta(seconds=settings.lease_seconds),
        poll=settings.poll_seconds,
        settle=timedelta(seconds=settings.settle_seconds),
    )


def owner_name(service: str) -> str:
    """Return a name for leases that no other process has, after a restart neither."""
    return f"{service}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, so that work in hand is finished."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def quiet() -> None:
    """Log ids only, from WARNING up."""
    from safar.assistant.quiet import make_logs_quiet  # noqa: PLC0415

    make_logs_quiet()
