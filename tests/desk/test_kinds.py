"""What a new fact may be of, and what its sentence needs."""

from __future__ import annotations

from pathlib import Path

from safar.desk.kinds import kinds_of
from safar.registry.load import load_content


def test_kinds_name_topic_sentence_and_values(content: Path) -> None:
    loaded = load_content(content)
    cap, passport = kinds_of(loaded)
    assert str(cap) == (
        "fee_cap (origin; fees; 3 facts)\n"
        "    For {destination} an agency may charge {amount}.\n"
        "    values: amount (money)"
    )
    assert "each fact brings its sentence" in str(passport)
    assert kinds_of(loaded, "charge AGENCY") == [cap]
    assert kinds_of(loaded, "nothing") == []


def test_every_kind_of_the_shipped_content_is_told_of() -> None:
    loaded = load_content(Path(__file__).resolve().parents[2] / "content")
    found = {kind.name for kind in kinds_of(loaded)}
    stated = {k for topic in loaded.topics for block in topic.model.blocks for k in block.kinds}
    assert found == stated
    assert len(found) > 50
