"""The counted baselines that every result is shown beside: a table of pairs and a rule that asks it with a history.

Each of them scores item j for a history by the sum, over its items i of age a (0 = newest), of decay^a * table[i, j].
The settings below were chosen on the validation targets of two leave-one-out sets, Amazon Beauty and Sports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .candidates import popularity_order
from .corpus import Corpus, Log
from .evaluate import Ranking, chunks
from .metrics import AT


@dataclass(frozen=True)
class Rule:
    """How pairs are counted and how a history asks them."""

    window: int  # events from the earlier item of a pair to the later one, at most
    distance_power: float  # a pair at distance d counts d to the minus this
    decay: float  # weight of a history item against the one event newer; 0 reads the newest alone
    backward: float = 0.0  # share at which a pair also counts from the later item to the earlier
    count_power: float = 1.0  # below 1 many witnesses of one pair say less than as many pairs
    damping: float = 0.0  # a row is divided by the count of its item to the power of this: 0 support, 1 confidence


# Adjacent pairs, newest item: the chain that Rendle et al., WWW 2010, factorise.
MARKOV = Rule(window=1, distance_power=1.0, decay=0.0)
# Rules weighted by 1/distance, asked by the newest item alone: Ludewig & Jannach, UMUAI 2018, section 3.1.
NEWEST_RULES = Rule(window=10, distance_power=1.0, decay=0.0)
# The same rules asked by every item of the history.
SEQUENTIAL_RULES = Rule(window=10, distance_power=1.0, decay=0.6, damping=0.25)
# Counts with distance, direction and recency.
PCTM = Rule(window=10, distance_power=0.5, decay=0.6, backward=0.2, count_power=0.7, damping=0.2)

COUNTED = {"markov": MARKOV, "seqRulesNewest": NEWEST_RULES, "seqRules": SEQUENTIAL_RULES, "pctm": PCTM}

# log(1 + transitions) + TITLE_WEIGHT * cosine of TF-IDF rows to the history
TRANSITIONS = Rule(window=10, distance_power=1.0, decay=0.6)
TRANSITIONS_SEEN = 3  # visitors behind a pair of the mix, at least
TITLE_WEIGHT = 2.0

Scorer = Callable[[np.ndarray], sparse.csr_matrix]  # cases i64[m,2] -> scores f64[m,N], none below 0


def measure_baselines(
    corpus: Corpus, spans: np.ndarray, cases: np.ndarray, content: sparse.csr_matrix, k_pair: int, at: int = 20
) -> dict[str, Ranking]:
    """By baseline the rank from 0 of each case's target, -1 outside the first `at`, and the first ten rows.

    Counts read only the spans.

    `content` f64[N,V] are TF-IDF rows of length 1; without any entry the mix with titles is left out. Pairs need
    `k_pair` distinct visitors, in the mix at least TRANSITIONS_SEEN. Full catalogue; seen items are filtered unless
    the corpus keeps them. What a score leaves equal goes by popularity in the spans, without time decay, then row.
    """
    log, items = corpus.log, len(corpus.items)
    scorers: dict[str, Scorer] = {"popular": lambda part: sparse.csr_matrix((len(part), items))}
    for name, rule in COUNTED.items():
        scorers[name] = _history_scorer(log, rule_table(corpus, spans, rule, k_pair), rule.decay)
    if content.nnz:
        table = rule_table(corpus, spans, TRANSITIONS, max(k_pair, TRANSITIONS_SEEN))
        scorers["transitionsTfidf"] = _titled_scorer(log, table, content)
    inside, _ = span_events(spans)
    places = np.empty(items, np.int64)
    places[popularity_order(np.bincount(log.rows[inside], minlength=items))] = np.arange(items)
    ranks: dict[str, list[np.ndarray]] = {name: [np.zeros(0, np.int64)] for name in scorers}
    tops: dict[str, list[np.ndarray]] = {name: [] for name in scorers}
    for chunk in chunks(len(cases), items):
        part = cases[chunk]
        seen = None if corpus.keep_seen else seen_items(log, part, items)
        for name, scorer in scorers.items():
            scores = scorer(part)
            found = target_ranks(scores, log.rows[part[:, 1]], places, seen)
            ranks[name].append(np.where(found < at, found, -1))
            tops[name] += first_rows(scores, places, seen)
    return {name: Ranking(np.concatenate(parts), tops[name]) for name, parts in ranks.items()}


def rule_table(corpus: Corpus, spans: np.ndarray, rule: Rule, k_pair: int) -> sparse.csr_matrix:
    """Weight of each pair under a rule, f64[N,N].

    An item may follow itself only where seen items are kept: elsewhere it is never asked for.
    """
    items = len(corpus.items)
    forward = pair_counts(corpus.log, spans, rule, k_pair, items, corpus.keep_seen)
    table = (forward + rule.backward * forward.T).tocsr() if rule.backward else forward
    table.data **= rule.count_power
    inside, _ = span_events(spans)
    count = np.bincount(corpus.log.rows[inside], minlength=items)
    return (sparse.diags(np.maximum(count, 1.0) ** -rule.damping) @ table).tocsr()


def pair_counts(log: Log, spans: np.ndarray, rule: Rule, k_pair: int, items: int, itself: bool) -> sparse.csr_matrix:
    """Directed counts i -> j inside the spans, f64[N,N]; with `itself` an item's own repeats too."""
    inside, span = span_events(spans)
    pairs, visitors, values = [], [], []
    for distance in range(1, rule.window + 1):
        same = span[distance:] == span[:-distance]
        earlier, later = inside[:-distance][same], inside[distance:][same]
        if not len(earlier):
            break
        history = np.searchsorted(log.offsets, earlier, side="right") - 1
        pairs.append(log.rows[earlier] * items + log.rows[later])
        visitors.append(log.visitors[history])
        values.append(np.full(len(earlier), distance**-rule.distance_power))
    if not pairs:
        return sparse.csr_matrix((items, items))
    pair, index = np.unique(np.concatenate(pairs), return_inverse=True)
    total = np.bincount(index, weights=np.concatenate(values), minlength=len(pair))
    kept = np.full(len(pair), True) if itself else pair // items != pair % items
    if k_pair > 1:
        people = int(log.visitors.max(initial=0)) + 1
        witnesses = np.unique(index * people + np.concatenate(visitors)) // people
        kept &= np.bincount(witnesses, minlength=len(pair)) >= k_pair
    pair = pair[kept]
    return sparse.csr_matrix((total[kept], (pair // items, pair % items)), shape=(items, items))


def span_events(spans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position in the log of each event of the spans, i64[K], and the span it lies in, i64[K].

    >>> [found.tolist() for found in span_events(np.array([[0, 2], [5, 6]]))]
    [[0, 1, 5], [0, 0, 1]]
    """
    lengths = spans[:, 1] - spans[:, 0]
    span = np.repeat(np.arange(len(spans)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(span)) + (spans[:, 0] - before)[span], span


def history_weights(log: Log, cases: np.ndarray, decay: float, items: int) -> sparse.csr_matrix:
    """decay^age of each history item, f64[m,N], age 0 the newest; a repeated item counts at each of its ages."""
    inside, case = span_events(cases)
    age = cases[case, 1] - 1 - inside
    weights = sparse.csr_matrix((decay ** age.astype(float), (case, log.rows[inside])), shape=(len(cases), items))
    weights.eliminate_zeros()
    return weights


def seen_items(log: Log, cases: np.ndarray, items: int) -> sparse.csr_matrix:
    """1 where the item stands in the case's history, f64[m,N]."""
    seen = history_weights(log, cases, 1.0, items)
    seen.data[:] = 1.0
    return seen


def target_ranks(
    scores: sparse.csr_matrix, targets: np.ndarray, places: np.ndarray, seen: sparse.csr_matrix | None
) -> np.ndarray:
    """Rank from 0 of each target among all unseen items, i64[m]; N where the target itself is seen.

    `scores` f64[m,N] are at least 0, and 0 where nothing is stored. Items of equal score go by `places` i64[N], each
    item's place by popularity. No dense row is made: what is not stored is counted, not sorted.
    """
    cases, items = scores.shape
    if seen is not None:
        scores = (scores - scores.multiply(seen)).tocsr()
    scores.data = np.round(scores.data, 9)  # sums of the same parts in another order stay equal
    scores.eliminate_zeros()
    scores.sort_indices()
    case, every = np.repeat(np.arange(cases), np.diff(scores.indptr)), np.arange(cases)
    own = np.asarray(scores[every, targets]).ravel()
    mine = places[targets]
    before = places[scores.indices] < mine[case]
    ahead = (scores.data > own[case]) | ((scores.data == own[case]) & before)
    ranks = np.bincount(case[ahead], minlength=cases)
    # a target without a score also comes after the unstored, unseen items that are more popular
    unstored = mine - np.bincount(case[before], minlength=cases)
    if seen is not None:
        asker = np.repeat(every, np.diff(seen.indptr))
        unstored = unstored - np.bincount(asker[places[seen.indices] < mine[asker]], minlength=cases)
    ranks = ranks + np.where(own > 0, 0, unstored)
    return ranks if seen is None else np.where(np.asarray(seen[every, targets]).ravel() > 0, items, ranks)


def first_rows(
    scores: sparse.csr_matrix, places: np.ndarray, seen: sparse.csr_matrix | None, at: int = AT
) -> list[np.ndarray]:
    """The best unseen rows of each case, m times i64[<=at], in the order that `target_ranks` counts by."""
    by_place = np.argsort(places)
    found = []
    for case in range(scores.shape[0]):
        span = slice(scores.indptr[case], scores.indptr[case + 1])
        rows, values = scores.indices[span], np.round(scores.data[span], 9)
        hidden = seen.indices[seen.indptr[case] : seen.indptr[case + 1]] if seen is not None else rows[:0]
        kept = (values > 0) & ~np.isin(rows, hidden)
        rows, values = rows[kept], values[kept]
        if len(rows) > 4 * at:  # only what reaches the list is sorted
            kept = values >= np.partition(values, len(values) - at)[len(values) - at]
            rows, values = rows[kept], values[kept]
        top = rows[np.lexsort((places[rows], -values))][:at].astype(np.int64)
        if len(top) < at:
            rest = by_place[: at + len(rows) + len(hidden)]
            rest = rest[~np.isin(rest, rows) & ~np.isin(rest, hidden)]
            top = np.concatenate([top, rest[: at - len(top)]])
        found.append(top)
    return found


def _history_scorer(log: Log, table: sparse.csr_matrix, decay: float) -> Scorer:
    return lambda part: (history_weights(log, part, decay, table.shape[0]) @ table).tocsr()


def _titled_scorer(log: Log, table: sparse.csr_matrix, content: sparse.csr_matrix) -> Scorer:
    columns = content.T.tocsr()  # [V,N]

    def score(part: np.ndarray) -> sparse.csr_matrix:
        weights = history_weights(log, part, TRANSITIONS.decay, table.shape[0])  # [m,N]
        profile = weights @ content  # [m,V]
        length = np.sqrt(np.asarray(profile.multiply(profile).sum(1)).ravel())
        cosines = sparse.diags(TITLE_WEIGHT / np.maximum(length, 1e-12)) @ profile @ columns  # [m,N]
        return ((weights @ table).log1p() + cosines).tocsr()

    return score
