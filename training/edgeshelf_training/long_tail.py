"""Whom the lists serve: recall by popularity of the target, and how evenly the lists use the catalogue."""

from __future__ import annotations

import numpy as np

from .metrics import AT

DECILES = 10


def popularity_deciles(popularity: np.ndarray) -> np.ndarray:
    """Decile of each item, i64[N]: items ranked by popularity f64[N] in ten equal groups, 0 the most popular.

    Each decile holds a tenth of the ITEMS, not of the interactions; the first ones are the larger where ten does not
    divide N. Ties go by row, the lower row to the more popular side.

    >>> popularity_deciles(np.arange(20.0)).tolist()  # the last two rows lead
    [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0]
    >>> popularity_deciles(np.zeros(11)).tolist()
    [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    items = len(popularity)
    order = np.lexsort((np.arange(items), -np.asarray(popularity)))
    smaller, larger = divmod(items, DECILES)
    sizes = np.full(DECILES, smaller)
    sizes[:larger] += 1
    deciles = np.empty(items, np.int64)
    deciles[order] = np.repeat(np.arange(DECILES), sizes)
    return deciles


def recall_by_decile(ranks: np.ndarray, targets: np.ndarray, deciles: np.ndarray, at: int = AT) -> list[dict]:
    """Recall of the cases whose target lies in each decile, ten rows, most popular first; 0 where there is no target.

    `ranks` i64[M] count from 0, -1 absent; `targets` i64[M] are rows; a target outside the catalogue (-1) is in no
    decile. Shows what a mean over all cases hides: Steck, "Item popularity and recommendation accuracy", RecSys 2011.

    >>> found = recall_by_decile(np.array([0, 10, -1]), np.array([0, 0, 9]), np.arange(10))
    >>> found[0], found[9]  # one of two popular targets inside the first ten, the rare one missed
    ({'targets': 2, 'recall@10': 0.5}, {'targets': 1, 'recall@10': 0.0})
    """
    known = targets >= 0
    decile = deciles[targets[known]]
    hit = ((ranks >= 0) & (ranks < at))[known]
    asked = np.bincount(decile, minlength=DECILES)
    hits = np.bincount(decile[hit], minlength=DECILES)
    return [{"targets": int(n), f"recall@{at}": float(h / n) if n else 0.0} for n, h in zip(asked, hits, strict=True)]


def appearances(tops: list[np.ndarray], items: int, at: int = AT) -> np.ndarray:
    """How many lists hold each item among their first `at`, i64[N]. `tops` M times i64[<=K], rows, best first.

    >>> appearances([np.array([1, 0]), np.array([1, 2])], 4, at=1).tolist()
    [0, 2, 0, 0]
    """
    shown = np.concatenate([top[:at] for top in tops]) if tops else np.zeros(0, np.int64)
    return np.bincount(shown.astype(np.int64), minlength=items)


def coverage(tops: list[np.ndarray], items: int, at: int = AT) -> float:
    """Share of the catalogue that stands in at least one list.

    Aggregate diversity of Adomavicius & Kwon, IEEE TKDE 24(5), 2012, over the size of the catalogue.

    >>> coverage([np.array([1, 0]), np.array([1, 2])], 4, at=2)  # 0, 1 and 2 of four
    0.75
    """
    return float((appearances(tops, items, at) > 0).sum() / max(items, 1))


def gini(tops: list[np.ndarray], items: int, at: int = AT) -> float:
    """Gini index of how often each item appears, items never shown counted: 0 even, 1 all on one.

    G = sum over j of (2j - N - 1) n_j / ((N - 1) sum of n), n ascending, j from 1: Shani & Gunawardana, "Evaluating
    recommendation systems", Recommender Systems Handbook, 2011, section on diversity of sales. No lists: 0.

    >>> gini([np.array([0, 1]), np.array([2, 3])], 4)
    0.0
    >>> gini([np.array([2]), np.array([2])], 4)
    1.0
    >>> gini([np.array([0, 1])], 3)  # n = 0, 1, 1: (-2*0 + 0*1 + 2*1) / (2*2)
    0.5
    """
    shown = np.sort(appearances(tops, items, at))
    total = int(shown.sum())
    if items < 2 or total == 0:
        return 0.0
    return float((2 * np.arange(1, items + 1) - items - 1) @ shown / ((items - 1) * total))
