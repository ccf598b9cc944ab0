"""The telephone of the person of a case: masked for all, shown to who asks, and then noted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select

from safar.cases import rows
from safar.cases.actors import officer, see_that_they_may
from safar.cases.errors import CaseRefusedError
from safar.cases.office import Office
from safar.cases.opening import Terms
from safar.cases.rows import Case
from safar.cases.states import Action, State
from safar.store import audit
from safar.store.case_tables import cases
from safar.store.crypto import KeyRing, normalise
from safar.store.database import Tx
from safar.store.errors import CryptoError
from safar.store.tables import contact_identities, conversations

SHARES_NUMBER: Final = "phone"
"""Name of the number among what a person agrees to share."""

_NUMBERS: Final = ("phone", "whatsapp", "simulator")
_PHONE: Final = re.compile(r"\+?[0-9]{5,20}")
_HIDDEN: Final = "•••• ••"
_LAST_SHOWN: Final = 2
_LEAST_SHOWN: Final = 2
"""Every country code has at least one digit, and two tell nobody apart."""
_LONGEST_CODE: Final = 4


def masked(number: str, calling_codes: Iterable[str] = ()) -> str:
    """Return a number as all may see it: country code and the last two digits, ``+977 •••• ••12``.

    Args:
        number: As it is kept.
        calling_codes: Of countries, such as ``+977``; else two digits stand for the code.
    """
    bare = normalise(number)
    if not _PHONE.fullmatch(bare):
        return _HIDDEN
    fitting = [code for code in calling_codes if len(code) > 1 and bare.startswith(code)]
    code = max(fitting, key=len, default=bare[: _LEAST_SHOWN + 1] if bare[0] == "+" else "")
    code = code if len(code) <= _LONGEST_CODE + 1 else ""
    return f"{code} {_HIDDEN}{bare[-_LAST_SHOWN:]}".strip()


def number_of(tx: Tx, keyring: KeyRing, case: Case) -> str | None:
    """Return the number from which the person wrote last, or another of theirs.

    None where WhatsApp shows none, where they were forgotten or took their consent back, where
    another person has the telephone now, and where no key opens it.
    """
    over = case.state is State.WITHDRAWN or case.erased_at is not None
    if over or case.detached_at is not None:
        return None
    wrote_from = select(conversations.c.identity_id).where(
        conversations.c.id == case.conversation_id
    )
    found = tx.execute(
        select(contact_identities.c.value_encrypted)
        .where(
            contact_identities.c.contact_id == case.contact_id,
            contact_identities.c.kind.in_(_NUMBERS),
            contact_identities.c.value_encrypted != "",
        )
        .order_by(
            (contact_identities.c.id == wrote_from.scalar_subquery()).desc(),
            contact_identities.c.id.desc(),
        )
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        return None
    try:
        return normalise(keyring.decrypt(found))
    except CryptoError:
        return None


def terms_of(tx: Tx, case_id: int) -> Terms | None:
    """Return what the person agreed to; None where they did not, or it cannot be read."""
    kept = tx.execute(select(cases.c.consent_terms).where(cases.c.id == case_id)).scalar_one()
    try:
        return Terms.model_validate_json(kept) if kept else None
    except ValidationError:
        return None


def reveal(tx: Tx, office: Office, case_id: int, staff_id: str) -> str:
    """Return the number to a member of staff, and write into the record that they saw it.

    Raises:
        CaseRefusedError: It is not theirs to see, the person did not share it, or there is none.
        UnknownCaseError: There is no such case.
    """
    case = rows.lock(tx, case_id)
    see_that_they_may(tx, case, officer(staff_id), Action.NOTE)
    if case.detached_at is not None:
        raise CaseRefusedError(
            "other_person",
            "Another person has this telephone now. Do not call it: you would reach them.",
        )
    terms = terms_of(tx, case_id)
    if terms is None or case.state is State.WITHDRAWN or SHARES_NUMBER not in terms.shares:
        raise CaseRefusedError("not_shared", "The person has not agreed to share their number.")
    number = number_of(tx, office.keyring, case)
    if number is None:
        raise CaseRefusedError(
            "no_number", "There is no number: this person writes without showing one. Answer here."
        )
    deed = audit.Deed("staff", "reveal", "case", str(case.id), staff_id, {"what": "phone"})
    audit.append(tx, office.keyring, deed, office.clock())
    return number
