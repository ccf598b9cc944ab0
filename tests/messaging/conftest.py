"""Phrases whose words a test chooses itself, and a catalogue that says them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from safar.phrasing.values import Day, Phone, Phrase, Text, Value

REPLY_MESSAGES = Path(__file__).parents[2] / "content" / "messages" / "reply.yaml"
NEPALI = {
    "reply.source": "स्रोत: {title}, {as_of}",
    "reply.source_undated": "स्रोत: {title}",
    "reply.more": "थप: {number} पठाउनुहोस्",
    "reply.more_title": "थप",
}


class FakeCatalogue:
    """Says `words` phrases as they are, and the room's own messages in English or Nepali."""

    def __init__(self) -> None:
        listed = yaml.safe_load(REPLY_MESSAGES.read_text(encoding="utf-8"))["messages"]
        english: dict[str, str] = {message["id"]: message["text"] for message in listed}
        self._messages = {"en": english, "ne": NEPALI}

    def sms_letters(self, variant: str) -> dict[int, str]:
        return {}

    def phrase(self, phrase: Phrase, variant: str) -> str:
        """Put a phrase into words."""
        values = {name: _plain(value) for name, value in phrase.values.items()}
        if phrase.id == "words":
            return values["text"].replace("<phone>", values.get("phone", ""))
        return self._messages[variant][phrase.id].format(**values)


def _plain(value: Value) -> str:
    match value:
        case Text(text=text):
            return text
        case Phone(value=number):
            return number
        case Day(value=day):
            return day
        case _:
            raise AssertionError(f"the fake catalogue has no words for {value!r}")


@pytest.fixture(scope="session")
def catalogue() -> FakeCatalogue:
    """Return a catalogue without a file of its own."""
    return FakeCatalogue()


@pytest.fixture(scope="session")
def words() -> Callable[..., Phrase]:
    """Return a maker of phrases: `words("text")`, `words("call <phone>", phone="100")`."""

    def make(text: str, phone: str | None = None) -> Phrase:
        values: dict[str, Value] = {"text": Text(text=text)}
        if phone is not None:
            values["phone"] = Phone(value=phone)
        return Phrase(id="words", values=values)

    return make
