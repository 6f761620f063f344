"""int8: rows with one scale each, and the query by the rule that both sides of the release share."""

from __future__ import annotations

import numpy as np

LEVELS = 127
PLANE_LEVELS = 31  # 6 bits


def quantise_rows(matrix: np.ndarray, levels: int = LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """f32[N,D] -> i8[N,D], f32[N]; row = q * scale, off by at most half a scale. A zero row has scale 0.

    With fewer levels than int8 has the scale is then that of the least squared error for the whole numbers chosen.

    >>> q, s = quantise_rows(np.array([[1.27, -0.634, 0.0], [0.0, 0.0, 0.0]], np.float32))
    >>> q.tolist(), [round(float(x), 4) for x in s]
    ([[127, -63, 0], [0, 0, 0]], [0.01, 0.0])
    """
    scales = (np.abs(matrix).max(1).astype(np.float64) / levels).astype(np.float32)
    divisor = np.where(scales > 0, scales, 1).astype(np.float64)[:, None]
    quantised = np.clip(np.floor(matrix / divisor + 0.5), -levels, levels)
    if levels < LEVELS:
        along, squares = (matrix * quantised).sum(1), (quantised * quantised).sum(1)
        scales = np.where(squares > 0, along / np.maximum(squares, 1), 0).astype(np.float32)
    return quantised.astype(np.int8), scales


def dequantise_rows(quantised: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """i8[N,D], f32[N] -> f32[N,D]."""
    return quantised.astype(np.float32) * scales[:, None]


def quantise_query(query: np.ndarray) -> tuple[np.ndarray, float]:
    """f32[D] -> i8[D] and its scale in float64: s = max|q|/127, qi = floor(q/s + 0.5).

    >>> q, s = quantise_query(np.array([2.54, -1.27, 0.01, -0.01], np.float32))
    >>> q.tolist(), round(s, 6)  # 0.01/0.02 + 0.5 floors to 0 or 1 by its last bit; -0.5 + 0.5 floors to 0
    ([127, -63, 0, 0], 0.02)
    """
    wide = query.astype(np.float64)
    scale = float(np.abs(wide).max(initial=0.0)) / LEVELS
    if scale == 0.0:
        return np.zeros(len(query), np.int8), 0.0
    return np.clip(np.floor(wide / scale + 0.5), -LEVELS, LEVELS).astype(np.int8), scale


def int8_scores(queries: np.ndarray, rows: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Scaled exact integer dots, f64[M,N]: (qi . row) * (scales[row] * s).

    Computed as float32 products: every partial sum is a whole number under 2^24, so float32 holds it exactly
    while D <= 1040.
    """
    assert rows.shape[1] * LEVELS * LEVELS < 2**24
    pairs = [quantise_query(query) for query in queries]
    whole = np.stack([q for q, _ in pairs]).astype(np.float32)  # [M,D]
    dots = (whole @ rows.astype(np.float32).T).astype(np.float64)  # [M,N]
    return dots * (scales.astype(np.float64)[None, :] * np.array([s for _, s in pairs])[:, None])
