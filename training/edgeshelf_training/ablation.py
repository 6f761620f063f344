"""What each part adds to the fusion: the same cases ranked without it, by weights fitted without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from .asked import Asked
from .bootstrap import relative_difference
from .candidates import FEATURES, PARTS, best_rows, popularity_order
from .evaluate import ScoreChunk, chunk_candidates, chunks
from .fusion import Bucket, bucket_weights
from .metrics import AT, hit_ranks, ndcg_each
from .release import Release

UNSEEN = FEATURES.index("unseen")
Less = dict[str, tuple[Bucket, ...]]


def ablate(
    release: Release, asked: Asked, score_chunk: ScoreChunk, less: Less, gains: np.ndarray, keep_seen: bool,
    samples: int, seed: int, tell: Callable[[float], None] = lambda _: None,
) -> dict[str, dict]:  # fmt: skip
    """By part: NDCG@10 without it, and the relative gain of the fusion over that with a paired 95% interval.

    `less` are the weights without each part but the encoder, whose absence is the release's own `session` set;
    `gains` f64[M] is the NDCG@10 of the fusion on the same cases.
    """
    filler = popularity_order(release.tables.popularity)
    found: dict[str, list[np.ndarray]] = {part: [] for part in PARTS}
    for part in chunks(len(asked), len(release.ids)):
        histories, lengths = asked.histories[part], asked.lengths[part]
        whole = chunk_candidates(release, asked, part, score_chunk(part), keep_seen)
        bare = chunk_candidates(release, asked, part, None, keep_seen)
        for name in PARTS:
            buckets = release.fusion.session if name == "encoder" else _with_newcomers(less[name], release)
            candidates = bare if name == "encoder" else whole
            top, _ = best_rows(candidates, bucket_weights(lengths, buckets), filler, histories, AT, keep_seen)
            found[name].append(ndcg_each(hit_ranks(top, asked.targets[part])))
        tell(part.stop / len(asked))
    table = {}
    for name, parts in found.items():
        without = np.concatenate(parts) if parts else np.zeros(0)
        adds = relative_difference(gains, without, samples, seed)
        table[name] = {"ndcg@10": float(without.mean()) if len(without) else 0.0, "adds": adds}
    return table


def _with_newcomers(buckets: tuple[Bucket, ...], release: Release) -> tuple[Bucket, ...]:
    """The buckets with the release's own offset of unseen items, which is no part's."""
    offset = release.fusion.buckets[0].weights[UNSEEN]
    return tuple(
        dataclasses.replace(b, weights=(*b.weights[:UNSEEN], offset, *b.weights[UNSEEN + 1 :])) for b in buckets
    )
