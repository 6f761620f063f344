"""Candidates of a batch of histories and their features: what the fusion scores, and what it is fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

PARTS = ("encoder", "transitions", "similar", "bought", "popular")
# unseen: 1 for an item that nobody has touched yet; seen: the offset of an item that stands in the history; boost: what
# an item adds by itself
FEATURES = (*PARTS, "unseen", "seen", "boost")
COUNTED = ("transitions", "similar", "bought")


@dataclass(frozen=True)
class Tables:
    """The tables of one release, dequantised."""

    counted: dict[str, sparse.csr_matrix]  # name -> f64[N,N]
    popularity: np.ndarray  # f64[N]
    boost: np.ndarray | None = None  # f64[N], None: nothing


@dataclass(frozen=True)
class Shape:
    """How a counted table turns into a feature: log(1 + tau * sum over ages of decay[age] * weight)."""

    tau: float
    decay: tuple[float, ...]  # decay[a] weighs the history item of age a, 0 = newest


@dataclass(frozen=True)
class CandidateSet:
    """Candidates of M cases end to end, ascending row within a case."""

    offsets: np.ndarray  # i64[M+1]
    rows: np.ndarray  # i64[K]
    features: np.ndarray  # f64[K,8], columns as FEATURES


def decayed_sums(histories: list[np.ndarray], table: sparse.csr_matrix, decay: tuple[float, ...]) -> sparse.csr_matrix:
    """sum over a of decay[a] * table[item of age a], f64[M,N] sparse. A repeated item counts at each of its ages."""
    window = len(decay)
    newest = [history[::-1][:window] for history in histories]
    indptr = np.concatenate([[0], np.cumsum([len(n) for n in newest])])
    indices = np.concatenate(newest) if newest else np.zeros(0, np.int64)
    data = np.concatenate([decay[: len(n)] for n in newest]) if newest else np.zeros(0)
    weights = sparse.csr_matrix((data, indices, indptr), shape=(len(histories), table.shape[0]))
    weights.sum_duplicates()
    return (weights @ table).tocsr()


def find_candidates(
    histories: list[np.ndarray], scores: np.ndarray | None, tables: Tables, shapes: dict[str, Shape],
    most: int, keep_seen: bool, seen: tuple[float, ...] = (),
) -> CandidateSet:  # fmt: skip
    """Top `most` rows by encoder score [M,N] (None: no encoder) united with all neighbours reached, less seen ones.

    Where seen ones stay, one whose last place in the history has age a gains seen[a], beyond its end the last value.
    """
    cases, items = len(histories), len(tables.popularity)
    masked = np.zeros((cases, items), bool)
    if not keep_seen:
        for case, history in enumerate(histories):
            masked[case, history] = True
    sums = {name: decayed_sums(histories, tables.counted[name], shapes[name].decay) for name in COUNTED}
    reached = masked.copy()
    reached[:] = False
    for table in sums.values():
        case = np.repeat(np.arange(cases), np.diff(table.indptr))
        reached[case, table.indices] |= table.data > 0
    if scores is not None:
        reached |= _top_mask(np.where(masked, -np.inf, scores), most)
    reached &= ~masked
    case, rows = np.nonzero(reached)
    features = np.zeros((len(rows), len(FEATURES)))
    if scores is not None:
        features[:, 0] = scores[case, rows]
    for column, name in enumerate(COUNTED, start=1):
        sums_here = np.asarray(sums[name].todense())[case, rows] if len(rows) else np.zeros(0)
        features[:, column] = np.log1p(shapes[name].tau * sums_here)
    features[:, 4] = tables.popularity[rows]
    features[:, 5] = tables.popularity[rows] == 0
    if tables.boost is not None:
        features[:, 7] = tables.boost[rows]
    if keep_seen and seen:
        offsets = np.zeros((cases, items))
        for asker, history in enumerate(histories):
            ages = np.minimum(np.arange(len(history))[::-1], len(seen) - 1)  # oldest first: the newest place stays
            offsets[asker, history] = np.array(seen)[ages]
        features[:, 6] = offsets[case, rows]
    return CandidateSet(np.searchsorted(case, np.arange(cases + 1)), rows, features)


def _top_mask(scores: np.ndarray, most: int) -> np.ndarray:
    """Marks each case's `most` best finite scores, bool[M,N]; ties at the edge go to the lower row."""
    items = scores.shape[1]
    chosen = np.isfinite(scores)
    if items <= most:
        return chosen
    edge = np.partition(scores, items - most, axis=1)[:, items - most]  # the most-th best
    above = scores > edge[:, None]
    level = chosen & (scores == edge[:, None])
    room = most - above.sum(1)
    for case in np.flatnonzero(level.sum(1) > room):
        level[case, np.flatnonzero(level[case])[room[case] :]] = False
    return above | level


def best_rows(found: CandidateSet, weights: np.ndarray, filler: np.ndarray, histories: list[np.ndarray],
              most: int, keep_seen: bool) -> tuple[list[np.ndarray], list[np.ndarray]]:  # fmt: skip
    """The `most` best rows of each case and their scores; weights f64[M,8].

    Ties go to the lower row. When candidates run out, `filler` (rows by popularity, then row) completes the list
    with a score of 0.
    """
    tops, values = [], []
    for case, history in enumerate(histories):
        span = slice(found.offsets[case], found.offsets[case + 1])
        rows, score = found.rows[span], found.features[span] @ weights[case]
        order = np.lexsort((rows, -score))[:most]
        top, value = rows[order], score[order]
        if len(top) < most:
            taken = set(rows.tolist()) | (set() if keep_seen else set(history.tolist()))
            wanted = filler[: most + len(taken)]
            extra = np.array([row for row in wanted.tolist() if row not in taken][: most - len(top)], np.int64)
            top, value = np.concatenate([top, extra]), np.concatenate([value, np.zeros(len(extra))])
        tops.append(top)
        values.append(value)
    return tops, values


def popularity_order(popularity: np.ndarray) -> np.ndarray:
    """All rows, most popular first, then ascending row, i64[N]."""
    return np.lexsort((np.arange(len(popularity)), -popularity))
