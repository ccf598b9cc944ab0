"""`safar content export`, `import`: facts in a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safar.cli.content_shared import sentences, utc_now
from safar.settings import load_settings

Book = Annotated[Path, typer.Argument(help="Spreadsheet: facts.xlsx.", dir_okay=False)]
ContentDir = Annotated[
    Path | None, typer.Option(help="Folder of the content files; by default, where settings say.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
    app.command()(export)
    app.command(name="import")(import_)


def export(
    book: Book,
    country: Annotated[str | None, typer.Option(help="Only this country: NP.")] = None,
    content_dir: ContentDir = None,
) -> None:
    """Write facts, hotlines and sources into a spreadsheet."""
    from safar.desk.facts_sheet import export_facts  # noqa: PLC0415 - only this command

    folder = content_dir or load_settings().content_dir
    code = country.upper() if country else None
    with sentences():
        counts = export_facts(folder, book, utc_now().date(), code)
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    typer.echo(f"{book}: {said}.")


def import_(book: Book, content_dir: ContentDir = None) -> None:
    """Take over what a spreadsheet says otherwise than the files; with an error, nothing of it."""
    from safar.desk.facts_sheet import import_facts  # noqa: PLC0415 - only this command

    folder = content_dir or load_settings().content_dir
    with sentences():
        done = import_facts(folder, book, utc_now().date())
    for what, names in (("new", done.added), ("changed", done.changed)):
        for name in dict.fromkeys(names):
            typer.echo(f"{what}: {name}")
    typer.echo(
        f"{len(done.added)} new and {len(done.changed)} changed entries in {len(done.files)} files."
    )
