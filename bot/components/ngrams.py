"""A linear classifier over character n-grams: trained with scikit-learn, run with numpy alone.

Character n-grams inside word borders stand misspelling, code-mixing and scripts that Rasa's word
analyser breaks. Prediction costs one look-up per n-gram in a row-contiguous matrix.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class NgramModelError(RuntimeError):
    """A stored model cannot be used; the message says which file and what to do."""


def ngrams(text: str, smallest: int, largest: int) -> Iterator[str]:
    """Yield the character n-grams of each word of `text`, padded with one space on both sides."""
    for word in text.split():
        padded = f" {word} "
        for size in range(smallest, largest + 1):
            if len(padded) <= size:
                yield padded
                break
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


class Dense(NamedTuple):
    """What a model makes of vectors.

    `centre` is their mean in training, of shape (dimensions,); `weights` are of shape
    (dimensions, classes); both float32.
    """

    centre: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]


def _centred(
    vectors: npt.NDArray[np.float32], centre: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.float32]:
    """Return vectors as seen from the mean of all, of length 1: what they share tells nothing."""
    moved = vectors - centre
    norm = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(norm, np.float32(1e-6)), dtype=np.float32)


def _weighed(
    values: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return `values @ weights` on this core alone.

    BLAS would spread so small a product over all cores, and then wait for those that other
    messages hold: seconds instead of microseconds on a busy machine.
    """
    return np.asarray(np.einsum("i,ij->j", values, weights), dtype=np.float32)


def _fit(
    matrix: Any, labels: Sequence[str], inverse_regularisation: float, weights: Mapping[str, float]
) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """Return the classes, and coefficients and bias of one regression each, on all cores."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training only

    counts = Counter(labels)
    classes = sorted(counts)
    if len(classes) == 1:  # a baseline of one variant alone: there is nothing to tell apart
        return classes, np.zeros((1, matrix.shape[1])), np.zeros(1, dtype=np.float32)
    answers = np.asarray(labels)
    rows = matrix.astype(np.float64)  # once, not by every fit

    def fit(label: str) -> LogisticRegression:
        share = len(labels) / (len(classes) * counts[label]) * weights.get(label, 1.0)
        return LogisticRegression(
            C=inverse_regularisation,
            class_weight={True: share, False: 1.0},
            solver="liblinear",
            tol=1e-2,
        ).fit(rows, answers == label)

    # The solver works outside Python's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fits = list(pool.map(fit, classes))
    bias = np.array([each.intercept_[0] for each in fits], dtype=np.float32)
    return classes, np.vstack([each.coef_ for each in fits]), bias


class NgramModel:
    """Logistic regressions, one a class against all others, on tf-idf weighted character n-grams.

    Args:
        labels: class names, in the order of the columns of `weights`.
        vocabulary: n-gram to row number.
        idf: float32 of shape (features,).
        weights: float32 of shape (features, classes), C-contiguous.
        bias: float32 of shape (classes,).
        sizes: smallest and largest n-gram.
        dense: what the model makes of a text's vector, where it was trained with vectors.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one model
        self,
        labels: Sequence[str],
        vocabulary: dict[str, int],
        idf: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        sizes: tuple[int, int],
        dense: Dense | None = None,
    ) -> None:
        """Keep the parts; use `train` or `load`."""
        self.labels = list(labels)
        self._vocabulary = vocabulary
        self._idf = idf
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._bias = bias
        self._sizes = sizes
        self.dense = dense

    @classmethod
    def train(  # noqa: PLR0913 - what a fit is made of
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        sizes: tuple[int, int],
        inverse_regularisation: float,
        min_count: int = 2,
        vectors: npt.NDArray[np.float32] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> NgramModel:
        """Fit on normalised `texts`; classes weigh the same however many examples they have.

        One regression a class costs a tenth of the multinomial one, and errs no more often; the
        softmax over their scores is as well calibrated at the strength of fit used here.

        Args:
            texts: one an example.
            labels: their classes.
            sizes: smallest and largest n-gram.
            inverse_regularisation: scikit-learn's C.
            min_count: texts an n-gram must stand in.
            vectors: of the texts, for a model that reads those as well.
            weights: classes that weigh so many times what the others do.
        """
        from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - training only

        counted = [Counter(ngrams(text, *sizes)) for text in texts]
        documents = Counter(gram for counts in counted for gram in counts)
        kept = sorted(gram for gram, count in documents.items() if count >= min_count)
        vocabulary = {gram: row for row, gram in enumerate(kept)}
        idf = np.array(
            [np.log((1 + len(texts)) / (1 + documents[gram])) + 1 for gram in kept],
            dtype=np.float32,
        )
        model = cls([], vocabulary, idf, np.zeros((len(kept), 0)), np.zeros(0), sizes)
        rows = [model._vector(text) for text in texts]
        indptr = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        matrix = csr_matrix(
            (
                np.concatenate([values for _, values in rows]),
                np.concatenate([columns for columns, _ in rows]),
                indptr,
            ),
            shape=(len(texts), len(kept)),
        )
        centre = None if vectors is None else vectors.mean(axis=0)
        if vectors is not None:
            matrix = hstack([matrix, csr_matrix(_centred(vectors, centre))]).tocsr()
        model.labels, coefficients, bias = _fit(
            matrix, labels, inverse_regularisation, weights or {}
        )
        # Stored in half the room; rounded here, so that what is stored is what was trained.
        rounded = coefficients.T.astype(np.float16).astype(np.float32)
        model._weights = np.ascontiguousarray(rounded[: len(kept)])
        if centre is not None:
            model.dense = Dense(centre, np.ascontiguousarray(rounded[len(kept) :]))
        model._bias = bias
        return model

    def _vector(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        counts: Counter[int] = Counter()
        for gram in ngrams(text, *self._sizes):
            row = self._vocabulary.get(gram)
            if row is not None:
                counts[row] += 1
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))) + 1
        values = (values * self._idf[columns]).astype(np.float32)
        norm = float(np.linalg.norm(values))
        return columns, values / np.float32(norm) if norm else values

    def predict(
        self,
        text: str,
        among: Sequence[str] | None = None,
        vector: npt.NDArray[np.float32] | None = None,
    ) -> list[tuple[str, float]]:
        """Return (label, probability) best first.

        Args:
            text: in the form of the training texts.
            among: leaves out all other labels.
            vector: of the text, for a model that was trained with vectors.
        """
        columns, values = self._vector(text)
        scores = _weighed(values, self._weights[columns]) + self._bias
        if self.dense is not None and vector is not None:
            scores = scores + _weighed(_centred(vector, self.dense.centre), self.dense.weights)
        chosen = [
            index for index, label in enumerate(self.labels) if among is None or label in among
        ]
        picked = scores[chosen]
        exponents = np.exp(picked - picked.max())
        shares = exponents / exponents.sum()
        order = np.argsort(-shares)
        return [(self.labels[chosen[i]], float(shares[i])) for i in order]

    def save(self, folder: Path) -> None:
        """Write the model into `folder` as JSON and .npz; no pickled object."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ngrams.json").write_text(
            json.dumps(
                {"labels": self.labels, "sizes": self._sizes, "vocabulary": list(self._vocabulary)},
                ensure_ascii=False,
            ),
            encoding="utf-8",
        )
        dense = {} if self.dense is None else self.dense._asdict()
        np.savez_compressed(
            folder / "weights.npz",
            idf=self._idf,
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            **{f"dense_{name}": array for name, array in dense.items()},
        )

    @classmethod
    def load(cls, folder: Path) -> NgramModel:
        """Read what `save` wrote.

        Raises:
            NgramModelError: a file is missing or damaged, or its parts do not fit together.
        """
        try:
            described = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                idf, bias = arrays["idf"], arrays["bias"]
                weights = arrays["weights"].astype(np.float32)
                dense = (
                    Dense(arrays["dense_centre"], arrays["dense_weights"])
                    if "dense_centre" in arrays
                    else None
                )
            vocabulary = {gram: row for row, gram in enumerate(described["vocabulary"])}
            labels, sizes = list(described["labels"]), described["sizes"]
            smallest, largest = (int(size) for size in sizes)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise NgramModelError(
                f"The classifier stored in {folder.name} cannot be read ({error}). "
                "Train again with: make train"
            ) from error
        fits = (
            weights.shape == (len(vocabulary), len(labels))
            and idf.shape == (len(vocabulary),)
            and bias.shape == (len(labels),)
        )
        parts = (idf, weights, bias, *(dense or ()))
        fits = fits and (dense is None or dense.weights.shape == (len(dense.centre), len(labels)))
        if not (fits and all(np.isfinite(part).all() for part in parts)):
            raise NgramModelError(
                f"The classifier stored in {folder.name} does not fit its own vocabulary. "
                "Train again with: make train"
            )
        return cls(labels, vocabulary, idf, weights, bias, (smallest, largest), dense)
