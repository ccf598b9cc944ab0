"""Every table: how long its rows are kept, and whether they are of a person.

Whoever adds a table says so here; a test fails until then. `retention` empties what is named by a
kind of its own, and `person_export` gives a person what is theirs.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Held(NamedTuple):
    """What is said of one table.

    Attributes:
        kept: Kinds of `retention.KINDS` that empty it or take rows out; empty: none does.
        why: Why it is kept, or whose it is.
        exported: Whether a person's export has it.
    """

    kept: tuple[str, ...]
    why: str
    exported: bool


_OURS = "it says nothing of a person"

INVENTORY: Final = MappingProxyType(
    {
        "contacts": Held(("people",), "a random id", True),
        "contact_identities": Held(("people",), "addresses, encrypted", True),
        "conversations": Held(("memory", "people"), "what a talk remembers", True),
        "inbox": Held(("texts in", "understood"), "what people wrote", True),
        "outbox": Held(("texts out",), "what they were told", True),
        "status_events": Held(("texts out",), "what a provider reported of a text", True),
        "received_parts": Held(("parts",), "parts of long texts", True),
        "sent_parts": Held(("parts sent",), "the same as the texts in outbox", False),
        "service_windows": Held(("people",), "when a person wrote last", True),
        "suppressions": Held((), "a wish is kept as long as it holds", True),
        "consent_events": Held(("consent",), "what was said about consent", True),
        "forgettings": Held(("forgettings",), "digests of random ids that are gone", False),
        "usage": Held(("usage",), "daily counts", True),
        "counters": Held(("counts",), _OURS, False),
        "cases": Held(("cases",), "what an office must account for stays", True),
        "case_messages": Held(("cases",), "texts and notes", True),
        "case_events": Held((), "what was done in a case, and when, names nobody", True),
        "case_notices": Held(("notices",), "which desk was told of a case", True),
        "case_notice_sends": Held(("notices",), "digests of addresses of staff", False),
        "case_links": Held((), "it shows that another person has a case", False),
        "audit": Held((), "without its beginning the chain proves nothing; it names nobody", True),
        "audit_head": Held((), _OURS, False),
        "desks": Held((), _OURS, False),
        "staff": Held((), "of staff, whose deeds stay theirs", False),
        "staff_accounts": Held((), "of staff, as long as they are", False),
        "staff_recovery_codes": Held(("recovery codes",), "of staff", False),
        "staff_sessions": Held(("sessions",), "of staff", False),
        "staff_waits": Held(("failed sign-ins",), "of staff, sealed", False),
        "form_marks": Held(("form marks",), _OURS, False),
        "switches": Held((), _OURS, False),
        "provider_health": Held((), "written over all the time; " + _OURS, False),
        "devices": Held((), "written over all the time; " + _OURS, False),
        "schema_migrations": Held((), _OURS, False),
    }
)
"""What stands here of each table, by its name."""
