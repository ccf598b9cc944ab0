"""Regressions side by side: what they find is what liblinear finds, one class at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack, random
from sklearn.linear_model import LogisticRegression

from bot.components.regressions import Rows, fit

TEXTS, GRAMS, DIMENSIONS, CLASSES = 300, 60, 12, 9
C = 5.0
WEIGHTS = np.linspace(0.5, 8.0, CLASSES).astype(np.float32)


def made_up(
    dense: bool,
) -> tuple[csr_matrix, npt.NDArray[np.float32] | None, npt.NDArray[np.bool_]]:
    source = np.random.default_rng(7)
    sparse = random(TEXTS, GRAMS, density=0.1, format="csr", dtype=np.float32, random_state=7)
    vectors = source.normal(size=(TEXTS, DIMENSIONS)).astype(np.float32) if dense else None
    classes = source.integers(0, CLASSES, TEXTS)
    return sparse, vectors, classes[:, None] == np.arange(CLASSES)


def by_liblinear(
    sparse: csr_matrix, vectors: npt.NDArray[np.float32] | None, answers: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    rows = (sparse if vectors is None else hstack([sparse, vectors])).astype(np.float64)
    found = []
    for number in range(answers.shape[1]):
        model = LogisticRegression(
            C=C,
            class_weight={True: float(WEIGHTS[number]), False: 1.0},
            solver="liblinear",
            tol=1e-7,
        ).fit(rows, answers[:, number])
        found.append([*model.coef_[0], model.intercept_[0]])
    return np.array(found).T


@pytest.mark.parametrize("dense", [False, True], ids=["n-grams alone", "with vectors"])
def test_what_is_found_is_what_liblinear_finds(dense: bool) -> None:
    sparse, vectors, answers = made_up(dense)

    found = fit(Rows(sparse, vectors), answers, WEIGHTS, inverse_regularisation=C, tolerance=1e-4)

    np.testing.assert_allclose(found, by_liblinear(sparse, vectors, answers), atol=0.01)


@pytest.mark.parametrize("begin", [0.0, 3.0], ids=["at nothing", "far off"])
def test_where_it_begins_changes_nothing(begin: float) -> None:
    sparse, vectors, answers = made_up(dense=True)
    rows = Rows(sparse, vectors)
    start = np.full((rows.width, CLASSES), begin, dtype=np.float32)

    found = fit(rows, answers, WEIGHTS, inverse_regularisation=C, tolerance=1e-4, start=start)

    np.testing.assert_allclose(found, by_liblinear(sparse, vectors, answers), atol=0.01)
    assert (start == begin).all()


def test_a_class_is_fitted_alike_alone_and_beside_others() -> None:
    sparse, vectors, answers = made_up(dense=True)
    rows = Rows(sparse, vectors)
    how = {"inverse_regularisation": C, "tolerance": 1e-4}

    together = fit(rows, answers, WEIGHTS, **how)

    for number in range(CLASSES):
        alone = fit(rows, answers[:, [number]], WEIGHTS[[number]], **how)
        np.testing.assert_allclose(alone[:, 0], together[:, number], atol=0.01)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    texts=st.integers(2, 40),
    strength=st.sampled_from([0.01, 1.0, 100.0, 10_000.0]),
    weight=st.sampled_from([0.01, 1.0, 100.0]),
)
def test_nothing_makes_it_fail(seed: int, texts: int, strength: float, weight: float) -> None:
    """Rows without a number, rows that say opposite things, a class with one text or none."""
    source = np.random.default_rng(seed)
    sparse = random(
        texts, 8, density=0.2, format="csr", dtype=np.float32, random_state=seed % 2**31
    )
    answers = source.random((texts, 3)) < source.random(3)
    weights = np.full(3, weight, dtype=np.float32)

    found = fit(Rows(sparse), answers, weights, inverse_regularisation=strength, tolerance=1e-3)

    assert found.shape == (9, 3)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
@pytest.mark.parametrize("name", ["inverse_regularisation", "tolerance"])
def test_what_cannot_be_counted_with_is_told(name: str, wrong: float) -> None:
    sparse, _, answers = made_up(dense=False)
    how = {"inverse_regularisation": C, "tolerance": 1e-3, name: wrong}
    with pytest.raises(ValueError, match=f"^{name} is .*above 0"):
        fit(Rows(sparse), answers, WEIGHTS, **how)
