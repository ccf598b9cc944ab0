"""The page of SMS segments is of the content there is; previews say what they cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from safar.desk.checking import Checked, check
from safar.desk.preview import Question, preview
from safar.desk.rules import Price, Rules
from safar.desk.segments import (
    LATIN_MOST,
    OTHERS_MOST,
    Page,
    digest_in,
    digest_of,
    variant_median,
)
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import Languages
from safar.registry.query import Registry

ROOT = Path(__file__).resolve().parents[2]
CONTENT, LOCALES = ROOT / "content", ROOT / "locales"
PAGE = ROOT / "docs" / "segments.md"
AGAIN = "make it again: .venv/bin/safar content segments --markdown > docs/segments.md"


@pytest.fixture(scope="module")
def checked() -> Checked:
    """Everything that is shipped, looked at once."""
    return check(CONTENT, LOCALES, datetime.fromisoformat("2026-11-28T12:00+00:00"))


@pytest.fixture(scope="module")
def english(checked: Checked) -> Page:
    digest = digest_of(checked.content, CONTENT, LOCALES)
    return Page(checked.costs, checked.content.languages, checked.rules, digest)


def test_the_shipped_content_has_no_error(checked: Checked) -> None:
    assert [str(each) for each in checked.problems if each.severity.value == "error"] == []
    assert len(checked.costs) == len(checked.content.topics)
    assert {row.variant for row in checked.coverage} == set(checked.content.languages.tags) - {"en"}


def _table() -> tuple[list[str], dict[str, list[str]]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return cells[0], {row[0]: row[1:] for row in cells[2:]}


def test_the_page_is_of_the_present_content(english: Page, checked: Checked) -> None:
    assert digest_in(PAGE.read_text("utf-8")) == english.digest, AGAIN
    head, rows = _table()
    empty = {row.variant for row in checked.coverage if not row.translated + row.draft}
    wanted = [tag for tag in english.languages.tags if tag not in empty]
    assert [each.rstrip("*") for each in head[1:]] == wanted
    # One variant is measured again: the others were in the same run.
    _, measured = english.rows()
    assert {row[0]: row[1] for row in measured} == {
        topic: numbers[0] for topic, numbers in rows.items()
    }, AGAIN


def test_the_median_is_two_in_latin_letters_and_three_in_others() -> None:
    head, rows = _table()
    medians = rows["median"]
    assert len(medians) == len(head) - 1 >= 9
    for variant, number in zip(head[1:], medians, strict=True):
        assert float(number) <= (LATIN_MOST if variant.endswith("*") else OTHERS_MOST), variant


def test_no_english_answer_is_over_its_budget(english: Page) -> None:
    assert [cost for cost in english.costs if cost.over or cost.failed or cost.odd] == []
    assert variant_median(english.costs) <= LATIN_MOST
    corridors = len(english.rules.corridors)
    assert {len(cost.segments) for cost in english.costs} == {corridors}


def test_the_digest_follows_texts_and_rules_not_comments(tmp_path: Path, checked: Checked) -> None:
    content = checked.content
    locales = tmp_path / "locales"
    for path in LOCALES.rglob("*.po*"):
        copy = locales / path.relative_to(LOCALES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    first = digest_of(content, CONTENT, locales)
    assert first == digest_of(content, CONTENT, LOCALES)
    po = locales / "ne" / "LC_MESSAGES" / "safar.po"
    po.write_text("# A word to translators.\n" + po.read_text())
    assert digest_of(content, CONTENT, locales) == first
    po.write_text(po.read_text().replace("Safar", "Safara"))
    assert digest_of(content, CONTENT, locales) != first


@pytest.fixture(scope="module")
def words(checked: Checked) -> Catalogue:
    listed = checked.content.languages
    return Catalogue.load(LOCALES, Languages([listed["en"], listed["ne"]]))


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "app"])
@pytest.mark.parametrize("topic", ["ask_wages", "contact_embassy", "emergency", "talk_to_person"])
def test_a_preview_of_any_topic_on_any_phone(
    topic: str, channel, now: datetime, registry_path: Path, words: Catalogue
) -> None:
    question = Question(topic, "NP", "QA", None, channel)
    registry = Registry.open(registry_path)
    made = preview(registry, words, Rules(), question, ["ne", "en"], now.date())
    assert [shown.variant for shown in made.shown] == ["ne", "en"]
    nepali, english = made.shown
    assert nepali.rendered.texts != english.rendered.texts
    assert nepali.borrowed == ()
    if channel == "app":
        assert len(english.rendered.texts) == 1
        assert english.rendered.rest == []
    if channel == "sms":
        assert english.sizes[0].encoding == "GSM-7"
        assert nepali.sizes[0].encoding == "UCS-2"


def test_the_price_is_that_of_the_country_where_the_person_is(
    now: datetime, registry_path: Path, words: Catalogue
) -> None:
    rules = Rules(prices=(Price(country="QA", amount=Decimal("0.05"), currency="USD"),))
    registry = Registry.open(registry_path)
    asked = [Question("ask_wages", "NP", where, None, "sms") for where in ("QA", "AE")]
    priced, other = (preview(registry, words, rules, each, ["en"], now.date()) for each in asked)
    assert priced.cost(priced.shown[0]) == Decimal("0.05") * priced.shown[0].segments
    assert other.cost(other.shown[0]) is None
