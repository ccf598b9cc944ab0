"""The classifier over character n-grams: what it learns, keeps on disk, and refuses to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.learning import Lines
from bot.components.ngrams import NgramModel, NgramModelError, ngrams

EXAMPLES = {
    "wages": ["salary not paid", "no salary paid for months", "तलब पाएन", "तलब दिएको छैन"],
    "passport": ["boss kept passport", "passport with boss", "राहदानी राख्यो", "राहदानी मालिकसँग"],
    "fees": ["agent fees how much", "how much fees", "शुल्क कति", "कति शुल्क लाग्छ"],
}
ASKED = ["salary??", "my pasport is with boss", "शुल्क", "राहदानी", "", " ", "zzz", "salary " * 300]
DESCRIBED, ARRAYS = "ngrams.json", "weights.npz"


def trained(*labels: str, weights: dict[str, float] | None = None) -> NgramModel:
    pairs = [(text, label) for label in labels for text in EXAMPLES[label] * 2]
    lines = Lines([text for text, _ in pairs], (2, 4))
    return lines.fit([label for _, label in pairs], inverse_regularisation=10.0, weights=weights)


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return trained(*EXAMPLES)


@pytest.mark.parametrize(
    ("text", "label"),
    [("salry not payd", "wages"), ("pasport", "passport"), ("शुल्कको", "fees"), ("तलब", "wages")],
)
def test_misspelt_and_inflected_words_are_learnt(model, text: str, label: str) -> None:
    assert model.predict(text)[0][0] == label


def test_with_two_classes_neither_is_turned_round() -> None:
    two = trained("wages", "fees")
    assert two.predict("salary")[0][0] == "wages"
    assert two.predict("fees")[0][0] == "fees"


def test_one_class_alone_is_always_meant() -> None:
    assert trained("wages").predict("zzz") == [("wages", 1.0)]


def test_a_class_that_weighs_more_is_thought_of_more(model) -> None:
    heavy = trained(*EXAMPLES, weights={"fees": 20.0})
    for text in ("zzz", "boss", "salary"):
        assert dict(heavy.predict(text))["fees"] > dict(model.predict(text))["fees"]


@pytest.mark.parametrize("text", ASKED)
def test_shares_are_a_distribution_best_first(model, text: str) -> None:
    ranking = model.predict(text)
    shares = [share for _, share in ranking]
    assert sorted(label for label, _ in ranking) == sorted(EXAMPLES)
    assert sum(shares) == pytest.approx(1.0, abs=1e-5)
    assert shares == sorted(shares, reverse=True)
    assert all(share > 0 for share in shares)


def test_among_leaves_out_the_others_and_shares_anew(model) -> None:
    ranking = model.predict("salary not paid", among=["fees", "passport"])
    assert {label for label, _ in ranking} == {"fees", "passport"}
    assert sum(share for _, share in ranking) == pytest.approx(1.0, abs=1e-5)


def test_a_stored_model_predicts_the_same(model, tmp_path: Path) -> None:
    model.save(tmp_path / "new folder")
    again = NgramModel.load(tmp_path / "new folder")
    assert again.labels == model.labels
    assert [again.predict(text) for text in ASKED] == [model.predict(text) for text in ASKED]


def cut(name: str, kept: int) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:kept])


def written(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def described(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        content = {**json.loads((folder / DESCRIBED).read_text("utf-8")), **changes}
        (folder / DESCRIBED).write_text(json.dumps(content), "utf-8")

    return change


def arrays(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        with np.load(folder / ARRAYS) as stored:
            content = {**stored, **changes}
        np.savez(folder / ARRAYS, **{k: v for k, v in content.items() if v is not None})

    return change


DAMAGE = {
    "no description": lambda folder: (folder / DESCRIBED).unlink(),
    "no arrays": lambda folder: (folder / ARRAYS).unlink(),
    "empty description": cut(DESCRIBED, 0),
    "description cut off": cut(DESCRIBED, 200),
    "description in another encoding": written(DESCRIBED, b"\xff\xfe{}"),
    "description without labels": written(DESCRIBED, b"{}"),
    "empty arrays": cut(ARRAYS, 0),
    "no archive": written(ARRAYS, b"not an archive"),
    "arrays without bias": arrays(bias=None),
    "pickled objects": arrays(weights=np.array([{}], dtype=object)),
    "shorter vocabulary": described(vocabulary=["sa"]),
    "a label less": described(labels=["wages"]),
    "weights of another model": arrays(weights=np.zeros((3, 3), np.float32)),
    "idf of another model": arrays(idf=np.zeros(3, np.float32)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_model_is_told_and_not_used(model, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "classifier"
    model.save(folder)
    NgramModel.load(folder)
    DAMAGE[damage](folder)
    with pytest.raises(NgramModelError, match="make train"):
        NgramModel.load(folder)


@given(st.text(max_size=40), st.integers(1, 3), st.integers(0, 3))
def test_ngrams_stay_inside_one_word(text: str, smallest: int, more: int) -> None:
    found = list(ngrams(text, smallest, smallest + more))
    padded = [f" {word} " for word in text.split()]
    assert all(any(gram in word for word in padded) for gram in found)
    assert all(len(gram) <= smallest + more for gram in found)
    assert bool(found) is bool(padded)
