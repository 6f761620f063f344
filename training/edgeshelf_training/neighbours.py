"""Neighbour tables as a release holds them: CSR with u8 weights and one scale a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Neighbours:
    """weight of targets[k] from row i = weights[k] * scales[i], for k in offsets[i] to offsets[i+1]."""

    offsets: np.ndarray  # u32[N+1]
    targets: np.ndarray  # u32[nnz]
    weights: np.ndarray  # u8[nnz]
    scales: np.ndarray  # f32[N]

    def matrix(self) -> sparse.csr_matrix:
        """Dequantised, f64[N,N]."""
        rows = len(self.scales)
        scale = np.repeat(self.scales.astype(np.float64), np.diff(self.offsets.astype(np.int64)))
        data = self.weights.astype(np.float64) * scale
        parts = (data, self.targets.astype(np.int64), self.offsets.astype(np.int64))
        return sparse.csr_matrix(parts, shape=(rows, rows))


def quantise_neighbours(matrix: sparse.csr_matrix, items: int, most: int) -> Neighbours:
    """Keeps the `most` heaviest neighbours of a row; a weight is off by at most half its row's scale.

    Rows sort by quantised weight, heaviest first, then by target row. Weights that round to 0 become 1.
    """
    matrix = matrix.tocsr()
    offsets = np.zeros(items + 1, np.uint32)
    scales = np.zeros(items, np.float32)
    targets, weights = [], []
    for row in range(items):
        if row < matrix.shape[0]:
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            others, values = matrix.indices[span].astype(np.int64), matrix.data[span]
            best = np.lexsort((others, -values))[:most]
            others, values = others[best], values[best]
            if len(values):
                scales[row] = np.float32(values[0] / 255)
                quantised = np.clip(np.floor(values / float(scales[row]) + 0.5), 1, 255).astype(np.uint8)
                order = np.lexsort((others, -quantised.astype(np.int64)))
                targets.append(others[order].astype(np.uint32))
                weights.append(quantised[order])
                offsets[row + 1] = len(others)
    offsets = np.cumsum(offsets, dtype=np.int64).astype(np.uint32)
    return Neighbours(
        offsets,
        np.concatenate(targets) if targets else np.zeros(0, np.uint32),
        np.concatenate(weights) if weights else np.zeros(0, np.uint8),
        scales,
    )
