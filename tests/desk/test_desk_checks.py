"""What the desk finds: addresses, dates, hard words, figures without a fact, lengths."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from content_tree import changed, write_tree
from hypothesis import given
from hypothesis import strategies as st

from safar.desk.checks.dates import check_dates
from safar.desk.checks.lengths import check_lengths
from safar.desk.checks.links import link_fault
from safar.desk.checks.sentences import reading_grade, strange_numbers, syllables
from safar.desk.checks.translations import check_translations
from safar.desk.errors import DeskError
from safar.desk.rules import Rules, load_rules
from safar.desk.segments import Cost
from safar.phrasing.languages import Languages
from safar.phrasing.values import Money, Number
from safar.registry.content import Content
from safar.registry.load import load_content
from safar.registry.schema import Fact
from tests.shipped import shipped_content

ROOT = Path(__file__).resolve().parents[2]
QATAR = "countries/QA.yaml"


@pytest.mark.parametrize(
    "address",
    [
        "dofe.gov.np",
        "https://dofe.gov.np/a/b?c=d#e",
        "http://www.ilo.org",
        "https://xn--11b4c3d.example",
        "https://नेपाल.com",
        "https://a.example:8443/x",
    ],
)
def test_a_good_address(address: str) -> None:
    assert link_fault(address) is None


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://103.16.74.116/x", "number"),
        ("https://[2001:db8::1]/x", "number"),
        ("https://jordantimes.com./x", "dot after"),
        ("javascript:alert(1)", "cannot be read|begins with|names no site"),
        ("ftp://example.org", "begins with ftp:"),
        ("https://user@example.org", "before an @"),
        ("https://exam ple.org", "space"),
        ("https://localhost/x", "names no site"),
        ("https://", "names no site"),
        ("https://a.example:port", "cannot be read"),
        ("https://[::1", "cannot be read"),
    ],
)
def test_a_bad_address(address: str, said: str) -> None:
    fault = link_fault(address)
    assert fault is not None
    assert any(each in fault[0] for each in said.split("|")), fault


@given(st.text(max_size=60))
def test_any_text_is_judged_as_an_address(text: str) -> None:
    fault = link_fault(text)
    assert fault is None or all(fault)


@pytest.mark.parametrize(
    ("word", "count"),
    [("a", 1), ("pay", 1), ("wages", 2), ("passport", 2), ("the", 1), ("employer", 3)]
    + [("little", 2), ("received", 2), ("wanted", 2), ("agreement", 3), ("x", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert abs(syllables(word) - count) <= (1 if word == "agreement" else 0)


def test_short_words_and_sentences_are_easier() -> None:
    easy = "Do not pay. Ask for a paper. Keep it. Then call {phone} at once."
    hard = "Remuneration is administratively determined by interministerial regulations annually."
    assert reading_grade(easy) < 4
    assert reading_grade(hard) > 15
    assert reading_grade(hard, least_words=20) == 0
    assert reading_grade("") == 0


def _fact(**values: object) -> Fact:
    return Fact.model_validate(
        {
            "id": "x",
            "kind": "wage",
            "values": values,
            "source": "s",
            "as_of": None,
            "review_by": "2027-01-01",
            "confidence": "high",
        }
    )


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("After {days} days call {phone}.", []),
        ("After 10 days call.", ["10"]),
        ("Convention 189 says so.", []),
        ("Convention 18 says so.", ["18"]),
        ("Wait 1,000.50 days.", ["1,000.50"]),
        ("It is NPR 1500, or 24.", ["24"]),
        ("दिन १२ तिर", ["१२"]),
    ],
)
def test_a_number_needs_a_fact_or_a_rule(text: str, strange: list[str]) -> None:
    fact = _fact(amount=Money(amount=1500, currency="NPR"), n=Number(value=3))
    assert strange_numbers(text, fact, ("Convention 189",)) == strange


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("as_of: 2020\n", "as_of: null\n", "does not say of when"),
        ("as_of: 2020\n", "as_of: 2026-11\n", "its source"),
        ("review_by: 2027-06-30\n    confidence: high", "review_by: 2019-06-30\n"
         "    confidence: high", "before it was so"),
        ("review_by: 2027-06-30\n    confidence: high", "review_by: 2026-12-10\n"
         "    confidence: high", "is to be reviewed by 2026-12-10"),
    ],
)  # fmt: skip
def test_dates_out_of_order(tmp_path: Path, now: datetime, old: str, new: str, said: str) -> None:
    published = changed(
        "sources/XX.yaml", "title: Qatar law", "title: Qatar law, published: 2020-05"
    )
    before = _dates(write_tree(tmp_path / "a", published), now)
    after = _dates(write_tree(tmp_path / "b", published | changed(QATAR, old, new)), now)
    (problem,) = after - before
    assert said in problem
    assert "qa-passport" in problem


def _dates(content: Path, now: datetime) -> set[str]:
    return {str(each) for each in check_dates(load_content(content), now.date())}


def test_lengths_are_told_with_topic_and_variant() -> None:
    languages = shipped_content().languages
    found = [
        Cost("wages", "ne", (3, 6, 3), over=("NP-QA",)),
        Cost("wages", "en", (3, 3, 3), odd="ș"),
        Cost("fees", "en", (), failed="NP-QA: no sentence"),
        Cost("fees", "hi", (3, 3, 1)),
    ]
    told = "\n".join(map(str, check_lengths(found, languages)))
    assert "topics/wages.yaml: the first answer in ne has up to 6 segments (NP-QA)" in told
    assert "ș in en" in told
    assert "there is no answer in en (NP-QA: no sentence)" in told
    assert "the median first answer in en has 3 segments" in told
    assert "in hi" not in told


def test_what_is_missing_old_or_faulty_is_counted_per_variant(tmp_path: Path) -> None:
    shipped = shipped_content()
    nepali = Languages([shipped.languages["en"], shipped.languages["ne"]])
    content = replace(shipped, languages=nepali)
    for name in ("messages.pot", "ne/LC_MESSAGES/safar.po"):
        (tmp_path / "locales" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "locales" / name, tmp_path / "locales" / name)
    pot = tmp_path / "locales" / "messages.pot"
    pot.write_text(pot.read_text().replace('msgid "Fees and costs"', 'msgid "Costs"'))
    po = tmp_path / "locales" / "ne" / "LC_MESSAGES" / "safar.po"
    text = po.read_text()
    place = text.index("msgstr", text.index('msgctxt "topic.fees.cap"'))
    po.write_text(text[:place] + text[place:].replace("{amount}", "{amont}", 1))
    problems, (row,) = check_translations(content, tmp_path / "locales")
    told = [str(each) for each in problems]
    assert [each for each in told if "1 messages of the content have other words" in each]
    assert [each for each in told if "locales/ne" in each and "{amont}" in each]
    assert [each for each in told if "ne: 1 translations are of an older English" in each]
    assert row.stale == 1


def test_rules_may_be_missing_and_are_checked(tmp_path: Path) -> None:
    assert load_rules(tmp_path) == Rules()
    assert load_rules(ROOT / "content").pairs()[0] == ("NP", "QA")
    (tmp_path / "checks.yaml").write_text("budgets: {}\n")
    with pytest.raises(DeskError, match="budgets"):
        load_rules(tmp_path)
    (tmp_path / "checks.yaml").write_text("a: [\n")
    with pytest.raises(DeskError, match="cannot be read"):
        load_rules(tmp_path)


def test_rules_name_countries_there_are() -> None:
    content: Content = shipped_content()
    known = {country.model.code for country in content.countries}
    named = {code for pair in load_rules(ROOT / "content").pairs() for code in pair}
    assert named <= known
