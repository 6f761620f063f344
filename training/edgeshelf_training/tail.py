"""The long tail: how much accuracy is given up so that lists reach further into the catalogue.

Popularity is taken off the fused score as far as validation NDCG@10 allows. The knob is the price, not the amount, so
that it means the same for every shop. Source of the re-ranking by popularity: Abdollahpouri et al., FLAIRS 2019.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from .candidates import FEATURES, CandidateSet
from .fusion import Bucket, bucket_weights, target_places
from .metrics import ndcg_each

POPULAR = FEATURES.index("popular")
AMOUNTS = tuple(0.25 * k for k in range(1, 25))  # taken off the weight of popularity, in units of the score


def tail_amount(
    found: CandidateSet, targets: np.ndarray, lengths: np.ndarray, buckets: tuple[Bucket, ...], price: float
) -> float:
    """How much taken off the weight of popularity costs `price` of NDCG@10 on these cases, at most the last AMOUNTS.

    price: relative, 0.01 gives up a hundredth; 0 takes nothing off.
    """
    places = target_places(found, targets)
    if price <= 0 or not (places >= 0).any():
        return 0.0
    whole = _ndcg(found, places, lengths, buckets)
    kept = 0.0
    for amount in AMOUNTS:
        if _ndcg(found, places, lengths, less_popular(buckets, amount)) < (1 - price) * whole:
            break
        kept = amount
    return kept


def less_popular(buckets: tuple[Bucket, ...], amount: float) -> tuple[Bucket, ...]:
    """The buckets with `amount` taken off the weight of popularity."""
    moved = []
    for bucket in buckets:
        weights = list(bucket.weights)
        weights[POPULAR] -= amount
        moved.append(dataclasses.replace(bucket, weights=tuple(weights)))
    return tuple(moved)


def _ndcg(found: CandidateSet, places: np.ndarray, lengths: np.ndarray, buckets: tuple[Bucket, ...]) -> float:
    """Mean NDCG@10 of the cases; a target that is no candidate gains nothing. Ties go to the lower row."""
    case = np.repeat(np.arange(len(places)), np.diff(found.offsets))
    scores = (found.features * bucket_weights(lengths, buckets)[case]).sum(1)
    own = np.where(places >= 0, scores[places], np.inf)[case]
    before = (scores > own) | ((scores == own) & (np.arange(len(scores)) < places[case]))
    ranks = np.bincount(case[before], minlength=len(places))
    return float(ndcg_each(np.where(places >= 0, ranks, -1)).mean())
