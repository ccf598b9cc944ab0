"""Reads one file of content/ that cases need: into its model, with every fault of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from safar.registry.errors import Problem
from safar.registry.explain import explain
from safar.registry.schema import Entry
from safar.registry.yamlfile import Document, read_yaml

Model = TypeVar("Model", bound=Entry)


def read_file(
    path: Path,
    model: type[Model],
    most_bytes: int,
    known_keys: frozenset[str],
    faults: Callable[[Model, Document], Iterable[Problem]],
) -> tuple[Model | None, list[Problem]]:
    """Return what stands in a file, None where it is missing or no such thing, and its faults.

    Args:
        path: The file.
        model: What it must be.
        most_bytes: How long it may be.
        known_keys: Names that a misspelt one may mean.
        faults: Finds what no field alone can show.
    """
    if not path.exists():
        return None, []
    document, problems = read_yaml(path, f"{path.parent.name}/{path.name}", most_bytes)
    if document is None:
        return None, problems
    try:
        read = model.model_validate(document.data)
    except ValidationError as error:
        return None, [*problems, *explain(error, document, known_keys)]
    return read, [*problems, *faults(read, document)]
