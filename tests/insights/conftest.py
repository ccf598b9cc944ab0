"""The whole way of a message with an assistant that is told what it understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from safar.answers.compose import intent_option
from safar.assistant.engine import Understanding
from safar.insights.report import Insights, VariantInsights, insights
from safar.insights.vocabulary import Vocabularies
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase
from safar.registry.content import Content
from safar.registry.training import Line, training_lines
from safar.store.crypto import KeyRing
from tests.shipped import shipped_content
from tests.whole_way import ANA, Way

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def content() -> Content:
    return shipped_content()


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    return training_lines(ROOT / "bot" / "data" / "nlu")


@pytest.fixture(scope="session")
def vocabularies(content: Content, lines: list[Line]) -> Vocabularies:
    return Vocabularies(content, lines)


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@dataclass
class People:
    """Short words for what people do, and what is learned from it."""

    way: Way
    vocabularies: Vocabularies
    days: int = 30

    def write(
        self,
        text: str,
        intent: str,
        confidence: float = 0.95,
        variant: str = "en",
        sender: str = ANA,
        after: float = 30,
        guesses: tuple[str, ...] = (),
        **way: str,
    ) -> None:
        """Bring in a text and let it be understood so, some seconds after the one before."""
        self.way.clock.pass_(after)
        self.way.script.understands[text] = Understanding(
            text=text, variant=variant, intent=intent, confidence=confidence, danger=False
        )
        if guesses:
            self.way.script.says[text] = Reply(
                parts=[Phrase(id="fallback.ask_back")],
                options=[*map(intent_option, guesses), intent_option("menu")],
            )
        self.way.ask(text, sender=sender, **way)

    def choose(self, number: str, intent: str, sender: str = ANA, after: float = 30) -> None:
        """Answer with the number of an option, which stands for an intent."""
        self.write(number, intent, 1.0, sender=sender, after=after)

    def learned(self, variant: str | None = None) -> Insights:
        return insights(
            self.way.database,
            self.way.keyring,
            self.vocabularies,
            now=self.way.clock(),
            days=self.days,
            variant=variant,
        )

    def of(self, variant: str = "en") -> VariantInsights:
        found = [each for each in self.learned().variants if each.variant == variant]
        return found[0] if found else VariantInsights(variant, 0)

    def misread(self, variant: str = "en") -> list[tuple[str, str, str]]:
        return [(each.text, each.meant, each.how) for each in self.of(variant).misread]

    def unanswered(self, variant: str = "en") -> list[tuple[str, int]]:
        return [(each.text, each.times) for each in self.of(variant).unanswered]

    def long_ago(self, days: int) -> None:
        self.way.clock.pass_(timedelta(days=days).total_seconds())


@pytest.fixture
def make_way(
    tmp_path: Path,
    keyring: KeyRing,
    registry_path: Path,
    new_database_url: Callable[[], str],
) -> Iterator[Callable[[], Way]]:
    made: list[Way] = []

    def make() -> Way:
        home = tmp_path / f"way{len(made)}"
        own = {"database_url": new_database_url()}
        made.append(Way(home, keyring, registry_path, changes=own))
        return made[-1]

    yield make
    for way in made:
        way.close()


@pytest.fixture
def people(make_way: Callable[[], Way], vocabularies: Vocabularies) -> People:
    return People(make_way(), vocabularies)
