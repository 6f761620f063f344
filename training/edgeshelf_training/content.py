"""What items are, as numbers: TF-IDF of title words and tags, its leading components, and content neighbours."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from .corpus import Item
from .tokens import tokens

CHUNK_ROWS = 512


def content_terms(item: Item) -> list[str]:
    """Terms of one item: words of its title, and its tags whole."""
    return [f"w:{w}" for w in tokens(item.title)] + [f"t:{t}" for t in item.tags]


def tfidf(items: tuple[Item, ...]) -> sparse.csr_matrix:
    """TF-IDF, rows of length 1 (0 for an item without content), f64[N,V]; terms of a single item are left out.

    Columns are sorted by term, so the matrix does not depend on any order but the items'.
    """
    counts = [_counted(content_terms(item)) for item in items]
    frequency: dict[str, int] = {}
    for terms in counts:
        for term in terms:
            frequency[term] = frequency.get(term, 0) + 1
    vocabulary = {term: i for i, term in enumerate(sorted(t for t, n in frequency.items() if n > 1))}
    indptr, indices, data = [0], [], []
    for terms in counts:
        kept = sorted(term for term in terms if term in vocabulary)
        indices.extend(vocabulary[term] for term in kept)
        data.extend((1 + np.log(terms[t])) * np.log((1 + len(items)) / (1 + frequency[t])) for t in kept)
        indptr.append(len(indices))
    shape = (len(items), len(vocabulary))
    matrix = sparse.csr_matrix((np.array(data), np.array(indices, np.int64), np.array(indptr)), shape=shape)
    length = np.sqrt(matrix.multiply(matrix).sum(1)).A1 if matrix.nnz else np.zeros(len(items))
    return (sparse.diags(np.where(length > 0, 1 / np.maximum(length, 1e-12), 0.0)) @ matrix).tocsr()


def _counted(terms: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    return counts


def leading_components(matrix: sparse.csr_matrix, count: int, seed: int) -> np.ndarray:
    """Scores of the rows on the first `count` singular directions, f32[N,count], zero-padded when rank is lower.

    Randomised SVD with 4 power iterations: Halko et al., SIAM Review 2011, algorithm 4.4.
    """
    rows, columns = matrix.shape
    rank = min(count, rows, columns)
    scores = np.zeros((rows, count), np.float32)
    if rank == 0 or matrix.nnz == 0:
        return scores
    probe = np.random.default_rng(seed).standard_normal((columns, min(rank + 16, columns)))
    basis = np.linalg.qr(matrix @ probe)[0]  # [N, rank+16]
    for _ in range(4):
        basis = np.linalg.qr(matrix @ np.linalg.qr(matrix.T @ basis)[0])[0]
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    scores[:, :rank] = (basis @ left)[:, :rank] * values[:rank]
    return scores


def content_neighbours(matrix: sparse.csr_matrix, popularity: np.ndarray, most: int) -> sparse.csr_matrix:
    """Cosine of TF-IDF rows, the `most` nearest others, f64[N,N]. Popularity breaks near-ties (up to 5%)."""
    rows = matrix.shape[0]
    transposed = matrix.T.tocsr()
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for start in range(0, rows, CHUNK_ROWS):
        cosines = (matrix[start : start + CHUNK_ROWS] @ transposed).tocsr()
        for k in range(cosines.shape[0]):
            span = slice(cosines.indptr[k], cosines.indptr[k + 1])
            others, cosine = cosines.indices[span].astype(np.int64), cosines.data[span]
            cosine = cosine * (0.95 + 0.05 * popularity[others])
            keep = (others != start + k) & (cosine > 0.05)
            others, cosine = others[keep], cosine[keep]
            best = np.lexsort((others, -cosine))[:most]
            found.append((others[best], cosine[best]))
    indptr = np.concatenate([[0], np.cumsum([len(o) for o, _ in found])])
    indices = np.concatenate([o for o, _ in found]) if found else np.zeros(0, np.int64)
    data = np.concatenate([c for _, c in found]) if found else np.zeros(0)
    return sparse.csr_matrix((data, indices, indptr), shape=(rows, rows))
