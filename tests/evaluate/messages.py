"""The development test set: messages and what they mean, one file a variant."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

FOLDER: Final = Path(__file__).resolve().parents[2] / "bot" / "tests" / "messages"
DANGER: Final = frozenset({"emergency", "report_abuse"})
NOT_OURS: Final = "out_of_scope"


class Expected(BaseModel):
    """A message as somebody would write it, and what it means.

    `origin` and `destination` are ISO 3166-1 alpha-2 codes, several parted by a space; an absent
    one means that the message names none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    intent: str
    origin: str = ""
    destination: str = ""
    amount: Decimal | None = None
    variant: str = ""

    @property
    def danger(self) -> bool:
        """Whether the person needs help now."""
        return self.intent in DANGER


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: str
    messages: tuple[Expected, ...]


class MessagesError(RuntimeError):
    """A file of the test set cannot be used; the message says which and why."""


def read_messages(folder: Path = FOLDER, variants: Iterable[str] = ()) -> list[Expected]:
    """Read the test set, of `variants` alone if any are given.

    Raises:
        MessagesError: a file is not of its form, is named for another variant, or is missing.
    """
    wanted = set(variants)
    paths = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    missing = sorted(wanted - set(paths))
    if missing or not paths:
        raise MessagesError(f"{folder} has no messages of {', '.join(missing) or 'any variant'}.")
    found = []
    for tag, path in paths.items():
        if wanted and tag not in wanted:
            continue
        try:
            file = _File.model_validate(yaml.safe_load(path.read_text("utf-8")))
        except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise MessagesError(f"{path}: {error}") from error
        if file.variant != tag:
            raise MessagesError(f"{path}: says variant {file.variant!r}; name the file for it.")
        found += [message.model_copy(update={"variant": tag}) for message in file.messages]
    return found
