"""Chooses the fusion on validation cases: decay and tau of each counted table by a small grid, then the weights."""

from __future__ import annotations

import dataclasses

import numpy as np

from .asked import Asked
from .candidates import COUNTED, FEATURES, PARTS, CandidateSet, Shape, Tables, decayed_sums, find_candidates
from .config import TrainConfig
from .evaluate import ScoreChunk, chunks
from .fusion import Bucket, fit_buckets, fit_seen, fit_weights, target_places
from .release import Fusion

BASES = (0.35, 0.6, 0.8, 1.0)  # decay[a] = base^a
TAUS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)  # in units of 1 / the median table weight
GRID_CASES = 1_500
START_BASE, START_TAU = 0.8, 3.0


def choose_fusion(
    asked: Asked, score_chunk: ScoreChunk, tables: Tables, config: TrainConfig, keep_seen: bool, tell
) -> tuple[Fusion, dict[str, tuple[Bucket, ...]]]:
    """The fusion with the best validation likelihood, and the weights without each part but the encoder.

    All cases asked must be validation cases. Without the encoder it is the fusion's own `session`.
    """
    window = min(config.window, 12)
    units = {name: _unit(tables, name) for name in COUNTED}
    shapes = {name: Shape(START_TAU * units[name], _decay(START_BASE, window)) for name in COUNTED}
    grid = slice(0, min(GRID_CASES, len(asked)))
    found = _collect(asked, score_chunk, tables, shapes, config, keep_seen, grid)
    places = target_places(found, asked.targets[grid])
    usable = np.flatnonzero(places >= 0)
    if len(usable):
        for step, name in enumerate(COUNTED):
            column = 1 + COUNTED.index(name)
            trials = []
            for base in BASES:
                sums = _sums_at(found, asked.histories[grid], tables, name, _decay(base, window))
                for tau in TAUS:
                    trial = found.features.copy()
                    trial[:, column] = np.log1p(tau * units[name] * sums)
                    _, loss = fit_weights(dataclasses.replace(found, features=trial), places, usable, None, None)
                    trials.append((loss, base, tau, trial))
                if not sums.any():
                    break
                tell((step + (BASES.index(base) + 1) / len(BASES)) / (len(COUNTED) + 1))
            _, base, tau, features = min(trials, key=lambda t: t[0])
            shapes[name] = Shape(tau * units[name], _decay(base, window))
            found = dataclasses.replace(found, features=features)
    everything = slice(0, len(asked))
    full = _collect(asked, score_chunk, tables, shapes, config, keep_seen, everything)
    fused = fit_buckets(full, asked.targets, asked.lengths)
    seen: tuple[float, ...] = ()
    if keep_seen:
        seen = fit_seen(full, asked.histories, asked.targets, asked.lengths, fused.buckets)
        full = _collect(asked, score_chunk, tables, shapes, config, keep_seen, everything, seen)
        fused = fit_buckets(full, asked.targets, asked.lengths)
    bare = _collect(asked, None, tables, shapes, config, keep_seen, everything, seen)
    session = fit_buckets(bare, asked.targets, asked.lengths, "encoder")
    less = {part: fit_buckets(full, asked.targets, asked.lengths, part).buckets for part in PARTS if part != "encoder"}
    return Fusion(config.candidates, shapes, fused.buckets, session.buckets, seen), less


def _decay(base: float, window: int) -> tuple[float, ...]:
    """base^a for ages below the window, cut where it falls under 0.02."""
    weights = [base**age for age in range(window)]
    return tuple(round(w, 6) for w in weights if w >= 0.02)


def _unit(tables: Tables, name: str) -> float:
    weights = tables.counted[name].data
    return 1.0 / float(np.median(weights)) if len(weights) else 1.0


def _collect(
    asked: Asked, score_chunk, tables, shapes, config, keep_seen, within: slice, seen: tuple[float, ...] = ()
) -> CandidateSet:
    """Candidates of many cases, gathered chunk by chunk."""
    sets = []
    for part in chunks(within.stop, len(tables.popularity)):
        scores = score_chunk(part) if score_chunk else None
        sets.append(find_candidates(asked.histories[part], scores, tables, shapes, config.candidates, keep_seen, seen))
    if not sets:
        return CandidateSet(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros((0, len(FEATURES))))
    sizes = np.concatenate([np.diff(s.offsets) for s in sets])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return CandidateSet(offsets, np.concatenate([s.rows for s in sets]), np.concatenate([s.features for s in sets]))


def _sums_at(found: CandidateSet, histories: list[np.ndarray], tables: Tables, name: str, decay) -> np.ndarray:
    """The decayed sums of one table at given candidates, f64[K]."""
    values = []
    for part in chunks(len(histories), len(tables.popularity)):
        dense = np.asarray(decayed_sums(histories[part], tables.counted[name], decay).todense())
        span = slice(found.offsets[part.start], found.offsets[part.stop])
        case = np.repeat(np.arange(part.stop - part.start), np.diff(found.offsets[part.start : part.stop + 1]))
        values.append(dense[case, found.rows[span]])
    return np.concatenate(values)
