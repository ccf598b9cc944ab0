"""What a report counts and lists, and that its page stands by itself and is safe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree
from typer.testing import CliRunner

from safar.cli.content import app
from safar.desk.checking import Checked, check
from safar.desk.report import Asked, Report, make_report
from safar.desk.report_page import html
from safar.phrasing.workshop import Coverage
from safar.settings import load_settings
from safar.store import counters
from safar.store.database import open_database

ROOT = Path(__file__).resolve().parents[2]
QATAR, NEPAL = "countries/QA.yaml", "countries/NP.yaml"


@pytest.fixture
def checked(tmp_path: Path, now: datetime) -> Callable[..., Checked]:
    def make(changes: dict[str, str | bytes] | None = None) -> Checked:
        return check(write_tree(tmp_path, changes), None, now)

    return make


def rows(report: Report, title: str) -> list[tuple[str, ...]]:
    return [row for each in report.lists if each.title == title for row in each.rows]


def figures(report: Report) -> dict[str, str]:
    return dict(report.figures)


def test_figures_are_counted(checked: Callable[..., Checked], now: datetime) -> None:
    made = figures(make_report(checked(), now))
    assert made["countries"] == "2 (1 of origin, 1 to work in)"
    assert made["topics in variants"] == "1 in 2"
    assert made["facts"] == "4, of which 4 may be stated today"
    assert made["stated facts with source and review_by"] == "4 of 4"
    assert made["stated facts with as_of"] == "4 of 4"
    assert made["numbers to call"] == "2, 2 stated"
    assert made["agencies in registers"] == "3"


@pytest.mark.parametrize(
    ("old", "new", "title", "said"),
    [
        ("review_by: 2027-06-30", "review_by: 2026-11-27", "Past review", "2026-11-27"),
        ("review_by: 2027-06-30", "review_by: 2026-12-31", "Due in 90 days", "2026-12-31"),
        ("confidence: high", "confidence: low", "Of low confidence", "qa-law"),
        ("confidence: high", "confidence: high\n    disputed: true", "Disputed", "qa-law"),
        (
            "confidence: high",
            "withdrawn: {day: 2026-11-28, by: Asha, reason: no}\n    confidence: high",
            "Withdrawn",
            "2026-11-28 Asha: no",
        ),
    ],
)
def test_what_needs_a_look_is_listed(  # noqa: PLR0913, PLR0917
    checked: Callable[..., Checked], now: datetime, old: str, new: str, title: str, said: str
) -> None:
    fact, rest = FILES[QATAR].split("hotlines:")
    assert fact.count(old) == 1
    new = new.replace("reason: no", "reason: not so").replace("no'", "not so'")
    text = fact.replace(old, new) + "hotlines:" + rest
    made = make_report(checked({QATAR: text}), now)
    said = said.replace(": no", ": not so")
    assert rows(made, title) == [("qa-passport", said, "content/countries/QA.yaml")]
    assert rows(make_report(checked({QATAR: FILES[QATAR]}), now), title) == []


def test_what_nothing_uses_is_listed(
    checked: Callable[..., Checked], now: datetime, tmp_path: Path
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "a.py").write_text("say('reply.more'); option = f'option.{intent}'\n")
    sources = FILES["sources/XX.yaml"] + "  - {id: spare, title: Spare source, kind: news}\n"
    messages = FILES["messages/reply.yaml"] + "  - {id: reply.spare, text: Nobody says it.}\n"
    changes = {"sources/XX.yaml": sources, "messages/reply.yaml": messages}
    changes |= changed(
        NEPAL, "id: np-fee-cap-home\n    kind: fee_cap", "id: spare\n    kind: other"
    )
    found = rows(make_report(checked(changes), now, code=[code]), "Unused")
    assert found == [
        ("fact", "spare", "content/countries/NP.yaml"),
        ("source", "spare", "content/sources/XX.yaml"),
        ("message", "reply.spare", "content/messages/reply.yaml"),
    ]


def test_translations_are_counted_by_variant(
    checked: Callable[..., Checked], now: datetime
) -> None:
    rows_of = (Coverage(variant="ne", translated=1, draft=7, stale=1, missing=1),)
    made = make_report(replace(checked(), coverage=rows_of), now)
    assert rows(made, "Translations") == [("ne", "1", "7", "1", "1", "80")]
    assert figures(made)["translated, of all variants the least"] == "80%"
    assert figures(made)["reviewed by a native speaker, the least"] == "10%"


class _Page(HTMLParser):
    """Collects tags, attributes and the text of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += f"{data} "


def test_the_page_fetches_nothing_and_runs_nothing(
    checked: Callable[..., Checked], now: datetime
) -> None:
    evil = "<script>alert(1)</script>"
    asked = Asked(30, {evil: 3, "ask_wages": 2}, {"ask_wages": 1})
    text = html(make_report(checked(), now, asked))
    page = _Page()
    page.feed(text)
    assert evil in page.text  # as words
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onclick"} & {name for name, _ in page.attributes}
    assert re.findall(r"https?:|url\(|@import", text) == []
    assert ("name", "viewport") in page.attributes
    assert "prefers-color-scheme: dark" in text
    assert "default-src 'none'" in dict(page.attributes)["content"] or "default-src" in text


def test_questions_come_from_the_store_as_counts(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFAR_HOME", str(tmp_path))
    load_settings.cache_clear()
    monkeypatch.setattr("safar.cli.content_report.utc_now", lambda: now)
    content = write_tree(tmp_path)
    page = tmp_path / "report.html"
    command = ["report", "--content-dir", str(content), "--html", str(page)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert "Most asked" not in page.read_text()
    assert not (tmp_path / "safar.db").exists()  # looking makes no store
    database = open_database(f"sqlite:///{tmp_path / 'safar.db'}")
    with database.write() as tx:
        counters.add(tx, "asked.ask_wages", now, 5)
        counters.add(tx, "asked.ask_unions", now, 7)
        counters.add(tx, "unanswered.ask_unions", now, 2)
        counters.add(tx, "askedXother", now, 99)
    database.close()
    result = CliRunner().invoke(app, command)
    load_settings.cache_clear()
    assert result.exit_code == 0, result.output
    made = _Page()
    made.feed(page.read_text())
    words = made.text.split()
    assert words[words.index("ask_unions") + 1] == "7"
    assert words.index("ask_unions") < words.index("ask_wages")
    assert "99" not in words


def test_the_terminal_shows_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFAR_HOME", str(tmp_path))
    load_settings.cache_clear()
    low = changed(QATAR, "confidence: high", "confidence: low")
    result = CliRunner().invoke(
        app, ["report", "--content-dir", str(write_tree(tmp_path, low)), "--all"]
    )
    load_settings.cache_clear()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("countries: 2 (1 of origin, 1 to work in)")
    assert "qa-passport" in result.output.partition("Of low confidence")[2]
