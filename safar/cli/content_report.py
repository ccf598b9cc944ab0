"""`safar content report`: the state of the content, in the terminal or as one page."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from safar.cli.content_shared import progress, sentences, utc_now
from safar.settings import ROOT, Settings, load_settings

if TYPE_CHECKING:
    from safar.desk.report import Asked, Report

_MOST_SHOWN = 12
_SQLITE = "sqlite:///"


def report(
    html: Annotated[
        Path | None, typer.Option(help="Write one page for a browser, instead of lines.")
    ] = None,
    english_only: Annotated[
        bool,
        typer.Option("--english-only", help="Measure the answers in English only: faster."),
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=400, help="How far back questions count.")] = 30,
    whole: Annotated[bool, typer.Option("--all", help="Show every line of every list.")] = False,
    content_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of the content files; by default, where settings say."),
    ] = None,
) -> None:
    """Show what is there, what is stale or untranslated, what is costly, unused, and asked for."""
    from safar.desk.checking import check  # noqa: PLC0415 - only this command
    from safar.desk.report import make_report  # noqa: PLC0415 - only this command
    from safar.desk.report_page import html as page  # noqa: PLC0415 - only this command

    settings = load_settings()
    folder = content_dir or settings.content_dir
    locales = folder.parent / "locales" if content_dir else settings.locales_dir
    now = utc_now()
    with sentences():
        with progress("measuring answers") as tell:
            checked = check(folder, locales, now, all_variants=not english_only, progress=tell)
        code = [each for each in (ROOT / "safar", ROOT / "actions", ROOT / "bot") if each.is_dir()]
        made = make_report(checked, now, _asked(settings, now, days), code)
    if html is not None:
        html.write_text(page(made), encoding="utf-8")
        typer.echo(f"The report is in {html}.")
        return
    _show(made, Console(), None if whole else _MOST_SHOWN)


def _show(made: Report, console: Console, most: int | None) -> None:
    for name, value in made.figures:
        console.print(Text(f"{name}: {value}"))
    for each in made.lists:
        table = Table(*each.head, title=f"{each.title}: {each.what}", title_justify="left")
        for row in each.rows[:most]:
            table.add_row(*(Text(cell) for cell in row))
        console.print()
        console.print(table)
        left = len(each.rows) - len(each.rows[:most]) + each.left_out
        if left:
            console.print(f"and {left} more (--all shows them)")


def _asked(settings: Settings, now: datetime, days: int) -> Asked | None:
    """Count what was asked; None where nothing was ever stored here."""
    from safar.desk.report import Asked  # noqa: PLC0415 - only this command
    from safar.store import counters  # noqa: PLC0415 - only this command
    from safar.store.database import open_database  # noqa: PLC0415 - only this command
    from safar.store.errors import StoreError  # noqa: PLC0415 - only this command

    url = settings.database_url
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists():
        return None
    since = now - timedelta(days=days)
    try:
        database = open_database(url)
        with database.read() as tx:
            found = [
                {name.removeprefix(each): n for name, n in counters.totals(tx, each, since).items()}
                for each in ("asked.", "unanswered.")
            ]
        database.close()
    except StoreError as error:
        typer.echo(f"Questions are left out: {error}", err=True)
        return None
    return Asked(days, *found)
