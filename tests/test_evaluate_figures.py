"""The figures of `make evaluate`, counted by hand on a few messages."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.evaluate.counting import (
    Understood,
    by_intent,
    calibration_error,
    confusions,
    figures,
)
from tests.evaluate.dev_set import Expected, MessagesError, read_messages
from tests.evaluate.kept import compared, page, read_kept, write_kept
from tests.evaluate.report import html


def row(meant: str, seen: str | None, **more: object) -> Understood:
    expected = {key: more.pop(key) for key in ("origin", "destination", "amount") if key in more}
    values: dict[str, object] = {"confidence": 1.0, "danger": False, "variant": "en"} | more
    return Understood(
        expected=Expected(text="t", intent=meant, variant="en", **expected), intent=seen, **values
    )


ROWS = [
    row("ask_wages", "ask_wages", destination="QA", destinations=frozenset({"QA"})),
    row("ask_wages", "ask_fees", amount=Decimal(5), amounts=frozenset({Decimal(5), Decimal(6)})),
    row("emergency", "emergency", danger=True),
    row("report_abuse", "ask_wages", danger=False, variant="fr"),
    row("out_of_scope", "ask_wages", danger=True, confidence=0.5, origin="NP"),
    row("out_of_scope", "nlu_fallback", confidence=0.5),
]


def test_shares() -> None:
    found = figures(ROWS)
    assert found.messages == 6
    assert found.accuracy == pytest.approx(2 / 6)
    assert found.danger_recall == pytest.approx(1 / 2)
    assert found.danger_precision == pytest.approx(1 / 2)
    assert found.false_answers == pytest.approx(1 / 2)
    assert found.variant_accuracy == pytest.approx(5 / 6)
    assert found.place_f1 == pytest.approx(2 / 3)
    assert found.amount_f1 == pytest.approx(2 / 3)


def test_f1_of_each_intent_expected() -> None:
    assert by_intent(ROWS) == {
        "ask_wages": (pytest.approx(2 / 5), 2),
        "emergency": (1.0, 1),
        "out_of_scope": (0.0, 2),
        "report_abuse": (0.0, 1),
    }
    assert figures(ROWS).macro_f1 == pytest.approx((2 / 5 + 1) / 4)


def test_calibration_error_is_the_distance_of_confidence_from_truth() -> None:
    assert calibration_error(ROWS) == pytest.approx((abs(4 - 2) + abs(1 - 0)) / 6)
    assert calibration_error([row("a", "a"), row("b", "b")]) == 0


def test_confusions_name_what_was_meant_first() -> None:
    assert confusions(ROWS)["out_of_scope", "ask_wages"] == 1
    assert ("emergency", "emergency") not in confusions(ROWS)


def test_the_report_escapes_what_people_write() -> None:
    bad = Understood(
        expected=Expected(text="<script>x</script>", intent="ask_wages", variant="en"),
        intent="menu",
        confidence=0.4,
        danger=False,
        variant="en",
    )
    page = html("<t>", {"en": figures([bad])}, [bad])
    assert "<script>" not in page
    assert "&lt;script&gt;x" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fr.yml", "variant: en\nmessages: []"),
        ("fr.yml", "variant: fr\nmessages: [{text: a}]"),
        ("fr.yml", "{"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(MessagesError, match=name):
        read_messages(tmp_path)


def test_a_variant_without_messages_is_named(tmp_path: Path) -> None:
    with pytest.raises(MessagesError, match="messages of ne"):
        read_messages(tmp_path, ["ne"])


def test_baselines_stay_among_the_figures_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text('{"another way": {"accuracy": 0.5}, "en": {"accuracy": 0.1}}')
    write_kept(kept, {"fr": figures(ROWS), "all": figures(ROWS)})
    assert set(read_kept(kept)) == {"another way", "fr", "all"}
    assert read_kept(kept)["all"]["danger_recall"] == 0.5


def test_this_model_is_set_beside_the_last_and_the_baselines() -> None:
    now = {"all": figures(ROWS), "measured now": figures(ROWS[:1])}
    kept = {"all": {"accuracy": 0.25}, "another way": {"accuracy": 0.5}}
    head, accuracy, *_ = compared(now, kept)
    assert head == ("", "now", "last release", "another way", "measured now")
    assert accuracy == ("accuracy", "0.333", "0.250", "0.500", "1.000")
    shown = page(now, kept)
    assert "| accuracy | 0.333 | 0.500 | 1.000 |" in shown
    assert "last release" not in shown
