"""What goes into a basket with what, and what was bought before: the table and the weights of the basket shelves.

The table is a ridge regression of each item's presence in a basket on that of all others, without itself, in closed
form (EASE^R: Steck, WWW 2019). What an earlier basket says is how often it held the item, as personal frequency does
(Hu et al., SIGIR 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .canonical import mix
from .corpus import KINDS, UNKNOWN_TIME, Log

PURCHASE = KINDS.index("purchase")
RIDGE = 30.0  # baskets of today that a regression starts against
MOST_SOLVED = 6_000  # items regressed together, those bought most; others each on its own
OWN = (0.0, 0.02, 0.04, 0.08, 0.16, 0.32)
POPULAR = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0)
FEWEST_CASES = 200  # orders that choose weights; fewer leave the defaults
MOST_CASES = 2_000
TOP = 10


@dataclass(frozen=True)
class BasketWeights:
    """Score of j along with a cart = sum of W[i,j] over it + own * log(1 + orders of the visitor that held j).

    Score of j in the next basket = sqrt(orders that held j) + popular * recent popularity(j). The defaults were chosen
    on validation weeks of Online Retail.
    """

    own: float = 0.08
    popular: float = 1.0


@dataclass(frozen=True)
class Orders:
    """Orders with their distinct items, in the order of the log."""

    items: sparse.csr_matrix  # f64[B,N], 1 where the order holds the item
    visitors: np.ndarray  # i64[B]
    at: np.ndarray  # i64[B], unix seconds of the last purchase
    weights: np.ndarray  # f64[B], recency


def read_orders(log: Log, weights: np.ndarray, items: int) -> Orders:
    """All purchases that carry an order's id, by order. `weights` f64[E]: of the events, 0 leaves one out."""
    bought = np.flatnonzero((log.kinds == PURCHASE) & (log.orders >= 0) & (weights > 0))
    _, order = np.unique(log.orders[bought], return_inverse=True)
    count = int(order.max(initial=-1)) + 1
    pairs = sparse.csr_matrix((np.ones(len(bought)), (order, log.rows[bought])), shape=(count, items))
    pairs.data[:] = 1.0
    visitors, at, recency = np.zeros(count, np.int64), np.full(count, UNKNOWN_TIME), np.zeros(count)
    visitors[order] = log.visitors[np.searchsorted(log.offsets, bought, side="right") - 1]
    np.maximum.at(at, order, log.at[bought])
    np.maximum.at(recency, order, weights[bought])
    return Orders(pairs, visitors, at, recency)


def basket_table(orders: Orders, pairs: sparse.csr_matrix) -> sparse.csr_matrix:
    """How much each item in a cart speaks for each other, f64[N,N]; only where `pairs` is not 0, and above 0.

    `pairs` are those that enough visitors bought together. An item outside the MOST_SOLVED is regressed on each other
    alone.
    """
    if pairs.nnz == 0:
        return pairs
    together = (orders.items.T @ sparse.diags(orders.weights) @ orders.items).tocsr()
    held = together.diagonal()
    solved = np.sort(np.argsort(-held, kind="stable")[:MOST_SOLVED])
    solved = solved[held[solved] > 0]
    gram = together[solved][:, solved].toarray()
    gram[np.diag_indices(len(solved))] += RIDGE
    inverse = np.linalg.inv(gram)
    fitted = -inverse / np.diag(inverse)[None, :]
    place = np.full(len(held), -1)
    place[solved] = np.arange(len(solved))
    kept = pairs.tocoo()
    left, right = place[kept.row], place[kept.col]
    value = np.asarray(together[kept.row, kept.col]).ravel() / (held[kept.row] + RIDGE)
    both = (left >= 0) & (right >= 0)
    value[both] = fitted[left[both], right[both]]
    speaks = value > 0
    return sparse.csr_matrix((value[speaks], (kept.row[speaks], kept.col[speaks])), shape=pairs.shape)


def choose_weights(
    log: Log, table: sparse.csr_matrix, popularity: np.ndarray, first: int, second: int
) -> BasketWeights:
    """The weights with the best NDCG@10 over the orders from `first` on and before `second`, unix seconds.

    Only orders of visitors who have an earlier one say anything, and only a log that names its visitors for longer than
    a day has such.
    """
    orders = read_orders(log, np.ones(len(log.rows)), table.shape[0])
    cases = [case for case in _with_earlier(orders) if first <= orders.at[case[0]] < second]
    if len(cases) < FEWEST_CASES:
        return BasketWeights()
    drawn = np.random.default_rng(0).permutation(len(cases))[:MOST_CASES]
    own, popular = np.zeros(len(OWN)), np.zeros(len(POPULAR))
    for order, earlier in (cases[n] for n in drawn):
        rows = orders.items[order].indices
        before = orders.items[earlier].sum(0).A1
        known = np.flatnonzero(before)
        for n, weight in enumerate(POPULAR):
            popular[n] += _ndcg(np.sqrt(before[known]) + weight * popularity[known], known, rows)
        if len(rows) < 2:
            continue
        held_out = rows[np.argmin(mix(rows + np.int64(order) * len(before)))]
        cart = rows[rows != held_out]
        along = table[cart].sum(0).A1
        shown = np.setdiff1d(np.flatnonzero(along + before), cart)
        for n, weight in enumerate(OWN):
            own[n] += _ndcg(along[shown] + weight * np.log1p(before[shown]), shown, held_out)
    return BasketWeights(OWN[int(own.argmax())], POPULAR[int(popular.argmax())])


def _with_earlier(orders: Orders) -> list[tuple[int, np.ndarray]]:
    """Each order of a visitor who has earlier ones, with those."""
    cases = []
    by_visitor = np.lexsort((orders.at, orders.visitors))
    edges = np.flatnonzero(np.diff(orders.visitors[by_visitor])) + 1
    for own in np.split(by_visitor, edges):
        earlier = np.searchsorted(orders.at[own], orders.at[own], side="left")
        cases += [(int(order), own[:count]) for order, count in zip(own, earlier, strict=True) if count]
    return cases


def _ndcg(scores: np.ndarray, rows: np.ndarray, targets: np.ndarray | int) -> float:
    """NDCG@10 of target rows among scored rows, equal scores in the order of `rows`.

    >>> round(_ndcg(np.array([3.0, 2.0, 1.0]), np.array([5, 6, 7]), 6), 3)
    0.631
    """
    hits = np.isin(rows[np.argsort(-scores, kind="stable")[:TOP]], targets)
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    return float(discounts[: len(hits)][hits].sum() / discounts[: min(TOP, np.size(targets))].sum())
