"""Fits the fusion: a conditional logit over each validation case's candidates, weights never negative.

Source: McFadden, "Conditional logit analysis of qualitative choice behavior", 1974; as a ranker, ListNet's top-one
loss (Cao et al., ICML 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from .candidates import FEATURES, CandidateSet

MAX_LENGTHS = (1, 3, 8, None)  # buckets by known history items
MIN_CASES = 150  # a bucket with fewer cases takes the weights of all cases together
OWN = (FEATURES.index("seen"), FEATURES.index("boost"))  # what an item adds by itself
SEEN_AGES = 6  # offsets of seen items by the age of their last place; the last holds for all older ones
RIDGE = 1e-4  # keeps a weight finite when its feature separates the few cases there are


@dataclass(frozen=True)
class Bucket:
    max_length: int | None
    weights: tuple[float, ...]  # as FEATURES; that of unseen items is an offset, of either sign; those of OWN are 1


@dataclass(frozen=True)
class Fit:
    buckets: tuple[Bucket, ...]
    loss: float  # mean negative log-likelihood of the answerable cases


def bucket_index(lengths: np.ndarray, buckets: tuple[Bucket, ...]) -> np.ndarray:
    """First bucket whose max_length is at least the length, i64[M].

    >>> two = (Bucket(2, ()), Bucket(None, ()))
    >>> bucket_index(np.array([1, 2, 3]), two).tolist()
    [0, 0, 1]
    """
    limits = np.array([np.iinfo(np.int64).max if b.max_length is None else b.max_length for b in buckets])
    return np.searchsorted(limits, lengths, side="left")


def bucket_weights(lengths: np.ndarray, buckets: tuple[Bucket, ...]) -> np.ndarray:
    """Weights of each case, f64[M,8]."""
    return np.array([b.weights for b in buckets])[bucket_index(lengths, buckets)]


def fit_buckets(found: CandidateSet, targets: np.ndarray, lengths: np.ndarray, without: str | None = None) -> Fit:
    """Weights for each history-length bucket, that of a part `without` 0; a bucket with few cases shares the common."""
    places = target_places(found, targets)
    usable = np.flatnonzero(places >= 0)
    common, loss = fit_weights(found, places, usable, without, None)
    shells = tuple(Bucket(m, ()) for m in MAX_LENGTHS)
    index = bucket_index(lengths, shells)
    buckets = []
    for k, max_length in enumerate(MAX_LENGTHS):
        cases = usable[index[usable] == k]
        weights = common
        if len(cases) >= MIN_CASES:
            weights, _ = fit_weights(found, places, cases, without, common)
        buckets.append(Bucket(max_length, tuple(float(w) for w in weights)))
    return Fit(tuple(buckets), loss)


def target_places(found: CandidateSet, targets: np.ndarray) -> np.ndarray:
    """Where each case's target stands among the candidates, i64[M]; -1 when it was not reached."""
    case = np.repeat(np.arange(len(targets)), np.diff(found.offsets))
    hits = np.flatnonzero(found.rows == targets[case])
    places = np.full(len(targets), -1, np.int64)
    places[case[hits]] = hits
    return places


def fit_weights(
    found: CandidateSet, places: np.ndarray, cases: np.ndarray, without: str | None, start: np.ndarray | None
) -> tuple[np.ndarray, float]:
    """Minimises the mean of logsumexp(x.w) - x_target.w over `cases`; f64[8] and the loss.

    The offset of unseen items stays 0: hardly a validation target is one. What an item adds by itself is taken as it
    is. Without cases every other feature that may be used weighs 1. `start` is also what the ridge pulls towards.
    """
    allowed = np.array([name not in ("unseen", without) for name in FEATURES], float)
    if not len(cases):
        return allowed, 0.0
    sizes = np.diff(found.offsets)[cases]
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    inside = np.repeat(found.offsets[:-1][cases] - begins, sizes) + np.arange(sizes.sum())
    features = found.features[inside]  # [K,8]
    chosen = found.features[places[cases]]  # [m,8]
    centre = allowed if start is None else start
    spread = np.maximum(features.std(0), 1e-9)
    strength = RIDGE if start is None else 3.0 / len(cases)

    def objective(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        weights = scaled / spread
        score = features @ weights
        top = np.maximum.reduceat(score, begins)
        unnormalised = np.exp(score - np.repeat(top, sizes))
        total = np.add.reduceat(unnormalised, begins)
        share = unnormalised / np.repeat(total, sizes)
        loss = float((np.log(total) + top - chosen @ weights).mean())
        slope = (share @ features - chosen.sum(0)) / len(cases)
        away = scaled - centre * spread if start is not None else scaled
        return loss + strength * float(away @ away), slope / spread + 2 * strength * away

    bounds = [(0.0, None) if a else (0.0, 0.0) for a in allowed]
    for column in OWN:
        bounds[column] = (spread[column], spread[column])  # a weight of 1
    fitted = minimize(objective, centre * spread, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 200})
    return fitted.x / spread, float(fitted.fun)


def fit_seen(
    found: CandidateSet, histories: list[np.ndarray], targets: np.ndarray, lengths: np.ndarray,
    buckets: tuple[Bucket, ...],
) -> tuple[float, ...]:  # fmt: skip
    """Offsets of items that stand in the history by age, f64[SEEN_AGES], the buckets' weights as they are.

    How soon people return to a thing is a fact of the shop, whatever the thing. Source: the repeat mode of RepeatNet,
    Ren et al., AAAI 2019, reduced to recency.
    """
    places = target_places(found, targets)
    cases = np.flatnonzero(places >= 0)
    if not len(cases):
        return ()
    case = np.repeat(np.arange(len(targets)), np.diff(found.offsets))
    score = (found.features * bucket_weights(lengths, buckets)[case]).sum(1)
    age = np.full(len(case), -1)
    for asker, history in enumerate(histories):
        span = slice(found.offsets[asker], found.offsets[asker + 1])
        last = {row: k for k, row in enumerate(history.tolist())}
        rows = found.rows[span].tolist()
        age[span] = [min(len(history) - 1 - last[row], SEEN_AGES - 1) if row in last else -1 for row in rows]
    answerable = np.isin(case, cases)
    score, own_age = score[answerable], age[places[cases]]
    candidate_age = age[answerable]
    sizes = np.diff(found.offsets)[cases]
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    chosen = np.bincount(own_age[own_age >= 0], minlength=SEEN_AGES)

    def objective(offsets: np.ndarray) -> tuple[float, np.ndarray]:
        moved = score + np.append(offsets, 0.0)[candidate_age]
        top = np.maximum.reduceat(moved, begins)
        unnormalised = np.exp(moved - np.repeat(top, sizes))
        total = np.add.reduceat(unnormalised, begins)
        share = unnormalised / np.repeat(total, sizes)
        expected = np.bincount(candidate_age + 1, weights=share, minlength=SEEN_AGES + 1)[1:]
        loss = float((np.log(total) + top).sum() - chosen @ offsets)  # but for a constant
        return (loss + offsets @ offsets) / len(cases), (expected - chosen + 2 * offsets) / len(cases)

    fitted = minimize(objective, np.zeros(SEEN_AGES), jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return tuple(round(float(offset), 6) for offset in fitted.x)
