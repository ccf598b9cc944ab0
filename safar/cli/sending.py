"""`safar sending …`: stop all sending at once, and let it go on."""

from __future__ import annotations

from typing import Annotated

import typer

from safar.settings import load_settings

app = typer.Typer(no_args_is_help=True)


@app.command()
def stop(
    reason: Annotated[str, typer.Option(help="Why, for whoever reads `safar doctor` later.")],
) -> None:
    """Send nothing more, on any channel, until `safar sending resume`.

    What comes in is still kept and answered; the answers wait. Danger waits too: use it only where
    sending itself does harm.
    """
    from safar.gateway.web import utc_now  # noqa: PLC0415 - only this command
    from safar.store import switches  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    database = open_database(load_settings().database_url)
    with database.write() as tx:
        switches.turn_on(tx, switches.SENDING_STOPPED, reason, utc_now())
    typer.echo("Nothing is sent any more. Let it go on with: safar sending resume")


@app.command()
def resume() -> None:
    """Let sending go on; what has waited too long is answered anew."""
    from safar.store import switches  # noqa: PLC0415 - only this command
    from safar.store.database import open_database  # noqa: PLC0415

    database = open_database(load_settings().database_url)
    with database.write() as tx:
        was_on = switches.turn_off(tx, switches.SENDING_STOPPED)
    typer.echo("Sending goes on." if was_on else "Sending was not stopped.")
