"""Accounts: of whom, with which address, and how far they are set up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, update

from safar.staff.access import Access
from safar.staff.errors import StaffRefusedError, UnknownStaffError
from safar.staff.permissions import Role
from safar.store.case_tables import staff
from safar.store.database import Tx
from safar.store.staff_tables import staff_accounts

_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+\.[^@\s<>\"(),:;\\.]+")
_LONGEST_EMAIL: Final = 254
_LONGEST_NAME: Final = 100
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


@dataclass(frozen=True)
class Account:
    """One account.

    Attributes:
        set_up_at: When its invitation was accepted; None: not yet.
        invitation_until: Until when its invitation can be used.
        disabled_at: Since when nobody can sign in with it.
    """

    staff_id: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    role: Role
    desk_id: str
    language: str | None
    password_hash: str | None = field(repr=False)
    has_code: bool
    invited_at: datetime
    invitation_until: datetime | None
    set_up_at: datetime | None
    signed_in_at: datetime | None
    disabled_at: datetime | None

    @property
    def state(self) -> str:
        """One word for lists: ``disabled``, ``invited``, or ``active``."""
        if self.disabled_at is not None:
            return "disabled"
        return "invited" if self.set_up_at is None else "active"


def read(tx: Tx, access: Access, staff_id: str) -> Account:
    """Return an account.

    Raises:
        UnknownStaffError: There is none with this id.
    """
    row = tx.execute(_ACCOUNTS.where(staff.c.id == staff_id)).one_or_none()
    if row is None:
        raise UnknownStaffError("There is no such account.")
    return _account(access, row)


def by_email(tx: Tx, access: Access, email: str) -> Account | None:
    """Return the account of an e-mail address, None when there is none."""
    digest = email_digest(access, email)
    row = tx.execute(_ACCOUNTS.where(staff_accounts.c.email_digest == digest)).one_or_none()
    return None if row is None else _account(access, row)


def everybody(tx: Tx, access: Access) -> list[Account]:
    """Return all accounts, those that can sign in first, then by name."""
    found = [_account(access, row) for row in tx.execute(_ACCOUNTS)]
    return sorted(found, key=lambda each: (each.disabled_at is not None, each.name.casefold()))


def change(tx: Tx, access: Access, staff_id: str, **values: Any) -> None:
    """Change columns of an account."""
    tx.execute(
        update(staff_accounts)
        .where(staff_accounts.c.staff_id == staff_id)
        .values(updated_at=access.clock(), **values)
    )


def rename(tx: Tx, access: Access, staff_id: str, name: str) -> None:
    """Write a member's name down.

    Raises:
        StaffRefusedError: It is empty or too long.
    """
    tx.execute(
        update(staff)
        .where(staff.c.id == staff_id)
        .values(name_encrypted=access.keyring.encrypt(checked_name(name)))
    )


def set_language(tx: Tx, access: Access, staff_id: str, tag: str) -> None:
    """Let the pages of a member be in another language.

    Raises:
        StaffRefusedError: It is no tag of a language.
    """
    if not _TAG.fullmatch(tag):
        raise StaffRefusedError("language", "Choose one of the languages of the list.")
    change(tx, access, staff_id, language=tag)


def email_digest(access: Access, email: str) -> str:
    """Return the keyed digest by which an address is found; case and spaces do not count."""
    return access.keyring.seal("staff e-mail", folded(email))


def folded(email: str) -> str:
    """Write an address in one way."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def checked_email(email: str) -> str:
    """Return an address without spaces around it.

    Raises:
        StaffRefusedError: It is none.
    """
    email = unicodedata.normalize("NFKC", email).strip()
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise StaffRefusedError("email", "Write an e-mail address, such as name@example.org.")
    return email


def checked_name(name: str) -> str:
    """Return a name with single spaces.

    Raises:
        StaffRefusedError: It is empty or too long.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise StaffRefusedError("name", "Write a name of 1 to 100 letters.")
    return name


_ACCOUNTS: Final = select(
    staff_accounts,
    staff.c.name_encrypted,
    staff.c.role,
    staff.c.desk_id,
    staff.c.disabled_at,
).join(staff, staff.c.id == staff_accounts.c.staff_id)


def _account(access: Access, row: Row[Any]) -> Account:
    return Account(
        staff_id=row.staff_id,
        name=access.keyring.decrypt(row.name_encrypted),
        email=access.keyring.decrypt(row.email_encrypted),
        role=row.role,
        desk_id=row.desk_id,
        language=row.language,
        password_hash=row.password_hash,
        has_code=row.totp_encrypted is not None,
        invited_at=row.invited_at,
        invitation_until=row.invitation_until,
        set_up_at=row.set_up_at,
        signed_in_at=row.signed_in_at,
        disabled_at=row.disabled_at,
    )
