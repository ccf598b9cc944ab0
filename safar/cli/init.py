"""`safar init`: the keys without which nothing is stored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def init(
    env_file: Annotated[Path, typer.Option(help="Where to write the keys.")] = Path(".env"),
) -> None:
    """Write fresh encryption keys into an .env file, if it has none yet.

    An existing file is never changed: without its keys the stored messages cannot be read.
    """
    from safar.store.crypto import KeyRing  # noqa: PLC0415 - only this command

    if env_file.exists():
        typer.echo(f"{env_file} is there already and was left as it is.")
        return
    lines = [
        "# Keys of this installation. Keep a copy in a safe place; never commit or send them.",
        f"SAFAR_KEYS={KeyRing.generate()}",
        f"SAFAR_HASH_KEY={KeyRing.generate()}",
        "",
    ]
    descriptor = os.open(env_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    typer.echo(f"Wrote new keys to {env_file}. Keep a copy: without them nothing can be read.")
