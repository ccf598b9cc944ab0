"""What a turn wishes of the cases: carried out where the message is closed, and answered there."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Step = Literal[
    "ask", "consent", "decline", "add", "danger", "status", "reopen", "withdraw", "forget"
]


class CaseWish(BaseModel):
    """One step in the talk about a case.

    Attributes:
        step: ``ask`` for a person; agree or not; ``add`` the text; ``danger`` was written, which
            goes to an open case by itself; ask how a case stands; open it again; take consent
            back; ``forget`` the person, where an open case may stand against it.
        kind: The intent that it came from.
        danger: Whether danger was in what was said.
        answers: Ids of the person's answers to our questions, as in content/desks.yaml.
        origin, destination, city: Where from and where, as far as told.
        for_other: Whether it is for somebody else than who writes.
        about_text: Whether the text says whom it is about.
        reference: The case that was named.
        sure: Whether they were asked twice about what cannot be taken back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Step
    kind: str = "talk_to_person"
    danger: bool = False
    answers: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    city: str | None = None
    for_other: bool = False
    about_text: bool = False
    reference: str | None = None
    sure: bool = False
