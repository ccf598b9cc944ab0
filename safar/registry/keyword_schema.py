"""What content/keywords.yaml may hold: words to stop, start and ask about the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from safar.registry.schema import Entry

KeywordKind = Literal["stop", "start", "help"]


class Keyword(Entry):
    """A word or a few that, sent alone, stop, start or explain the service.

    A plain text in the file is a word with neither mark.
    """

    text: str = Field(min_length=1)
    carrier: bool = False
    """True for words that telephone companies and providers act on before us."""
    only_when_stopped: bool = False
    """True for an everyday word that starts only from a person who has stopped."""

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: object) -> object:
        # YAML's YES without quotes is no text; taken as one, it is told of as such.
        return {"text": value} if isinstance(value, str | bool) else value


class KeywordSet(Entry):
    """The keywords of one variant (BCP 47), which need not be served yet."""

    variant: str
    stop: tuple[Keyword, ...]
    start: tuple[Keyword, ...]
    help: tuple[Keyword, ...]

    def words(self) -> Iterator[tuple[KeywordKind, Keyword]]:
        """Yield every word with its kind, in the order of the file."""
        yield from (("stop", word) for word in self.stop)
        yield from (("start", word) for word in self.start)
        yield from (("help", word) for word in self.help)


class KeywordFile(Entry):
    """content/keywords.yaml."""

    keywords: tuple[KeywordSet, ...]
