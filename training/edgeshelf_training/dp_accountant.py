"""What training spends of a privacy budget, in Rényi differential privacy, and the noise that a budget allows.

Sources: Mironov, "Rényi Differential Privacy", CSF 2017 (Gaussian, composition); Mironov, Talwar & Zhang, "Rényi
Differential Privacy of the Sampled Gaussian Mechanism", 2019, section 3.3 (whole orders); Bun & Steinke, TCC 2016,
proposition 3.3 (pure to zCDP); Canonne, Kamath & Steinke, NeurIPS 2020, proposition 12 (to epsilon and delta).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

ORDERS = (*range(2, 65), 80, 96, 128, 192, 256, 512)
NOISE_MOST = 1_000.0


@dataclass(frozen=True)
class SampledGaussian:
    """Sums of rows of norm at most 1 over units drawn each with chance `rate`, under noise of deviation `noise`."""

    noise: float
    rate: float
    times: int


@dataclass(frozen=True)
class PureChoice:
    """A mechanism of pure `epsilon`, such as one choice by the exponential mechanism."""

    epsilon: float
    times: int = 1


def renyi(mechanism: SampledGaussian | PureChoice, order: int) -> float:
    """Rényi divergence of that whole order, at most, for one unit more or less.

    >>> round(renyi(SampledGaussian(noise=2.0, rate=1.0, times=3), order=4), 6)  # 3 * 4 / (2 * 2^2)
    1.5
    >>> renyi(PureChoice(0.5), order=4)  # 4 * 0.5^2 / 2
    0.5
    """
    if isinstance(mechanism, PureChoice):
        return mechanism.times * min(order * mechanism.epsilon**2 / 2, mechanism.epsilon)
    return mechanism.times * _sampled(mechanism.noise, mechanism.rate, order)


def _sampled(noise: float, rate: float, order: int) -> float:
    if rate == 0:
        return 0.0
    if rate == 1:
        return order / (2 * noise**2)
    k = np.arange(order + 1)
    choose = gammaln(order + 1) - gammaln(k + 1) - gammaln(order - k + 1)
    terms = choose + (order - k) * math.log1p(-rate) + k * math.log(rate) + k * (k - 1) / (2 * noise**2)
    return float(logsumexp(terms)) / (order - 1)


def epsilon_of(mechanisms: list[SampledGaussian | PureChoice], delta: float) -> float:
    """The least epsilon that the mechanisms together hold at `delta`.

    >>> one = epsilon_of([SampledGaussian(noise=1.0, rate=0.01, times=1000)], 1e-5)
    >>> 2.0 < one < 2.2  # 2.1 by the tables of the sources
    True
    """
    found = math.inf
    for order in ORDERS:
        total = sum(renyi(mechanism, order) for mechanism in mechanisms)
        spent = total + math.log1p(-1 / order) - (math.log(delta) + math.log(order)) / (order - 1)
        found = min(found, spent)
    return max(found, 0.0)


def least_scale(mechanisms_at, epsilon: float, delta: float) -> float:
    """The least noise scale s, to a thousandth, at which `mechanisms_at(s)` together stay within the budget."""
    low, high = 1e-2, NOISE_MOST
    if epsilon_of(mechanisms_at(high), delta) > epsilon:
        raise ValueError(f"no noise up to {NOISE_MOST} holds epsilon {epsilon} at delta {delta}")
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        if epsilon_of(mechanisms_at(middle), delta) > epsilon:
            low = middle
        else:
            high = middle
    return high
