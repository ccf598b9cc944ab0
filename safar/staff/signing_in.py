"""Signing in: a password, then a one-time code; each guess is counted before it is looked at.

Whoever has no account gets the same answer, after the same work, as whoever mistyped theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Final

from safar.staff import accounts, codes, sessions, throttle
from safar.staff.access import Access
from safar.staff.accounts import Account
from safar.staff.passwords import LONGEST
from safar.staff.record import Doer, note
from safar.staff.sessions import Session, Stage, Way
from safar.store.database import Database, Tx

_LONGEST_TYPED: Final = 1000


class Step(Enum):
    """What comes next."""

    CODE = "code"
    """The password was right; now a one-time code."""
    IN = "in"
    REFUSED = "refused"
    WAIT = "wait"
    """There were too many failures; nothing was looked at."""


@dataclass(frozen=True)
class Answer:
    """What came of a try.

    Attributes:
        token: For the browser, when there is a session now.
        wait: How long, when one must.
    """

    step: Step
    token: str = field(default="", repr=False)
    wait: timedelta = timedelta()


_REFUSED: Final = Answer(Step.REFUSED)


def with_password(
    database: Database, access: Access, email: str, password: str, address: str
) -> Answer:
    """Begin to sign in.

    Args:
        database: The store.
        access: The surroundings.
        email: As typed.
        password: As typed.
        address: Network address that calls.

    Raises:
        StaffRefusedError: Too many sign in at this moment.
    """
    # Cut: a very long one would be no right one, and only cost time.
    digest = accounts.email_digest(access, email[:_LONGEST_TYPED])
    of_account = throttle.of_account(access, digest)
    of_address = throttle.of_address(access, address)
    with database.write() as tx:
        wait = throttle.admit(tx, access, [of_account, of_address])
        account = accounts.by_email(tx, access, email[:_LONGEST_TYPED])
    if wait:
        return Answer(Step.WAIT, wait=wait)
    may = account is not None and account.set_up_at is not None and account.disabled_at is None
    kept = account.password_hash if account is not None and may else None
    # The same work for everybody: see `Hasher.fits`.
    right = access.hasher.fits(kept, password[: LONGEST + 1])
    renewed = _renewed(access, kept, password) if right else None
    with database.write() as tx:
        throttle.in_turn(tx, [of_account, of_address])
        if not right or account is None:
            _note_failure(tx, access, account, "password")
            return _REFUSED
        throttle.forgive(tx, of_account)
        throttle.take_back(tx, access, of_address)
        if renewed is not None:
            accounts.change(tx, access, account.staff_id, password_hash=renewed)
        token = sessions.start(tx, access, account.staff_id, "code", "password")
    return Answer(Step.CODE, token)


def with_code(database: Database, access: Access, token: str, code: str, address: str) -> Answer:
    """Finish signing in, with the token that `with_password` gave.

    Args:
        database: The store.
        access: The surroundings.
        token: From the browser.
        code: As typed: of the authenticator, or one of those on paper.
        address: Network address that calls.
    """
    half = sessions.find(database, access, token)
    if half is None or half.stage != "code":
        return _REFUSED
    keys = [throttle.of_code(access, half.staff_id), throttle.of_address(access, address)]
    with database.write() as tx:
        wait = throttle.admit(tx, access, keys)
    if wait:
        return Answer(Step.WAIT, wait=wait)
    with database.write() as tx:
        throttle.in_turn(tx, keys)
        kind = codes.use(tx, access, half.staff_id, code[:_LONGEST_TYPED])
        if kind is None:
            _note_failure(tx, access, accounts.read(tx, access, half.staff_id), "code")
            return _REFUSED
        throttle.forgive(tx, keys[0])
        throttle.take_back(tx, access, keys[1])
        sessions.end(tx, half.id)
        made = _enter(tx, access, half.staff_id, half.way, second=kind)
    return Answer(Step.IN, made)


def with_single_sign_on(
    database: Database, access: Access, email: str, *, second_done: bool
) -> Answer:
    """Sign in whom the provider of single sign-on vouches for.

    Args:
        database: The store.
        access: The surroundings.
        email: As the provider has verified it.
        second_done: Whether a second proof was given there: then none is asked for here.
    """
    with database.write() as tx:
        account = accounts.by_email(tx, access, email[:_LONGEST_TYPED])
        if account is None or account.disabled_at is not None:
            _note_failure(tx, access, account, "single_sign_on")
            return _REFUSED
        if second_done:
            if account.set_up_at is None:
                _take_invitation(tx, access, account)
            made = _enter(tx, access, account.staff_id, "single_sign_on", second="provider")
            return Answer(Step.IN, made)
        if account.set_up_at is None or not account.has_code:
            _note_failure(tx, access, account, "single_sign_on")
            return _REFUSED
        return Answer(Step.CODE, _begin(tx, access, account.staff_id, "code", "single_sign_on"))


def half_way(database: Database, access: Access, token: str) -> Session | None:
    """Return the session of a token that still waits for a code, None if it is none."""
    found = sessions.find(database, access, token)
    return found if found is not None and found.stage == "code" else None


def sign_out(database: Database, access: Access, session_id: str, staff_id: str) -> None:
    """End a session."""
    with database.write() as tx:
        sessions.end(tx, session_id)
        note(tx, access, Doer(staff_id), "sign_out", staff_id)


def _enter(tx: Tx, access: Access, staff_id: str, way: Way, *, second: str) -> str:
    token = _begin(tx, access, staff_id, "whole", way)
    accounts.change(tx, access, staff_id, signed_in_at=access.clock())
    note(tx, access, Doer(staff_id), "sign_in", staff_id, way=way, second=second)
    return token


def _begin(tx: Tx, access: Access, staff_id: str, stage: Stage, way: Way) -> str:
    return sessions.start(tx, access, staff_id, stage, way)


def _take_invitation(tx: Tx, access: Access, account: Account) -> None:
    accounts.change(
        tx,
        access,
        account.staff_id,
        invitation_digest=None,
        invitation_until=None,
        totp_encrypted=None,
        set_up_at=access.clock(),
    )
    note(tx, access, Doer(account.staff_id), "set_up", account.staff_id)


def _renewed(access: Access, kept: str | None, password: str) -> str | None:
    """Return a hash with the parameters of now, where the kept one has others."""
    if kept is None or not access.hasher.is_outdated(kept):
        return None
    return access.hasher.hash(password)


def _note_failure(tx: Tx, access: Access, account: Account | None, step: str) -> None:
    staff_id = None if account is None else account.staff_id
    # By nobody: who guesses is not who the account is of.
    note(tx, access, _NOBODY, "sign_in_failed", staff_id, step=step)


class _Guesser(Doer):
    """Whoever tries: not known."""

    @property
    def kind(self) -> str:
        return "system"


_NOBODY: Final = _Guesser()
