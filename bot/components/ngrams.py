"""A linear classifier over character n-grams, run with numpy alone; `learning` trains it.

Character n-grams inside word borders stand misspelling, code-mixing and scripts that Rasa's word
analyser breaks. Prediction costs one look-up per n-gram in a row-contiguous matrix.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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


def centred(
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
        """Keep the parts; use `learning.Lines.fit` or `load`."""
        self.labels = list(labels)
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.bias = bias
        self.sizes = sizes
        self.dense = dense

    def vector(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Return which n-grams of the vocabulary stand in `text`, and what each weighs there."""
        counts: Counter[int] = Counter()
        for gram in ngrams(text, *self.sizes):
            row = self.vocabulary.get(gram)
            if row is not None:
                counts[row] += 1
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))) + 1
        values = (values * self.idf[columns]).astype(np.float32)
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
        columns, values = self.vector(text)
        scores = _weighed(values, self.weights[columns]) + self.bias
        if self.dense is not None and vector is not None:
            scores = scores + _weighed(centred(vector, self.dense.centre), self.dense.weights)
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
                {"labels": self.labels, "sizes": self.sizes, "vocabulary": list(self.vocabulary)},
                ensure_ascii=False,
            ),
            encoding="utf-8",
        )
        dense = {} if self.dense is None else self.dense._asdict()
        np.savez_compressed(
            folder / "weights.npz",
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
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
