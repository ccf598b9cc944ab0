"""What one process shares to answer with: settings, the registry as it is now, the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from functools import lru_cache
from threading import RLock
from typing import TypeVar

from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import Languages, load_languages
from safar.registry.amounts import AmountFinder
from safar.registry.calendar_days import DayFinder
from safar.registry.conversion import ConversionFinder
from safar.registry.danger import DangerMatcher
from safar.registry.holder import RegistryHolder
from safar.registry.keywords import KeywordMatcher
from safar.registry.language_names import LanguageNames
from safar.registry.offers.checker import OfferChecker
from safar.registry.places import PlaceFinder
from safar.registry.query import Registry
from safar.registry.schema import Place
from safar.settings import Settings, load_settings

Clock = Callable[[], datetime]
_Made = TypeVar("_Made")


def utc_now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(timezone.utc)


class Resources:
    """Everything that reads content, made once a process and renewed when content is swapped.

    Args:
        settings: where the registry and the catalogues are.
        clock: returns UTC time; tests move it.
    """

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        """Open the registry and load the catalogues.

        Raises:
            RegistryMissingError, RegistryDamagedError, RegistryVersionError: see `Registry.open`.
        """
        self.settings = settings
        self.clock = clock
        self.languages: Languages = load_languages(
            settings.content_dir / "languages.yaml", reviewed_only=settings.reviewed_only
        )
        self.catalogue = Catalogue.load(settings.locales_dir, self.languages)
        self._holder = RegistryHolder(
            settings.registry_path, public_key=settings.content_public_key
        )
        self._lock = RLock()
        self._made: dict[str, tuple[str, object]] = {}

    def registry(self) -> Registry:
        """Return the registry in its newest good version."""
        return self._holder.current()

    def today(self) -> date:
        """Return the date facts are judged by."""
        return self.clock().date()

    def danger(self) -> DangerMatcher:
        """Return the matcher of danger words."""
        return self._renewed("danger", lambda registry: DangerMatcher(registry.danger()))

    def keywords(self) -> KeywordMatcher:
        """Return the matcher of words to stop, start and ask about the service."""
        return self._renewed("keywords", lambda registry: KeywordMatcher(registry.keywords()))

    def amounts(self) -> AmountFinder:
        """Return the finder of amounts of money."""
        return self._renewed("amounts", lambda registry: AmountFinder(registry.money()))

    def conversion(self) -> ConversionFinder:
        """Return what notices questions for a sum in another money."""

        def make(registry: Registry) -> ConversionFinder:
            return ConversionFinder(registry.money().conversion, self.amounts().is_currency)

        return self._renewed("conversion", make)

    def days(self) -> DayFinder:
        """Return the finder of calendar days."""

        def make(_: Registry) -> DayFinder:
            return DayFinder(sorted({language.cldr for language in self.languages}))

        return self._renewed("days", make)

    def places(self) -> PlaceFinder:
        """Return the finder of countries and cities."""

        def make(registry: Registry) -> PlaceFinder:
            everyday = [
                Place(country=code, names=(name,))
                for language in self.languages
                for code, name in language.countries.items()
            ]
            return PlaceFinder(
                [*everyday, *registry.places()],
                sorted({language.cldr for language in self.languages}),
                {country.code: country.roles for country in registry.countries()},
                registry.cities(),
            )

        return self._renewed("places", make)

    def offers(self) -> OfferChecker:
        """Return the checker of job offers."""

        def make(registry: Registry) -> OfferChecker:
            likely = {language.tag: language.likely_origin for language in self.languages}
            return OfferChecker(registry, self.amounts(), self.places(), likely)

        return self._renewed("offers", make)

    def home_of(self, variant: str) -> tuple[str, ...]:
        """Return the countries (ISO 3166-1 alpha-2) that writers of a variant come from, if known.

        Raises:
            UnknownLanguageError: no variant has this tag.
        """
        language = self.languages[variant]
        return tuple(filter(None, (language.likely_origin, *language.also_from)))

    def language_named(self, text: str) -> str | None:
        """Return the variant (BCP 47) whose name is the whole of the normalised `text`."""
        return self._names.language(text)

    def languages_in(self, text: str) -> list[tuple[str, int, int]]:
        """Return the variants (BCP 47) whose names stand in `text`, with start and end of each."""
        return list(self._names.named_in(text))

    def is_menu_word(self, text: str) -> bool:
        """Whether the whole of the normalised `text` asks for the menu."""
        return self._names.is_menu(text)

    def is_farewell(self, text: str) -> bool:
        """Whether the whole of `text` is a word to stop.

        The gateway ends the messages for good before this is ever asked; only a talk that has no
        gateway, such as `rasa shell`, comes here.
        """
        hit = self.keywords().find(text)
        return hit is not None and hit.kind == "stop"

    def yes_or_no(self, text: str) -> bool | None:
        """Whether the whole of the normalised `text` agrees or refuses; None if it does neither."""
        return self._names.yes(text)

    @property
    def _names(self) -> LanguageNames:
        return self._renewed("names", lambda _: LanguageNames(self.languages))

    def _renewed(self, name: str, make: Callable[[Registry], _Made]) -> _Made:
        registry = self.registry()
        version = registry.meta.content_hash
        with self._lock:
            made = self._made.get(name)
            if made is None or made[0] != version:
                made = (version, make(registry))
                self._made[name] = made
            return made[1]  # type: ignore[return-value]  # kept by name, one type a name


@lru_cache(maxsize=1)
def shared_resources() -> Resources:
    """Return the resources of this process, for code that Rasa constructs by itself."""
    return Resources(load_settings())
