"""Counts of items under Gaussian noise."""

from __future__ import annotations

import secrets

import numpy as np

from .dp_units import Units

SURE = 3.0  # deviations of the noise that a count has to exceed to be believed


def noised_popularity(units: Units, items: int, noise: float, rng: np.random.Generator) -> np.ndarray:
    """log(1 + count) over its largest, f64[items] in [0,1]; 0 for a count that the noise alone may have made.

    Each unit spreads a vector of length 1 over its distinct items, so that one unit more or less moves the counts by
    at most 1 in Euclidean norm, and noise of deviation `noise` is the Gaussian mechanism (Dwork & Roth, 2014, A).
    """
    counts = np.zeros(items)
    for row, size in zip(units.rows, units.sizes.tolist(), strict=True):
        distinct = np.unique(row[:size])
        counts[distinct] += len(distinct) ** -0.5
    noised = counts + noise * rng.standard_normal(items)
    sure = np.log1p(np.where(noised > SURE * noise, noised, 0.0))
    return sure / max(float(sure.max(initial=0.0)), 1e-12)


def unknown_draws() -> np.random.Generator:
    """Chance whose seed is the system's and is kept nowhere: with the config's, the manifest would tell the noise."""
    return np.random.default_rng(secrets.randbits(128))
