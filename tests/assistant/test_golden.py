"""A model answers nobody before it understands the golden phrases of every variant."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant, AssistantError, Understanding
from safar.assistant.golden import check_golden

GOLDEN = Path(__file__).resolve().parents[2] / "bot" / "tests" / "golden.yml"
PHRASES = [
    {"text": "salary not paid", "intent": "ask_wages", "variant": "en"},
    {"text": "तलब पाइन", "intent": "ask_wages", "variant": "ne"},
]


class Parrot:
    """Understands the phrases it was told; everything else is a greeting in English."""

    def __init__(self, *known: dict[str, str | None]) -> None:
        self._known = {str(phrase["text"]): phrase for phrase in known}

    async def understand(self, text: str) -> Understanding:
        known = self._known.get(text, {"variant": "en", "intent": "greet"})
        return Understanding(
            text=text,
            variant=known["variant"],
            intent=known["intent"],
            confidence=0.9,
            danger=False,
        )


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    path = tmp_path / "golden.yml"
    path.write_text(yaml.safe_dump(PHRASES, allow_unicode=True), encoding="utf-8")
    return path


def test_a_model_that_understands_may_answer(golden: Path) -> None:
    check_golden(Parrot(*PHRASES), golden, ["en", "ne"])  # type: ignore[arg-type]


def test_a_text_too_short_to_tell_its_language_may_pass(golden: Path) -> None:
    unsure = {**PHRASES[1], "variant": None}
    check_golden(Parrot(PHRASES[0], unsure), golden, ["en", "ne"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ([PHRASES[0]], r"1 of 2 golden phrases \(ne: 'तलब पाइन' → greet \(en\)…\).*make train"),
        ([], r"2 of 2 golden phrases .*'salary not paid'.*make train"),
        ([PHRASES[0], {**PHRASES[1], "variant": "hi"}], r"1 of 2 .* → ask_wages \(hi\)"),
        ([PHRASES[0], {**PHRASES[1], "intent": None}], r"1 of 2 .* → None \(ne\)"),
    ],
    ids=["one missed", "all missed", "wrong language", "nothing understood"],
)
def test_a_phrase_missed_is_refused_by_name(golden: Path, known, told: str) -> None:
    with pytest.raises(AssistantError, match=told):
        check_golden(Parrot(*known), golden, ["en", "ne"])  # type: ignore[arg-type]


def test_a_variant_without_a_phrase_is_refused_by_name(golden: Path) -> None:
    with pytest.raises(AssistantError, match=r"no golden phrase for bn, hi; write at least five"):
        check_golden(Parrot(*PHRASES), golden, ["en", "ne", "hi", "bn"])  # type: ignore[arg-type]


UNREADABLE = {
    "missing": None,
    "empty": b"",
    "no YAML": b"- {text: [",
    "a number": b"7",
    "a table": b"en: [hello]",
    "not UTF-8": b"- {text: \xff, intent: greet, variant: en}",
    "a phrase without intent": b"- {text: hello, variant: en}",
    "a field too many": b"- {text: hello, intent: greet, variant: en, note: x}",
    "an intent that is a list": b"- {text: hello, intent: [greet], variant: en}",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "golden.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        AssistantError, match=r"^golden.yml with the golden phrases (cannot be read|is not a list)"
    ):
        check_golden(Parrot(*PHRASES), path, ["en"])  # type: ignore[arg-type]


def test_the_model_we_ship_understands_its_golden_phrases(
    assistant: Assistant, resources: Resources
) -> None:
    alike = {language.tag: language.alike for language in resources.languages}
    check_golden(assistant, GOLDEN, resources.languages.tags, alike)


def test_a_phrase_may_be_taken_for_a_variant_that_reads_alike(golden: Path) -> None:
    other = {**PHRASES[1], "variant": "hi"}
    with pytest.raises(AssistantError):
        check_golden(Parrot(PHRASES[0], other), golden, ["en", "ne"])  # type: ignore[arg-type]
    check_golden(Parrot(PHRASES[0], other), golden, ["en", "ne"], {"ne": ["hi"]})  # type: ignore[arg-type]


def test_every_served_variant_has_at_least_five_golden_phrases(resources: Resources) -> None:
    counts = Counter(phrase["variant"] for phrase in yaml.safe_load(GOLDEN.read_text("utf-8")))
    assert {tag: counts[tag] for tag in resources.languages.tags if counts[tag] < 5} == {}
