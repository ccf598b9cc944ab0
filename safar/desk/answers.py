"""Any topic's answer, as the assistant gives it: most are composed, some are looked up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from safar.answers.compose import Corridor, compose_topic
from safar.answers.contacts import embassy, hotlines, urgent_lines
from safar.answers.danger import danger_reply
from safar.messaging.reply import Reply
from safar.phrasing.catalogue import Catalogue, Message
from safar.phrasing.values import Phrase
from safar.registry.build import build_of
from safar.registry.check import CheckReport
from safar.registry.content import Content
from safar.registry.query import Registry

_WITH_NUMBERS = {"talk_to_person": "person.not_yet", "missing_relative": "missing.first"}
_DANGER = frozenset({"emergency", "report_abuse"})


def answer(registry: Registry, topic_id: str, corridor: Corridor, today: date) -> Reply:
    """Return what a person of `corridor` is told when they ask for `topic_id`.

    Raises:
        LookupError: there is no such topic.
    """
    known = bool(corridor.origin and corridor.destination)
    if topic_id == "contact_embassy" and known:
        return embassy(registry, corridor, today)
    if topic_id == "contact_hotline" and (corridor.origin or corridor.destination):
        return hotlines(registry, corridor, today)
    if topic_id in _DANGER:
        return danger_reply(registry, corridor, today)
    if topic_id in _WITH_NUMBERS:
        lines = urgent_lines(registry, corridor, today)
        parts = [Phrase(id=_WITH_NUMBERS[topic_id]), *lines]
        return Reply(parts=parts, sensitive=registry.is_sensitive(topic_id))
    return compose_topic(
        registry,
        topic_id,
        origin=corridor.origin,
        destination=corridor.destination,
        city=corridor.city,
        today=today,
    )


@contextmanager
def aside(
    content: Content, now: datetime, checked: CheckReport | None = None
) -> Iterator[Registry]:
    """Build a registry of the files as they are, beside the one in use, for as long as needed.

    Args:
        content: the files as they are.
        now: aware time.
        checked: what a check of them found, if that was done.

    Raises:
        ContentError: the content has errors.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.db"
        build_of(content, path, now, checked)
        registry = Registry.open(path)
        try:
            yield registry
        finally:
            registry.close()


def catalogue_of(content: Content, locales_dir: Path) -> Catalogue:
    """Return the catalogue with the English of the files as they are now.

    A translation of a sentence that was changed since is left out, as it would be.

    Raises:
        PhrasingError: a translation cannot be read.
    """
    written = (message for message, _ in content.located_messages())
    return Catalogue.load(locales_dir, content.languages).with_messages(
        Message(message.id, message.text, message.plural) for message in written
    )
