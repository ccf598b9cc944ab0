"""`safar data`: how long things are kept, what is held on one person, copies of the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safar.settings import load_settings

if TYPE_CHECKING:
    from safar.store.crypto import KeyRing
    from safar.store.database import Database

app = typer.Typer(
    help="How long things are kept, what is held on one person, copies of the store.",
    no_args_is_help=True,
)


@contextmanager
def _store() -> Iterator[tuple[Database, KeyRing]]:
    """Open the store; what is wrong with it is a sentence."""
    from safar.cli.content_shared import sentences  # noqa: PLC0415 - only these commands
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    try:
        with sentences():
            yield database, keyring
    finally:
        database.close()


@app.command()
def retention() -> None:
    """Show how long each kind of thing is kept, and how many rows would go now."""
    from safar.cli.content_shared import utc_now  # noqa: PLC0415 - only this command
    from safar.store import retention as store  # noqa: PLC0415
    from safar.store.retention_settings import RetentionSettings  # noqa: PLC0415

    kept_for = RetentionSettings()
    with _store() as (database, _):
        found = store.due(database, kept_for, utc_now())
    typer.echo(f"{'kind':<16} {'days':>5}  {'then':<9} {'due now':>8}  set by")
    for each in found:
        variable = f"SAFAR_RETENTION_{each.kind.field.upper()}"
        typer.echo(
            f"{each.kind.name:<16} {each.days:>5}  {each.kind.fate:<9} {each.rows:>8}  {variable}"
        )
    typer.echo("What an open case needs is kept. The record of what was done is kept for good.")


@app.command()
def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many rows of each kind would go.")
    ] = False,
) -> None:
    """Let go now what has been kept long enough; `safar run` does so by itself, bit by bit."""
    from safar.cli.content_shared import utc_now  # noqa: PLC0415 - only this command
    from safar.store import retention as store  # noqa: PLC0415
    from safar.store.retention_settings import RetentionSettings  # noqa: PLC0415

    kept_for = RetentionSettings()
    with _store() as (database, keyring):
        if dry_run:
            for each in store.due(database, kept_for, utc_now()):
                typer.echo(f"{each.kind.name:<16} {each.rows:>8} would go, {each.kind.fate}")
            return
        gone = store.purge(database, keyring, kept_for, utc_now(), actor="operator")
        scrubbed = database.scrub()
    for name, rows in gone.items():
        typer.echo(f"{name:<16} {rows:>8} gone")
    typer.echo(f"{sum(gone.values())} rows.")
    if not scrubbed:
        typer.echo(
            "The journal could not be emptied, since somebody was reading: what went still stands"
            " in it. `safar run` empties it soon; else call this again.",
            err=True,
        )


@app.command()
def export(
    target: Annotated[
        Path, typer.Argument(help="Where to: person.json; person.txt is written beside it.")
    ],
    phone: Annotated[
        str | None,
        typer.Option(
            help="Their number, with +. Left out, it is asked for, or read from standard input:"
            " then it stands in no history of commands."
        ),
    ] = None,
    without_notes: Annotated[
        bool, typer.Option("--without-notes", help="Leave out what staff noted about them.")
    ] = False,
) -> None:
    """Write down everything that is held on one person, for that person.

    See first that who asks is who the number belongs to: have them write from it.
    """
    from safar.cli import private_file  # noqa: PLC0415 - only this command
    from safar.cli.content_shared import utc_now  # noqa: PLC0415
    from safar.store import audit, person_export, wishes  # noqa: PLC0415
    from safar.store.person_text import as_text  # noqa: PLC0415

    beside = target.with_suffix(".txt")
    if beside == target:
        typer.echo("Give a name that ends in .json: the text is written beside it.", err=True)
        raise typer.Exit(1)
    address = (phone or _asked()).strip()
    with _store() as (database, keyring):
        for path in (target, beside):
            if path.exists():
                raise private_file.FileThereError(f"{path} is there already. Give another name.")
        with database.read() as tx:
            person = person_export.find(tx, keyring, address) if address else None
            if person is None:
                typer.echo("Nothing is held on anybody with that number.", err=True)
                raise typer.Exit(1)
            document = person_export.export(tx, keyring, person, utc_now(), notes=not without_notes)
        if person.contact_id is not None:
            # Of whom, says a digest: the id goes when they are forgotten, and this stays.
            who = wishes.digest_of(keyring, person.contact_id)
            deed = audit.Deed(
                "operator", "export", "person", who, None, {"notes": not without_notes}
            )
            with database.write() as tx:
                audit.append(tx, keyring, deed, utc_now())
        private_file.write(target, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        private_file.write(beside, as_text(document))
    typer.echo(
        f"{target} and {beside}: {len(document['conversations'])} conversations,"
        f" {len(document['cases'])} cases. Read them before you hand them over: notes of staff, and"
        " what the person wrote, may speak of others."
    )


def _asked() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Number, with +", hide_input=True))
    return sys.stdin.readline()


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="Where to: a new file, on another disk.")],
) -> None:
    """Copy the whole store into one file, while Safar runs.

    Texts, numbers and names are encrypted in it as they are in the store; when who wrote to whom,
    by random ids, is not. Keep .env with it, apart: without its keys nobody can read it.
    """
    from safar.cli.content_shared import progress, utc_now  # noqa: PLC0415 - only this command
    from safar.store import backup as store  # noqa: PLC0415
    from safar.store import wishes  # noqa: PLC0415
    from safar.store.retention_settings import RetentionSettings  # noqa: PLC0415

    kept_for = RetentionSettings()
    own = load_settings().home / wishes.FILE_NAME
    with _store() as (database, keyring), progress("copying") as tell:
        manifest = store.make(database, keyring, target, utc_now(), tell)
        # Younger than the backup: else it could not be put back into an empty store.
        wishes.Keeper(own, database, keyring, kept_for).keep(utc_now())
    size = target.stat().st_size / 1024 / 1024
    typer.echo(
        f"{target}: {manifest.rows} rows of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, {size:.1f}"
        " MiB, looked through."
    )
    typer.echo(f"Copy {own} beside it, and again as often as you can.")
    if not manifest.audit_head.startswith("0:"):
        typer.echo(f"The record of what was done is at {manifest.audit_head}. Note it down.")


@app.command()
def restore(  # noqa: PLR0913, PLR0917 - one option each
    source: Annotated[Path, typer.Argument(help="A file made by `safar data backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over what is in the store now.")
    ] = False,
    unused_since: Annotated[
        bool,
        typer.Option(
            "--unused-since",
            help="Nothing has run since the backup was made: what waits is answered and sent.",
        ),
    ] = False,
    wishes: Annotated[
        list[Path] | None,
        typer.Option(help="The wishes.json of the lost store: who was forgotten stays forgotten."),
    ] = None,
    without_wishes: Annotated[
        bool,
        typer.Option(
            "--without-wishes", help="Put it back though nobody knows who was forgotten since."
        ),
    ] = False,
) -> None:
    """Put a backup in the place of the store: all of it, or nothing. Stop Safar first.

    Nothing is sent twice: what was under way is asked of the provider, or read for danger only. Who
    was forgotten, or asked to be left alone, since the backup stays so.
    """
    from safar.cli.content_shared import progress, utc_now  # noqa: PLC0415 - only this command
    from safar.store import restore as store  # noqa: PLC0415
    from safar.store import wishes as kept  # noqa: PLC0415
    from safar.store.retention_settings import RetentionSettings  # noqa: PLC0415

    settings = load_settings()
    own = settings.home / kept.FILE_NAME
    kept_for = timedelta(days=RetentionSettings().backups_days)
    with _store() as (database, keyring):
        files = [*(wishes or []), *([own] if own.exists() else [])]
        order = store.Order(
            kept_for=kept_for,
            replace=replace,
            unused_since=unused_since,
            without_wishes=without_wishes,
            noted=tuple(kept.read_file(path, keyring) for path in files),
        )
        with progress("putting it back") as tell:
            done = store.restore(database, keyring, source, order, utc_now(), settings.home, tell)
    typer.echo(f"{done.rows} rows are as they were at {done.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    typer.echo(
        f"Of unknown outcome: {done.under_way['texts']} texts; the provider is asked. Read for"
        f" danger only: {done.under_way['messages']} messages."
    )
    typer.echo(
        f"Done once more, as far as is known until {done.wishes_until:%Y-%m-%d %H:%M} UTC:"
        f" {done.wishes['forgotten']} people forgotten, {done.wishes['withdrawn']} consents taken"
        f" back, {done.wishes['stopped']} addresses left alone."
    )
    typer.echo(
        "Staff sign in anew. Who was shut out, and which passwords and codes changed after the"
        " backup, must be done again. Then start Safar, and look at the open cases."
    )
