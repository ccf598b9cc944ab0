"""`safar content`: what an editor sees."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from content_tree import changed, write_tree
from typer.testing import CliRunner, Result

from safar.cli.content import app
from safar.registry.query import Registry

SHIPPED = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Facts of the tests and of the content would otherwise go past review some day."""
    monkeypatch.setattr("safar.cli.content._now", lambda: now)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_check_says_that_all_is_well(content: Path) -> None:
    result = run("check", "--content-dir", str(content))
    assert result.exit_code == 0
    assert result.output.startswith("0 errors, ")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        pytest.param(changed("places.yaml", "country: QA", "contry: QA"), "2", id="one file"),
        pytest.param(changed("places.yaml", "country: QA", "country: ZZ"), "2", id="check"),
    ],
)
def test_check_fails_with_the_place(
    tmp_path: Path, changes: dict[str, str | bytes], place: str
) -> None:
    result = run("check", "--content-dir", str(write_tree(tmp_path, changes)))
    assert result.exit_code == 1
    assert f"error: content/places.yaml:{place}: places[0]" in result.output


def test_notes_are_shown_when_asked_for(tmp_path: Path) -> None:
    content = write_tree(
        tmp_path, changed("countries/QA.yaml", "confidence: high", "confidence: low")
    )
    assert "note: " not in run("check", "--content-dir", str(content)).output
    assert "note: " in run("check", "--content-dir", str(content), "--notes").output


def test_build_writes_the_registry(content: Path, tmp_path: Path) -> None:
    target = tmp_path / "registry.db"
    result = run("build", "--content-dir", str(content), "--output", str(target))
    assert result.exit_code == 0
    assert Registry.open(target).meta.content_hash[:12] in result.output


def test_build_of_faulty_content_builds_nothing(tmp_path: Path) -> None:
    content = write_tree(tmp_path, changed("places.yaml", "country: QA", "contry: QA"))
    target = tmp_path / "registry.db"
    result = run("build", "--content-dir", str(content), "--output", str(target))
    assert result.exit_code == 1
    assert "Nothing was built" in result.output
    assert not target.exists()


@pytest.mark.parametrize("flag", ["true", "false"])
def test_preview_shows_what_editors_say_is_sensitive(tmp_path: Path, flag: str) -> None:
    """The line above it is the editors' choice, in a file."""
    shutil.copytree(SHIPPED / "content", tmp_path / "content")
    topic = tmp_path / "content" / "topics" / "ask_wages.yaml"
    topic.write_text(topic.read_text().replace("sensitive: true", f"sensitive: {flag}"))
    result = run(
        *("preview", "ask_wages", "--origin", "NP", "--destination", "QA"),
        *("--content-dir", str(tmp_path / "content")),
    )
    assert result.exit_code == 0, result.output
    assert ("sensitive: " in result.output) is (flag == "true")
    assert ("Message from Safar:" in result.output) is (flag == "true")


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_preview_shows_the_answer_and_its_source(channel: str) -> None:
    result = run(
        *("preview", "ask_recruitment_fees", "--origin", "np", "--destination", "QA"),
        *("--channel", channel, "--content-dir", str(SHIPPED / "content")),
    )
    assert result.exit_code == 0, result.output
    assert "NPR 10,000" in result.output
    assert "source np-" in result.output
    assert ("segments" in result.output) is (channel == "sms")


def test_preview_shows_the_sentence_as_it_is_written_now(tmp_path: Path) -> None:
    content = write_tree(tmp_path, changed("topics/fees.yaml", "may charge", "must never ask for"))
    result = run(
        *("preview", "fees", "--origin", "NP", "--destination", "QA"),
        *("--channel", "whatsapp", "--content-dir", str(content)),
    )
    assert result.exit_code == 0, result.output
    assert "must never ask for" in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nothing"], "no topic 'nothing'", id="topic"),
        pytest.param(["fees", "--variant", "xx"], "No language has the tag 'xx'", id="variant"),
    ],
)
def test_preview_of_nothing_is_told(content: Path, arguments: list[str], said: str) -> None:
    result = run("preview", *arguments, "--content-dir", str(content))
    assert result.exit_code == 1
    assert said in result.output
