"""How the classifier over character n-grams learns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.components.ngrams import Dense, NgramModel, centred, ngrams
from bot.components.regressions import Rows, fit


class Lines:
    """Training texts, counted once for every model that learns from them."""

    def __init__(self, texts: Sequence[str], sizes: tuple[int, int], min_count: int = 2) -> None:
        """Count the n-grams.

        Args:
            texts: in the form in which texts will be asked.
            sizes: smallest and largest n-gram.
            min_count: texts an n-gram must stand in.
        """
        documents = Counter(gram for text in texts for gram in set(ngrams(text, *sizes)))
        kept = sorted(gram for gram, count in documents.items() if count >= min_count)
        idf = [np.log((1 + len(texts)) / (1 + documents[gram])) + 1 for gram in kept]
        self._sizes, self._vocabulary = sizes, {gram: row for row, gram in enumerate(kept)}
        self._idf = np.array(idf, dtype=np.float32)
        self._matrix = self._counted(texts)

    def _counted(self, texts: Sequence[str]) -> csr_matrix:
        unlearnt = np.zeros((len(self._vocabulary), 0)), np.zeros(0)
        model = NgramModel([], self._vocabulary, self._idf, *unlearnt, self._sizes)
        rows = [model.vector(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)], dtype=np.int32)
        columns = np.concatenate([columns for columns, _ in rows]).astype(np.int32)
        values = np.concatenate([values for _, values in rows])
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self._vocabulary)))

    def fit(  # noqa: PLR0913 - what a fit is made of
        self,
        labels: Sequence[str],
        *,
        inverse_regularisation: float,
        tolerance: float = 1e-3,
        weights: Mapping[str, float] | None = None,
        vectors: npt.NDArray[np.float32] | None = None,
        start: NgramModel | None = None,
    ) -> NgramModel:
        """Learn the classes; they weigh the same however many texts they have.

        One regression a class errs no more often than one multinomial one; the softmax over their
        scores is as well calibrated at the strength of fit used here.

        Args:
            labels: the classes of the texts.
            inverse_regularisation: liblinear's C.
            tolerance: see `regressions.fit`.
            weights: classes that weigh so many times what the others do.
            vectors: of the texts, for a model that reads those as well.
            start: a model of the same lines and classes without vectors, to begin with.
        """
        counts = Counter(labels)
        classes = sorted(counts)
        if len(classes) == 1:  # a baseline of one variant alone: there is nothing to tell apart
            return self._model(classes, np.zeros((len(self._vocabulary) + 1, 1), np.float32), None)
        centre = None if vectors is None else vectors.mean(axis=0)
        rows = Rows(self._matrix, None if vectors is None else centred(vectors, centre))
        answers = np.asarray(labels)[:, None] == np.asarray(classes)
        even = [len(labels) / (len(classes) * counts[label]) for label in classes]
        more = [(weights or {}).get(label, 1.0) for label in classes]
        learnt = fit(
            rows,
            answers,
            np.multiply(even, more).astype(np.float32),
            inverse_regularisation=inverse_regularisation,
            tolerance=tolerance,
            start=None if start is None else _begun(start, rows.width),
        )
        return self._model(classes, learnt, centre)

    def _model(
        self,
        classes: list[str],
        learnt: npt.NDArray[np.float32],
        centre: npt.NDArray[np.float32] | None,
    ) -> NgramModel:
        # Stored in half the room; rounded here, so that what is stored is what was trained.
        rounded = learnt[:-1].astype(np.float16).astype(np.float32)
        grams = len(self._vocabulary)
        dense = None if centre is None else Dense(centre, np.ascontiguousarray(rounded[grams:]))
        parts = self._vocabulary, self._idf, rounded[:grams], learnt[-1], self._sizes
        return NgramModel(classes, *parts, dense)


def _begun(start: NgramModel, width: int) -> npt.NDArray[np.float32]:
    """Return another model's weights, with nothing learnt of vectors yet."""
    begun = np.zeros((width, len(start.labels)), dtype=np.float32)
    begun[: len(start.weights)], begun[-1] = start.weights, start.bias
    return begun
