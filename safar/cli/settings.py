"""`safar settings`: everything an operator can set, out of the settings' own docstrings."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from safar.cases.notices.settings import NoticeSettings
from safar.gateway.limits import LimitSettings
from safar.settings import ROOT, Settings
from safar.store.retention_settings import RetentionSettings

_ENTRY = re.compile(r"^(\w+): (.*)$")
_INTRODUCTION = """# Every setting

Write a setting into `.env` as one line, `NAME=value`, without spaces around the `=`. Then start
Safar again. What is not there has its default. A list has commas between its parts. What stands in
`{}` is JSON, on one line.

This page is made by `safar settings --markdown` and follows the program.
"""


@dataclass(frozen=True)
class Entry:
    """One setting: its variable, what it means, what it is when nobody sets it."""

    name: str
    meaning: str
    default: str


def settings(
    markdown: Annotated[bool, typer.Option(help="As the page in docs/operators.")] = False,
    word: Annotated[str, typer.Argument(help="Only settings with this in their name.")] = "",
) -> None:
    """Show every setting: its name, what it means, and its default."""
    if markdown:
        typer.echo(page(), nl=False)
        return
    for _, entries in groups():
        for entry in entries:
            if word.upper() in entry.name:
                default = f" [{entry.default}]" if entry.default else ""
                typer.echo(f"{entry.name}{default}\n    {entry.meaning}")


def groups() -> Iterator[tuple[str, list[Entry]]]:
    """Yield a title and its settings: Safar's own, those of its parts, then each provider's."""
    yield "Safar, and Twilio", entries_of(Settings)
    yield "Limits", entries_of(LimitSettings)
    yield "Notices to staff", entries_of(NoticeSettings)
    yield "How long things are kept", entries_of(RetentionSettings)
    for title, found in provider_settings():
        yield title, entries_of(found)


def provider_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    """Yield the settings that folders of providers have of their own."""
    from safar.gateway import providers  # noqa: PLC0415 - only this command

    for folder in pkgutil.iter_modules(providers.__path__, f"{providers.__name__}."):
        if not folder.ispkg or importlib.util.find_spec(f"{folder.name}.settings") is None:
            continue
        for found in vars(importlib.import_module(f"{folder.name}.settings")).values():
            own = isinstance(found, type) and issubclass(found, BaseSettings)
            if own and found.__module__.startswith(folder.name):
                yield folder.name.rpartition(".")[2].upper(), found


def entries_of(settings_class: type[BaseSettings]) -> list[Entry]:
    """Return the settings of a class; one without a meaning has an empty one."""
    meanings = meanings_of(settings_class)
    prefix = settings_class.model_config.get("env_prefix", "")
    return [
        Entry(f"{prefix}{name.upper()}", meanings.get(name, ""), _default(field))
        for name, field in settings_class.model_fields.items()
    ]


def meanings_of(settings_class: type[BaseSettings]) -> dict[str, str]:
    """Read the section "Attributes" of a class's docstring."""
    lines = inspect.cleandoc(settings_class.__doc__ or "").partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    name = ""
    for line in lines.splitlines():
        if line and not line.startswith(" "):
            break
        entry = _ENTRY.match(line[4:])
        if entry:
            name = entry[1]
            found[name] = entry[2]
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return {name: words[:1].upper() + words[1:] for name, words in found.items()}


def page() -> str:
    """Return the page for operators, in Markdown."""
    parts = [_INTRODUCTION]
    for title, entries in groups():
        rows = [
            f"| `{each.name}` | {_cell(each.meaning)} | {_code(each.default)} |" for each in entries
        ]
        parts.append(
            "\n".join([f"## {title}\n", "| name | meaning | default |", "|---|---|---|", *rows, ""])
        )
    return "\n".join(parts)


def _cell(words: str) -> str:
    return words.replace("``", "`").replace("|", "\\|")


def _code(words: str) -> str:
    return f"`{words}`" if words else ""


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path):
        # A path of this machine says nothing to another one.
        return "" if value == Path() else value.relative_to(ROOT).as_posix()
    if isinstance(value, SecretStr) or value in (None, "", (), {}):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
