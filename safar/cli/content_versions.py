"""`safar content submit`, `approve`, `publish`, `rollback`, `versions`, `diff`, `withdraw`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from safar.cli.content_shared import sentences, utc_now
from safar.settings import Settings, load_settings

if TYPE_CHECKING:
    from safar.desk.publishing import Desk
    from safar.registry.content import Content

By = Annotated[str, typer.Option("--by", help="Who you are; it is kept with what you do.")]
Name = Annotated[str, typer.Argument(help="Name of the version.")]
ContentDir = Annotated[
    Path | None, typer.Option(help="Folder of the content files; by default, where settings say.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
    for command in (
        submit,
        approve,
        publish,
        rollback,
        versions,
        diff,
        withdraw,
        find,
        kinds,
        keys,
    ):
        app.command()(command)


def submit(
    by: By,
    note: Annotated[str, typer.Option(help="What is new, in one line.")] = "",
    name: Annotated[str, typer.Option(help="Name of the version; by default, today.")] = "",
    content_dir: ContentDir = None,
) -> None:
    """Hand in the content as it is now, for another person to read; answers stay as they are."""
    from safar.desk import publishing  # noqa: PLC0415 - only this command

    settings = load_settings()
    folder = content_dir or settings.content_dir
    with sentences():
        _see_that_files_of_staff_are_good(folder)
        made = publishing.submit(
            desk_of(settings),
            folder,
            by=by,
            now=utc_now(),
            name=name,
            note=note,
        )
    typer.echo(
        f"Handed in as {made.name}. Another person now looks at "
        f"`safar content diff --to {made.name}` and says "
        f"`safar content approve {made.name} --by NAME`."
    )


def _see_that_files_of_staff_are_good(folder: Path) -> None:
    """Refuse what is wrong with files that no answer is made of, and that are published as well.

    Raises:
        ContentError: with every fault.
    """
    from safar.cases.canned import check_replies  # noqa: PLC0415 - only this command
    from safar.cases.glossary import check_glossary  # noqa: PLC0415
    from safar.cases.plan_file import check_plan  # noqa: PLC0415
    from safar.registry.errors import ContentError, Severity  # noqa: PLC0415

    found = [*check_plan(folder), *check_replies(folder), *check_glossary(folder)]
    if errors := [problem for problem in found if problem.severity is Severity.ERROR]:
        raise ContentError(errors)


def approve(name: Name, by: By) -> None:
    """Say that you have read what another person handed in, and that it may be published."""
    from safar.desk import publishing  # noqa: PLC0415 - only this command

    with sentences():
        made = publishing.approve(desk_of(load_settings()), name, by=by, now=utc_now())
    typer.echo(
        f"{made.approved_by} has read {made.name} of {made.submitted_by}. "
        f"To publish it: `safar content publish {made.name}`."
    )


def publish(name: Name) -> None:
    """Answer from what was handed in and approved; running processes take it within a second."""
    from safar.desk import publishing  # noqa: PLC0415 - only this command

    with sentences():
        made = publishing.publish(desk_of(load_settings()), name, now=utc_now(), tell=_tell)
    typer.echo(f"Published: answers come from {made.name} now, content {made.content_hash[:12]}.")


def rollback(
    name: Name,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if it states what was withdrawn since.")
    ] = False,
) -> None:
    """Answer from an earlier version again."""
    from safar.desk import publishing  # noqa: PLC0415 - only this command

    with sentences():
        made = publishing.rollback(desk_of(load_settings()), name, _tell, anyway=anyway)
    typer.echo(f"Answers come from {made.name} again, content {made.content_hash[:12]}.")


def versions() -> None:
    """Show what waits for a second person, what was published, and what is in use."""
    shelf = desk_of(load_settings()).shelf
    table = Table("version", "state", "when (UTC)", "by", "read by", "note")
    for each in shelf.submissions():
        state = "approved" if each.approved_by else "waiting"
        when = f"{each.submitted_at:%Y-%m-%d %H:%M}"
        row = (each.name, state, when, each.submitted_by, each.approved_by or "", each.note)
        table.add_row(*row)
    current = shelf.current()
    for made in shelf.manifests():
        state = "in use" if made.name == current else made.kind
        when = f"{made.made_at:%Y-%m-%d %H:%M}"
        row = (made.name, state, when, made.submitted_by, made.approved_by or "", made.note)
        table.add_row(*row)
    Console().print(table)
    if current is None:
        typer.echo("No published version is in use: answers come from what was built last.")


def diff(
    old: Annotated[
        str | None,
        typer.Option("--from", help="Version to begin with; by default, the one in use."),
    ] = None,
    new: Annotated[
        str | None,
        typer.Option("--to", help="Version, or name of what waits; by default, the files."),
    ] = None,
    content_dir: ContentDir = None,
) -> None:
    """Show what was added, changed and removed, in words."""
    from safar.desk.diff import differences  # noqa: PLC0415 - only this command

    settings = load_settings()
    working = content_dir or settings.content_dir
    with sentences():
        shelf = desk_of(settings).shelf
        before = old or shelf.current()
        if before is None:
            typer.echo("Nothing is published yet; name a version with --from.", err=True)
            raise typer.Exit(1)
        changes = differences(
            _content(settings, before), _content(settings, new) if new else _load(working)
        )
    for change in changes:
        typer.echo(str(change))
    counts = Counter(change.what for change in changes)
    said = ", ".join(f"{counts[what]} {what}" for what in ("added", "changed", "removed"))
    typer.echo(f"From {before} to {new or 'the files as they are'}: {said}.")


def withdraw(
    entry: Annotated[str, typer.Argument(help="Id of a fact, a hotline or a mission.")],
    reason: Annotated[str, typer.Option(help="What is wrong with it, in one line.")],
    by: By,
    content_dir: ContentDir = None,
) -> None:
    """Take a wrong fact out of all answers now; they name who knows instead."""
    from safar.desk import withdrawing  # noqa: PLC0415 - only this command

    settings = load_settings()
    with sentences():
        done = withdrawing.withdraw(
            desk_of(settings),
            content_dir or settings.content_dir,
            entry,
            reason=reason,
            by=by,
            now=utc_now(),
            tell=_tell,
        )
    where = f"marked in {done.file}" if done.file else "no longer in the files"
    version = f"version {done.version} is in use" if done.version else "the registry was built anew"
    typer.echo(f"{entry} is withdrawn: {where}, and {version}. No answer states it any more.")


def find(
    words: Annotated[list[str], typer.Argument(help="Words, a number, a country's file: NP.yaml")],
    content_dir: ContentDir = None,
) -> None:
    """Look for facts, hotlines and missions: their ids, files and what they say."""
    from safar.desk.withdrawing import find_entries  # noqa: PLC0415 - only this command

    with sentences():
        found = find_entries(_load(content_dir or load_settings().content_dir), " ".join(words))
    for name, file, said in found:
        typer.echo(f"{name}  {file}  {said}")
    typer.echo(f"{len(found)} found.")


def kinds(
    words: Annotated[list[str] | None, typer.Argument(help="Only kinds with these words.")] = None,
    content_dir: ContentDir = None,
) -> None:
    """Show what kinds of facts there are: in which topic, of which country, with which values."""
    from safar.desk.kinds import kinds_of  # noqa: PLC0415 - only this command

    with sentences():
        found = kinds_of(_load(content_dir or load_settings().content_dir), " ".join(words or ()))
    for kind in found:
        typer.echo(str(kind))
    typer.echo(f"{len(found)} kinds.")


def keys() -> None:
    """Make a pair of keys: one signs what is published, the other checks it."""
    from safar.desk.signing import new_keys  # noqa: PLC0415 - only this command

    made = new_keys()
    typer.echo("# Where content is published, in .env; never anywhere else:")
    typer.echo(f"SAFAR_CONTENT_SIGNING_KEY={made.signing}")
    typer.echo("# Wherever answers are given, in .env; it is no secret:")
    typer.echo(f"SAFAR_CONTENT_PUBLIC_KEY={made.public}")


def desk_of(settings: Settings) -> Desk:
    """Return the desk of this installation."""
    from safar.desk.publishing import Desk  # noqa: PLC0415 - only these commands
    from safar.desk.shelf import Shelf  # noqa: PLC0415 - only these commands

    shelf = Shelf(settings.home / "content", settings.registry_path)
    return Desk(shelf, settings.content_signing_key, settings.content_public_key)


def _content(settings: Settings, name: str) -> Content:
    """Return the content of a version, or of what waits under that name."""
    from safar.desk.errors import PublishError  # noqa: PLC0415 - only this command

    shelf = desk_of(settings).shelf
    try:
        folder = shelf.version(name)
    except PublishError:
        folder, _ = shelf.submission(name)
    return _load(folder / "content")


def _load(folder: Path) -> Content:
    from safar.registry.load import load_content  # noqa: PLC0415 - only these commands

    return load_content(folder)


def _tell(step: str) -> None:
    typer.echo(f"{step}…", err=True)
