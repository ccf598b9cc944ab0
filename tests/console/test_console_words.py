"""The words of the console: collected from pages and code, translated, checked, and shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from console_house import Console

from safar.cases.states import SENTENCES
from safar.console import catalogues
from safar.console.i18n import Wordings, catalogue_path, faults
from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import Languages, load_languages

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = "Sign in"
TRIES = "There were too many tries. Try again in %(num)s minute."


@pytest.fixture(scope="module")
def languages() -> Languages:
    return load_languages(ROOT / "content" / "languages.yaml")


@pytest.fixture
def locales(tmp_path: Path, languages: Languages) -> Path:
    """A folder with every text collected, and an empty file for each language."""
    folder = tmp_path / "locales"
    folder.mkdir()
    catalogues.extract_console(folder)
    catalogues.update_console(folder, languages)
    return folder


def translate(locales: Path, tag: str, english: str, *texts: str) -> None:
    path = catalogue_path(locales, tag)
    catalogue = read_po(path.open("rb"))
    message = catalogue[english]
    message.string = texts if message.pluralizable else texts[0]
    message.flags.add("fuzzy")
    with path.open("wb") as file:
        write_po(file, catalogue, width=100)


def texts(locales: Path) -> Catalog:
    return read_po((locales / catalogues.TEMPLATE).open("rb"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SIGN_IN, id="of a template"),
        pytest.param(TRIES, id="a plural"),
        pytest.param("Sign in with %(name)s", id="with a value"),
        pytest.param("Your role does not allow this page. Ask an administrator.", id="marked"),
        pytest.param("The two passwords are not the same.", id="why something is refused"),
        pytest.param("This case is at another desk.", id="why a case refuses"),
        *(pytest.param(text, id=f"state {n}") for n, text in enumerate(SENTENCES)),
    ],
)
def test_every_kind_of_text_is_collected(locales: Path, text: str) -> None:
    assert text in texts(locales)


def test_collecting_and_updating_again_changes_nothing(locales: Path, languages: Languages) -> None:
    translate(locales, "ar", SIGN_IN, "تسجيل الدخول")
    catalogues.update_console(locales, languages)
    before = {path: path.read_bytes() for path in locales.rglob("*.po*")}
    catalogues.extract_console(locales)
    catalogues.update_console(locales, languages)
    assert {path: path.read_bytes() for path in locales.rglob("*.po*")} == before


def test_each_language_has_as_many_forms_as_it_needs(locales: Path) -> None:
    forms = {tag: read_po(catalogue_path(locales, tag).open("rb")).num_plurals
             for tag in catalogues.LANGUAGES}  # fmt: skip
    assert forms == {"ar": 6, "es": 3, "fr": 3, "id": 1, "ne": 2}


def test_what_is_translated_is_shown_and_the_rest_is_english(
    locales: Path, languages: Languages
) -> None:
    translate(locales, "ne", SIGN_IN, "साइन इन")
    translate(locales, "ne", TRIES, "%(num)s मिनेटमा", "%(num)s मिनेटपछि")
    words = Wordings(locales, languages).of("ne")
    many = "There were too many tries. Try again in %(num)s minutes."
    assert words(SIGN_IN) == "साइन इन"
    assert words.ngettext(TRIES, many, 3) == "3 मिनेटपछि"
    assert words("Password") == "Password"
    assert words("Sign in with %(name)s", name="X") == "Sign in with X"
    assert words.ngettext("%(num)s text", "%(num)s texts", 2) == "2 texts"


def test_compiled_it_is_the_same(locales: Path, languages: Languages) -> None:
    translate(locales, "es", SIGN_IN, "Entrar")
    assert catalogues.compile_console(locales, languages)["es"] == 1
    catalogue_path(locales, "es").with_suffix(".mo").touch()
    assert Wordings(locales, languages).of("es")(SIGN_IN) == "Entrar"


def test_the_report_counts_drafts(locales: Path, languages: Languages) -> None:
    translate(locales, "fr", SIGN_IN, "Se connecter")
    (row,) = [
        r for r in catalogues.report_console(locales, languages) if r.variant.startswith("fr")
    ]
    assert (row.draft, row.translated, row.total) == (1, 0, len(texts(locales)))


@pytest.mark.parametrize(
    ("english", "translated", "wrong"),
    [
        ("Sign in with %(name)s", "Entrar con %(nombre)s", ["name", "nombre"]),
        ("Sign in with %(name)s", "Entrar", ["name"]),
        ("Sign in with %(name)s", "100% con %(name)s", ["%"]),
        ("Sign in with %(name)s", "Con %(name)s", []),
        (("%(num)s text", "%(num)s texts"), ("un texto", "%(num)s textos"), []),
        (("%(num)s text", "%(num)s texts"), ("%(n)s", ""), ["n"]),
        ("Sign in", "", []),
    ],
)
def test_a_translation_has_the_placeholders_of_the_english(
    english: str | tuple[str, ...], translated: str | tuple[str, ...], wrong: list[str]
) -> None:
    assert sorted(faults(english, translated)) == wrong


def test_compiling_refuses_a_faulty_one_and_pages_show_english(
    locales: Path, languages: Languages
) -> None:
    translate(locales, "es", "Sign in with %(name)s", "Entrar con %(nombre)s")
    with pytest.raises(LocalesError, match=r"console\.po:\d+: %\(name\)s, %\(nombre\)s is not as"):
        catalogues.compile_console(locales, languages)
    assert list(locales.rglob("*.mo")) == []
    words = Wordings(locales, languages).of("es")
    assert words("Sign in with %(name)s", name="X") == "Sign in with X"


def test_a_language_without_a_file_is_not_offered(tmp_path: Path, languages: Languages) -> None:
    assert Wordings(tmp_path, languages).tags == ("en",)
    assert Wordings(tmp_path, languages).of("ne").tag == "en"


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("ne-NP,ne;q=0.9,en;q=0.8", "ne"),
        ("ar", "ar"),
        ("de,fr-CA", "fr"),
        ("de", "en"),
        ("", "en"),
        ("*;q=0.5", "en"),
        ("x" * 5000, "en"),
        ("\0,,;;q=", "en"),
    ],
)
def test_before_signing_in_the_browser_says_the_language(
    locales: Path, languages: Languages, asked: str, tag: str
) -> None:
    assert Wordings(locales, languages).asked_for(asked).tag == tag


def test_a_page_is_in_the_language_of_whoever_reads_it_and_runs_its_way(
    console_with, locales: Path
) -> None:
    translate(locales, "ar", "Your account", "حسابك")
    console: Console = console_with(locales_dir=locales)
    shown = console.signed_in("officer", language="ar").see("/account").text
    assert '<html lang="ar" dir="rtl">' in shown and "<h1>حسابك</h1>" in shown
    english = console.signed_in("officer").see("/account").text
    assert '<html lang="en" dir="ltr">' in english and "<h1>Your account</h1>" in english


def test_every_page_can_be_shown_in_a_language_with_no_word_translated(
    console_with, locales: Path
) -> None:
    console: Console = console_with(locales_dir=locales)
    for tag in catalogues.LANGUAGES:
        browser = console.signed_in("admin", language=tag)
        for path in ("/account", "/staff", "/audit"):
            answer = browser.see(path)
            assert answer.status_code == 200 and f'lang="{tag}"' in answer.text
