"""Who is told: the addresses of the desk or its supervisor, as desks.yaml has them today."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from safar.cases.notices.addresses import Target, targets
from safar.cases.office import Office
from safar.cases.plan import Notices
from safar.store.case_tables import desks
from safar.store.database import Tx
from safar.store.errors import CryptoError


class _Named(Protocol):
    """A desk, as far as who is told goes."""

    @property
    def notices(self) -> Notices: ...

    @property
    def supervisor_notices(self) -> Notices: ...


class _Kept(BaseModel):
    """What is kept of a desk that left desks.yaml."""

    notices: Notices
    supervisor_notices: Notices


def who_is_told(tx: Tx, office: Office, desk_id: str, *, to_supervisor: bool) -> list[Target]:
    """Return the addresses for a notice: a supervisor without any has the desk told instead.

    For a desk that is nowhere to be reached, the default desk is told.
    """
    own: _Named | None = office.plan.desk(desk_id) or _as_it_was(tx, office, desk_id)
    for desk in (own, office.plan.default_desk):
        if desk is None:
            continue
        for notices in (
            (desk.supervisor_notices, desk.notices) if to_supervisor else (desk.notices,)
        ):
            if found := list(targets(notices)):
                return found
    return []


def digest_of(office: Office, target: Target) -> str:
    """Return the keyed digest by which an address of staff is known again."""
    return office.keyring.digest(f"notice {target.way}", target.address)


def _as_it_was(tx: Tx, office: Office, desk_id: str) -> _Kept | None:
    token = tx.execute(
        select(desks.c.notices_encrypted).where(desks.c.id == desk_id)
    ).scalar_one_or_none()
    try:
        return _Kept.model_validate_json(office.keyring.decrypt(token)) if token else None
    except (CryptoError, ValidationError):
        return None
