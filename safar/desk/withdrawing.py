"""A wrong fact out of every answer within a minute, by one person.

Taking away needs no second person: an answer then names who knows, which is never wrong. What is
published goes on as it was but for this entry, whatever drafts the working files hold.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safar.desk.errors import EditError, PublishError
from safar.desk.publishing import Desk, Tell, make_version, take_into_use
from safar.desk.shelf import CONTENT, Manifest
from safar.desk.yamledit import change_file, entry_of, flow, put
from safar.registry.build import build_registry, content_hash
from safar.registry.content import Content
from safar.registry.files import replace_file
from safar.registry.load import load_content
from safar.registry.schema import Withdrawal

_LISTS = ("facts", "hotlines", "missions")


@dataclass(frozen=True)
class Withdrawn:
    """What was done.

    Attributes:
        file: the working file that was changed; None where it no longer holds the entry.
        version: the version that was made; None where the registry is no published one.
    """

    file: Path | None
    version: str | None


def withdraw(  # noqa: PLR0913 - one value each
    desk: Desk,
    content_dir: Path,
    entry: str,
    *,
    reason: str,
    by: str,
    now: datetime,
    tell: Tell = lambda _: None,
) -> Withdrawn:
    """Take the fact, hotline or mission `entry` out of all answers.

    It is marked in the working files, with the reason. Where a published version is in use, a new
    one is made of it, the same but for this entry, and taken into use.

    Raises:
        EditError: there is no such entry, or its file cannot be changed; nothing was done.
        PublishError: the new version cannot be made; the working file is marked all the same.
        ContentError: the content has errors; the working file is marked all the same.
    """
    mark = _checked({"day": now.date(), "by": _line(by), "reason": _line(reason)})
    current = desk.shelf.current()
    tell("marking it")
    working = _mark(content_dir, entry, mark)
    if working is None and current is None:
        raise EditError(
            f"There is no fact, hotline or mission {entry!r}; `safar content find WORD` looks for "
            "one."
        )
    if current is None:
        # Answers come from whatever was built last: so they do now.
        build_registry(content_dir, desk.shelf.registry_path, now)
        return Withdrawn(working, None)
    with desk.shelf.alone():
        name = _next_name(desk, current)
        with desk.shelf.building(desk.shelf.review_dir) as folder:
            copy = folder / CONTENT
            shutil.copytree(desk.shelf.version(current) / CONTENT, copy)
            if _mark(copy, entry, mark) is None:
                raise PublishError(
                    f"{entry!r} is not in the version in use ({current}), so no answer states it; "
                    f"it is marked in {working}."
                )
            manifest = Manifest(
                name=name,
                kind="withdrawal",
                made_at=now,
                content_hash=content_hash(load_content(copy)),
                registry_sha256="",
                submitted_by=str(mark["by"]),
                approved_by=None,
                note=f"{entry}: {mark['reason']}",
                base=current,
            )
            make_version(desk, copy, manifest, tell)
        take_into_use(desk, name, tell)
    return Withdrawn(working, name)


def find_entries(content: Content, words: str) -> list[tuple[str, str, str]]:
    """Return (id, file, what it says) of every dated entry that has all of `words` in it."""
    wanted = words.casefold().split()
    found = []
    for dated, name, place in content.dated():
        text = f"{name} {place.document.file} {dated.model_dump_json()}".casefold()
        if all(word in text for word in wanted) and not hasattr(dated, "agencies"):
            found.append((name, place.document.file, _short(dated)))
    return found


def _mark(content_dir: Path, entry: str, mark: dict[str, Any]) -> Path | None:
    """Mark the entry in whichever file has it; return that file."""
    if not entry.strip():
        return None
    for folder in ("countries", "missions"):
        for path in sorted((content_dir / folder).glob("*.yaml")):
            if entry not in path.read_text(encoding="utf-8", errors="replace"):
                continue
            found = False

            def change(data: Any) -> None:
                nonlocal found
                there = entry_of(data, _LISTS, entry)
                if there is not None:
                    found = True
                    put(there, "withdrawn", flow(mark), after="review_by")

            text = change_file(path, change)
            if found:
                replace_file(path, text)
                return path
    return None


def _next_name(desk: Desk, current: str) -> str:
    """Return the name of the version after a withdrawal: 2026-11-28 gives 2026-11-28-w1."""
    base, _, number = current.rpartition("-w")
    if not base or not number.isdigit():
        base, number = current, "0"
    following = int(number) + 1
    while (desk.shelf.versions_dir / f"{base}-w{following}").exists():
        following += 1
    return f"{base}-w{following}"


def _short(dated: Any) -> str:
    name = getattr(dated, "name", None)
    sentence = getattr(dated, "sentence", None)
    if sentence is not None:
        return str(sentence.text)
    if name is not None:
        said = getattr(name, "text", name)
        return f"{said}: {getattr(dated, 'phone', None) or 'no number'}"
    values = ", ".join(
        f"{key} {' '.join(str(part) for part in value.model_dump(exclude={'kind'}).values())}"
        for key, value in getattr(dated, "values", {}).items()
    )
    return f"{getattr(dated, 'kind', '')} {values}".strip()


def _line(text: str) -> str:
    return " ".join(text.split())


def _checked(mark: dict[str, Any]) -> dict[str, Any]:
    try:
        Withdrawal.model_validate(mark)
    except ValidationError as error:
        named = ", ".join(f"--{fault['loc'][0]}" for fault in error.errors())
        raise EditError(
            f"Say who you are and why with {named}, in one line: it is kept with the entry."
        ) from error
    return mark
