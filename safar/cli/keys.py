"""`safar keys`: which keys the store needs, and a new one for all of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safar.settings import Settings, load_settings

if TYPE_CHECKING:
    from safar.store.rotation import Counted

app = typer.Typer(help="Look at the keys of encryption, and change them.", no_args_is_help=True)

_KEYS = "SAFAR_KEYS"
_SHOWN = 5


@app.command()
def status() -> None:
    """Count what is encrypted by the key that made it; fails if something has none of them."""
    from safar.cli.content_shared import progress, sentences  # noqa: PLC0415 - only these commands
    from safar.store import rotation  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    try:
        with sentences(), progress("looking at keys") as tell:
            counted = rotation.status(database, keyring, tell)
    finally:
        database.close()
    _show(counted, len(settings.keys))
    if counted.without_key:
        raise typer.Exit(1)


@app.command()
def rotate(
    env_file: Annotated[
        Path, typer.Option(help="The file that sets SAFAR_KEYS; the new key is put into it.")
    ] = Path(".env"),
    only_print: Annotated[
        bool, typer.Option("--print", help="Change no file: say which line to put where.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Safar was started again everywhere: do not ask.")
    ] = False,
) -> None:
    """Make a new key, put it first, and encrypt anew whatever has an older one.

    Safar goes on meanwhile. If it is broken off, call it again: it goes on where it was, and makes
    no other key before the last one is everywhere.
    """
    from safar.cli.content_shared import progress, sentences, utc_now  # noqa: PLC0415
    from safar.store import audit, rotation  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    try:
        with sentences():
            with progress("looking at keys") as tell:
                before = rotation.status(database, keyring, tell)
            # A key that was put first and has made nothing yet is the new one.
            begun = before.old > 0 or (len(settings.keys) > 1 and not before.by_key[0])
            if not begun:
                new = KeyRing.generate()
                _put_first(settings, new, env_file, only_print=only_print)
                keyring = KeyRing((new, *settings.keys), settings.hash_key)
                if only_print or not _is_restarted(yes):
                    typer.echo("Then: safar keys rotate")
                    return
            elif not _is_restarted(yes):
                typer.echo("Nothing was encrypted anew. Start Safar again, then: safar keys rotate")
                raise typer.Exit(1)
            with progress("encrypting anew") as tell:
                counted = rotation.rotate(database, keyring, tell)
            deed = audit.Deed("operator", "rotate", "keys", "all", None, {"moved": counted.moved})
            with database.write() as tx:
                audit.append(tx, keyring, deed, utc_now())
            # What was written with the old key stands in the journal until it is emptied.
            scrubbed = database.scrub()
    finally:
        database.close()
    typer.echo(f"{counted.moved} texts and addresses were encrypted anew.")
    _show(counted, len(settings.keys) + (not begun))
    if not scrubbed:
        typer.echo(
            "The journal still has what the old key made, since somebody was reading; `safar run`"
            " empties it.",
            err=True,
        )
    if counted.without_key:
        raise typer.Exit(1)
    typer.echo(
        f"Nothing needs an older key any more. Ask once more in a day, `safar keys status`, then"
        f" take all but the first out of {_KEYS}. Keep them with the backups that were made before"
        " today: those cannot be read without them."
    )


def _put_first(settings: Settings, new: str, env_file: Path, *, only_print: bool) -> None:
    from safar.cli import env_file as files  # noqa: PLC0415 - only this command
    from safar.cli.content_shared import utc_now  # noqa: PLC0415

    value = ",".join((new, *settings.keys))
    if not only_print and _KEYS not in os.environ and files.names(env_file, _KEYS):
        kept = files.replace(env_file, _KEYS, value, utc_now())
        typer.echo(f"A new key stands first in {env_file}. The file before is {kept.name}.")
        typer.echo(f"Keep a copy of {env_file}: without it nothing can be read.")
        return
    typer.echo("Put this in the place where SAFAR_KEYS is set, and keep a copy of it:")
    typer.echo(f"{_KEYS}={value}")
    if not only_print:
        typer.echo("Start Safar again everywhere with that line. Then: safar keys rotate")
        # This process must not write with a key that nobody has written down.
        raise typer.Exit


def _is_restarted(yes: bool) -> bool:
    sentence = (
        "Start Safar again now, with this line, on every machine that shares the store: what"
        " knows only the old key cannot read what the new one has made."
    )
    if yes:
        return True
    typer.echo(sentence)
    return sys.stdin.isatty() and typer.confirm("Is it started again everywhere?")


def _show(counted: Counted, keys: int) -> None:
    for place in range(keys):
        age = "the newest" if place == 0 else "older"
        typer.echo(f"key {place + 1} ({age}): {counted.by_key[place]}")
    for name, rows in sorted(counted.unreadable.items()):
        more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        typer.echo(f"no key opens {name} of rows {', '.join(rows[:_SHOWN])}{more}", err=True)
    if counted.without_key:
        typer.echo(
            f"{counted.without_key} have no key here. Add the one they were written with at the end"
            f" of {_KEYS}; without it they cannot be read any more.",
            err=True,
        )
