"""Where products that nobody has touched yet stand among the others.

They have no transitions and no popularity, so the fitted weights alone would bury them. An offset of their score is
set so that they take a stated number of places. It is measured on items that are known, made unknown for the purpose
(as DropoutNet does in training; Volkovs et al., NIPS 2017), so it needs no launch of products in the log.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .asked import Asked
from .candidates import FEATURES, CandidateSet, Tables, find_candidates
from .config import TrainConfig
from .evaluate import ScoreChunk, chunks
from .fusion import Bucket, bucket_weights
from .release import Fusion

UNSEEN = FEATURES.index("unseen")
PLACES = 50  # of each list
CASES = 1_500
REACH = 40.0  # offsets looked at, both ways
STEPS = 16  # halvings of that


@dataclass(frozen=True)
class Newcomers:
    """Known items in the part of new ones."""

    rows: np.ndarray  # i64[R]
    score_chunk: ScoreChunk  # the encoder's scores when those rows hold what content alone says of them


def place_newcomers(
    fusion: Fusion, asked: Asked, tables: Tables, newcomers: Newcomers, config: TrainConfig, keep_seen: bool
) -> Fusion:
    """The fusion with the offset of unseen items in each bucket, for the lists with and without the encoder.

    Of the first PLACES places, or of the better half of the candidates where they are few, the newcomers take
    `config.new_items` times their share of the known items, or half of what they could fill where that is less. Items
    that really are new stay out of the count.
    """
    known = int((tables.popularity > 0).sum())
    if not len(newcomers.rows) or not len(asked):
        return fusion
    share = config.new_items * len(newcomers.rows) / known
    hidden = hide(tables, newcomers.rows)
    really_new = tables.popularity == 0
    parts = list(chunks(min(CASES, len(asked)), len(tables.popularity)))

    def placed(buckets: tuple[Bucket, ...], use_encoder: bool) -> tuple[Bucket, ...]:
        sets = []
        for part in parts:
            scores = newcomers.score_chunk(part) if use_encoder else None
            histories = asked.histories[part]
            found = find_candidates(histories, scores, hidden, fusion.shapes, fusion.candidates, keep_seen, fusion.seen)
            sets.append(without_rows(found, really_new))
        weights = [bucket_weights(asked.lengths[part], buckets) for part in parts]
        offset = _offset(sets, [_scores(s, w) for s, w in zip(sets, weights, strict=True)], share)
        return tuple(
            dataclasses.replace(b, weights=(*b.weights[:UNSEEN], offset, *b.weights[UNSEEN + 1 :])) for b in buckets
        )

    return dataclasses.replace(
        fusion, buckets=placed(fusion.buckets, use_encoder=True), session=placed(fusion.session, use_encoder=False)
    )


def hide(tables: Tables, rows: np.ndarray) -> Tables:
    """The tables as they would be had nobody touched these rows; what leads from them stays."""
    known = np.ones(len(tables.popularity))
    known[rows] = 0
    counted = {
        name: table if name == "similar" else (table @ sparse.diags(known)).tocsr()
        for name, table in tables.counted.items()
    }
    boost = None if tables.boost is None else tables.boost * known
    return Tables(counted, tables.popularity * known, boost)


def without_rows(found: CandidateSet, left_out: np.ndarray) -> CandidateSet:
    """The candidates whose row is not `left_out`, bool[N]."""
    kept = ~left_out[found.rows]
    offsets = np.concatenate([[0], np.cumsum(kept)])[found.offsets]
    return CandidateSet(offsets, found.rows[kept], found.features[kept])


def _scores(found: CandidateSet, weights: np.ndarray) -> np.ndarray:
    """Fused score of each candidate, f64[K]."""
    case = np.repeat(np.arange(len(weights)), np.diff(found.offsets))
    return (found.features * weights[case]).sum(1)


def _offset(sets: list[CandidateSet], scored: list[np.ndarray], share: float) -> float:
    """The offset at which unseen items take `share` of the places, by halving; their share only grows with it.

    0 where no offset changes anything.
    """
    least, most = _taken(sets, scored, -REACH), _taken(sets, scored, REACH)
    if least == most:
        return 0.0
    wanted = max(min(share, 0.5 * (least + most)), least)
    low, high = -REACH, REACH
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _taken(sets, scored, middle) < wanted else (low, middle)
    return round(high, 6)


def _taken(sets: list[CandidateSet], scored: list[np.ndarray], offset: float) -> float:
    """Share of the first places that unseen items take: PLACES a case, at most half of its candidates."""
    taken = places = 0
    for found, scores in zip(sets, scored, strict=True):
        unseen = found.features[:, UNSEEN] > 0
        sizes = np.diff(found.offsets)
        case = np.repeat(np.arange(len(sizes)), sizes)
        order = np.lexsort((-(scores + offset * unseen), case))
        limit = np.minimum(PLACES, -(-sizes // 2))[case]
        first = np.arange(len(order)) - found.offsets[:-1][case] < limit
        taken += int(unseen[order][first].sum())
        places += int(first.sum())
    return taken / max(places, 1)
