"""Ranks the cases with a release's own files: fused, encoder alone, transitions alone, popular."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .asked import Asked
from .candidates import FEATURES, CandidateSet, best_rows, find_candidates, popularity_order
from .fusion import bucket_weights
from .metrics import AT, LISTED, hit_ranks
from .quantise import int8_scores
from .release import Release

CELLS = 3_000_000  # cases times items held at once

# Transitions alone, with popularity only to order what transitions leave equal.
TRANSITIONS_ONLY = np.array([0.0, 1.0, 0.0, 0.0, 1e-6, 0.0, 0.0, 0.0])
assert FEATURES[1] == "transitions"

SYSTEMS = ("fused", "encoder", "transitions", "popular")

ScoreChunk = Callable[[slice], np.ndarray]


def chunks(count: int, items: int) -> Iterator[slice]:
    """Slices of the cases that keep a dense [cases, items] array small."""
    size = max(1, CELLS // max(items, 1))
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def release_queries(
    release: Release, asked: Asked, tell: Callable[[float], None] = lambda _: None, vectors: np.ndarray | None = None
) -> np.ndarray:
    """Encoder output for each case through ONNX Runtime, f32[M,D]; zero for an empty history.

    `vectors` f32[N,D] stand in for the release's own rows.
    """
    vectors = release.float_vectors if vectors is None else vectors
    found = np.zeros((len(asked), vectors.shape[1]), np.float32)
    for k, history in enumerate(asked.histories):
        if len(history):
            newest = history[-release.encoder.length :]
            found[k] = release.encoder.query(vectors[newest], asked.kinds[k], asked.gaps[k], asked.contexts[k])
        if k % 500 == 0:
            tell(k / len(asked))
    return found


def int8_scorer(release: Release, queries: np.ndarray) -> ScoreChunk:
    return lambda part: int8_scores(queries[part], release.vectors, release.scales)


def chunk_candidates(
    release: Release, asked: Asked, part: slice, scores: np.ndarray | None, keep_seen: bool
) -> CandidateSet:
    """Candidates of one slice of the cases under the release's own fusion shapes."""
    fusion = release.fusion
    histories = asked.histories[part]
    return find_candidates(histories, scores, release.tables, fusion.shapes, fusion.candidates, keep_seen, fusion.seen)


@dataclass(frozen=True)
class Ranking:
    """Answers of one system to M cases."""

    ranks: np.ndarray  # i64[M], rank from 0 of each target, -1 outside the first LISTED
    tops: list[np.ndarray]  # the first ten rows of each answer


def rank_cases(
    release: Release, asked: Asked, score_chunk: ScoreChunk, keep_seen: bool,
    tell: Callable[[float], None] = lambda _: None, systems: tuple[str, ...] = SYSTEMS,
) -> dict[str, Ranking]:  # fmt: skip
    """Each system's answers to all cases; with no known item in the history there is only popularity."""
    filler = popularity_order(release.tables.popularity)
    ranks: dict[str, list[np.ndarray]] = {name: [] for name in systems}
    tops: dict[str, list[np.ndarray]] = {name: [] for name in systems}
    lengths = asked.lengths
    for part in chunks(len(asked), len(release.ids)):
        histories, targets = asked.histories[part], asked.targets[part]
        scores = score_chunk(part)
        found = chunk_candidates(release, asked, part, scores, keep_seen)
        blank = np.zeros((len(histories), len(FEATURES)))
        popular, _ = best_rows(_none(len(histories)), blank, filler, histories, LISTED, keep_seen)
        for name in systems:
            if name == "popular":
                top = popular
            elif name == "encoder":
                top = encoder_top(scores, histories, LISTED, keep_seen)
            else:
                weights = np.tile(TRANSITIONS_ONLY, (len(histories), 1))
                if name == "fused":
                    weights = bucket_weights(lengths[part], release.fusion.buckets)
                top, _ = best_rows(found, weights, filler, histories, LISTED, keep_seen)
            if name in ("fused", "encoder"):
                top = [p if not len(h) else t for t, p, h in zip(top, popular, histories, strict=True)]
            ranks[name].append(hit_ranks(top, targets))
            tops[name] += [rows[:AT] for rows in top]
        tell(part.stop / len(asked))
    return {
        name: Ranking(np.concatenate(ranks[name]) if ranks[name] else np.zeros(0, np.int64), tops[name])
        for name in systems
    }


def encoder_top(scores: np.ndarray, histories: list[np.ndarray], most: int, keep_seen: bool) -> list[np.ndarray]:
    """Best rows by encoder score, ties to the lower row. scores f64[M,N] is read, not changed."""
    tops = []
    for score, history in zip(scores, histories, strict=True):
        if not keep_seen:
            score = score.copy()
            score[history] = -np.inf
        pool = np.arange(len(score))
        if len(score) > 8 * most:
            edge = np.partition(score, len(score) - most)[len(score) - most]
            pool = np.flatnonzero(score >= edge)
        order = pool[np.lexsort((pool, -score[pool]))][:most]
        tops.append(order[np.isfinite(score[order])])
    return tops


def _none(cases: int) -> CandidateSet:
    return CandidateSet(np.zeros(cases + 1, np.int64), np.zeros(0, np.int64), np.zeros((0, len(FEATURES))))
