"""`safar usage`: what was sent, day by day and country by country, for bills and budgets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from safar.settings import load_settings

_HEADER = ("day", "country", "messages", "segments")


def usage(
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 31,
    csv: Annotated[
        Path | None, typer.Option(help="Write a file for a spreadsheet instead of lines.")
    ] = None,
) -> None:
    """Show messages and SMS segments sent, by day (UTC) and country; nothing of any person."""
    from safar.gateway.spreadsheet import to_csv  # noqa: PLC0415 - only this command
    from safar.gateway.web import utc_now  # noqa: PLC0415
    from safar.store import usage as store  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    database = open_database(load_settings().database_url)
    with database.read() as tx:
        rows = store.history(tx, "country", utc_now() - timedelta(days=days))
    if csv is not None:
        csv.write_text(to_csv(_HEADER, rows), encoding="utf-8-sig", newline="")
        typer.echo(f"{len(rows)} lines in {csv}.")
        return
    for day, country, messages, segments in rows:
        typer.echo(f"{day}  {country:<8} {messages:>8} messages {segments:>8} segments")
    if not rows:
        typer.echo("Nothing was sent in that time.")
