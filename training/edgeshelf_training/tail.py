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


def reach_into_tail(
    found: CandidateSet, targets: np.ndarray, lengths: np.ndarray, buckets: tuple[Bucket, ...], price: float
) -> tuple[Bucket, ...]:
    """The buckets with as much taken off the weight of popularity as costs `price` of NDCG@10 on these cases.

    price: relative, 0.01 gives up a hundredth; 0 leaves the weights as they were fitted.
    """
    places = target_places(found, targets)
    if price <= 0 or not (places >= 0).any():
        return buckets
    whole = _ndcg(found, places, lengths, buckets)
    kept = buckets
    for amount in AMOUNTS:
        moved = tuple(_less_popular(bucket, amount) for bucket in buckets)
        if _ndcg(found, places, lengths, moved) < (1 - price) * whole:
            break
        kept = moved
    return kept


def _less_popular(bucket: Bucket, amount: float) -> Bucket:
    weights = list(bucket.weights)
    weights[POPULAR] -= amount
    return dataclasses.replace(bucket, weights=tuple(weights))


def _ndcg(found: CandidateSet, places: np.ndarray, lengths: np.ndarray, buckets: tuple[Bucket, ...]) -> float:
    """Mean NDCG@10 of the cases; a target that is no candidate gains nothing. Ties go to the lower row."""
    case = np.repeat(np.arange(len(places)), np.diff(found.offsets))
    scores = (found.features * bucket_weights(lengths, buckets)[case]).sum(1)
    own = np.where(places >= 0, scores[places], np.inf)[case]
    before = (scores > own) | ((scores == own) & (np.arange(len(scores)) < places[case]))
    ranks = np.bincount(case[before], minlength=len(places))
    return float(ndcg_each(np.where(places >= 0, ranks, -1)).mean())
