"""What the commands of the desk share: errors as sentences, a bar for long work, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

import typer
from rich.console import Console
from rich.progress import Progress

from safar.registry.errors import ContentError, Problem, RegistryError, Severity


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what is wrong into sentences and a failing exit."""
    from safar.desk.errors import DeskError  # noqa: PLC0415 - only these commands
    from safar.phrasing.errors import PhrasingError  # noqa: PLC0415 - only these commands

    try:
        yield
    except ContentError as error:
        show_problems(error.problems, notes=False)
        raise typer.Exit(1) from error
    except (DeskError, RegistryError, PhrasingError, LookupError, ValueError) as error:
        typer.echo(str(error.args[0] if error.args else error), err=True)
        raise typer.Exit(1) from error


def show_problems(problems: Iterable[Problem], notes: bool) -> None:
    """Print problems, one a line."""
    for problem in problems:
        if notes or problem.severity is not Severity.NOTE:
            typer.echo(f"{problem.severity.value}: {problem}", err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar where somebody looks; give what moves it."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def utc_now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(timezone.utc)
