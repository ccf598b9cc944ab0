"""The sentence encoder beside others: one text, one core."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.components import encoder
from bot.components.encoder import SentenceEncoder, encode_all, sentence_encoder

STORY = "the agent in dhaka took my money and my cousin waits since june, " * 6
CRY = "now the boss beats me, please help"
LINES = [f"the agent asks {number} taka" for number in range(40)]


@pytest.fixture
def reader() -> SentenceEncoder:
    found = sentence_encoder()
    assert found is not None
    return found


_THREADS_STARTED = """
from pathlib import Path

import numpy as np
import sklearn.linear_model

from bot.components.encoder import sentence_encoder

encoder = sentence_encoder()
before = len(list(Path("/proc/self/task").iterdir()))
first = encoder.encode("passport kedayena malai")
print(len(list(Path("/proc/self/task").iterdir())) - before, float(np.linalg.norm(first)))
"""


def test_a_text_is_read_on_one_core_where_another_library_was_told_of_more() -> None:
    """Threads that wait for each other on a busy machine take seconds a message."""
    environment = {**os.environ, "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "1"}

    said = subprocess.run(
        [sys.executable, "-c", _THREADS_STARTED],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert said[0] == "0"
    assert round(float(said[1]), 3) == 1.0


@pytest.mark.parametrize("before", ["", STORY, STORY * 9], ids=["alone", "a story", "a long one"])
def test_what_is_asked_at_the_end_of_a_long_story_is_read(
    reader: SentenceEncoder, before: str
) -> None:
    alone, ending, beginning = (
        reader.encode(text) for text in (CRY, before + CRY, CRY + " " + (before or CRY))
    )

    assert alone @ ending > 0.8
    if before:
        assert alone @ ending > alone @ beginning


def test_a_text_of_any_length_costs_the_same(reader: SentenceEncoder) -> None:
    np.testing.assert_array_equal(reader.encode(STORY * 20), reader.encode(STORY * 9))


@pytest.mark.parametrize("text", ["", " ", "\u1000" * 900, "a" * 900, "?!" * 300, "\u0130" * 900])
def test_strange_texts_have_a_vector_of_length_one(reader: SentenceEncoder, text: str) -> None:
    assert np.linalg.norm(reader.encode(text)) == pytest.approx(1.0, abs=1e-3)


def test_vectors_are_kept_from_one_training_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache" / "vectors.npz"
    first = encode_all(LINES, cache)

    def never(texts: list[str]) -> None:
        raise AssertionError(f"{texts} were read again")

    monkeypatch.setattr(encoder, "_encoded", never)
    np.testing.assert_array_equal(encode_all(LINES[::-1], cache), np.asarray(first)[::-1])


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.npz"
    cache.write_bytes(b"PK\x03\x04 torn")

    assert encode_all(LINES[:2], cache) is not None
    with np.load(cache) as kept:
        assert len(kept["keys"]) == 2
