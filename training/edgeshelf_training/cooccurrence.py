"""Where items stand in the graph of histories, as features: components of their pointwise mutual information.

Shifted positive PMI of windowed co-occurrences is what skip-gram factorises (Levy & Goldberg, NIPS 2014); contexts are
smoothed by a power of their count (Levy, Goldberg & Dagan, TACL 2015, section 3.1).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from .content import leading_components
from .corpus import Log
from .counts import transition_counts

WINDOW = 5
CONTEXT_POWER = 0.75


def cooccurrence_components(log: Log, spans: np.ndarray, items: int, count: int, seed: int) -> np.ndarray:
    """Rows of U sqrt(S) of the PPMI matrix of the spans, f32[items,count]; zero for an item that stands alone.

    Pairs count 1/distance up to WINDOW apart, in either direction, from any number of visitors: no count is kept,
    only the leading components.
    """
    if count == 0:
        return np.zeros((items, 0), np.float32)
    directed = transition_counts(log, spans, np.ones(len(log.rows)), WINDOW, k_pair=1)
    directed.resize(items, items)
    components = leading_components(positive_pmi((directed + directed.T).tocsr()), count, seed)
    strength = np.linalg.norm(components, axis=0)  # the singular values
    return (components / np.sqrt(np.maximum(strength, 1e-9))).astype(np.float32)


def positive_pmi(pairs: sparse.csr_matrix) -> sparse.csr_matrix:
    """max(0, log(n_ij * sum_k n_k^p / (n_i * n_j^p))) of symmetric counts, f64[N,N].

    >>> positive_pmi(sparse.csr_matrix([[0.0, 2.0], [2.0, 0.0]])).toarray().round(3).tolist()  # log 2 each
    [[0.0, 0.693], [0.693, 0.0]]
    """
    found = pairs.tocoo()
    totals = np.asarray(pairs.sum(1)).ravel()
    smoothed = totals**CONTEXT_POWER
    with np.errstate(divide="ignore"):
        value = np.log(found.data * smoothed.sum() / (totals[found.row] * smoothed[found.col]))
    kept = value > 0
    return sparse.csr_matrix((value[kept], (found.row[kept], found.col[kept])), shape=pairs.shape)
