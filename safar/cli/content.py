"""`safar content`: check the content files, build the registry, see an answer on a phone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from safar.cli import content_report, content_sheets, content_versions
from safar.cli.content_shared import progress, sentences, show_problems
from safar.phrasing.errors import PhrasingError
from safar.registry.build import BuildReport, build_registry
from safar.registry.errors import ContentError, RegistryError, Severity
from safar.settings import load_settings

app = typer.Typer(help="Check, build and preview the content.", no_args_is_help=True)
content_versions.register(app)
content_sheets.register(app)
app.command()(content_report.report)

ContentDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the content files; by default, where settings say."),
]


_MEASURED = ("content/topics/", "content/languages.yaml", "locales/")
"""Files in which translations and the length of answers are told of."""


class Channel(str, Enum):
    """The phone an answer is shown for."""

    sms = "sms"
    whatsapp = "whatsapp"
    app = "app"


@app.command()
def check(
    only: Annotated[
        str, typer.Argument(help="Only files with this in their name, such as NP.yaml.")
    ] = "",
    content_dir: ContentDir = None,
    notes: Annotated[bool, typer.Option("--notes", help="Show notes, too.")] = False,
    budget: Annotated[
        bool,
        typer.Option("--budget", help="Measure the answers of all variants, not of English only."),
    ] = False,
) -> None:
    """Say everything that is wrong with content and translations; fails if there are errors."""
    from safar.cases.canned import check_replies  # noqa: PLC0415 - only this command
    from safar.cases.glossary import check_glossary  # noqa: PLC0415 - only this command
    from safar.cases.plan_file import check_plan  # noqa: PLC0415 - only this command
    from safar.desk.checking import check as look  # noqa: PLC0415 - only this command
    from safar.desk.errors import DeskError  # noqa: PLC0415 - only this command

    settings = load_settings()
    folder = content_dir or settings.content_dir
    locales: Path | None = folder.parent / "locales" if content_dir else settings.locales_dir
    if only and not budget and not any(name in only or only in name for name in _MEASURED):
        locales = None  # translations and lengths are told of in other files
    try:
        with progress("measuring answers") as tell:
            checked = look(folder, locales, _now(), all_variants=budget, progress=tell)
        problems = checked.problems
    except ContentError as error:
        problems = error.problems
    except (DeskError, PhrasingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    # What is for staff is no answer, so the registry does not know it; editors keep it too.
    for look_at in (check_plan, check_replies, check_glossary):
        problems = tuple(sorted((*problems, *look_at(folder))))
    problems = tuple(problem for problem in problems if only in problem.file)
    show_problems(problems, notes)
    counts = Counter(problem.severity for problem in problems)
    typer.echo(", ".join(f"{counts[each]} {each.value}s" for each in Severity) + ".")
    if counts[Severity.ERROR]:
        raise typer.Exit(1)


@app.command()
def segments(
    content_dir: ContentDir = None,
    variant: Annotated[
        list[str] | None, typer.Option(help="Only this variant; may be given several times.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page in docs.")] = False,
) -> None:
    """Measure the SMS segments of every answer in every variant."""
    from safar.cli.content_segments import show  # noqa: PLC0415 - only this command
    from safar.desk.segments import measure_all  # noqa: PLC0415 - only this command

    settings = load_settings()
    folder = content_dir or settings.content_dir
    locales = folder.parent / "locales" if content_dir else settings.locales_dir
    with sentences(), progress("measuring answers") as tell:
        page = measure_all(folder, locales, _now(), variant or (), tell)
    if markdown:
        typer.echo(page.markdown(), nl=False)
    else:
        show(page, Console())


@app.command()
def build(
    content_dir: ContentDir = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The registry to write; by default, where settings say."),
    ] = None,
    unless_published: Annotated[
        bool, typer.Option("--unless-published", help="Leave a published version in use.")
    ] = False,
) -> None:
    """Check the content and build the registry; running processes take it within a second."""
    target = output or load_settings().registry_path
    if target.is_symlink():
        typer.echo(
            "A published version is in use. To change it: `safar content submit`; to build beside "
            "it: --output.",
            err=True,
        )
        raise typer.Exit(0 if unless_published else 1)
    try:
        report = _build(content_dir or load_settings().content_dir, target)
    except ContentError as error:
        show_problems(error.problems, notes=False)
        typer.echo(
            "Nothing was built. Mend the errors and run `safar content build` again.", err=True
        )
        raise typer.Exit(1) from error
    except RegistryError as error:
        typer.echo(f"{error}.", err=True)
        raise typer.Exit(1) from error
    show_problems(report.problems, notes=False)
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
    alone: Annotated[
        bool, typer.Option("--alone", help="Without the English beside another variant.")
    ] = False,
    content_dir: ContentDir = None,
) -> None:
    """Show how an answer reads on a phone today, and what it costs, before anything is built."""
    # Only this command needs the rooms above the registry.
    from safar.cli.content_preview import show  # noqa: PLC0415
    from safar.desk.preview import Question, preview_topic  # noqa: PLC0415

    settings = load_settings()
    question = Question(
        topic=topic,
        origin=origin.upper() if origin else None,
        destination=destination.upper() if destination else None,
        city=city,
        channel=channel.value,
    )
    variants = [variant] if alone or variant == "en" else [variant, "en"]
    with sentences():
        shown = preview_topic(
            content_dir or settings.content_dir, settings.locales_dir, question, variants, _now()
        )
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
        show_problems(error.problems, notes=False)
        raise typer.Exit(1) from error
    except (OSError, ValueError) as error:
        typer.echo(f"{export} cannot be taken: {error}. Nothing was changed.", err=True)
        raise typer.Exit(1) from error
    content_missions.show(taken, edited, target, Console())


def _build(content_dir: Path, target: Path) -> BuildReport:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("building")

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        return build_registry(content_dir, target, _now(), tell)


def _now() -> datetime:
    return datetime.now(timezone.utc)
