"""`safar insights`: what is asked, not understood and misread, and lines that are made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from safar.cli.content_shared import progress, sentences, utc_now
from safar.settings import Settings, load_settings

if TYPE_CHECKING:
    from safar.insights.report import Group, Insights
    from safar.registry.content import Content
    from safar.registry.training import Line

app = typer.Typer(
    help="Learn from use: what is asked, what is not understood, lines that come of it.",
    no_args_is_help=True,
)

_MOST_SHOWN = 12
Days = Annotated[int, typer.Option(min=1, max=400, help="How many days back.")]
Variant = Annotated[str | None, typer.Option(help="Only this variant: ne, hi-Latn.")]
Book = Annotated[Path, typer.Argument(help="Spreadsheet: sheet.xlsx.", dir_okay=False)]


@app.command()
def show(
    days: Days = 30,
    variant: Variant = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write one page for a browser, instead of lines.")
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="Show every line of every list.")] = False,
) -> None:
    """Show by variant what is asked most, what was not answered, and what was misread.

    Numbers stand as #, and every word that may be a name as …. What was erased is not shown.
    """
    found, _ = _look(load_settings(), days, variant)
    if html is not None:
        from safar.insights.page import html as page  # noqa: PLC0415 - only this option

        html.write_text(page(found), encoding="utf-8")
        typer.echo(f"The page is in {html}.")
    elif as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        _show(found, None if whole else _MOST_SHOWN)
    _tell_of_unreadable(found)


@app.command()
def export(
    book: Book,
    days: Days = 30,
    variant: Variant = None,
    most: Annotated[
        int, typer.Option(min=1, max=5000, help="At most so many texts of a variant.")
    ] = 200,
) -> None:
    """Write texts that were not understood, misread or unsure into a spreadsheet to be labelled."""
    from safar.insights.labels import export_labels  # noqa: PLC0415 - only this command

    found, lines = _look(load_settings(), days, variant)
    with sentences():
        counts = export_labels(found, lines, book, most)
    for tag, count in counts.items():
        typer.echo(f"{tag}: {count} texts")
    typer.echo(
        f"{book}: {sum(counts.values())} texts to label. Fill in intent, labelled by and, another"
        " person, reviewed by; where a text has … or #, write a whole line under wording."
    )
    _tell_of_unreadable(found)


@app.command("import")
def import_(book: Book) -> None:
    """Take labelled lines over into the training data; with an error, none of them."""
    from safar.insights.learning import import_labels  # noqa: PLC0415 - only this command

    settings = load_settings()
    with sentences():
        done = import_labels(book, settings.bot_dir, _content(settings))
    for line in done.added:
        typer.echo(f"{line.variant} {line.intent}: {line.text}")
    typer.echo(
        f"{len(done.added)} lines learned in {len(done.files)} files;"
        f" {done.waiting} rows are not labelled yet."
    )
    if done.added:
        typer.echo(
            "The assistant knows them after the next training: make train. Then make evaluate tells"
            " whether it understands more than before, and make check whether the lines are sound."
        )


def _look(settings: Settings, days: int, variant: str | None) -> tuple[Insights, list[Line]]:
    """Return what is to be learned, and the training lines."""
    from safar.insights.report import insights  # noqa: PLC0415 - only these commands
    from safar.insights.vocabulary import Vocabularies  # noqa: PLC0415
    from safar.registry.training import training_lines  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    keyring = KeyRing(settings.keys, settings.hash_key)
    with sentences():
        content = _content(settings)
        if variant is not None and variant not in content.languages:
            served = ", ".join(language.tag for language in content.languages)
            raise LookupError(f"There is no variant {variant!r}; there are {served}.")
        lines = training_lines(settings.bot_dir / "data" / "nlu")
    database = open_database(settings.database_url)
    try:
        with progress("reading messages") as tell:
            found = insights(
                database,
                keyring,
                Vocabularies(content, lines),
                now=utc_now(),
                days=days,
                variant=variant,
                progress=tell,
            )
    finally:
        database.close()
    return found, lines


def _content(settings: Settings) -> Content:
    from safar.registry.load import load_content  # noqa: PLC0415 - only these commands

    return load_content(settings.content_dir)


def _as_json(found: Insights) -> dict[str, Any]:
    def groups(each: Iterable[Group]) -> list[dict[str, Any]]:
        keys = ("text", "times", "understood_as", "meant", "how")
        return [{key: asdict(group)[key] for key in keys} for group in each]

    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "unreadable": found.unreadable,
        "variants": [
            {
                "variant": each.variant,
                "messages": each.messages,
                "asked": [asdict(one) for one in each.asked],
                "unanswered": groups(each.unanswered),
                "misread": groups(each.misread),
            }
            for each in found.variants
        ],
    }


def _show(found: Insights, most: int | None) -> None:
    console = Console()
    for each in found.variants:
        console.print(Text(f"{each.variant}: {each.messages} messages", style="bold"))
        asked = Table("most asked", "times", "share")
        for one in each.asked[:most]:
            asked.add_row(one.intent, str(one.times), f"{one.share:.0%}")
        left = len(each.asked[most:]) if most else 0
        if each.asked:
            console.print(asked)
        for title, groups in (("not answered", each.unanswered), ("misread", each.misread)):
            if groups:
                console.print(_table(title, groups[:most]))
            left += len(groups[most:]) if most else 0
        if left:
            console.print(f"and {left} more (--all shows them)")
    if not found.variants:
        typer.echo("Nothing was understood in that time.")


def _table(title: str, groups: Iterable[Group]) -> Table:
    table = Table(title, "times", "understood as", "meant", "known by")
    for group in groups:
        cells = (group.text, str(group.times), group.understood_as, group.meant, group.how)
        table.add_row(*map(Text, cells))
    return table


def _tell_of_unreadable(found: Insights) -> None:
    if found.unreadable:
        typer.echo(
            f"{found.unreadable} messages are left out: no key in SAFAR_KEYS opens them. Add the"
            " key they were written with at the end of the list.",
            err=True,
        )
