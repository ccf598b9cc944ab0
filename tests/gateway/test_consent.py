"""STOP, START and HELP on every line, from the message that comes to what a person is sent."""

from __future__ import annotations

import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from safar.gateway.messages import Identity
from safar.gateway.providers.base import FailureKind, OptedOutError, TransientSendError
from safar.phrasing.languages import load_languages
from safar.registry.variants import VARIANTS
from tests.shipped import shipped_keywords
from tests.whole_way import ANA, BEN, CRY, FORGET, LINES, Way

ROOT = Path(__file__).parents[2]
WORDS = shipped_keywords()
SERVED = load_languages(ROOT / "content" / "languages.yaml").tags
SHIPPED = [
    pytest.param(each.variant, kind, word, id=f"{each.variant}-{kind}-{word.text}")
    for each in WORDS
    for kind, word in each.words()
]
# One word of each kind and variant by hand: a word that vanishes from content/ must be noticed.
BY_HAND: dict[str, tuple[str, str, str]] = {
    "en": ("STOP", "START", "HELP"),
    "ne": ("बन्द गर्नुहोस्", "सुरु गर्नुहोस्", "जानकारी"),
    "ne-Latn": ("band garnus", "suru garnus", "jankari"),
    "hi": ("बंद करो", "शुरू करो", "जानकारी"),
    "hi-Latn": ("band karo", "shuru karo", "jaankari"),
    "ur": ("بند کرو", "شروع کرو", "معلومات"),
    "ur-Latn": ("band karein", "shuru karein", "maloomat"),
    "bn": ("বন্ধ করুন", "শুরু করুন", "তথ্য"),
    "bn-Latn": ("bondho korun", "shuru korun", "tottho"),
    "ta": ("நிறுத்து", "தொடங்கு", "தகவல்"),
    "ta-Latn": ("niruthu", "thodangu", "thagaval"),
    "si": ("නවත්වන්න", "පටන් ගන්න", "තොරතුරු"),
    "si-Latn": ("nawathwanna", "patan ganna", "thorathuru"),
    "fil": ("itigil", "simulan", "impormasyon"),
    "id": ("UNREG", "mulai", "informasi"),
    "vi": ("ngừng", "bắt đầu", "thông tin"),
    "my": ("ရပ်ပါ", "စတင်ပါ", "အချက်အလက်"),
    "km": ("ឈប់ផ្ញើសារ", "ចាប់ផ្តើម", "ព័ត៌មាន"),
    "am": ("አቁም", "ጀምር", "መረጃ"),
    "sw": ("sitisha", "anza", "maelezo"),
    "ar": ("توقف", "ابدأ الرسائل", "معلومات"),
    "ar-Latn": ("wa2af el rasayel", "ebda2 tany", "ma3lomat"),
    "es": ("parar", "empezar", "información"),
    "fr": ("arrêter les messages", "commencer", "infos"),
    "ru": ("стоп", "начать", "информация"),
}
ON_EVERY_LINE = pytest.mark.parametrize("line", LINES)
SAID = {"stop": "consent.stopped", "start": "consent.started", "help": "consent.help"}


def expected_variants(text: str, variant: str) -> set[str]:
    """Return the variants in which a word may be answered: of those who use it, the served."""
    users = {each.variant for each in WORDS for _, word in each.words() if word.text == text} | {
        variant
    }
    return (users & set(SERVED)) or {"en"}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, keyring, registry_path):
    """One way for many people, each of whom writes once from a number of their own."""
    way = Way(tmp_path_factory.mktemp("crowd"), keyring, registry_path)
    yield way
    way.close()


def number_of(*parts: object) -> str:
    """Return a telephone number that nobody else in the crowd has."""
    return f"+97798{zlib.crc32(repr(parts).encode()) % 10**8:08}"


@pytest.mark.parametrize(("variant", "kind", "word"), SHIPPED)
def test_every_word_of_content_is_answered_in_its_language(crowd: Way, variant, kind, word) -> None:
    sender = number_of(variant, kind, word.text)
    if word.only_when_stopped:
        crowd.ask("STOP", sender=sender)
    sent = crowd.ask(word.text, sender=sender)
    answers = {
        crowd.words(SAID[kind], each): each for each in expected_variants(word.text, variant)
    }
    assert any(
        crowd.plain(sent[0], tag).startswith(crowd.plain(said, tag)[:25])
        for said, tag in answers.items()
    ), (sent, answers)
    assert crowd.stopped(sender=sender) is (kind == "stop")


def test_by_hand_no_variant_is_missing() -> None:
    assert set(BY_HAND) == set(VARIANTS)


@ON_EVERY_LINE
@pytest.mark.parametrize("variant", BY_HAND)
def test_stop_help_and_start_by_hand_on_every_line(crowd: Way, variant: str, line: str) -> None:
    stop, start, help_ = BY_HAND[variant]
    sender = number_of(variant, line)
    confirmed = crowd.ask(stop, line, sender)
    assert len(confirmed) == 1
    assert crowd.stopped(line, sender)
    assert crowd.ask("what may an agency charge?", line, sender) == []
    assert len(crowd.ask(help_, line, sender)) == 1
    assert crowd.stopped(line, sender)
    welcome = crowd.ask(start, line, sender)
    assert len(welcome) == 1
    assert not crowd.stopped(line, sender)
    assert len(crowd.ask("what may an agency charge?", line, sender)) == 1
    # Their language is that of the first word, for all three; the confirmation names START.
    language = next(
        each
        for each in SERVED
        if crowd.plain(crowd.words("consent.stopped", each), each)[:20]
        == crowd.plain(confirmed[0], each)[:20]
    )
    assert language in expected_variants(stop, variant)
    assert "START" in confirmed[0]
    assert "STOP" in welcome[0]


@ON_EVERY_LINE
@pytest.mark.both_databases
def test_after_stop_what_waits_is_canceled_and_danger_is_not(way: Way, line: str) -> None:
    way.write("what may they charge?", line)
    way.write(CRY, line)
    way.work()
    assert way.states() == ["ready", "ready"]
    way.write("STOP", line)
    assert [(row.kind, row.state) for row in way.outbox()] == [
        ("answer", "canceled"),
        ("danger", "ready"),
    ]
    sent = way.answer()
    assert len(sent) == 2
    assert sent[0].startswith(way.words("reply.neutral"))
    assert sent[1] == way.words("consent.stopped")


@ON_EVERY_LINE
@pytest.mark.both_databases
def test_an_answer_that_was_being_made_is_not_sent_after_stop(way: Way, line: str) -> None:
    way.script.meanwhile = lambda: way.write("STOP", line)
    assert way.ask("what may they charge?", line) == [way.words("consent.stopped")]
    assert way.script.asked == ["what may they charge?"]


@ON_EVERY_LINE
def test_a_text_that_could_not_be_sent_yet_is_not_sent_after_stop(way: Way, line: str) -> None:
    """It was on its way when STOP came, was refused for now, and would be tried again."""
    outlet = way.modem if line == "modem" else way.twilio
    way.write("what may they charge?", line)
    way.work()
    send = outlet.send

    def stopped_meanwhile(message):
        outlet.send = send
        way.write("STOP", line)
        raise TransientSendError("503")

    outlet.send = stopped_meanwhile
    way.send()
    way.clock.pass_(3600)
    assert way.answer() == [way.words("consent.stopped")]


def test_what_waits_for_the_same_number_at_another_provider_is_not_sent(way: Way) -> None:
    way.write("what may they charge?", "sms")
    way.work()
    assert way.ask("STOP", "modem") == [way.words("consent.stopped")]
    assert way.ask("hello?", "sms") == []


@ON_EVERY_LINE
@pytest.mark.both_databases
def test_who_stopped_gets_numbers_once_a_day_with_the_way_back(way: Way, line: str) -> None:
    way.ask("STOP", line)
    first = way.ask(CRY, line)
    assert len(first) == 1
    assert first[0].startswith(way.words("reply.neutral"))
    assert way.words("consent.way_back") in first[0]
    assert any(character.isdigit() for character in first[0])
    way.clock.pass_(24 * 3600 - 60)
    assert way.ask(CRY + " again", line) == []
    way.clock.pass_(120)
    assert len(way.ask(CRY + " and again", line)) == 1
    assert way.ask("what may they charge?", line) == []
    assert way.stopped(line)


def test_who_stopped_gets_numbers_with_the_way_back_where_the_assistant_fails(way: Way) -> None:
    way.ask("STOP")
    way.script.fails = True
    way.write(CRY)
    for _ in range(4):
        way.work()
        way.clock.pass_(5)
    (sent,) = way.answer()
    assert sent.startswith(way.words("reply.neutral"))
    assert way.words("consent.danger_call") in sent
    assert sent.endswith(way.words("consent.way_back"))


def test_a_second_stop_is_not_confirmed_again(way: Way) -> None:
    assert len(way.ask("STOP")) == 1
    assert way.ask("stop!!") == []
    assert way.rows("SELECT kind FROM consent_events") == [("stop",)]


@pytest.mark.parametrize("yes", ["YES", "yes", " Yes! "])
@pytest.mark.both_databases
def test_yes_starts_only_who_has_stopped(way: Way, yes: str) -> None:
    assert way.ask(yes) == [way.words("utter_greet")]
    way.ask("STOP")
    assert way.ask(yes) == [way.words("consent.started")]
    assert not way.stopped()
    assert way.ask(yes) == [way.words("utter_greet")]


def test_help_of_who_stopped_is_answered_and_changes_nothing(way: Way) -> None:
    way.ask("STOP")
    (said,) = way.ask("HELP")
    assert said.startswith(way.words("consent.help"))
    assert way.words("consent.danger_call") in said
    assert way.stopped()


@pytest.mark.parametrize("line", ["sms", "modem"])
def test_stop_by_sms_holds_for_the_number_at_every_provider_of_sms(way: Way, line: str) -> None:
    way.ask("STOP", line)
    assert way.ask("what may they charge?", "sms") == []
    assert way.ask("what may they charge?", "modem") == []


def test_stop_by_sms_leaves_whatsapp_as_it_is_and_the_other_way_round(way: Way) -> None:
    """Nobody is written to who does not write: whoever asks on WhatsApp wants the answer there."""
    way.ask("STOP", "sms")
    assert len(way.ask("what may they charge?", "whatsapp")) == 1
    way.ask("START", "sms")
    way.ask("STOP", "whatsapp")
    assert len(way.ask("what may they charge?", "sms")) == 1
    assert way.ask("what may they charge?", "whatsapp") == []


@pytest.mark.both_databases
def test_stop_holds_for_every_whatsapp_id_of_the_person(way: Way) -> None:
    """WhatsApp may name a person by number today and by their id alone tomorrow."""
    own_id = Identity(kind="bsuid", value="NP.1349")
    whatsapp = {"channel": "whatsapp", "sender_kind": "whatsapp", "sender": f"whatsapp:{ANA}"}
    by_id = {"channel": "whatsapp", "sender_kind": "bsuid", "sender": "NP.1349"}
    way.bring("STOP", aliases=(own_id,), **whatsapp)
    way.answer()
    way.bring("what may they charge?", **by_id)
    assert way.answer() == []
    way.bring("START", **by_id)
    assert way.answer() == [way.words("consent.started")]
    way.bring("what may they charge?", aliases=(own_id,), **whatsapp)
    assert len(way.answer()) == 1


@pytest.mark.parametrize("how", ["refused when sent", "reported later"])
@ON_EVERY_LINE
@pytest.mark.both_databases
def test_an_opt_out_that_the_provider_knows_of_holds_like_stop(
    way: Way, line: str, how: str
) -> None:
    outlet = way.modem if line == "modem" else way.twilio
    way.write("one", line)
    way.write("two", line)
    way.work()
    if how == "refused when sent":
        outlet.errors = [OptedOutError("21610")]
        way.send()
    else:
        way.dispatcher.run_once()
        way.report(way.outbox()[0].id, "undelivered", FailureKind.OPT_OUT, "21610")
        way.send()
    assert way.stopped(line)
    assert [row.state for row in way.outbox()][1] == "canceled"
    assert set(way.rows("SELECT origin FROM suppressions")) == {("provider",)}
    assert way.ask("three", line) == []
    assert way.ask("START", line) == [way.words("consent.started")]


def test_stop_that_the_provider_has_answered_is_not_answered_twice(way: Way) -> None:
    way.bring("Detener", opt_out="stop")
    assert way.answer() == []
    assert way.stopped()
    way.bring("Seguir", opt_out="start")
    assert way.answer() == [way.words("consent.started")]
    assert not way.stopped()


@pytest.mark.both_databases
def test_the_wish_to_be_left_alone_outlives_forget_me(way: Way) -> None:
    way.ask("hello")
    way.ask("STOP")
    way.write(FORGET)
    assert way.answer() == []
    way.clock.pass_(60)
    assert way.errands["erase"].run() == 1
    assert way.stopped()
    assert way.ask("hello again") == []
    assert len(way.ask("START")) == 1


def test_a_message_of_somebody_else_is_not_touched_by_stop(way: Way) -> None:
    way.write("one", sender=BEN)
    way.work()
    way.ask("STOP", sender=ANA)
    assert [row.state for row in way.outbox()] == ["accepted", "accepted"]


@ON_EVERY_LINE
def test_words_about_consent_cannot_be_used_to_make_us_write_without_end(
    way: Way, line: str
) -> None:
    """A machine that says HELP to everything, or turns STOP and START about, costs little."""
    for _ in range(60):
        for word in ("HELP", "info", "STOP", "START"):
            way.ask(word, line)
        way.clock.pass_(60)
    limits = way.limits
    assert way.segments() <= limits.sender_segments_day + 5 * (limits.danger_answers_day + 1)
    assert not way.stopped(line)
    way.write("STOP", line)
    assert way.stopped(line)


@pytest.mark.parametrize("sender", ["SAFARI", "Bank-Info", "12345", "*100#"])
@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_a_word_from_what_is_no_telephone_is_noted_and_not_answered(
    way: Way, sender: str, word: str
) -> None:
    way.write(word, "modem", sender)
    assert way.answer() == []
    assert way.stopped("modem", sender) is (word == "STOP")


def test_a_day_later_the_same_words_are_answered_again(way: Way) -> None:
    for _ in range(10):
        way.ask("HELP")
    assert way.ask("HELP") == []
    way.clock.now += timedelta(days=1)
    assert len(way.ask("HELP")) == 1


@pytest.mark.parametrize(
    ("word", "answered"),
    [
        pytest.param("STOP", False, id="its own word"),
        pytest.param("stop 🙏", True, id="a word with more"),
        pytest.param("band karo", True, id="a word of ours"),
    ],
)
def test_stop_that_the_provider_obeys_by_itself_is_left_to_it(
    way: Way, word: str, answered: bool
) -> None:
    way.bring(word, carrier_acts=True)
    assert bool(way.answer()) is answered
    assert way.stopped()


@pytest.mark.parametrize(
    ("word", "texts"), [("STOP", 0), ("STOP please", 1), ("बन्द गर्नुहोस्", 1)], ids=str
)
def test_a_provider_that_obeys_stop_by_itself_is_left_to_confirm_it(
    way: Way, word: str, texts: int
) -> None:
    way.bring(word, carrier_acts=True)
    assert len(way.answer()) == texts
