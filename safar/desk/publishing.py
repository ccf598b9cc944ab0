"""From draft to what people are answered from: handed in, read by a second person, published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safar.desk.errors import PublishError
from safar.desk.shelf import (
    CONTENT,
    MANIFEST,
    REGISTRY,
    SIGNATURE,
    SUBMISSION,
    Manifest,
    Shelf,
    Submission,
    checked_name,
    files_sha256,
    keep,
    sync_folder,
)
from safar.desk.signing import sign
from safar.registry.build import build_registry, content_hash
from safar.registry.check import check_content
from safar.registry.errors import ContentError
from safar.registry.files import replace_file
from safar.registry.load import load_content
from safar.registry.query import Registry
from safar.registry.signature import file_sha256

Tell = Callable[[str], None]
"""Told of each step before it is done."""


@dataclass(frozen=True)
class Desk:
    """What publishing works with.

    Attributes:
        shelf: where versions stand.
        signing_key: Ed25519 in base64; empty where versions are not signed.
        public_key: the key that whoever answers asks for; empty where none is asked for.
    """

    shelf: Shelf
    signing_key: str = ""
    public_key: str = ""


def submit(  # noqa: PLR0913 - one value each
    desk: Desk, content_dir: Path, *, by: str, now: datetime, name: str = "", note: str = ""
) -> Submission:
    """Hand in the content as it is now, for a second person to read; answers stay as they are.

    Raises:
        ContentError: it has errors.
        PublishError: nobody is named, or the name is taken.
    """
    person = _person(by)
    shelf = desk.shelf
    with shelf.alone():
        name = checked_name(name) if name else shelf.free_name(now.date())
        if (shelf.versions_dir / name).exists() or (shelf.review_dir / name).exists():
            raise PublishError(f"The name {name!r} is taken; give another with --name.")
        with shelf.building(shelf.review_dir) as fresh:
            _copy(content_dir, fresh / CONTENT)
            submission = Submission(
                name=name,
                # Of the copy: the files may be changed while they are copied.
                content_hash=_hash_of(fresh / CONTENT, now),
                files_sha256=files_sha256(fresh / CONTENT),
                submitted_by=person,
                submitted_at=now,
                note=note,
            )
            (fresh / SUBMISSION).write_text(submission.model_dump_json(indent=2), encoding="utf-8")
            _appear(fresh, shelf.review_dir / name)
    return submission


def approve(desk: Desk, name: str, *, by: str, now: datetime) -> Submission:
    """Note that a second person has read what was handed in.

    Raises:
        PublishError: it is the same person, nothing of that name waits, or it was changed since.
    """
    person = _person(by)
    with desk.shelf.alone():
        folder, submission = desk.shelf.submission(name)
        if _same(person, submission.submitted_by):
            raise PublishError(
                f"{submission.submitted_by} handed this in; another person must read it."
            )
        _unchanged(folder, submission, now)
        approved = submission.model_copy(update={"approved_by": person, "approved_at": now})
        replace_file(folder / SUBMISSION, approved.model_dump_json(indent=2))
    return approved


def publish(desk: Desk, name: str, *, now: datetime, tell: Tell = lambda _: None) -> Manifest:
    """Make a version of what was handed in and approved, and answer from it.

    It may be called again after a crash: what is there already is not made twice.

    Raises:
        PublishError: it is not approved, was changed since, or cannot be signed or written.
        ContentError: it has errors by now.
    """
    shelf = desk.shelf
    _can_sign(desk)
    with shelf.alone():
        if (shelf.versions_dir / checked_name(name)).is_dir():
            return _finish(desk, shelf.manifest(name), tell)
        folder, submission = shelf.submission(name)
        if submission.approved_by is None or _same(submission.approved_by, submission.submitted_by):
            raise PublishError(
                f"Nobody but {submission.submitted_by} has read {name!r} yet; another person looks "
                f"at `safar content diff --to {name}` and then says `safar content approve {name} "
                "--by NAME`."
            )
        tell("reading it again")
        _unchanged(folder, submission, now)
        _states_nothing_withdrawn(desk, folder / CONTENT, "Submit it again without them.")
        manifest = make_version(
            desk,
            folder / CONTENT,
            Manifest(
                name=name,
                kind="publication",
                made_at=now,
                content_hash=submission.content_hash,
                registry_sha256="",
                submitted_by=submission.submitted_by,
                approved_by=submission.approved_by,
                note=submission.note,
                base=shelf.current(),
            ),
            tell,
        )
        return _finish(desk, manifest, tell)


def make_version(desk: Desk, content: Path, manifest: Manifest, tell: Tell) -> Manifest:
    """Build a version from a folder of content and put it on the shelf, not yet in use.

    Called with the shelf locked. Returns the manifest with the registry's SHA-256.
    """
    shelf = desk.shelf
    with shelf.building(shelf.versions_dir) as fresh:
        tell("copying the content")
        _copy(content, fresh / CONTENT)
        tell("building the registry")
        build_registry(fresh / CONTENT, fresh / REGISTRY, manifest.made_at)
        digest = file_sha256(fresh / REGISTRY)
        manifest = manifest.model_copy(update={"registry_sha256": digest})
        data = manifest.model_dump_json(indent=2).encode()
        (fresh / MANIFEST).write_bytes(data)
        if desk.signing_key:
            tell("signing it")
            (fresh / SIGNATURE).write_text(sign(data, desk.signing_key), encoding="ascii")
        tell("putting it on the shelf")
        _appear(fresh, shelf.versions_dir / manifest.name)
    return manifest


def take_into_use(desk: Desk, name: str, tell: Tell) -> None:
    """Answer from a version on the shelf, once it has been opened as whoever answers will.

    Raises:
        PublishError: it cannot be opened with the configured key; the old one stays in use.
        RegistryError: as `Registry.open`.
    """
    tell("opening it as whoever answers will")
    Registry.open(desk.shelf.version(name) / REGISTRY, desk.public_key).close()
    tell("taking it into use")
    desk.shelf.lead_to(name)


def rollback(
    desk: Desk, name: str, tell: Tell = lambda _: None, *, anyway: bool = False
) -> Manifest:
    """Answer from an earlier version again; a later one stays on the shelf.

    Args:
        desk: where versions stand.
        name: of the version.
        tell: told of each step.
        anyway: even if it states what was withdrawn since.

    Raises:
        PublishError: there is none of this name, or it states what was withdrawn since.
        RegistryError: it cannot be opened any more, by another Safar for instance.
    """
    with desk.shelf.alone():
        manifest = desk.shelf.manifest(name)
        if not anyway:
            _states_nothing_withdrawn(
                desk, desk.shelf.version(name) / CONTENT, "To go back all the same: --anyway."
            )
        take_into_use(desk, name, tell)
    return manifest


def _states_nothing_withdrawn(desk: Desk, content_dir: Path, remedy: str) -> None:
    """Refuse content that would state again, unmended, what was withdrawn from the one in use.

    Raises:
        PublishError: naming each entry.
    """
    current = desk.shelf.current()
    if current is None:
        return
    in_use = load_content(desk.shelf.version(current) / CONTENT)
    wrong = {name: dated for dated, name, _ in in_use.dated() if dated.withdrawn is not None}
    if not wrong:
        return
    again = [
        f"{name} ({wrong[name].withdrawn.reason})"  # type: ignore[union-attr]  # chosen by it
        for dated, name, _ in load_content(content_dir).dated()
        if name in wrong and dated == wrong[name].model_copy(update={"withdrawn": None})
    ]
    if again:
        raise PublishError(
            f"It would state again what was withdrawn as wrong: {', '.join(again)}. {remedy}"
        )


def _finish(desk: Desk, manifest: Manifest, tell: Tell) -> Manifest:
    take_into_use(desk, manifest.name, tell)
    tell("clearing the desk")
    shutil.rmtree(desk.shelf.review_dir / manifest.name, ignore_errors=True)
    return manifest


def _can_sign(desk: Desk) -> None:
    if desk.public_key and not desk.signing_key:
        raise PublishError(
            "Here only signed content is answered from, and there is no key to sign with; set "
            "SAFAR_CONTENT_SIGNING_KEY, or publish on the machine that has it."
        )


def _unchanged(folder: Path, submission: Submission, now: datetime) -> None:
    same_files = submission.files_sha256 in {"", files_sha256(folder / CONTENT)}
    if not same_files or _hash_of(folder / CONTENT, now) != submission.content_hash:
        raise PublishError(
            f"What was handed in as {submission.name!r} was changed since; submit it again."
        )


def _hash_of(content_dir: Path, now: datetime) -> str:
    content = load_content(content_dir)
    report = check_content(content, now.date())
    if report.errors:
        raise ContentError(report.errors)
    return content_hash(content)


def _copy(content_dir: Path, target: Path) -> None:
    try:
        shutil.copytree(content_dir, target, ignore=shutil.ignore_patterns(".*", "*.new", "*~"))
    except (OSError, shutil.Error) as error:
        raise PublishError(f"{content_dir} cannot be copied ({error}); nothing changed.") from error


def _appear(fresh: Path, place: Path) -> None:
    """Give a finished folder its name; from then on it is there, whole."""
    try:
        keep(fresh)
        fresh.rename(place)
        sync_folder(place.parent)
    except OSError as error:
        raise PublishError(
            f"{place} cannot be written ({error.strerror}); free space or mend the folder, then "
            "try again. What is in use is unchanged."
        ) from error


def _person(by: str) -> str:
    person = " ".join(by.split())
    if len(person) < 2:  # noqa: PLR2004 - a letter is no name
        raise PublishError("Say who you are with --by NAME.")
    return person


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
