"""One-time codes of an authenticator (RFC 6238), and those on paper for when it is lost."""

from __future__ import annotations

import hmac
import io
import re
from datetime import datetime
from typing import Final

import pyotp
import segno
from sqlalchemy import delete, func, insert, select, update

from safar.staff.access import Access
from safar.store.database import Tx
from safar.store.staff_tables import staff_accounts, staff_recovery_codes

_ISSUER: Final = "Safar"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_LENGTH: Final = 32
"""Of 32 signs: 160 bits, as RFC 4226 asks."""
STEP_SECONDS: Final = 30
_AROUND: Final = (0, -1, 1)
"""Steps that are looked at: telephones go slow and fast."""

RECOVERY_CODES: Final = 10
_READABLE: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RECOVERY_LENGTH: Final = 12
"""Of 32 signs: 60 bits, so a seal guards them as well as a slow hash would."""
_MARKS: Final = re.compile(r"[\s-]+")


def new_secret(access: Access) -> str:
    """Return a new secret for an authenticator."""
    return access.text(_BASE32, _SECRET_LENGTH)


def address(secret: str, email: str) -> str:
    """Return what an authenticator reads out of the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def picture(address: str) -> str:
    """Return a square (QR code) as SVG, to stand in a page."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, nl=False,
        svgclass=None, lineclass=None,
    )  # fmt: skip
    return drawn.getvalue().decode()


def in_groups(text: str) -> str:
    """Write a secret in groups of four, for whoever types it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def step_of(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """Return the half minute that a code is of; None when it is of none, or was used.

    Args:
        secret: Of the authenticator.
        code: As typed; spaces do not count.
        now: UTC.
        after: The last half minute whose code was taken: it and all before are used up.
    """
    typed = _MARKS.sub("", code)
    if len(typed) > _RECOVERY_LENGTH or not typed.isascii():
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    fitting = None
    for around in _AROUND:
        step = current + around
        fits = hmac.compare_digest(totp.generate_otp(step), typed)
        if fits and (after is None or step > after):
            fitting = step
    return fitting


def use(tx: Tx, access: Access, staff_id: str, code: str) -> str | None:
    """Use a code of either kind up.

    Returns:
        ``code`` or ``recovery`` when it was right, None when not.
    """
    row = tx.execute(
        select(staff_accounts.c.totp_encrypted, staff_accounts.c.totp_step)
        .where(staff_accounts.c.staff_id == staff_id)
        .with_for_update()
    ).one_or_none()
    if row is not None and row.totp_encrypted is not None:
        secret = access.keyring.decrypt(row.totp_encrypted)
        step = step_of(secret, code, access.clock(), row.totp_step)
        if step is not None:
            tx.execute(
                update(staff_accounts)
                .where(staff_accounts.c.staff_id == staff_id)
                .values(totp_step=step)
            )
            return "code"
    used = tx.execute(
        update(staff_recovery_codes)
        .where(
            staff_recovery_codes.c.staff_id == staff_id,
            staff_recovery_codes.c.digest == _digest(access, staff_id, code),
            staff_recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=access.clock())
    ).rowcount
    return "recovery" if used else None


def renew_recovery(tx: Tx, access: Access, staff_id: str) -> list[str]:
    """Make new codes for paper, in place of all before; they are shown this once."""
    drop_recovery(tx, staff_id)
    made = [access.text(_READABLE, _RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    tx.execute(
        insert(staff_recovery_codes),
        [
            {
                "staff_id": staff_id,
                "digest": _digest(access, staff_id, code),
                "made_at": access.clock(),
                "used_at": None,
            }
            for code in made
        ],
    )
    return ["-".join(code[start : start + 4] for start in (0, 4, 8)) for code in made]


def drop_recovery(tx: Tx, staff_id: str) -> None:
    """Take all codes for paper away."""
    tx.execute(delete(staff_recovery_codes).where(staff_recovery_codes.c.staff_id == staff_id))


def recovery_left(tx: Tx, staff_id: str) -> int:
    """Return how many codes on paper can still be used."""
    return tx.execute(
        select(func.count()).where(
            staff_recovery_codes.c.staff_id == staff_id, staff_recovery_codes.c.used_at.is_(None)
        )
    ).scalar_one()


def _digest(access: Access, staff_id: str, code: str) -> str:
    typed = _MARKS.sub("", code).upper()
    return access.keyring.seal("recovery code", f"{staff_id} {typed}")
