"""What administrators do with accounts, and everybody with their own."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import update

from safar.staff import accounts, codes, passwords, sessions, throttle
from safar.staff.access import Access
from safar.staff.accounts import Account
from safar.staff.errors import StaffRefusedError
from safar.staff.permissions import Role
from safar.staff.record import Doer, note
from safar.store.case_tables import staff
from safar.store.database import Database, Tx


def move(  # noqa: PLR0913 - what it becomes, one value each
    tx: Tx, access: Access, staff_id: str, *, role: str, desk_id: str, doer: Doer
) -> None:
    """Give a member of staff another role or desk; they have to sign in again.

    Args:
        tx: The open write transaction.
        access: The surroundings.
        staff_id: Whom.
        role: What they may do from now on.
        desk_id: Where they work from now on; it must be in the store.
        doer: Who does it.

    Raises:
        UnknownStaffError: There is no such account.
        StaffRefusedError: It is one's own, or there is no such role.
    """
    account = _of_somebody_else(tx, access, staff_id, doer)
    if role not in get_args(Role):
        raise StaffRefusedError("role", "There is no such role. Choose one of the list.")
    if (account.role, account.desk_id) == (role, desk_id):
        return
    _set(tx, staff_id, role=role, desk_id=desk_id)
    sessions.end_all(tx, staff_id)
    was = {"role_before": account.role, "desk_before": account.desk_id}
    note(tx, access, doer, "move", staff_id, role=role, desk=desk_id, **was)


def disable(tx: Tx, access: Access, staff_id: str, doer: Doer) -> None:
    """Let an account be used no more; whoever is signed in with it is out at once.

    Raises:
        UnknownStaffError: There is no such account.
        StaffRefusedError: It is one's own.
    """
    account = _of_somebody_else(tx, access, staff_id, doer)
    if account.disabled_at is not None:
        return
    _set(tx, staff_id, disabled_at=access.clock())
    accounts.change(tx, access, staff_id, invitation_digest=None, invitation_until=None)
    sessions.end_all(tx, staff_id)
    note(tx, access, doer, "disable", staff_id)


def enable(tx: Tx, access: Access, staff_id: str, doer: Doer) -> None:
    """Let a disabled account be used again, as it was.

    Raises:
        UnknownStaffError: There is no such account.
    """
    if accounts.read(tx, access, staff_id).disabled_at is None:
        return
    _set(tx, staff_id, disabled_at=None)
    note(tx, access, doer, "enable", staff_id)


def change_password(  # noqa: PLR0913 - whose, and what was typed
    database: Database, access: Access, staff_id: str, session_id: str, *, old: str, new: str
) -> None:
    """Change one's own password; every other session of theirs ends.

    Raises:
        StaffRefusedError: The old one is not right, or the new one will not do.
    """
    with database.read() as tx:
        account = accounts.read(tx, access, staff_id)
    password = passwords.check(new, account.email, account.name)
    tries = _see_that_they_need_not_wait(database, access, staff_id)
    if not access.hasher.fits(account.password_hash, old[: passwords.LONGEST + 1]):
        raise StaffRefusedError("password", "Your present password is not right. Type it again.")
    hashed = access.hasher.hash(password)
    with database.write() as tx:
        throttle.in_turn(tx, [tries])
        throttle.forgive(tx, tries)
        accounts.change(tx, access, staff_id, password_hash=hashed)
        ended = sessions.end_all(tx, staff_id, but=session_id)
        note(tx, access, Doer(staff_id), "change_password", staff_id, sessions_ended=ended)


def renew_recovery(database: Database, access: Access, staff_id: str, code: str) -> list[str]:
    """Give somebody new codes for paper, in place of all before; shown this once.

    Raises:
        StaffRefusedError: The code of their authenticator is not right.
    """
    tries = _see_that_they_need_not_wait(database, access, staff_id)
    with database.write() as tx:
        throttle.in_turn(tx, [tries])
        if codes.use(tx, access, staff_id, code) is None:
            raise StaffRefusedError(
                "code",
                "This code is not right. Take the six digits that the authenticator shows now.",
            )
        throttle.forgive(tx, tries)
        made = codes.renew_recovery(tx, access, staff_id)
        note(tx, access, Doer(staff_id), "renew_recovery_codes", staff_id)
    return made


def end_other_sessions(tx: Tx, access: Access, staff_id: str, session_id: str) -> int:
    """End every session of one's own but this; return how many."""
    ended = sessions.end_all(tx, staff_id, but=session_id)
    note(tx, access, Doer(staff_id), "end_sessions", staff_id, sessions_ended=ended)
    return ended


def _see_that_they_need_not_wait(database: Database, access: Access, staff_id: str) -> throttle.Key:
    # Whoever sits down at an open browser must not guess there either.
    tries = throttle.of_code(access, staff_id)
    with database.write() as tx:
        wait = throttle.admit(tx, access, [tries])
    if wait:
        raise StaffRefusedError(
            "wait", "There were too many tries. Wait a few minutes, then try again."
        )
    return tries


def _of_somebody_else(tx: Tx, access: Access, staff_id: str, doer: Doer) -> Account:
    account = accounts.read(tx, access, staff_id)
    if doer.staff_id == staff_id:
        raise StaffRefusedError(
            "own", "This is your own account. Ask another administrator to change it."
        )
    return account


def _set(tx: Tx, staff_id: str, **values: Any) -> None:
    tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))
