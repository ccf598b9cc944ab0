"""Whole conversations by SMS, with the real model and content: what is remembered and said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from safar.answers.compose import INTERNATIONAL
from safar.answers.resources import Resources
from safar.assistant.engine import Assistant
from safar.assistant.turns import After
from safar.messaging.render import render
from safar.messaging.reply import Reply
from safar.phrasing.languages import load_languages
from safar.phrasing.values import Items, Phone, Phrase, Ref, Value
from tests.talking import Talk, ids, offered

ROOT = Path(__file__).resolve().parents[2]
INTENTS = sorted(
    intent
    for file in (ROOT / "bot" / "domain").glob("*.yml")
    for intent in yaml.safe_load(file.read_text("utf-8")).get("intents", [])
)
FEES = "what fee may they charge"
# Phrases of content/danger/, each in a short sentence.
CRIES = {
    "en": "please help my boss beats me",
    "ne": "मालिकले मलाई मार्न खोज्यो",
    "ne-Latn": "mero sathi le bis khaye",
    "hi": "उसने चाकू दिखाकर धमकाया",
    "bn": "মালিক রড দিয়ে মারে",
    "fil": "sinasapak niya ako",
    "id": "saya mau bunuh diri",
    "ar": "انا بنزف",
    "sw": "wanataka atuue",
    "ur": "مالک مارتا ہے مجھے روز",
    "ur-Latn": "mera kafeel mujhe marta hai",
    "ta": "முதலாளி அடிக்கிறார் என்னை",
    "ta-Latn": "mudhalali adikirar enna daily",
    "si": "මහත්තයා මට ගහනවා",
    "si-Latn": "mahaththaya mata gahanawa",
    "vi": "ông chủ đánh tôi mỗi ngày",
    "my": "သူဌေးက ကျွန်မကို ရိုက်နှက်တယ်",
    "km": "ថៅកែវាយខ្ញុំរាល់ថ្ងៃ",
    "am": "አሰሪዬ ይመታኛል",
    "ar-Latn": "el kafeel bdrabni kol yom",
    "es": "mi jefe me pega todos los días",
    "fr": "mon patron me frappe tous les jours",
    "ru": "хозяин бьет меня каждый день",
    "hi-Latn": "malik mujhe maarta hai roz",
    "bn-Latn": "malik amake protidin mare",
}
VARIANTS = list(CRIES)
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
YES = {language.tag: language.yes[0] for language in LANGUAGES}
NO = {language.tag: language.no[0] for language in LANGUAGES} | {"fil": "hindi"}
MENU_WORD_AFTER = {"a topic": FEES, "danger": CRIES["en"], "a fallback": "asdf qwer"}


def numbers(after: After) -> set[str]:
    parts = [part for reply in after.replies for part in reply.parts]
    return {v.value for part in parts for v in part.values.values() if isinstance(v, Phone)}


# Completing a question


@pytest.mark.parametrize(
    ("bare", "country", "name"),
    [("Qatar", "QA", "Qatar"), ("कतार", "QA", "Qatar"), ("in Oman?", "OM", "Oman")],
)
@pytest.mark.parametrize("answered", [False, True], ids=["asked for it", "after an answer"])
def test_a_bare_country_completes_the_question(begin, bare, country, name, answered) -> None:
    known = {"destination": "MY"} if answered else {}
    talk = begin(variant="en", origin="NP", **known)
    first = talk.say(FEES)
    assert ("Malaysia" in first.texts[0]) if answered else (ids(first) == ["ask.destination"])
    after = talk.say(bare)
    assert ids(after)[0].startswith("topic.fees.")
    assert f"From Nepal to {name}" in after.texts[0]
    assert (talk.slots["destination"], after.variant) == (country, "en")
    assert "pending_topic" not in talk.slots


def test_both_countries_are_asked_for_one_after_the_other(begin) -> None:
    talk = begin()
    assert ids(talk.say(FEES)) == ["ask.origin"]
    assert ids(talk.say("Nepal")) == ["ask.destination"]
    assert "From Nepal to Qatar" in talk.say("Qatar").texts[0]


def test_a_country_that_is_not_told_is_asked_for_once(begin) -> None:
    talk = begin(variant="en", origin="NP")
    assert ids(talk.say(FEES)) == ["ask.destination"]
    again = talk.say(FEES)
    assert "ask.destination" not in ids(again)
    assert again.texts[0].strip()


def test_what_was_told_lasts(begin) -> None:
    talk = begin()
    talk.say("I am from Nepal and I go to work in Qatar, Doha")
    told = {"origin": "NP", "destination": "QA", "city": "Doha", "variant": "en"}
    for text in ["my salary was not paid", "thanks", "asdf qwer", "menu", "नमस्ते", "talk to person"]:
        talk.say(text)
        assert {slot: talk.slots.get(slot) for slot in told} == told, text
    talk.say("now I am in Malaysia")
    assert talk.slots["destination"] == "MY"
    assert talk.slots["origin"] == "NP"
    assert talk.slots.get("city") is None, "Doha is not in Malaysia"


def test_a_whole_sentence_changes_the_variant_and_a_word_does_not(begin) -> None:
    talk = begin(variant="ne", origin="NP")
    assert talk.say("salary").variant == "ne"
    assert talk.say("How much may the agency charge me for the visa?").variant == "en"
    assert talk.slots["variant"] == "en"


# Words that always work


@pytest.mark.parametrize("before", MENU_WORD_AFTER)
@pytest.mark.parametrize("word", ["MENU", "Menu!", "मेनु"])
def test_menu_works_everywhere(begin, before: str, word: str) -> None:
    talk = begin(variant="en", origin="NP")
    talk.say(MENU_WORD_AFTER[before])
    after = talk.say(word)
    assert ids(after) == ["menu.intro"]
    assert after.urgent is False
    assert {"ask_recruitment_fees", "talk_to_person"} <= set(offered(after))
    assert "pending_topic" not in talk.slots


@pytest.mark.parametrize("before", MENU_WORD_AFTER)
@pytest.mark.parametrize("tag", VARIANTS)
def test_a_language_name_works_everywhere(begin, resources, before: str, tag: str) -> None:
    talk = begin(variant="sw" if tag == "en" else "en", origin="NP")
    talk.say(MENU_WORD_AFTER[before])
    after = talk.say(resources.languages[tag].name)
    assert (ids(after), after.variant) == (["language.changed"], tag)
    said = resources.catalogue.phrase(Phrase(id="language.changed"), tag)
    said = said.translate(resources.catalogue.sms_letters(tag))
    assert after.texts[0].startswith(said[:20])
    assert (talk.slots["variant"], talk.slots["variant_chosen"]) == (tag, True)


def test_hindi_is_no_in_filipino(begin) -> None:
    talk = begin(origin="PH")
    talk.say("magkano ang bayad sa agency")
    after = talk.say("hindi")
    assert (ids(after), after.variant) == (["utter_deny"], "fil")
    assert "variant_chosen" not in talk.slots


def test_hindi_is_the_language_for_everyone_else(begin) -> None:
    talk = begin(variant="en", origin="IN")
    talk.say(FEES)
    assert talk.say("Hindi").variant == "hi"


# What is not understood


@pytest.fixture(scope="module")
def unclear(assistant: Assistant, resources: Resources) -> list[str]:
    """Texts that the model makes nothing of but has guesses for, of which it needs two."""
    texts = ["the same for her", "and that one there", "can it be so", "how long is it"]
    found = []
    for text in texts:
        talk = Talk(assistant, resources, variant="en", origin="NP", destination="QA")
        after = talk.say(text)
        seen = after.understanding
        # To forget is asked back in the same words.
        if ids(after) == ["fallback.ask_back"] and seen and seen.intent == "nlu_fallback":
            found.append(text)
        if len(found) > 1:
            break
    assert len(found) > 1, "no more than one of these texts is unclear to the model"
    return found


def test_unclear_is_asked_back_once_and_then_gets_the_menu_and_a_person(begin, unclear) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    first, second, third = (talk.say(text) for text in (unclear[0], unclear[1], unclear[0]))
    assert ids(first) == ["fallback.ask_back"]
    guesses = set(offered(first)) - {"menu"}
    assert guesses <= set(INTENTS)
    assert guesses, "asked back with nothing to choose from"
    for after in (second, third):
        assert ids(after) == ["fallback.menu"]
        assert "Talk to a person" in after.texts[0]
        assert {"talk_to_person", "ask_wages"} <= set(offered(after))


def test_a_guess_is_chosen_by_its_number(begin, unclear) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    guess = talk.say(unclear[0]).options[0]
    seen = talk.say(str(guess.number)).understanding
    assert seen is not None
    assert seen.intent == guess.id


def test_after_something_clear_unclear_is_asked_back_again(begin, unclear) -> None:
    talk = begin(variant="en", origin="NP", destination="QA")
    for text in (unclear[0], "my salary was not paid"):
        talk.say(text)
    assert ids(talk.say(unclear[1])) == ["fallback.ask_back"]


# Danger


@pytest.mark.parametrize("destination", [None, "QA"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_cry_is_answered_with_a_number_on_the_first_page(begin, variant, destination) -> None:
    talk = begin(destination=destination) if destination else begin()
    after = talk.say(CRIES[variant])
    assert (after.urgent, after.variant) == (True, variant)
    assert ids(after)[0] == "danger.first"
    assert any(number in after.texts[0] for number in numbers(after))
    assert ids(after)[-1] == ("danger.question" if destination else "danger.where")
    assert "talk_to_person" in offered(after)


@pytest.mark.parametrize("variant", VARIANTS)
def test_phrases_of_the_danger_file_are_urgent(begin, variant: str) -> None:
    file = ROOT / "content" / "danger" / f"{variant}.yaml"
    phrases = [entry["text"] for entry in yaml.safe_load(file.read_text("utf-8"))["phrases"]]
    for phrase in phrases[:: len(phrases) // 12]:
        after = begin(variant=variant, origin="NP").say(f"... {phrase}, Qatar?")
        assert (phrase, after.urgent) == (phrase, True)
        assert any(number in after.texts[0] for number in numbers(after)), phrase


@pytest.mark.parametrize("origin", ["NP", "IN", "BD", "PH", "KE"])
@pytest.mark.parametrize("destination", [None, "QA", "SA", "AE", "KW", "MY", "OM", "JO"])
def test_danger_never_gives_a_number_of_home_that_cannot_be_dialled(
    begin, resources: Resources, origin: str, destination: str | None
) -> None:
    registry = resources.registry()
    only_at_home = {h.phone for h in registry.hotlines(origin, origin) if not h.dial_from_abroad}
    assert only_at_home, "nothing to be kept back"
    for place in filter(None, (INTERNATIONAL, destination)):
        only_at_home -= {hotline.phone for hotline in registry.hotlines(place, origin)}
    slots = {"origin": origin, **({"destination": destination} if destination else {})}
    said = numbers(begin(variant="en", **slots).say(CRIES["en"]))
    assert said
    assert not said & only_at_home


def test_the_country_told_after_danger_gives_its_police(begin, resources: Resources) -> None:
    talk = begin(variant="en", origin="NP")
    talk.say(CRIES["en"])
    after = talk.say("Malaysia")
    police = {h.phone for h in resources.registry().hotlines("MY", "NP") if h.kind == "police"}
    police |= {h.phone for h in resources.registry().hotlines("MY", "NP") if h.kind == "emergency"}
    assert after.urgent
    assert any(number in after.texts[0] for number in police)


@pytest.mark.parametrize("destination", ["", "QA"], ids=["nowhere", "QA"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_after_danger_gives_the_numbers_again_and_yes_does_not(
    begin, variant: str, destination: str
) -> None:
    known = {"destination": destination} if destination else {}
    for word, urgent in ((NO[variant], True), (YES[variant], False)):
        talk = begin(**known)
        first = talk.say(CRIES[variant])
        after = talk.say(word)
        assert (word, after.urgent, after.variant) == (word, urgent, variant)
        assert (numbers(after) == numbers(first)) is urgent


def test_an_unclear_word_after_danger_gives_the_numbers_again_once(begin, unclear) -> None:
    talk = begin(variant="en", destination="QA")
    talk.say(CRIES["en"])
    assert talk.say(unclear[0]).urgent
    assert ids(talk.say(unclear[1])) == ["fallback.menu"]


def test_danger_breaks_into_a_question_that_waits(begin) -> None:
    talk = begin(variant="en", origin="NP")
    talk.say(FEES)
    assert talk.say(CRIES["en"]).urgent
    after = talk.say("Qatar")
    assert after.urgent, "the country completes the danger, not the question before it"
    assert talk.say("my boss beats me in Qatar, what fee may they charge").urgent


# Every intent, every variant


def message_ids(reply: Reply) -> Iterator[str]:
    """Yield the id of every phrase of `reply`, also of those within values."""
    for phrase in (*reply.parts, *(option.title for option in reply.options)):
        yield phrase.id
        yield from _within(phrase.values.values())


def _within(values) -> Iterator[str]:
    value: Value
    for value in values:
        if isinstance(value, Ref):
            yield value.id
            yield from _within(value.values.values())
        elif isinstance(value, Items):
            yield from _within(value.items)


def test_there_are_intents_to_go_through() -> None:
    assert len(INTENTS) > 30


@pytest.mark.parametrize("corridor", [{}, {"origin": "NP", "destination": "QA"}, {"origin": "ZW"}])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_intent_is_answered_in_words(assistant, resources, variant, corridor) -> None:
    catalogue = resources.catalogue
    slots = {"variant": variant, "variant_chosen": True, **corridor}
    for intent in INTENTS:
        result = asyncio.run(assistant.turn("c1", "-", slots, f"/{intent}"))
        assert len(result.replies) == 1, intent
        reply = result.replies[0]
        assert reply.parts, intent
        assert [i for i in message_ids(reply) if not catalogue.has(i)] == [], intent
        titles = [catalogue.phrase(option.title, variant) for option in reply.options]
        assert len(set(titles)) == len(titles), (intent, "one title stands for two options")
        for text in [catalogue.phrase(part, variant) for part in reply.parts] + titles:
            assert text.strip(), intent
            assert "{" not in text, (intent, text)
        for channel in ("sms", "whatsapp"):
            shown = render(reply, catalogue, variant, channel)
            assert shown.texts, intent
            assert all(t.strip() and "{" not in t for t in (*shown.texts, *shown.rest)), intent


# What cannot be undone


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("ne", "सुरक्षित छु"),
        ("ne", "म सुरक्षित छु"),
        ("hi", "मैं सुरक्षित हूँ"),
        ("en", "i am safe"),
        ("id", "saya aman"),
        ("es", "esto lo puede leer mi jefe?"),
        ("ta", "நான் சொல்றது வேற யாருக்கும் தெரியாது தானே"),
    ],
    ids=["safe", "I am safe", "safe hi", "safe en", "safe id", "does my boss read", "is it secret"],
)
def test_a_text_that_only_may_mean_forget_me_forgets_nothing(
    begin, variant: str, text: str
) -> None:
    talk = begin(variant=variant, origin="NP", destination="QA")
    after = talk.say(text)
    assert "forget.erased" not in ids(after)
    assert (talk.slots["origin"], talk.slots["destination"]) == ("NP", "QA")


def test_forget_me_is_done_when_said_plainly_or_chosen(begin) -> None:
    plain = begin(variant="en", origin="NP", destination="QA")
    assert ids(plain.say("delete my data")) == ["forget.erased"]
    assert not plain.slots.get("origin")

    asked = begin(variant="en", origin="NP", destination="QA")
    after = asked.say("forget")
    assert ids(after) == ["fallback.ask_back"]
    assert offered(after)[0] == "delete_my_data"
    assert ids(asked.say("1")) == ["forget.erased"]
    assert not asked.slots.get("origin")
