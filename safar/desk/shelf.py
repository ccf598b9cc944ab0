"""Where versions of the content stand: one folder a version, and a link to the one in use.

    <home>/content/review/<name>/      content/, submission.json        waiting for a second person
    <home>/content/versions/<name>/    content/, registry.db, manifest.json, manifest.sig
    <registry path>                    a link to versions/<name>/registry.db

A folder appears under its name only when all of it is on the disk, and the link is replaced in one
step: whatever dies at whatever moment, answers come from the old version or from the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from safar.desk.errors import PublishError
from safar.registry.signature import MANIFEST, SIGNATURE, file_sha256

REGISTRY = "registry.db"
CONTENT = "content"
SUBMISSION = "submission.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*")
_LONGEST_NAME = 60


class Submission(BaseModel):
    """Content that somebody handed in, and who has looked at it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    content_hash: str
    files_sha256: str = ""
    """Of all files as they are: some are for staff, and no answer is made of them."""
    submitted_by: str
    submitted_at: datetime
    note: str = ""
    approved_by: str | None = None
    approved_at: datetime | None = None


class Manifest(BaseModel):
    """What a published version says of itself; its bytes are what is signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Literal["publication", "withdrawal"]
    made_at: datetime
    content_hash: str
    registry_sha256: str
    submitted_by: str
    approved_by: str | None
    note: str = ""
    base: str | None = None
    """The version in use when it was made."""


class Shelf:
    """The folders of versions and the link to the one in use."""

    def __init__(self, folder: Path, registry_path: Path) -> None:
        """Keep the places; folders are made when something is put there."""
        self.folder = folder
        self.registry_path = registry_path
        self.versions_dir = folder / "versions"
        self.review_dir = folder / "review"

    def version(self, name: str) -> Path:
        """Return the folder of a published version.

        Raises:
            PublishError: there is none of this name.
        """
        folder = self.versions_dir / checked_name(name)
        if not (folder / MANIFEST).is_file():
            known = ", ".join(each.name for each in self.manifests()) or "none yet"
            raise PublishError(f"There is no version {name!r}; there are: {known}.")
        return folder

    def manifest(self, name: str) -> Manifest:
        """Return what a version says of itself.

        Raises:
            PublishError: there is none of this name, or it cannot be read.
        """
        path = self.version(name) / MANIFEST
        try:
            return Manifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise PublishError(f"{path} cannot be read; take another version.") from error

    def manifests(self) -> list[Manifest]:
        """Return all versions that can be read, the oldest first."""
        found = []
        for path in self.versions_dir.glob(f"*/{MANIFEST}"):
            if path.parent.name.startswith("."):
                continue
            try:
                found.append(Manifest.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError):
                continue
        return sorted(found, key=lambda each: (each.made_at, each.name))

    def submission(self, name: str) -> tuple[Path, Submission]:
        """Return a submission and its folder.

        Raises:
            PublishError: there is none of this name, or it cannot be read.
        """
        folder = self.review_dir / checked_name(name)
        try:
            return folder, Submission.model_validate_json((folder / SUBMISSION).read_bytes())
        except FileNotFoundError as error:
            known = ", ".join(each.name for each in self.submissions()) or "none"
            raise PublishError(
                f"Nothing is handed in under the name {name!r}; waiting: {known}."
            ) from error
        except (OSError, ValidationError) as error:
            raise PublishError(f"{folder / SUBMISSION} cannot be read; submit again.") from error

    def submissions(self) -> list[Submission]:
        """Return what waits, the oldest first."""
        found = []
        for path in self.review_dir.glob(f"*/{SUBMISSION}"):
            try:
                found.append(Submission.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError):
                continue
        return sorted(found, key=lambda each: (each.submitted_at, each.name))

    def current(self) -> str | None:
        """Return the name of the version in use; None where the registry is no published one."""
        if not self.registry_path.is_symlink():
            return None
        target = Path(os.path.realpath(self.registry_path))
        if target.parent.parent != Path(os.path.realpath(self.versions_dir)):
            return None
        return target.parent.name

    def free_name(self, today: date) -> str:
        """Return a name for something handed in today: the date, and a number if need be."""
        number, name = 1, today.isoformat()
        while (self.versions_dir / name).exists() or (self.review_dir / name).exists():
            number += 1
            name = f"{today.isoformat()}.{number}"
        return name

    def lead_to(self, name: str) -> None:
        """Let the registry in use be that of a version, in one step.

        Raises:
            PublishError: the link cannot be made; the old one stays.
        """
        target = self.version(name) / REGISTRY
        place = self.registry_path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # Relative: the whole may be carried to another machine on a stick.
            leads = os.path.relpath(os.path.realpath(target), os.path.realpath(place.parent))
            fresh = place.with_name(f".{place.name}-{os.getpid()}.link")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(leads)
            os.replace(fresh, place)
            sync_folder(place.parent)
        except OSError as error:
            raise PublishError(
                f"{place} cannot be replaced ({error.strerror}); the old version stays in use. "
                "Mend the folder and publish again."
            ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other commands from changing versions; ends with the process at the latest.

        Raises:
            PublishError: another command is at it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise PublishError(
                    "Somebody else is publishing at this moment; try again in a minute."
                ) from error
            yield

    @contextmanager
    def building(self, parent: Path) -> Iterator[Path]:
        """Give an empty folder that no one sees yet, on the same disk; what is left of it goes."""
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(".new-*"):  # of one who died; nobody else is here
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=".new-"))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def checked_name(name: str) -> str:
    """Return `name` if it may name a version.

    Raises:
        PublishError: it may not: it would be a path, or unreadable.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise PublishError(
            f"{name!r} cannot name a version; use small letters, digits, '-' and '.', such as "
            "2026-11-28.2."
        )
    return name


def files_sha256(folder: Path) -> str:
    """Return the SHA-256, in hex, of all files below a folder with their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()


def keep(folder: Path) -> None:
    """Bring a folder and all that is in it to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "CONTENT",
    "MANIFEST",
    "REGISTRY",
    "SIGNATURE",
    "SUBMISSION",
    "Manifest",
    "Shelf",
    "Submission",
    "checked_name",
    "keep",
    "sync_folder",
]
