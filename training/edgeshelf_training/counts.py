"""Counted tables: which item follows which, which are bought together, which are popular."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from .corpus import KINDS, Log

DAY_S = 86_400
LEAST_POPULARITY = 1e-6  # of an item that was touched at all; 0 means that nobody did
PURCHASE = KINDS.index("purchase")
DISTANCE_POWER, BACKWARD, DAMPING = 0.5, 0.2, 0.2  # of the transitions; chosen on validation targets


def event_weights(log: Log, until: int, half_life_days: float) -> np.ndarray:
    """Recency weight of each event, f64[E]: 1 at time `until`, half of it a half-life earlier; 1 without times."""
    if not log.has_times:
        return np.ones(len(log.rows))
    age_days = np.maximum(until - log.at, 0) / DAY_S
    return 0.5 ** (age_days / half_life_days)


def transition_table(
    log: Log, spans: np.ndarray, weights: np.ndarray, items: int, window: int, k_pair: int, repeats: bool
) -> sparse.csr_matrix:
    """How much each item speaks for each other as the next one, f64[items,items].

    Counts with distance, recency and direction: a pair counts from the later item to the earlier too, but less, and
    a frequent item says less with each count.
    """
    forward = transition_counts(log, spans, weights, window, k_pair, DISTANCE_POWER, repeats)
    forward.resize(items, items)
    inside, _ = _span_events(log, spans)
    frequency = np.maximum(np.bincount(log.rows[inside], minlength=items), 1.0)
    return (sparse.diags(frequency**-DAMPING) @ (forward + BACKWARD * forward.T)).tocsr()


def transition_counts(
    log: Log, spans: np.ndarray, weights: np.ndarray, window: int, k_pair: int, distance_power: float = 1.0,
    repeats: bool = False,
) -> sparse.csr_matrix:  # fmt: skip
    """Directed counts i -> j, f64[N',N'], each worth distance^-distance_power times the recency weight of j.

    `repeats` counts i -> i too, for shops that recommend what was seen before. Only pairs from at least `k_pair`
    distinct visitors are kept. Source: sequential rules with 1/distance weights, Ludewig & Jannach, UMUAI 2018,
    section 3.1.
    """
    inside, history = _span_events(log, spans)
    sources, targets, visitors, values = [], [], [], []
    for distance in range(1, window + 1):
        if len(inside) <= distance:
            break
        same = history[distance:] == history[:-distance]
        earlier, later = inside[:-distance][same], inside[distance:][same]
        sources.append(log.rows[earlier])
        targets.append(log.rows[later])
        visitors.append(log.visitors[history[:-distance][same]])
        values.append(weights[later] * distance**-distance_power)
    return _pairs(sources, targets, visitors, values, int(log.rows.max(initial=-1)) + 1, k_pair, repeats)


def bought_counts(log: Log, spans: np.ndarray, weights: np.ndarray, k_pair: int) -> sparse.csr_matrix:
    """Symmetric counts of items of one order; without order ids, of one visitor's purchases.

    A source of plain lists, without times or event kinds, counts every item of a history as bought.
    Baskets above 100 items are read up to their newest 100.
    """
    inside, history = _span_events(log, spans)
    bought = log.kinds[inside] == PURCHASE
    if bought.any() or log.has_times:
        inside, history = inside[bought], history[bought]
    visitor = log.visitors[history]
    order = log.orders[inside]
    largest = int(log.visitors.max(initial=0)) + 1
    basket = np.where(order >= 0, order + largest, visitor)  # order ids and visitors never meet
    by_basket = np.argsort(basket, kind="stable")
    edges = np.flatnonzero(np.diff(basket[by_basket])) + 1
    sources, targets, visitors, values = [], [], [], []
    for members in np.split(by_basket, edges):
        members = members[-100:]
        rows, first = np.unique(log.rows[inside[members]], return_index=True)
        if len(rows) < 2:
            continue
        left, right = np.nonzero(~np.eye(len(rows), dtype=bool))
        recency = weights[inside[members]][first]
        sources.append(rows[left])
        targets.append(rows[right])
        visitors.append(np.full(len(left), visitor[members[0]]))
        values.append(np.minimum(recency[left], recency[right]) / np.sqrt(len(rows)))
    return _pairs(sources, targets, visitors, values, int(log.rows.max(initial=-1)) + 1, k_pair)


def popularity(
    log: Log, spans: np.ndarray, weights: np.ndarray, items: int, k_item: int = 1, noise: np.ndarray | float = 0.0
) -> np.ndarray:
    """log(1 + decayed count) over its largest, f64[N] in [0,1]; above 0 for whatever was touched, however long ago.

    With `k_item` above 1 items of fewer distinct visitors are all alike, touched or not, and other counts are rounded
    down to powers of two, one event of each visitor, so that one more or less is seldom seen. `noise` f64[N]
    is added to the visitors first, and a count grows or shrinks with its visitors.
    """
    inside, history = _span_events(log, spans)
    sums = np.bincount(log.rows[inside], weights=weights[inside], minlength=items)
    people = int(log.visitors.max(initial=0)) + 1
    pairs, own = np.unique(log.rows[inside].astype(np.int64) * people + log.visitors[history], return_inverse=True)
    visitors = np.bincount(pairs // people, minlength=items)
    if k_item == 1:
        return np.where(visitors > 0, np.maximum(_logarithmic(sums), LEAST_POPULARITY), 0.0)
    # One visitor moves an item's sum by one event at most, the weightiest.
    most = np.zeros(len(pairs))
    np.maximum.at(most, own, weights[inside])
    sums = np.bincount(pairs // people, weights=most, minlength=items)
    noised = visitors + noise
    sums = np.where((noised >= k_item) & (visitors > 0), sums * noised / np.maximum(visitors, 1), 0.0)
    coarse = np.where(sums > 0, 2.0 ** np.floor(np.log2(np.maximum(sums, 1e-12))), 0.0)
    return np.maximum(_logarithmic(coarse), LEAST_POPULARITY)


def _logarithmic(sums: np.ndarray) -> np.ndarray:
    """log(1 + sum) over its largest, f64[N]."""
    counts = np.log1p(sums)
    return counts / max(float(counts.max(initial=0.0)), 1e-12)


def _span_events(log: Log, spans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Events inside the spans, i64[K] positions in the log, and the history of each, i64[K]."""
    lengths = spans[:, 1] - spans[:, 0]
    ends = np.cumsum(lengths)
    inside = np.arange(int(lengths.sum())) + np.repeat(spans[:, 0] - (ends - lengths), lengths)
    return inside, np.searchsorted(log.offsets, inside, side="right") - 1


def _pairs(
    sources: list, targets: list, visitors: list, values: list, size: int, k_pair: int, repeats: bool = False
) -> sparse.csr_matrix:
    """Sums the values of equal pairs and drops those seen by fewer than `k_pair` distinct visitors."""
    if not sources:
        return sparse.csr_matrix((size, size))
    source, target = np.concatenate(sources), np.concatenate(targets)
    visitor, value = np.concatenate(visitors), np.concatenate(values)
    apart = (source != target) | repeats
    source, target, visitor, value = source[apart], target[apart], visitor[apart], value[apart]
    pair, index = np.unique(source * size + target, return_inverse=True)
    total = np.bincount(index, weights=value, minlength=len(pair))
    people = int(visitor.max(initial=0)) + 1
    witnesses = np.unique(index.astype(np.int64) * people + visitor) // people
    kept = np.bincount(witnesses, minlength=len(pair)) >= k_pair
    pair, total = pair[kept], total[kept]
    return sparse.csr_matrix((total, (pair // size, pair % size)), shape=(size, size))
