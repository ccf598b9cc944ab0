"""Invitations: a link that works once, with which somebody sets up how they sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from safar.settings import Settings
from safar.staff import accounts, codes, passwords, sessions
from safar.staff.access import Access
from safar.staff.accounts import Account
from safar.staff.errors import StaffRefusedError
from safar.staff.record import Doer, note
from safar.store.database import Database, Tx
from safar.store.staff_tables import staff_accounts

HOLDS: Final = timedelta(hours=72)
_PATH: Final = "/console/invitation/"


@dataclass(frozen=True)
class Wanted:
    """What somebody who was invited typed."""

    name: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(repr=False)
    language: str


def invite(tx: Tx, access: Access, staff_id: str, email: str, doer: Doer) -> str:
    """Give a member of staff an account; return the token of their invitation, shown this once.

    Raises:
        StaffRefusedError: The address is none, or has an account; leave the transaction then.
    """
    email = accounts.checked_email(email)
    if accounts.by_email(tx, access, email) is not None:
        raise StaffRefusedError(
            "email", "This address has an account already. Look for it in the list."
        )
    token, now = access.token(), access.clock()
    try:
        tx.execute(
            insert(staff_accounts).values(
                staff_id=staff_id,
                email_digest=accounts.email_digest(access, email),
                email_encrypted=access.keyring.encrypt(email),
                totp_encrypted=access.keyring.encrypt(codes.new_secret(access)),
                invitation_digest=_digest(access, token),
                invitation_until=now + HOLDS,
                invited_at=now,
                updated_at=now,
            )
        )
    except IntegrityError as error:
        raise StaffRefusedError(
            "email", "This address was given an account just now. Look for it in the list."
        ) from error
    note(tx, access, doer, "invite", staff_id)
    return token


def renew(tx: Tx, access: Access, staff_id: str, doer: Doer) -> str:
    """Let somebody set up anew how they sign in: what was set up before works no longer.

    Returns:
        The token of the new invitation, shown this once.

    Raises:
        UnknownStaffError: There is no such account.
        StaffRefusedError: The account is disabled.
    """
    account = accounts.read(tx, access, staff_id)
    if account.disabled_at is not None:
        raise StaffRefusedError("disabled", "This account is disabled. Enable it first.")
    token, now = access.token(), access.clock()
    accounts.change(
        tx,
        access,
        staff_id,
        password_hash=None,
        totp_encrypted=access.keyring.encrypt(codes.new_secret(access)),
        totp_step=None,
        invitation_digest=_digest(access, token),
        invitation_until=now + HOLDS,
        invited_at=now,
        set_up_at=None,
    )
    codes.drop_recovery(tx, staff_id)
    sessions.end_all(tx, staff_id)
    note(tx, access, doer, "reset_sign_in" if account.set_up_at else "invite", staff_id)
    return token


def link(settings: Settings, token: str) -> str:
    """Return the whole address of an invitation, at the host that the operator has set."""
    base = settings.public_base_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return base + _PATH + token


def find(tx: Tx, access: Access, token: str) -> tuple[Account, str]:
    """Return the account that an invitation is for, and the secret for its authenticator.

    Raises:
        StaffRefusedError: It was used, is too old, or was never made.
    """
    row = tx.execute(
        select(
            staff_accounts.c.staff_id,
            staff_accounts.c.invitation_until,
            staff_accounts.c.totp_encrypted,
        ).where(staff_accounts.c.invitation_digest == _digest(access, token))
    ).one_or_none()
    if row is None or row.invitation_until <= access.clock():
        raise _gone()
    account = accounts.read(tx, access, row.staff_id)
    if account.disabled_at is not None:
        raise _gone()
    return account, access.keyring.decrypt(row.totp_encrypted)


def accept(database: Database, access: Access, token: str, wanted: Wanted) -> tuple[str, list[str]]:
    """Set up how somebody signs in; the invitation is used up.

    Returns:
        The id of the member of staff, and the recovery codes to show this once.

    Raises:
        StaffRefusedError: The invitation does not hold, or something typed will not do.
    """
    with database.read() as tx:
        account, secret = find(tx, access, token)
    name = accounts.checked_name(wanted.name)
    password = passwords.check(wanted.password, account.email, name)
    step = codes.step_of(secret, wanted.code, access.clock(), None)
    if step is None:
        raise StaffRefusedError(
            "code",
            "This code is not right. Take the six digits that the authenticator shows now; if that"
            " does not help, see that the clock of the telephone is right.",
        )
    # Before the store is locked for writing: it takes a while.
    hashed = access.hasher.hash(password)
    staff_id = account.staff_id
    with database.write() as tx:
        _use_up(tx, access, token, staff_id)
        accounts.change(
            tx, access, staff_id, password_hash=hashed, totp_step=step, set_up_at=access.clock()
        )
        accounts.rename(tx, access, staff_id, name)
        accounts.set_language(tx, access, staff_id, wanted.language)
        made = codes.renew_recovery(tx, access, staff_id)
        note(tx, access, Doer(staff_id), "set_up", staff_id)
    return staff_id, made


def _use_up(tx: Tx, access: Access, token: str, staff_id: str) -> None:
    # Whoever sends the same form at the same moment finds the invitation used.
    used = tx.execute(
        update(staff_accounts)
        .where(
            staff_accounts.c.staff_id == staff_id,
            staff_accounts.c.invitation_digest == _digest(access, token),
            staff_accounts.c.invitation_until > access.clock(),
        )
        .values(invitation_digest=None, invitation_until=None)
    ).rowcount
    if not used:
        raise _gone()


def _digest(access: Access, token: str) -> str:
    return access.keyring.seal("staff invitation", token)


def _gone() -> StaffRefusedError:
    return StaffRefusedError(
        "invitation",
        "This invitation was used already, or is older than 72 hours. Ask an administrator for a"
        " new one.",
    )
