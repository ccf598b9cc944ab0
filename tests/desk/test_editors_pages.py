"""What the pages for editors tell to write is read and said, as a new editor would find out."""

from __future__ import annotations

import re
import shutil
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from safar.answers.compose import compose_topic
from safar.desk.answers import aside
from safar.desk.checking import check
from safar.phrasing.languages import load_languages
from safar.phrasing.workshop import update_catalogues
from safar.registry.load import load_content

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "editors"
_BLOCK = re.compile(r"^ *```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def _blocks(page: str) -> list[str]:
    text = (PAGES / page).read_text("utf-8")
    return [textwrap.dedent(block) for block in _BLOCK.findall(text)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "locales", tmp_path / "locales", ignore=shutil.ignore_patterns("*.mo"))
    return tmp_path


def test_the_country_of_the_page_answers(copy: Path, now: datetime) -> None:
    sources, country, names = _blocks("country.md")
    for block in (sources, country):
        name = block.splitlines()[0].removeprefix("# ")
        assert name.startswith("content/")
        assert not (copy / name).exists()
        (copy / name).write_text(block)
    places = copy / "content" / "places.yaml"
    text = places.read_text()
    assert text.count("\nplaces:\n") == 1
    places.write_text(text.replace("\nplaces:\n", f"\nplaces:\n{textwrap.indent(names, '  ')}"))
    problems = check(copy / "content", None, now).problems
    assert [str(each) for each in problems if "NZ" in each.file and each.severity != "note"] == []
    assert [str(each) for each in problems if each.severity == "error"] == []
    with aside(load_content(copy / "content"), now) as registry:
        reply = compose_topic(
            registry, "ask_wages", origin="PH", destination="NZ", today=now.date()
        )
    assert str(reply.parts[0].values["amount"].amount) == "4073"


def test_the_hotline_of_the_page_is_one_of_the_content() -> None:
    (block,) = _blocks("hotline.md")
    lines = (ROOT / "content" / "countries" / "QA.yaml").read_text().splitlines()
    keys = [line.strip().partition(":")[0] for line in block.splitlines()]
    start = lines.index("  - id: qa-police")
    there = [line.strip().partition(":")[0] for line in lines[start : start + len(keys)]]
    assert keys == there


def test_the_language_of_the_page_gets_a_catalogue(copy: Path) -> None:
    (block,) = _blocks("language.md")
    path = copy / "content" / "languages.yaml"
    path.write_text(path.read_text() + "\n" + textwrap.indent(block, "  "))
    languages = load_languages(path)
    assert languages["lo"].english == "Lao"
    rows = {row.variant: row for row in update_catalogues(copy / "locales", [languages["lo"]])}
    assert rows["lo"].missing == rows["lo"].total > 100
    assert (copy / "locales" / "lo" / "LC_MESSAGES" / "safar.po").exists()
