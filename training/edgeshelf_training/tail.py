"""The long tail: items that are hardly ever shown gain a boost, as far as accuracy allows.

A fitted score ranks rare items too low: they were seldom trained on. What an item lacks in exposure on validation
histories is given back to it, in log odds; their targets only say how far this may go. The knob is the price in NDCG,
so that it means the same for every shop. Source of exposure as what is to be evened out: Singh & Joachims, KDD 2018.
"""

from __future__ import annotations

import numpy as np

from .asked import Asked
from .evaluate import ScoreChunk, chunk_candidates, chunks
from .fusion import bucket_weights
from .long_tail import appearances
from .metrics import AT, ndcg_each
from .release import Release

DEPTH = 60  # candidates of each case that a boost can lift into the first ten
FAIR = 2.0  # exposures, in means over all items, below which an item is boosted
STRENGTHS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)  # of the boost, by log odds lacking
ROUNDS = 3  # each measures the exposures that the boost so far gives


def reach_into_tail(
    release: Release, asked: Asked, score_chunk: ScoreChunk, keep_seen: bool, price: float
) -> np.ndarray:
    """Boost of each item, f32[N], the strongest that costs at most `price` of NDCG@10 on these validation cases.

    price: relative, 0.002 gives up two thousandths; 0 asks for no boost at all. Items that nobody has touched gain
    nothing here.
    """
    items = len(release.ids)
    kept = np.zeros(items, np.float32)
    if not len(asked) or price == 0:
        return kept
    rows, scores, place = _shortlists(release, asked, score_chunk, keep_seen)
    whole = _ndcg(scores, place)
    touched = release.tables.popularity > 0
    fair = FAIR * AT * len(asked) / items
    for strength in STRENGTHS:
        boost = np.zeros(items)
        for turn in range(ROUNDS):
            shown = appearances(_top(rows, scores + boost[rows]), items)
            lacking = np.maximum(np.log((1 + fair) / (1 + shown)), 0.0)
            boost += strength * (1.0 if turn == 0 else 0.5) * lacking * touched
        if _ndcg(scores + boost[rows], place) < (1 - price) * whole:
            break
        kept = boost.astype(np.float32)
    return kept


def _shortlists(
    release: Release, asked: Asked, score_chunk: ScoreChunk, keep_seen: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best rows i64[M,DEPTH], their fused scores, -inf where there are fewer, and the target's place or -1, i64[M]."""
    rows = np.zeros((len(asked), DEPTH), np.int64)
    scores = np.full((len(asked), DEPTH), -np.inf)
    for part in chunks(len(asked), len(release.ids)):
        found = chunk_candidates(release, asked, part, score_chunk(part), keep_seen)
        weights = bucket_weights(asked.lengths[part], release.fusion.buckets)
        for case in range(part.stop - part.start):
            span = slice(found.offsets[case], found.offsets[case + 1])
            own = found.features[span] @ weights[case]
            best = np.argpartition(-own, DEPTH)[:DEPTH] if len(own) > DEPTH else np.arange(len(own))
            rows[part.start + case, : len(best)] = found.rows[span][best]
            scores[part.start + case, : len(best)] = own[best]
    hit = (rows == asked.targets[:, None]) & np.isfinite(scores)
    return rows, scores, np.where(hit.any(1), hit.argmax(1), -1)


def _top(rows: np.ndarray, scores: np.ndarray) -> list[np.ndarray]:
    """The first ten rows of each case."""
    best = np.argpartition(-scores, AT, axis=1)[:, :AT]
    listed = np.isfinite(np.take_along_axis(scores, best, 1))
    return [case[here] for case, here in zip(np.take_along_axis(rows, best, 1), listed, strict=True)]


def _ndcg(scores: np.ndarray, place: np.ndarray) -> float:
    """Mean NDCG@10 of the cases; a target beyond the shortlist gains nothing."""
    own = np.where(place >= 0, scores[np.arange(len(scores)), place], np.inf)
    ranks = np.where(place >= 0, (scores > own[:, None]).sum(1), -1)
    return float(ndcg_each(ranks).mean())
