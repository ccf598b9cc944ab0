"""content/case_replies.yaml: answers that officers give often, translated like every message.

A placeholder is {reference} (of the case), {desk} (its name) or {gap}: what the officer must fill
in before the text can go out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import Field

from safar.cases.content_file import read_file
from safar.phrasing.checks import english_faults
from safar.phrasing.templates import placeholders
from safar.registry.errors import ContentError, Problem
from safar.registry.intents import INTENTS
from safar.registry.schema import Entry, Identifier
from safar.registry.yamlfile import Document

FILE: Final = "case_replies.yaml"
GAP: Final = "____"
"""What stands in the reply where {gap} is, until the officer has written something there."""

_PLACEHOLDERS: Final = frozenset({"reference", "desk", "gap"})
_PREFIX: Final = "case_reply."


class CannedReply(Entry):
    """One answer.

    Attributes:
        id: Of the message; begins with ``case_reply.``.
        kinds: Intents of the cases that it fits; empty: all.
        text: In English; the translations are in the catalogues.
        note: For translators.
    """

    id: Identifier
    kinds: tuple[str, ...] = ()
    text: str = Field(min_length=1, max_length=600)
    note: str | None = None

    def fits(self, kind: str) -> bool:
        """Whether it is offered in cases of a kind."""
        return not self.kinds or kind in self.kinds


class CannedReplies(Entry):
    """The whole file."""

    replies: tuple[CannedReply, ...] = ()

    def of_kind(self, kind: str) -> list[CannedReply]:
        """Return those that fit a kind, the ones made for it first."""
        fitting = [reply for reply in self.replies if reply.fits(kind)]
        return sorted(fitting, key=lambda reply: not reply.kinds)

    def named(self, reply_id: str) -> CannedReply | None:
        """Return the one of an id, None without one."""
        return next((reply for reply in self.replies if reply.id == reply_id), None)


_MAX_BYTES: Final = 200_000
_KNOWN_KEYS: Final = frozenset(
    name for model in (CannedReply, CannedReplies) for name in model.model_fields
)


def load_replies(content_dir: Path) -> CannedReplies:
    """Return the replies; none where there is no such file.

    Raises:
        ContentError: with every fault of the file.
    """
    replies, problems = _read(content_dir)
    if problems:
        raise ContentError(problems)
    return replies or CannedReplies()


def check_replies(content_dir: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with the file, in the order of its lines."""
    return tuple(sorted(_read(content_dir)[1]))


def _read(content_dir: Path) -> tuple[CannedReplies | None, list[Problem]]:
    return read_file(content_dir / FILE, CannedReplies, _MAX_BYTES, _KNOWN_KEYS, _faults)


def _faults(replies: CannedReplies, document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, reply in enumerate(replies.replies):
        here = ("replies", place)
        if reply.id in seen:
            yield document.problem(
                (*here, "id"), f'the reply "{reply.id}" is there twice', "give it another id"
            )
        seen.add(reply.id)
        if not reply.id.startswith(_PREFIX):
            yield document.problem(
                (*here, "id"),
                f'the id "{reply.id}" does not begin with {_PREFIX}',
                f"write {_PREFIX}{reply.id}, so that it is no other message's id",
            )
        for number, kind in enumerate(reply.kinds):
            if kind not in INTENTS:
                yield document.problem(
                    (*here, "kinds", number),
                    f'"{kind}" is nothing that people ask',
                    "write an intent such as ask_wages",
                )
        faults = english_faults(reply.text, None)
        for fault in faults:
            message, _, remedy = fault.partition(": ")
            yield document.problem((*here, "text"), message.rstrip("."), remedy or "mend the text")
        for name in sorted(() if faults else placeholders(reply.text) - _PLACEHOLDERS):
            yield document.problem(
                (*here, "text"),
                f"nothing can be put in the place of {{{name}}}",
                "write {reference}, {desk} or {gap}",
            )
