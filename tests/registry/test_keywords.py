"""STOP, START and HELP are known in every language, as whole messages and never as parts of one."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.options import RESERVED_WORDS as NO_TITLES
from safar.phrasing.pofile import read_po
from safar.registry.checks.options import RESERVED_WORDS
from safar.registry.danger import DangerMatcher
from safar.registry.keyword_schema import Keyword, KeywordSet
from safar.registry.keywords import KeywordHit, KeywordMatcher, keyword_form
from safar.registry.query import Registry
from safar.registry.variants import VARIANTS
from tests.shipped import shipped_content, shipped_keywords

ROOT = Path(__file__).parents[2]
WORDS = shipped_keywords()
MATCHER = KeywordMatcher(WORDS)
EVERY = [(each.variant, kind, word) for each in WORDS for kind, word in each.words()]

FOUND = {
    "as phone companies write it": ("STOP", "stop", "en"),
    "small letters": ("stop", "stop", "en"),
    "signs around": ("  «Stop!!» ...", "stop", "en"),
    "emoji around": ("🛑 stop ❤️", "stop", "en"),
    "emoji directly after": ("stop🙏🏽", "stop", "en"),
    "direction marks": ("\u202bستوب\u202c", "stop", "ar"),
    "two words over two lines": ("stop\nall", "stop", "en"),
    "typographic apostrophe": ("don’t text me", "stop", "en"),
    "help of the carriers": ("Help", "help", "en"),
    "Nepali": ("म्यासेज बन्द गर्नुहोस्।", "stop", "ne"),
    "Nepali in Latin letters": ("Band garnuhos", "stop", "ne-Latn"),
    "Hindi with joiner": ("बन्\u200dद करो", "stop", "hi"),
    "Urdu keys": ("بند کرو", "stop", "ur"),
    "Arabic keys for Urdu": ("بند كرو", "stop", "ur"),
    "Arabic without hamza": ("اوقف الرسائل", "stop", "ar"),
    "Arabic with vowel signs": ("وَقِّف الرسائل", "stop", "ar"),
    "Vietnamese without marks": ("ngung nhan tin", "stop", "vi"),
    "Vietnamese decomposed": (unicodedata.normalize("NFD", "hủy đăng ký"), "stop", "vi"),
    "Vietnamese without the bar": ("huy dang ky", "stop", "vi"),
    "French without accents": ("desabonner", "stop", "fr"),
    "Burmese with a space": ("စာ မပို့ပါနဲ့", "stop", "my"),
    "Khmer with a hidden space": ("ឈប់\u200bផ្ញើ សារ", "stop", "km"),
    "Indonesian": ("unreg", "stop", "id"),
    "Arabizi": ("Mat3batsh rasayel", "stop", "ar-Latn"),
    "start in Swahili": ("anza tena", "start", "sw"),
    "start in Amharic": ("እንደገና ጀምር", "start", "am"),
    "information in Tamil": ("தகவல்?", "help", "ta"),
}

NOT_FOUND = {
    "empty": "",
    "signs only": "?!…",
    "an emoji with its form": "❤️",
    "in a sentence": "how do I stop him",
    "first in a sentence": "stop he is coming",
    "with one word more": "stop please",
    "cry in English": "help me",
    "cry in Hindi": "bachao",
    "cry in Nepali": "मद्दत",
    "cry in Filipino": "tulong",
    "cry in Indonesian": "tolong",
    "aid in Indonesian": "bantuan",
    "cry in Swahili": "nisaidie",
    "aid in Arabic": "مساعدة",
    "help in Spanish": "ayuda",
    "help in Russian": "помощь",
    "shut in, Nepali": "बन्द",
    "shut in, Latin letters": "band",
    "shut in, Urdu": "بند",
    "never, as begin without its sign": "أبدا",
    "right, as stop without its marks": "dung",
    "use again, as stop without its marks": "dung lai",
    "arrested, as stop without its accent": "arrete",
    "arrested, as it sounds": "arrêter",
    "will be arrested": "detener",
    "cancellation of a visa": "إلغاء",
    "resigning": "berhenti",
    "enough": "khalas",
    "good": "acha",
    "yes, Nepali": "हो",
    "yes, Filipino": "oo",
    "yes, Indonesian": "ya",
    "yes, Spanish": "sí",
    "no, English": "no",
    "more pages, Indonesian": "lanjut",
    "drawn out, a cry": "stoooop",
    "a word that goes on": "stopped",
    "a number": "1",
}


@pytest.mark.parametrize("name", FOUND)
def test_a_whole_message_is_found(name: str) -> None:
    text, kind, variant = FOUND[name]
    hit = MATCHER.find(text)
    assert hit is not None
    assert (hit.kind, hit.variant) == (kind, variant)


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_may_mean_something_else_is_not_found(name: str) -> None:
    assert MATCHER.find(NOT_FOUND[name]) is None


@pytest.mark.parametrize(
    ("text", "carrier"),
    [("STOP", True), (" stop\n", True), ("Stop!", False), ("stop 🙏", False), ("stop all", False)],
)
def test_the_carrier_acts_on_its_bare_word_only(text: str, carrier: bool) -> None:
    hit = MATCHER.find(text)
    assert hit is not None
    assert hit.carrier is carrier


def test_yes_starts_only_who_has_stopped() -> None:
    yes = MATCHER.find("yes")
    assert yes == KeywordHit("start", ("en",), carrier=True, only_when_stopped=True)
    start = MATCHER.find("start")
    assert start is not None
    assert not start.only_when_stopped


def test_a_word_of_several_variants_names_them_in_the_order_of_the_file() -> None:
    hit = MATCHER.find("band karo")
    assert hit is not None
    assert hit.variants == ("hi-Latn", "ur-Latn")


def test_of_a_word_under_two_kinds_the_first_is_kept() -> None:
    words = KeywordSet(
        variant="en", stop=(Keyword(text="off"),), start=(Keyword(text="Off!"),), help=()
    )
    hit = KeywordMatcher([words]).find("off")
    assert hit == KeywordHit("stop", ("en",))


@pytest.mark.parametrize("files", [[], [KeywordSet(variant="en", stop=(), start=(), help=())]])
def test_without_words_nothing_is_found(files: list[KeywordSet]) -> None:
    assert KeywordMatcher(files).find("") is None
    assert KeywordMatcher(files).find("stop") is None


AROUND = st.text(st.characters(categories=["P", "S", "Z", "Cf", "Cc"]), max_size=12)


@given(st.sampled_from(EVERY), AROUND, AROUND, st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_signs_case_and_composition_do_not_matter(
    entry: tuple[str, str, Keyword], before: str, after: str, form: str, upper: bool
) -> None:
    variant, kind, word = entry
    text = unicodedata.normalize(form, word.text.upper() if upper else word.text)  # type: ignore[arg-type]
    hit = MATCHER.find(f"{before}{text}{after}")
    assert hit is not None
    assert hit.kind == kind
    assert variant in hit.variants


@given(
    st.sampled_from(EVERY),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12),
    st.booleans(),
)
def test_a_word_in_a_sentence_is_never_found(
    entry: tuple[str, str, Keyword], other: str, first: bool
) -> None:
    # "q" and its neighbours make a word that is in no entry.
    more = f"qxz{other}"
    text = f"{entry[2].text} {more}" if first else f"{more} {entry[2].text}"
    assert MATCHER.find(text) is None


@given(st.text(max_size=80))
def test_the_form_of_any_text_is_its_own_form(text: str) -> None:
    form = keyword_form(text)
    assert keyword_form(form) == form
    assert form == form.strip()


def test_every_variant_of_the_plan_has_words_of_every_kind() -> None:
    assert [each.variant for each in WORDS] == list(VARIANTS)
    assert len(VARIANTS) == 25
    assert set(shipped_content().languages.tags) <= set(VARIANTS)
    few = {each.variant for each in WORDS if len(each.stop) < 2 or not (each.start and each.help)}
    assert few == set()


def test_the_words_of_the_carriers_are_those_that_no_option_may_have() -> None:
    carriers = {word.text.casefold() for _, _, word in EVERY if word.carrier}
    assert carriers == RESERVED_WORDS == {word.casefold() for word in NO_TITLES}


def test_no_word_is_an_example_of_something_else_to_understand() -> None:
    found = {
        (text, intent)
        for intent, text in _examples()
        if (hit := MATCHER.find(text)) and not hit.only_when_stopped
    }
    assert found == set()


def test_no_word_is_in_a_file_of_danger_words() -> None:
    danger = DangerMatcher(file.model for file in shipped_content().danger)
    assert [word.text for _, _, word in EVERY if danger.find(word.text)] == []
    near = [text for file in shipped_content().danger for text in file.model.near_misses]
    assert len(near) > 100
    assert [text for text in near if MATCHER.find(text)] == []


def test_no_sentence_or_title_that_people_read_is_a_word() -> None:
    texts = [
        text
        for path in sorted((ROOT / "locales").glob("*/LC_MESSAGES/safar.po"))
        for entry in read_po(path).entries.values()
        for text in (*entry.strings, *entry.english)
    ]
    assert len(texts) > 1000
    assert [text for text in texts if MATCHER.find(text)] == []


def test_the_registry_keeps_the_words(registry: Registry) -> None:
    assert [each.variant for each in registry.keywords()] == ["en", "ne", "ar-Latn"]
    matcher = KeywordMatcher(registry.keywords())
    assert matcher.find("stop") == KeywordHit("stop", ("en",), carrier=True)
    assert matcher.find("म्यासेज बन्द") == KeywordHit("stop", ("ne",))


def _examples() -> list[tuple[str, str]]:
    examples = []
    for path in sorted((ROOT / "bot" / "data" / "nlu").rglob("*.yml")):
        for entry in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in str(entry.get("examples", "")).splitlines():
                examples.append((str(entry.get("intent")), line.removeprefix("- ").strip()))
    assert len(examples) > 1000
    return examples
