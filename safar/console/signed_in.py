"""Who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from safar.staff.permissions import ALLOWED, Permission, Role


@dataclass(frozen=True)
class SignedIn:
    """The member of staff whose browser calls.

    Attributes:
        staff_id: Says nothing about them.
        name: As they wrote it; never for a log, a metric, an audit row or a URL.
        role: What they may do.
        desk_id: Whose cases they see.
        language: Tag of the console's language they chose.
        csrf: What each form must send back.
        session_id: Names the session in lists; opens nothing.
    """

    staff_id: str
    name: str = field(repr=False)
    role: Role
    desk_id: str
    language: str
    csrf: str = field(repr=False)
    session_id: str

    def may(self, permission: Permission) -> bool:
        """Whether their role allows something."""
        return permission in ALLOWED[self.role]
