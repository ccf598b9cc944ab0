"""What people wished that must hold after an older copy of the store was put back, too.

Who was forgotten is not in the store any more, but in every backup that is older. So of each of
them stays the keyed digest of the random id they had: with a backup and the hash key it says whose
rows must go, and without these it says nothing, neither who nor whether somebody was there. Wishes
to be left alone and consents that were taken back are in the store as they are.

A store that is lost loses this, too. So it is written into a small file beside it at each change,
to be copied to where the disk cannot take it along.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from safar.store.case_erasure import forgotten_reference
from safar.store.case_tables import cases
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.dialect import insert_or_update
from safar.store.errors import StoreError
from safar.store.retention_settings import RetentionSettings
from safar.store.tables import consent_events, forgettings, suppressions

FILE_NAME: Final = "wishes.json"
_KIND: Final = "contact"
_WRITTEN_AGAIN: Final = timedelta(minutes=10)


class WishesError(StoreError):
    """A file of wishes cannot be read, or was made with another hash key."""


class Stop(BaseModel):
    """A wish to be left alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    channel: str
    origin: str
    since: AwareDatetime


class Wishes(BaseModel):
    """All wishes of one moment; digests only.

    Attributes:
        forgotten: Digests of ids of people who were forgotten, and when they wished it.
        withdrawn: Digests of references of cases whose consent was taken back.
        stopped: Who asked to be left alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    forgotten: dict[str, AwareDatetime] = Field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    stopped: tuple[Stop, ...] = ()

    def and_those(self, other: Wishes) -> Wishes:
        """Return the wishes of both; of two wishes of one address the older counts."""
        stops = {each.digest: each for each in (*other.stopped, *self.stopped)}
        return Wishes(
            forgotten={**other.forgotten, **self.forgotten},
            withdrawn=self.withdrawn | other.withdrawn,
            stopped=tuple(stops[digest] for digest in sorted(stops)),
        )


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    format: str
    at: AwareDatetime
    wishes: Wishes
    seal: str = ""


_FORMAT: Final = "safar-wishes/1"


class Noted(BaseModel):
    """Wishes, and until when they are known."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    wishes: Wishes


def digest_of(keyring: KeyRing, contact_id: str) -> str:
    """Return the digest by which a person's id is known once they were forgotten."""
    return keyring.digest(_KIND, contact_id)


def note_forgotten(tx: Tx, keyring: KeyRing, contact_id: str, wished_at: datetime) -> None:
    """Note that a person was forgotten."""
    key = {"digest": digest_of(keyring, contact_id)}
    insert_or_update(tx, forgettings, key, {"at": wished_at})


def read(tx: Tx, keyring: KeyRing) -> Wishes:
    """Return the wishes that hold in the store."""
    taken_back = tx.execute(select(cases.c.reference).where(cases.c.withdrawn_at.is_not(None)))
    stops = tx.execute(select(suppressions).order_by(suppressions.c.digest)).all()
    return Wishes(
        forgotten={each.digest: each.at for each in tx.execute(select(forgettings))},
        withdrawn=frozenset(forgotten_reference(keyring, each) for each in taken_back.scalars()),
        stopped=tuple(
            Stop(digest=each.digest, channel=each.channel, origin=each.origin, since=each.since)
            for each in stops
        ),
    )


class Keeper:
    """Keeps the file of wishes as they are: written anew when there is another wish.

    What is in the file when this begins stays in it: a store that was lost and begun anew knows
    nothing of it. What was lifted since in this store goes, and what no backup is old enough for.

    Args:
        path: The file.
        database: The store.
        keyring: Digests and seals.
        kept_for: How long backups are kept.
    """

    def __init__(
        self, path: Path, database: Database, keyring: KeyRing, kept_for: RetentionSettings
    ) -> None:
        """Read and write nothing yet."""
        self._path, self._database, self._keyring = path, database, keyring
        self._kept_for = kept_for
        self._before: Wishes | None = None
        self._written: Noted | None = None

    def keep(self, now: datetime) -> int:
        """Write the file if it is not as the store is, or old; return how many were written.

        It says until when wishes are known, so it is written anew also when there is no new one.

        Raises:
            WishesError: The file that is there cannot be read, so it is left as it is.
            OSError: It cannot be written.
        """
        if self._before is None:
            there = self._path.exists()
            self._before = read_file(self._path, self._keyring).wishes if there else Wishes()
        with self._database.read() as tx:
            wishes = read(tx, self._keyring).and_those(_not_lifted(tx, self._before))
        limit = self._kept_for.limit("backups_days", now)
        forgotten = {digest: at for digest, at in wishes.forgotten.items() if at >= limit}
        wishes = wishes.model_copy(update={"forgotten": forgotten})
        last = self._written
        young = last is not None and last.at <= now < last.at + _WRITTEN_AGAIN
        if young and last is not None and wishes == last.wishes and self._path.exists():
            return 0
        self._written = Noted(at=now, wishes=wishes)
        write_file(self._path, self._keyring, self._written)
        return 1


def _not_lifted(tx: Tx, wishes: Wishes) -> Wishes:
    """Return wishes without those to be left alone that were lifted in this store."""
    if not wishes.stopped:
        return wishes
    lifted = set(
        tx.execute(
            select(consent_events.c.digest).where(consent_events.c.kind == "start")
        ).scalars()
    )
    stopped = tuple(each for each in wishes.stopped if each.digest not in lifted)
    return wishes.model_copy(update={"stopped": stopped})


def write_file(path: Path, keyring: KeyRing, noted: Noted) -> None:
    """Write wishes into a file, whole or not at all; only this user may read it."""
    bare = _File(format=_FORMAT, at=noted.at, wishes=noted.wishes)
    sealed = bare.model_copy(update={"seal": _seal(keyring, bare)})
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(sealed.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_file(path: Path, keyring: KeyRing) -> Noted:
    """Return the wishes of a file.

    Raises:
        WishesError: It is no such file, or was altered, or another hash key made it.
        OSError: It cannot be read.
    """
    try:
        found = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise WishesError(
            f"{path.name} is no file of wishes. Give the {FILE_NAME} that Safar kept beside its"
            " store."
        ) from error
    if found.format != _FORMAT:
        raise WishesError(f"{path.name} was written by another version of Safar ({found.format}).")
    if found.seal != _seal(keyring, found):
        raise WishesError(
            f"{path.name} was altered, or SAFAR_HASH_KEY is not the key it was made with. Take"
            " another copy of it, or the right key."
        )
    return Noted(at=found.at, wishes=found.wishes)


def _seal(keyring: KeyRing, file: _File) -> str:
    wishes = file.wishes
    parts = (
        file.format,
        file.at.isoformat(),
        *(f"{digest} {at.isoformat()}" for digest, at in sorted(wishes.forgotten.items())),
        "",
        *sorted(wishes.withdrawn),
        "",
        *(stop.model_dump_json() for stop in wishes.stopped),
    )
    return keyring.seal("wishes", "\n".join(parts))
