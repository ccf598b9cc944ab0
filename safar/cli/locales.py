"""`safar locales`: the messages and their translations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from safar.cli.content_shared import sentences
from safar.console import catalogues as console
from safar.phrasing.errors import LocalesError, PhrasingError
from safar.phrasing.languages import Languages, load_languages
from safar.phrasing.romanise.derive import derive_catalogues
from safar.phrasing.sources import extract_template
from safar.phrasing.translations import TEMPLATE
from safar.phrasing.workshop import (
    Coverage,
    compile_catalogues,
    update_catalogues,
)
from safar.phrasing.workshop import report as coverage_report
from safar.settings import load_settings

app = typer.Typer(help="The messages and their translations, in locales/.", no_args_is_help=True)

Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        help="Project folder with content/, bot/ and locales/; by default, where settings say.",
        exists=True,
        file_okay=False,
    ),
]


@dataclass(frozen=True)
class _Place:
    root: Path
    locales: Path
    languages: Languages


@app.command()
def extract(root: Root = None) -> None:
    """Collect the English messages of content/ and bot/domain/ into locales/messages.pot.

    And those of the console of staff into locales/console.pot.
    """
    with _sentences():
        place = _place(root)
        pot = extract_template(place.root, place.locales)
        typer.echo(f"{len(pot.entries)} messages in {place.locales / TEMPLATE}.")
        texts = console.extract_console(place.locales)
        typer.echo(f"{texts} texts of the console in {place.locales / console.TEMPLATE}.")


@app.command()
def update(root: Root = None) -> None:
    """Bring every .po file up to messages.pot; changed messages become stale until reviewed."""
    with _sentences():
        place = _place(root)
        rows = update_catalogues(place.locales, place.languages)
        _show([*rows, *console.update_console(place.locales, place.languages)])


@app.command()
def derive(root: Root = None) -> None:
    """Write the variants in Latin letters from those in their own script.

    Words that the rules get wrong are in locales/VARIANT/spellings.yaml. A text whose comment in
    the .po file says "by hand" stays as it is.
    """
    with _sentences():
        place = _place(root)
        for variant, count in derive_catalogues(place.locales, place.languages).items():
            typer.echo(f"{variant}: {count} texts written anew.")


@app.command(name="compile")
def compile_(root: Root = None) -> None:
    """Check the .po files and write the .mo files that are served; refuses faulty texts."""
    with _sentences():
        place = _place(root)
        for variant, count in compile_catalogues(place.locales, place.languages).items():
            typer.echo(f"{variant}: {count} texts to serve.")
        for variant, count in console.compile_console(place.locales, place.languages).items():
            typer.echo(f"{variant}: {count} texts of the console.")


@app.command()
def report(
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show how much of each variant is translated, draft, stale or missing."""
    with _sentences():
        place = _place(root)
        rows = [
            *coverage_report(place.locales, place.languages),
            *console.report_console(place.locales, place.languages),
        ]
        if as_json:
            found = [{**row.model_dump(), "percent": row.percent} for row in rows]
            typer.echo(json.dumps(found, indent=2))
        else:
            _show(rows)


Variant = Annotated[str, typer.Argument(help="Language and script: ne-Latn.")]
Book = Annotated[Path, typer.Argument(help="Spreadsheet, such as ne-Latn.xlsx.", dir_okay=False)]


@app.command()
def export(variant: Variant, book: Book, root: Root = None) -> None:
    """Write the messages of a variant and their translations into a spreadsheet."""
    from safar.desk.words_sheet import export_words  # noqa: PLC0415 - only this command

    with sentences():
        place = _place(root)
        count = export_words(place.locales, place.languages[variant], book)
    typer.echo(f"{count} messages in {book}.")


@app.command(name="import")
def import_(variant: Variant, book: Book, root: Root = None) -> None:
    """Take over the translations of a spreadsheet; with an error, nothing of them."""
    from safar.desk.words_sheet import import_words  # noqa: PLC0415 - only this command

    with sentences():
        place = _place(root)
        done = import_words(place.locales, place.languages[variant], book)
    typer.echo(f"{len(done.changed)} translations changed, {done.reviewed} of them reviewed.")


def _place(root: Path | None) -> _Place:
    settings = load_settings()
    if root is None:
        root, content, locales = (
            settings.content_dir.parent,
            settings.content_dir,
            settings.locales_dir,
        )
    else:
        content, locales = root / "content", root / "locales"
    languages = load_languages(content / "languages.yaml", reviewed_only=settings.reviewed_only)
    return _Place(root, locales, languages)


def _show(rows: list[Coverage]) -> None:
    table = Table("variant", *(f"{name}" for name in _COLUMNS), "%")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(row.variant, *(str(getattr(row, n)) for n in _COLUMNS), str(row.percent))
    Console().print(table)


_COLUMNS = ("translated", "draft", "stale", "missing")


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn an error of this room into its sentences and a failing exit."""
    try:
        yield
    except PhrasingError as error:
        problems = error.problems if isinstance(error, LocalesError) else (str(error),)
        for problem in problems:
            typer.echo(problem, err=True)
        raise typer.Exit(1) from error
