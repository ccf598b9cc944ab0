"""What people are told: the right text of the chain, with values in its own language."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.phrasing import (
    Catalogue,
    Country,
    Day,
    Items,
    Languages,
    LocalesError,
    Money,
    Number,
    Phone,
    Phrase,
    PhraseError,
    Ref,
    Text,
    UnknownLanguageError,
    UnknownMessageError,
)
from safar.phrasing.pofile import Entry, PoFile, write_po
from safar.phrasing.translations import mo_path, po_path
from safar.phrasing.workshop import compile_catalogues

CAP = "At most {amount} for {destination}."
MONEY = Money(amount=Decimal(10000), currency="NPR")
VALUES = {"amount": MONEY, "destination": Country(code="QA")}

NE = Entry("cap", (CAP,), ("{destination} का लागि बढीमा {amount}।",))
NE_LATN = Entry("cap", (CAP,), ("{destination} ko lagi badhima {amount}.",))


@pytest.mark.parametrize(
    ("variant", "have", "said"),
    [
        pytest.param("ne", ["ne"], "कतार का लागि बढीमा रु १०,०००।", id="own text"),
        pytest.param("ne-Latn", ["ne-Latn", "ne"], "Qatar ko lagi badhima NPR 10,000.", id="first"),
        pytest.param(
            "ne-Latn", ["ne"], "कतार का लागि बढीमा रु १०,०००।", id="second, values follow the text"
        ),
        pytest.param("ne-Latn", [], "At most NPR 10,000 for Qatar.", id="last is English"),
        pytest.param("ne", ["ne-Latn"], "At most NPR 10,000 for Qatar.", id="never backwards"),
        pytest.param("ar", ["ne"], "At most NPR 10,000 for Qatar.", id="English has no isolates"),
    ],
)
def test_fallback_along_the_chain(shelf, variant: str, have: list[str], said: str) -> None:
    shelf.english({"cap": CAP})
    for tag, entry in (("ne", NE), ("ne-Latn", NE_LATN)):
        if tag in have:
            shelf.translate(tag, entry)
    assert shelf.open().phrase(Phrase(id="cap", values=VALUES), variant) == said


@pytest.mark.parametrize(
    ("entry", "used"),
    [
        pytest.param(Entry("m", ("Yes.",), ("हो।",)), "ne", id="translated"),
        pytest.param(Entry("m", ("Yes.",), ("हो।",), fuzzy=True), "ne", id="draft"),
        pytest.param(
            Entry("m", ("Yes.",), ("हो।",), fuzzy=True, previous=("No.",)), "en", id="stale"
        ),
        pytest.param(Entry("m", ("No.",), ("होइन।",)), "en", id="of another English"),
        pytest.param(Entry("other", ("Yes.",), ("हो।",)), "en", id="of another id"),
        pytest.param(Entry("m", ("Yes.",), (" \n",)), "en", id="blank"),
        pytest.param(Entry("m", ("Yes.",), ("हो {x}।",)), "en", id="unknown placeholder"),
        pytest.param(Entry("m", ("Yes.",), ("हो {।",)), "en", id="unbalanced brace"),
    ],
)
def test_what_may_be_served(shelf, entry: Entry, used: str) -> None:
    shelf.english({"m": "Yes."})
    shelf.translate("ne", entry)
    assert shelf.open().variant_used("m", "ne") == used


@pytest.mark.parametrize(
    ("entry", "used"),
    [
        pytest.param(Entry("m", ("Yes.",), ("हो।",)), "ne", id="translated"),
        pytest.param(Entry("m", ("Yes.",), ("हो।",), fuzzy=True), "ne", id="draft"),
        pytest.param(
            Entry("m", ("Yes.",), ("हो।",), fuzzy=True, previous=("No.",)), "en", id="stale"
        ),
    ],
)
def test_what_may_be_served_of_compiled_files(shelf, entry: Entry, used: str) -> None:
    shelf.english({"m": "Yes."})
    for tag in shelf.languages.tags[1:]:
        shelf.translate(tag)
    path = shelf.translate("ne", entry)
    compile_catalogues(shelf.locales, shelf.languages)
    path.unlink()
    assert shelf.open().variant_used("m", "ne") == used


def test_compiled_texts_of_another_english_are_not_served(shelf) -> None:
    shelf.english({"m": "No."})
    for tag in shelf.languages.tags[1:]:
        shelf.translate(tag, Entry("m", ("No.",), ("X",)))
    compile_catalogues(shelf.locales, shelf.languages)
    shelf.english({"m": "Yes."})
    assert shelf.open().phrase(Phrase(id="m"), "ne") == "Yes."


@pytest.mark.parametrize(("serve", "used"), [(True, "ne"), (False, "en")])
def test_drafts_by_flag(shelf, serve: bool, used: str) -> None:
    shelf.english({"m": "Yes."})
    shelf.translate("ne", Entry("m", ("Yes.",), ("हो।",), fuzzy=True))
    assert shelf.open(_with_drafts(shelf.languages, serve)).variant_used("m", "ne") == used


def test_a_change_of_the_drafts_flag_needs_no_compiling(shelf) -> None:
    shelf.english({"m": "Yes."})
    for tag in shelf.languages.tags[1:]:
        shelf.translate(tag, Entry("m", ("Yes.",), ("X",), fuzzy=True))
    compile_catalogues(shelf.locales, shelf.languages)
    assert shelf.open().variant_used("m", "ne") == "ne"
    assert shelf.open(_with_drafts(shelf.languages, False)).variant_used("m", "ne") == "en"


def test_compiled_drafts_alone_are_refused_where_drafts_are_not_served(shelf) -> None:
    shelf.english({"m": "Yes."})
    for tag in shelf.languages.tags[1:]:
        path = shelf.translate(tag, Entry("m", ("Yes.",), ("X",), fuzzy=True))
    compile_catalogues(shelf.locales, shelf.languages)
    path.unlink()
    with pytest.raises(LocalesError, match="another serve_drafts"):
        shelf.open(_with_drafts(shelf.languages, False))


def test_the_newer_of_po_and_mo_is_read(shelf) -> None:
    shelf.english({"m": "Yes."})
    for tag in shelf.languages.tags[1:]:
        shelf.translate(tag, Entry("m", ("Yes.",), ("old",)))
    compile_catalogues(shelf.locales, shelf.languages)
    path = shelf.translate("ne", Entry("m", ("Yes.",), ("new",)))
    compiled = mo_path(shelf.locales, "ne").stat().st_mtime_ns
    os.utime(path, ns=(compiled - 10, compiled - 10))
    assert shelf.open().phrase(Phrase(id="m"), "ne") == "old"
    os.utime(path, ns=(compiled + 10, compiled + 10))
    assert shelf.open().phrase(Phrase(id="m"), "ne") == "new"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few \u20683\u2069"),
        (10, "few \u206810\u2069"),
        (11, "many \u206811\u2069"),
        (99, "many \u206899\u2069"),
        (100, "other \u2068100\u2069"),
        (103, "few \u2068103\u2069"),
        (1000, "other \u20681,000\u2069"),
    ],
)
def test_six_plural_forms_of_arabic(shelf, count: int, said: str) -> None:
    forms = ("zero", "one", "two", "few {count}", "many {count}", "other {count}")
    shelf.english({"n": ("One", "{count} more")})
    shelf.translate("ar", Entry("n", ("One", "{count} more"), forms))
    assert shelf.open().phrase(Phrase(id="n", count=count), "ar") == said


@pytest.mark.parametrize(
    ("tag", "forms", "said"),
    [
        pytest.param("en", (), ["more 0", "one", "more 2", "more 1,00,000"], id="en"),
        pytest.param("ne", ("one", "more {count}"), ["more ०", "one", "more २"], id="ne"),
        pytest.param("hi", ("one", "more {count}"), ["one", "one", "more 2"], id="hi none is one"),
        pytest.param("bn", ("one", "more {count}"), ["one", "one", "more ২"], id="bn none is one"),
        pytest.param("id", ("more {count}",), ["more 0", "more 1", "more 2"], id="id has one form"),
        pytest.param("sw", ("one", "more {count}"), ["more 0", "one", "more 2"], id="sw"),
        pytest.param(
            "fil", ("mild {count}", "wild {count}"), ["mild 0", "mild 1", "mild 2"], id="fil"
        ),
    ],
)
def test_plural_forms(shelf, tag: str, forms: tuple[str, ...], said: list[str]) -> None:
    shelf.english({"n": ("one", "more {count}")})
    if forms:
        shelf.translate(tag, Entry("n", ("one", "more {count}"), forms))
    catalogue = shelf.open()
    found = [catalogue.phrase(Phrase(id="n", count=count), tag) for count in (0, 1, 2)]
    assert found == said[:3]


def test_a_plural_that_lacks_a_form_is_not_served(shelf) -> None:
    shelf.english({"n": ("One", "{count} more")})
    shelf.translate("ar", Entry("n", ("One", "{count} more"), ("", "one", "", "", "", "other")))
    assert shelf.open().phrase(Phrase(id="n", count=1), "ar") == "One"


def test_values_are_isolated_in_arabic(shelf) -> None:
    shelf.english({"cap": CAP, "call": "Call {who}: {phone}."})
    shelf.translate(
        "ar",
        Entry("cap", (CAP,), ("{amount} على الأكثر إلى {destination}.",)),
        Entry("call", ("Call {who}: {phone}.",), ("اتصل بـ{who}: {phone}.",)),
    )
    catalogue = shelf.open()
    said = catalogue.phrase(Phrase(id="cap", values=VALUES), "ar")
    assert said == "\u206810,000 روبية نيبالي\u2069 على الأكثر إلى قطر."
    values = {"who": Text(text="DoFE"), "phone": Phone(value="1122")}
    said = catalogue.phrase(Phrase(id="call", values=values), "ar")
    assert said == "اتصل بـ\u2068DoFE\u2069: \u20681122\u2069."


def test_references_speak_the_language_of_the_text_around_them(shelf) -> None:
    shelf.english({"cap": CAP, "outer": "{inner} Ask again."})
    shelf.translate("ne", NE)
    phrase = Phrase(id="outer", values={"inner": Ref(id="cap", values=VALUES)})
    assert shelf.open().phrase(phrase, "ne") == "At most NPR 10,000 for Qatar. Ask again."


def test_references_fall_back_by_themselves(shelf) -> None:
    shelf.english({"cap": CAP, "outer": "{inner} Ask again."})
    shelf.translate("ar", Entry("outer", ("{inner} Ask again.",), ("{inner} اسأل.",)))
    phrase = Phrase(id="outer", values={"inner": Ref(id="cap", values=VALUES)})
    said = shelf.open().phrase(phrase, "ar")
    assert said == "\u2068At most NPR 10,000 for Qatar.\u2069 اسأل."


def test_lists_hold_any_value(shelf) -> None:
    shelf.english({"list": "{things}"})
    items = Items(items=[Country(code="QA"), Day(value="2015"), Number(value=Decimal(2))])
    assert shelf.open().phrase(Phrase(id="list", values={"things": items}), "en") == (
        "Qatar, 2015 and 2"
    )


def test_typographic_marks_are_made_plain_in_latin_script_only(shelf) -> None:
    shelf.english({"m": "It’s\u00a0“so” – yes…"})
    shelf.translate("ne", Entry("m", ("It’s\u00a0“so” – yes…",), ("“हो”\u00a0–",)))
    catalogue = shelf.open()
    assert catalogue.phrase(Phrase(id="m"), "en") == 'It\'s "so" - yes...'
    assert catalogue.phrase(Phrase(id="m"), "ne") == "“हो” –"


@pytest.mark.parametrize(
    ("phrase", "error", "told"),
    [
        pytest.param(Phrase(id="no.such"), UnknownMessageError, "'no.such'", id="unknown id"),
        pytest.param(
            Phrase(id="cap", values={"amount": MONEY}),
            PhraseError,
            r"'cap' has no value for \{destination\}",
            id="missing value",
        ),
        pytest.param(Phrase(id="n"), PhraseError, "'n' is plural: give", id="no count"),
        pytest.param(
            Phrase(id="bare", values={"x": Text(text=" ")}), PhraseError, "empty", id="blank"
        ),
        pytest.param(
            Phrase(id="bare", values={"x": Ref(id="gone")}),
            UnknownMessageError,
            "'gone'",
            id="unknown reference",
        ),
        pytest.param(
            Phrase(id="bare", values={"x": Country(code="QQ")}), PhraseError, "QQ", id="no country"
        ),
    ],
)
@pytest.mark.parametrize("variant", ["en", "ne", "ar"])
def test_errors_name_id_and_placeholder(
    shelf, phrase: Phrase, error: type[Exception], told: str, variant: str
) -> None:
    shelf.english({"cap": CAP, "n": ("One", "{count} more"), "bare": "{x}"})
    shelf.translate("ne", NE)
    with pytest.raises(error, match=told):
        shelf.open().phrase(phrase, variant)


def test_unknown_variant_is_refused(shelf) -> None:
    shelf.english({"m": "Yes."})
    with pytest.raises(UnknownLanguageError, match="'xx'"):
        shelf.open().phrase(Phrase(id="m"), "xx")


def test_knows_its_ids(shelf) -> None:
    shelf.english({"b": "B", "a": "A"})
    catalogue = shelf.open()
    assert catalogue.ids() == ["a", "b"]
    assert catalogue.has("a") and not catalogue.has("c")


def test_without_a_template_the_remedy_is_told(shelf) -> None:
    with pytest.raises(LocalesError, match="safar locales extract"):
        shelf.open()


HARMLESS = st.text().filter(lambda text: text.strip() and not set(text) & _CONTROLS)
_CONTROLS = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, languages: Languages) -> Catalogue:
    locales = tmp_path_factory.mktemp("locales")
    english = Entry("told", ("100% {{told}}: {x} / {y}",))
    nepali = replace(english, strings=("{y} / {x} {{}}",))
    write_po(locales / "messages.pot", PoFile(entries={"told": english}))
    write_po(po_path(locales, "ne"), PoFile(entries={"told": nepali}))
    return Catalogue.load(locales, languages)


@given(x=HARMLESS | st.sampled_from(["{y}", "{x.__class__}", "%(x)s", "%d", "{{}}"]), y=HARMLESS)
def test_hostile_texts_pass_unharmed(told: Catalogue, x: str, y: str) -> None:
    phrase = Phrase(id="told", values={"x": Text(text=x), "y": Text(text=y)})
    assert told.phrase(phrase, "en") == f"100% {{told}}: {x} / {y}"
    assert told.phrase(phrase, "ne") == f"{y} / {x} {{}}"


def _with_drafts(languages: Languages, serve: bool) -> Languages:
    return Languages(language.model_copy(update={"serve_drafts": serve}) for language in languages)
