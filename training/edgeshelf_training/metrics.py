"""Ranking metrics with one relevant item a case, so that the ideal DCG is 1."""

from __future__ import annotations

import numpy as np

AT = 10
LISTED = 50  # places of a list that are ranked at all


def hit_ranks(top: list[np.ndarray] | np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Rank from 0 of each target in its list, -1 where it is absent. `top` [M, <=K], `targets` [M] -> i64[M].

    >>> hit_ranks([np.array([7, 3]), np.array([5])], np.array([3, 4])).tolist()
    [1, -1]
    """
    ranks = np.full(len(targets), -1, np.int64)
    for case, (rows, target) in enumerate(zip(top, targets, strict=True)):
        found = np.flatnonzero(rows == target)
        if len(found):
            ranks[case] = found[0]
    return ranks


def ndcg_each(ranks: np.ndarray, at: int = AT) -> np.ndarray:
    """NDCG@at of each case, f64[M]: 1/log2(rank+2) inside the cut, 0 outside.

    >>> ndcg_each(np.array([0, 2, 10, -1])).tolist()  # 1/log2(2), 1/log2(4), beyond 10, absent
    [1.0, 0.5, 0.0, 0.0]
    """
    inside = (ranks >= 0) & (ranks < at)
    return np.where(inside, 1.0 / np.log2(np.where(inside, ranks, 0) + 2), 0.0)


def summary(ranks: np.ndarray) -> dict[str, float]:
    """Mean NDCG@10, Recall@10, @20 and @50, and MRR@20; with one target, Recall@20 is also the P@20 of sessions.

    >>> summary(np.array([0, 2, -1, 9]))["recall@10"]
    0.75
    >>> summary(np.array([0, 3, 20, 50]))["mrr@20"]  # (1 + 1/4) / 4
    0.3125
    """
    if not len(ranks):
        return {"ndcg@10": 0.0, "recall@10": 0.0, "recall@20": 0.0, "recall@50": 0.0, "mrr@20": 0.0}

    def within(at: int) -> np.ndarray:
        return (ranks >= 0) & (ranks < at)

    reciprocal = np.where(within(20), 1.0 / (np.maximum(ranks, 0) + 1), 0.0)
    return {
        "ndcg@10": float(ndcg_each(ranks).mean()),
        "recall@10": float(within(10).mean()),
        "recall@20": float(within(20).mean()),
        "recall@50": float(within(50).mean()),
        "mrr@20": float(reciprocal.mean()),
    }
