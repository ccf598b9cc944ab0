"""Logistic regressions, one a class against all others, many of them at once.

The problem is liblinear's (L2-regularised, the bias as one more feature), and so is the way: Newton
steps, each found by conjugate gradients, preconditioned by a part of the diagonal. What is gained
is that the rows are read once for several classes, and the vectors go through BLAS: liblinear reads
all of them again for every class, as sparse rows with an index a number. Training with vectors of
all lines took it six minutes on two slow cores, and takes less than one here.

Lin, Weng and Keerthi: Trust region Newton method for logistic regression (JMLR 9, 2008); Hsia,
Chiang and Lin: Preconditioned conjugate gradient methods in truncated Newton frameworks for
large-scale linear classification (ACML 2018).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float32]

_AT_ONCE: Final = 7
"""Classes solved together: more would share more reading, fewer fit the caches."""
_DIAGONAL: Final = np.float32(0.01)
"""The diagonal's part of the preconditioner; the rest is what the regularisation adds."""
_INNER: Final = 0.3
"""A step is near enough when this part of its residual is left."""
_MOST_INNER: Final = 30
_MOST_STEPS: Final = 60
_MOST_HALVINGS: Final = 20
_DESCENT: Final = 1e-4
"""The part of the promised descent that a step must bring (Armijo)."""


class Rows:
    """What is learned from: sparse rows, and dense vectors beside them if there are any."""

    def __init__(self, sparse: csr_matrix, dense: Floats | None = None) -> None:
        """Take both, with one row a text; what is needed the other way round is made once."""
        self.texts, self._sparse_width = sparse.shape
        self._sparse = sparse.astype(np.float32)
        self._turned = self._sparse.T.tocsr()
        self._turned_squares = self._turned.multiply(self._turned).tocsr()
        self._dense, self._dense_squares = dense, None if dense is None else dense * dense

    @property
    def width(self) -> int:
        """Numbers a class has: for each column, and the bias."""
        return self._sparse_width + (0 if self._dense is None else self._dense.shape[1]) + 1

    def scores(self, weights: Floats) -> Floats:
        """Return the score of each text, of shape (texts, classes)."""
        result: Floats = self._sparse @ weights[: self._sparse_width]
        if self._dense is not None:
            result += self._dense @ weights[self._sparse_width : -1]
        result += weights[-1]
        return result

    def gathered(self, values: Floats) -> Floats:
        """Return the sum over all texts of their rows times their values."""
        return self._gathered(values, self._turned, self._dense)

    def gathered_squares(self, values: Floats) -> Floats:
        """Return the same of rows whose numbers are squared."""
        return self._gathered(values, self._turned_squares, self._dense_squares)

    def _gathered(self, values: Floats, turned: csr_matrix, dense: Floats | None) -> Floats:
        result = np.empty((self.width, values.shape[1]), dtype=np.float32)
        result[: self._sparse_width] = turned @ values
        if dense is not None:
            result[self._sparse_width : -1] = dense.T @ values
        result[-1] = values.sum(axis=0)
        return result


def fit(  # noqa: PLR0913 - the problem
    rows: Rows,
    answers: npt.NDArray[np.bool_],
    weights: Floats,
    *,
    inverse_regularisation: float,
    tolerance: float,
    start: Floats | None = None,
) -> Floats:
    """Return the weights of each class, on all cores.

    Args:
        rows: what is learned from.
        answers: which text is of which class; of shape (texts, classes).
        weights: how much a text of its class weighs, of shape (classes,); others weigh 1.
        inverse_regularisation: liblinear's C.
        tolerance: the part of the first gradient that may be left, in classes as large as the
            rest; less in smaller ones, as in liblinear.
        start: weights to begin with.

    Returns:
        Of shape (rows.width, classes), the bias last.

    Raises:
        ValueError: the strength of the fit or the tolerance is not above nothing.
    """
    for name, value in (
        ("inverse_regularisation", inverse_regularisation),
        ("tolerance", tolerance),
    ):
        if not value > 0:
            raise ValueError(f"{name} is {value}; give a number above 0 (bot/config.yml).")
    classes = answers.shape[1]
    groups = [
        list(range(first, min(classes, first + _AT_ONCE))) for first in range(0, classes, _AT_ONCE)
    ]

    def solve(group: list[int]) -> Floats:
        problem = _Problem(
            rows,
            np.ascontiguousarray(answers[:, group], dtype=np.float32),
            weights[group] * np.float32(inverse_regularisation),
            np.float32(inverse_regularisation),
        )
        begin = np.zeros((rows.width, len(group)), dtype=np.float32)
        return problem.solve(begin if start is None else begin + start[:, group], tolerance)

    # The products work outside Python's lock; each thread does its own on one core.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.hstack(list(pool.map(solve, groups)))


def _dots(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->j", one, other), dtype=np.float32)


@dataclass
class _State:
    """Where the classes stand that are not done: their weights and the texts' scores."""

    weights: Floats
    scores: Floats

    def of(self, kept: npt.NDArray[np.bool_]) -> _State:
        return _State(_columns(self.weights, kept), _columns(self.scores, kept))


def _columns(values: Floats, kept: npt.NDArray[np.bool_]) -> Floats:
    return np.ascontiguousarray(values[..., kept])


@dataclass
class _Problem:
    """Some classes' regressions, each its own, solved side by side.

    Attributes:
        answers: 1 where the text is of the class.
        own, others: cost of an error at a text of the class, and at another.
    """

    rows: Rows
    answers: Floats
    own: Floats
    others: np.float32

    def __post_init__(self) -> None:
        self._costs = np.where(self.answers > 0, self.own, self.others).astype(np.float32)

    def solve(self, weights: Floats, tolerance: float) -> Floats:
        result, places = weights.copy(), np.arange(weights.shape[1])
        enough = self._enough(tolerance)
        problem, state = self, _State(weights, self.rows.scores(weights))
        for _ in range(_MOST_STEPS):
            gradient, curvature = problem._slopes(state)
            left = np.sqrt(_dots(gradient, gradient)) > enough
            result[:, places[~left]] = state.weights[:, ~left]
            if not left.any():
                return result
            if not left.all():
                places, enough = places[left], enough[left]
                problem, state = problem._of(left), state.of(left)
                gradient, curvature = _columns(gradient, left), _columns(curvature, left)
            step, moved = problem._step(gradient, curvature)
            problem._go(state, gradient, step, moved)
        result[:, places] = state.weights
        return result

    def _of(self, kept: npt.NDArray[np.bool_]) -> _Problem:
        return _Problem(self.rows, _columns(self.answers, kept), self.own[kept], self.others)

    def _enough(self, tolerance: float) -> Floats:
        """Return the length of a gradient at which a class is done."""
        first = self.rows.gathered(self._costs * (np.float32(0.5) - self.answers))
        members = self.answers.sum(axis=0)
        smaller = np.maximum(np.minimum(members, self.rows.texts - members), 1)
        return np.asarray(tolerance * smaller / self.rows.texts * np.sqrt(_dots(first, first)))

    def _slopes(self, state: _State) -> tuple[Floats, Floats]:
        """Return the gradient, and of each text how fast its slope changes with its score."""
        # The logistic function, in the form that never overflows.
        shares = np.tanh(state.scores * np.float32(0.5))
        shares += 1
        shares *= np.float32(0.5)
        gradient = self.rows.gathered(self._costs * (shares - self.answers))
        gradient += state.weights
        return gradient, self._costs * shares * (1 - shares)

    def _step(self, gradient: Floats, curvature: Floats) -> tuple[Floats, Floats]:
        """Return the Newton step, as well as it must be known, and what it does to the scores."""
        diagonal = self.rows.gathered_squares(curvature)
        diagonal *= _DIAGONAL
        diagonal += 1
        inverse = np.reciprocal(diagonal, out=diagonal)
        step, moved = np.zeros_like(gradient), np.zeros_like(curvature)
        rest = -gradient
        direction = inverse * rest
        length = _dots(rest, direction)
        goal = length * np.float32(_INNER**2)
        for _ in range(_MOST_INNER):
            change = self.rows.scores(direction)
            bent = self.rows.gathered(curvature * change)
            bent += direction
            going = length > goal
            far = np.where(going, length / _dots(direction, bent), 0).astype(np.float32)
            step += far * direction
            moved += far * change
            bent *= far
            rest -= bent
            better = inverse * rest
            new = _dots(rest, better)
            direction *= np.where(going, new / length, 0).astype(np.float32)
            direction += better
            length = np.where(going, new, length)
            if not (length > goal).any():
                break
        return step, moved

    def _go(self, state: _State, gradient: Floats, step: Floats, moved: Floats) -> None:
        """Go along a step, half as far where that does not descend."""
        promised = _dots(gradient, step)
        norms = _dots(state.weights, state.weights), _dots(state.weights, step), _dots(step, step)
        before = 0.5 * norms[0] + self._losses(state.scores)
        part = np.ones(step.shape[1], dtype=np.float32)
        for _ in range(_MOST_HALVINGS):
            scores = state.scores + part * moved
            norm = norms[0] + 2 * part * norms[1] + part**2 * norms[2]
            after = 0.5 * norm + self._losses(scores)
            # float32 knows a sum no better than to its millionth part.
            worse = after > before + _DESCENT * part * promised + 1e-6 * np.abs(before)
            if not worse.any():
                break
            part = np.where(worse, part / 2, part)
        step *= part
        state.weights += step
        state.scores = scores

    def _losses(self, scores: Floats) -> npt.NDArray[np.float64]:
        each = np.logaddexp(np.float32(0), scores)
        each -= self.answers * scores
        each *= self._costs
        return np.asarray(each.sum(axis=0, dtype=np.float64))
