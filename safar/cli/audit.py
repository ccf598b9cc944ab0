"""`safar audit`: whether what is written of people's doings is still as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from safar.settings import load_settings

app = typer.Typer(help="Check the record of what was done.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `verify` a command of its own, though it is the only one so far."""


@app.command()
def verify(
    noted: Annotated[
        str | None,
        typer.Option(help="What an earlier check gave to note down: the chain must pass there."),
    ] = None,
) -> None:
    """Look through the record for rows that were altered, removed or moved; fails if there are.

    Note down what it says in the end, away from this machine: with that, a later check also
    notices a record that was put back to an older state.
    """
    from safar.cli.content_shared import sentences  # noqa: PLC0415 - only this command
    from safar.store import audit  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    try:
        with sentences(), database.read() as tx:
            verdict = audit.verify(tx, keyring, noted)
    finally:
        database.close()
    for fault in verdict.faults:
        typer.echo(fault, err=True)
    if verdict.faults:
        typer.echo(
            f"{verdict.head.rows} rows, faults: {len(verdict.faults)}. Keep a copy of the database"
            " as it is, and look who could write to it. If every row is named, SAFAR_HASH_KEY is"
            " not the key they were written with.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(f"{verdict.head.rows} rows, none altered, removed or moved.")
    if verdict.head.rows:
        typer.echo(f"Note down: {verdict.head.note()}")
