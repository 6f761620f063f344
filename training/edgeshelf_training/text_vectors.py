"""Words as points in item space: ridge regression from catalogue words to item vectors.

It gives a typed query, or a product that was never trained on, a vector that the encoder and the scan can read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .corpus import Item
from .esb1 import Container, text_column
from .quantise import quantise_rows
from .tokens import TOKENIZER, tokens

MAX_WORDS = 40_000
RIDGE = 0.3
STEPS = 60  # conjugate-gradient steps; the residual is below 1e-3 long before


@dataclass(frozen=True)
class TextVectors:
    words: list[str]  # sorted
    vectors: np.ndarray  # f32[V,D]
    idf: np.ndarray  # f32[V]
    bias: np.ndarray  # f32[D]

    def vectors_of(self, items: tuple[Item, ...]) -> tuple[np.ndarray, np.ndarray]:
        """f32[N,D] = bias + sum idf*v / sqrt(sum idf^2), and whether the item has any known word, bool[N]."""
        design = word_matrix(items, self.words, self.idf)
        return (design @ self.vectors + self.bias).astype(np.float32), np.diff(design.indptr) > 0

    def container(self) -> Container:
        """As `text.bin`."""
        offsets, data = text_column(self.words)
        quantised, scales = quantise_rows(self.vectors)
        sections = {"wordOffsets": offsets, "wordBytes": data, "vectors": quantised, "scales": scales}
        sections |= {"idf": self.idf.astype(np.float32), "bias": self.bias.astype(np.float32)}
        return Container("text", sections, {"tokenizer": TOKENIZER, "dim": int(self.vectors.shape[1])})


def item_words(item: Item) -> set[str]:
    """Distinct words of an item's title, brand, category and other titles."""
    return set(tokens(f"{item.title} {item.words}"))


def word_matrix(items: tuple[Item, ...], words: list[str], idf: np.ndarray) -> sparse.csr_matrix:
    """Rows of idf over known distinct words, scaled to length 1, f64[N,V]."""
    place = {word: k for k, word in enumerate(words)}
    indptr, indices = [0], []
    for item in items:
        indices.extend(sorted(place[word] for word in item_words(item) if word in place))
        indptr.append(len(indices))
    columns = np.array(indices, np.int64)
    matrix = sparse.csr_matrix(
        (idf[columns].astype(np.float64), columns, np.array(indptr)), shape=(len(items), len(words))
    )
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    return (sparse.diags(1 / np.maximum(length, 1e-12)) @ matrix).tocsr()


def fit_text_vectors(items: tuple[Item, ...], vectors: np.ndarray, trained: np.ndarray) -> TextVectors:
    """Ridge from words to the vectors of the items that were `trained` on, bool[N]. The vocabulary is all items'."""
    frequency: dict[str, int] = {}
    for item in items:
        for word in item_words(item):
            frequency[word] = frequency.get(word, 0) + 1
    words = sorted(sorted(frequency, key=lambda w: (-frequency[w], w))[:MAX_WORDS])
    idf = np.array([np.log((1 + len(items)) / (1 + frequency[w])) + 1 for w in words], np.float32)
    rows = np.flatnonzero(trained)
    if not len(rows):
        rows = np.arange(len(items))
    bias = vectors[rows].mean(0)
    if not words:
        return TextVectors([], np.zeros((0, vectors.shape[1]), np.float32), idf, bias)
    design = word_matrix(tuple(items[r] for r in rows), words, idf)
    return TextVectors(words, ridge_map(design, vectors[rows] - bias).astype(np.float32), idf, bias)


def project_content(matrix: sparse.csr_matrix, vectors: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """What TF-IDF rows f64[N,V] say of each item's vector, f32[N,D]: ridge fitted on the `trained` items, bool[N].

    It reads attributes and categories as well as words. An item without content gets the mean.
    """
    rows = np.flatnonzero(trained) if trained.any() else np.arange(len(vectors))
    mean = vectors[rows].mean(0)
    if not matrix.shape[1]:
        return np.tile(mean, (len(vectors), 1)).astype(np.float32)
    return (matrix @ ridge_map(matrix[rows], vectors[rows] - mean) + mean).astype(np.float32)


def ridge_map(design: sparse.csr_matrix, vectors: np.ndarray) -> np.ndarray:
    """W of least |design W - vectors|^2 + RIDGE |W|^2, f64[V,D]."""
    return _solve(design, design.T @ vectors.astype(np.float64))


def _solve(design: sparse.csr_matrix, wanted: np.ndarray) -> np.ndarray:
    """(X'X + ridge) V = wanted for all D columns at once, by conjugate gradients. f64[V,D]."""
    solution = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = residual.copy()
    energy = (residual * residual).sum(0)  # [D]
    for _ in range(STEPS):
        applied = design.T @ (design @ direction) + RIDGE * direction
        step = energy / np.maximum((direction * applied).sum(0), 1e-30)
        solution += step * direction
        residual -= step * applied
        following = (residual * residual).sum(0)
        direction = residual + (following / np.maximum(energy, 1e-30)) * direction
        energy = following
    return solution
