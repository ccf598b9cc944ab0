"""`safar agencies`: import the lists of authorities, see what is loaded, try a search."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from safar.settings import load_settings

app = typer.Typer(
    help="Import the lists of agencies that authorities publish, and search them.",
    no_args_is_help=True,
)

_MOST_SHOWN = 50
Json = Annotated[bool, typer.Option("--json", help="One JSON object, with every rejected row.")]


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917 - one argument an option of the command
    file: Annotated[Path, typer.Argument(help="The list: CSV or XLSX.")],
    mapping: Annotated[
        Path, typer.Option(help="How to read it: a file in content/agencies/mappings/.")
    ],
    as_of: Annotated[
        str | None,
        typer.Option(help="Date of the list: 2026-11-01. By default, from the file's name."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look; write nothing.")] = False,
    accept_rejected: Annotated[
        bool, typer.Option("--accept-rejected", help="Leave bad rows out and take the others.")
    ] = False,
    accept_gone: Annotated[
        bool, typer.Option("--accept-gone", help="Take a list that has lost unusually many.")
    ] = False,
    as_json: Json = False,
    content_dir: Annotated[
        Path | None, typer.Option(help="Folder of the content files; by default, as settings say.")
    ] = None,
) -> None:
    """Put a list into its register: the whole of it, or nothing.

    Says of every rejected row its number and why, and then writes nothing and ends with 1.
    """
    from safar.registry.agencies.importing import Wanted, import_list  # noqa: PLC0415
    from safar.registry.agencies.mapping import load_mapping  # noqa: PLC0415

    folder = content_dir or load_settings().content_dir
    how = load_mapping(mapping)
    wanted = Wanted(_date(as_of or how.as_of(file.name), file), check, accept_rejected, accept_gone)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading")

        def tell(row: int, about: int) -> None:
            if row % 500 == 0:
                progress.update(task, completed=row, total=about or None)

        report = import_list(
            file,
            mapping=how,
            mapping_name=mapping.stem,
            content_dir=folder,
            wanted=wanted,
            today=_today(),
            progress=tell,
        )
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        _show(report, check)
    if report.rejected and not accept_rejected:
        raise typer.Exit(1)


@app.command()
def registers(as_json: Json = False) -> None:
    """Show the registers that are loaded: whose, of what date, until when they are relied upon."""
    from safar.registry.query import Registry  # noqa: PLC0415

    registry = Registry.open(load_settings().registry_path)
    today = _today()
    rows = [
        {
            "country": each.country,
            "authority": each.authority,
            "as_of": each.as_of,
            "review_by": each.review_by.isoformat(),
            "sample": each.sample,
            "current": each.stated(today),
        }
        for each in registry.registers()
    ]
    registry.close()
    if as_json:
        typer.echo(json.dumps({"registers": rows}, ensure_ascii=False))
        return
    table = Table("country", "authority", "list of", "relied upon until", "")
    for row in rows:
        note = "SAMPLE" if row["sample"] else "" if row["current"] else "TOO OLD"
        shown = [str(row[key] or "?") for key in ("country", "authority", "as_of", "review_by")]
        table.add_row(*shown, note)
    Console().print(table)


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="A name, a licence number, or a whole message.")],
    country: Annotated[str | None, typer.Option(help="Only registers of this country.")] = None,
    as_json: Json = False,
) -> None:
    """Show whom a text means, the surest first. Says nothing of whether to trust anybody."""
    from safar.registry.query import Registry  # noqa: PLC0415

    registry = Registry.open(load_settings().registry_path)
    found = registry.agencies(text, country.upper() if country else None)
    registry.close()
    rows = [
        {
            "matched": match.matched,
            "name": match.name,
            "licence_number": match.licence_number,
            "status": match.status.value,
            "country": match.country,
            "list_of": match.as_of,
            "sample": match.sample,
        }
        for match in found
    ]
    if as_json:
        typer.echo(json.dumps({"matches": rows}, ensure_ascii=False))
        return
    table = Table("matched", "name", "licence", "status", "country", "list of")
    for row in rows:
        table.add_row(*(str(row[key] or "") for key in list(row)[:-1]))
    Console().print(table)
    typer.echo(f"{len(rows)} found." if rows else "Nobody found.")


def _date(text: str | None, file: Path) -> date:
    from safar.registry.errors import AgencyImportError  # noqa: PLC0415

    if text is None:
        raise AgencyImportError(
            f"of what date is {file.name}? Say it with --as-of 2026-11-01, or tell the mapping"
            " where it stands in the file's name (as_of_in_name)"
        )
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise AgencyImportError(f"{text!r} is no date; write it like 2026-11-01") from error


def _as_json(report: Any) -> dict[str, Any]:
    merged = report.merged
    return {
        "register": report.register.name,
        "as_of": report.as_of.isoformat(),
        "read": report.read,
        "accepted": report.accepted,
        "rejected": [vars(row) for row in report.rejected],
        "added": len(merged.added),
        "changed": len(merged.changed),
        "gone": len(merged.gone),
        "back": len(merged.back),
        "unchanged": merged.unchanged,
        "written": report.written,
        "same": report.same,
    }


def _show(report: Any, check: bool) -> None:
    if report.rejected:
        table = Table("row", "value", "why it is rejected")
        table.columns[0].justify = "right"
        for row in report.rejected[:_MOST_SHOWN]:
            table.add_row(str(row.row), row.column, row.reason)
        Console().print(table)
        more = len(report.rejected) - _MOST_SHOWN
        if more > 0:
            typer.echo(f"… and {more} more; --json shows all.")
    merged = report.merged
    typer.echo(f"{report.read} rows: {report.accepted} accepted, {len(report.rejected)} rejected.")
    typer.echo(
        f"{len(merged.added)} new, {len(merged.changed)} changed, {len(merged.gone)} gone,"
        f" {len(merged.back)} back, {merged.unchanged} unchanged."
    )
    if report.same:
        typer.echo("The register holds this list already; nothing was written.")
    elif report.written:
        typer.echo(
            f"Written: {report.register.name}, list of {report.as_of}. Next: safar content build."
        )
    elif check:
        typer.echo("Only looked at; nothing was written.")
    else:
        typer.echo(
            "Nothing was written. Mend the rows in the list or the mapping, or leave them out"
            " with --accept-rejected.",
            err=True,
        )


def _today() -> date:
    return datetime.now(timezone.utc).date()
