"""`safar content`: check the content files, build the registry, see an answer on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from safar.registry.build import BuildReport, build_registry
from safar.registry.check import check_content
from safar.registry.errors import ContentError, Problem, RegistryError, Severity
from safar.registry.load import load_content
from safar.settings import load_settings

app = typer.Typer(help="Check, build and preview the content.", no_args_is_help=True)

ContentDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the content files; by default, where settings say."),
]


class Channel(str, Enum):
    """The phone an answer is shown for."""

    sms = "sms"
    whatsapp = "whatsapp"


@app.command()
def check(
    content_dir: ContentDir = None,
    notes: Annotated[bool, typer.Option("--notes", help="Show notes, too.")] = False,
) -> None:
    """Say everything that is wrong with the content files; fails if there are errors."""
    try:
        content = load_content(content_dir or load_settings().content_dir)
        problems = check_content(content, _now().date()).problems
    except ContentError as error:
        problems = error.problems
    _show(problems, notes)
    counts = Counter(problem.severity for problem in problems)
    typer.echo(", ".join(f"{counts[each]} {each.value}s" for each in Severity) + ".")
    if counts[Severity.ERROR]:
        raise typer.Exit(1)


@app.command()
def build(
    content_dir: ContentDir = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The registry to write; by default, where settings say."),
    ] = None,
) -> None:
    """Check the content and build the registry; running processes take it within a second."""
    target = output or load_settings().registry_path
    try:
        report = _build(content_dir or load_settings().content_dir, target)
    except ContentError as error:
        _show(error.problems, notes=False)
        typer.echo(
            "Nothing was built. Mend the errors and run `safar content build` again.", err=True
        )
        raise typer.Exit(1) from error
    except RegistryError as error:
        typer.echo(f"{error}.", err=True)
        raise typer.Exit(1) from error
    _show(report.problems, notes=False)
    table = Table("table", "rows")
    table.columns[1].justify = "right"
    for name, count in report.counts.items():
        table.add_row(name, str(count))
    Console().print(table)
    typer.echo(f"{report.path}: {report.size_bytes:,} bytes, content {report.content_hash[:12]}.")


@app.command()
def preview(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    topic: Annotated[str, typer.Argument(help="Id of a topic, or an intent it answers.")],
    origin: Annotated[str | None, typer.Option(help="Country the person is from: NP.")] = None,
    destination: Annotated[
        str | None, typer.Option(help="Country the person works in or goes to: QA.")
    ] = None,
    city: Annotated[str | None, typer.Option(help="City in that country.")] = None,
    variant: Annotated[str, typer.Option(help="Language and script: ne-Latn.")] = "en",
    channel: Annotated[Channel, typer.Option(help="The phone it is shown for.")] = Channel.sms,
    content_dir: ContentDir = None,
) -> None:
    """Show how an answer reads on a phone today, and what it costs, before anything is built."""
    # Only this command needs the rooms above the registry.
    from safar.cli.content_preview import Question, preview_topic, show  # noqa: PLC0415

    settings = load_settings()
    question = Question(
        topic=topic,
        origin=origin.upper() if origin else None,
        destination=destination.upper() if destination else None,
        city=city,
        variant=variant,
        channel=channel.value,
    )
    try:
        shown = preview_topic(
            content_dir or settings.content_dir, settings.locales_dir, question, _now()
        )
    except ContentError as error:
        _show(error.problems, notes=False)
        raise typer.Exit(1) from error
    except (RegistryError, LookupError, ValueError) as error:
        typer.echo(str(error.args[0] if error.args else error), err=True)
        raise typer.Exit(1) from error
    show(shown, Console())


@app.command("import-missions")
def import_missions(
    export: Annotated[
        Path, typer.Argument(help="CSV of the Database of embassies (Wikidata, CC0).")
    ],
    content_dir: ContentDir = None,
) -> None:
    """Take missions of the world into world/missions.csv; rows with a source of yours stay."""
    from safar.cli import content_missions  # noqa: PLC0415 - only this command needs it

    target = (content_dir or load_settings().content_dir) / "world" / "missions.csv"
    try:
        taken, edited = content_missions.import_missions(export, target)
    except ContentError as error:
        _show(error.problems, notes=False)
        raise typer.Exit(1) from error
    except (OSError, ValueError) as error:
        typer.echo(f"{export} cannot be taken: {error}. Nothing was changed.", err=True)
        raise typer.Exit(1) from error
    content_missions.show(taken, edited, target, Console())


def _build(content_dir: Path, target: Path) -> BuildReport:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("building")

        def tell(step: str, done: int, total: int) -> None:
            progress.update(task, description=step, completed=done, total=total)

        return build_registry(content_dir, target, _now(), tell)


def _show(problems: Iterable[Problem], notes: bool) -> None:
    for problem in problems:
        if notes or problem.severity is not Severity.NOTE:
            typer.echo(f"{problem.severity.value}: {problem}", err=True)


def _now() -> datetime:
    return datetime.now(timezone.utc)
