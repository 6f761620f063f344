"""What shoppers look for next: the table behind suggestions that need no typing, as `next.json`.

Nodes are the catalogue's categories and the searches that a crowd shared. A forecast is a mixture of simple ones, each
a distribution over the nodes but the newest; their shares are fitted by EM on the steps of the validation window,
which the counts have not seen. `src/retrieve/next-nodes.ts` is the same arithmetic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .trails import CATEGORY, QUERY, Node, Step, Trail

DAY_S = 86_400
WINDOW = 3  # steps between two nodes of a counted pair, at most; a pair counts 1 / distance
BACKWARD = 0.2  # what it counts from the later node to the earlier
MOST_LINKS = 50  # of a node
MOST_QUERIES = 2_000
MOST_CASES = 3_000
FEWEST_CASES = 50  # steps of the validation window that fit the shares; fewer leave the defaults
ROUNDS = 60  # of EM
RECENT_ITEMS, ITEM_DECAY = (
    10,
    0.7,
)  # distinct newest items whose transitions speak, each for so much of the one after it
PARTS = ("before", "visits", "next", "items", "twice", "popular")
DEFAULT_SHARES = (0.06, 0.14, 0.28, 0.09, 0.12, 0.31)  # of RetailRocket's validation days

Distribution = dict[int, float]


@dataclass(frozen=True)
class NextSearches:
    nodes: tuple[Node, ...]
    popularity: tuple[float, ...]  # share of all steps
    links: tuple[Distribution, ...]  # chance of each other node to come next
    shares: tuple[float, ...]  # of PARTS, in the forecast
    k_pair: int  # distinct visitors behind each link
    k_query: int  # distinct visitors of one day behind each search

    def json(self) -> dict:
        """As `next.json`."""
        return {
            "format": 1,
            "kPair": self.k_pair,
            "kQuery": self.k_query,
            "nodes": [{"kind": kind, "text": text} for kind, text in self.nodes],
            "popularity": [round(share, 6) for share in self.popularity],
            "links": [[[to, round(chance, 4)] for to, chance in row.items()] for row in self.links],
            "shares": dict(zip(PARTS, (round(share, 4) for share in self.shares), strict=True)),
        }


def count_nodes(trails: tuple[Trail, ...], until: int, k_pair: int, k_query: int) -> NextSearches:
    """Nodes and links of the steps before `until`, with the default shares."""
    walked = [(trail.visitor, [step for step in trail.steps if step.at < until]) for trail in trails]
    crowds: dict[tuple[Node, int], set[str]] = defaultdict(set)
    visits: Counter[Node] = Counter()
    for visitor, steps in walked:
        for node in _changes([step.node for step in steps]):
            visits[node] += 1
        for step in steps:
            if step.node is not None and step.node[0] == QUERY:
                crowds[step.node, step.at // DAY_S].add(visitor)
    shared = {node for (node, _), crowd in crowds.items() if len(crowd) >= k_query}
    queries = sorted(shared, key=lambda node: (-visits[node], node))[:MOST_QUERIES]
    nodes = sorted([*(node for node in visits if node[0] == CATEGORY), *queries])
    place = {node: k for k, node in enumerate(nodes)}
    counts: dict[tuple[int, int], float] = defaultdict(float)
    witnesses: dict[tuple[int, int], set[str]] = defaultdict(set)
    for visitor, steps in walked:
        path = _changes([place.get(step.node) for step in steps])
        for distance in range(1, WINDOW + 1):
            for pair in zip(path, path[distance:], strict=False):
                if pair[0] == pair[1]:
                    continue
                for link, weight in ((pair, 1.0), (pair[::-1], BACKWARD)):
                    counts[link] += weight / distance
                    witnesses[link].add(visitor)
    rows: list[list[tuple[int, float]]] = [[] for _ in nodes]
    for (source, target), count in sorted(counts.items()):
        if len(witnesses[source, target]) >= k_pair:
            rows[source].append((target, count))
    links = tuple(_shares(dict(sorted(row, key=lambda link: -link[1])[:MOST_LINKS])) for row in rows)
    total = max(sum(visits[node] for node in nodes), 1)
    popularity = tuple(visits[node] / total for node in nodes)
    return NextSearches(tuple(nodes), popularity, links, DEFAULT_SHARES, k_pair, k_query)


def fit_shares(
    table: NextSearches, trails: tuple[Trail, ...], first: int, second: int, transitions: sparse.csr_matrix,
    row_of: dict[str, int], category_of_row: list[str | None],
) -> tuple[float, ...]:  # fmt: skip
    """Shares that make the changes of node from `first` on and before `second` likeliest."""
    place = {node: k for k, node in enumerate(table.nodes)}
    node_of_row = [place.get((CATEGORY, category), -1) for category in category_of_row]
    cases = []
    for trail in trails:
        for k in range(1, len(trail.steps)):
            step, before = trail.steps[k], trail.steps[:k]
            if first <= step.at < second and step.node in place and step.node != _newest(before, place):
                cases.append((before, place[step.node]))
    if len(cases) < FEWEST_CASES:
        return table.shares
    drawn = np.random.default_rng(0).permutation(len(cases))[:MOST_CASES]
    chances = []
    for before, target in (cases[n] for n in drawn):
        parts = forecasts(table, before, place, transitions, row_of, node_of_row)
        chances.append([part.get(target, 0.0) for part in parts])
    return mixture_shares(np.array(chances))


def forecasts(
    table: NextSearches, steps: tuple[Step, ...], place: dict[Node, int], transitions: sparse.csr_matrix,
    row_of: dict[str, int], node_of_row: list[int],
) -> list[Distribution]:  # fmt: skip
    """What each part says comes after the steps, in the order of PARTS; {} where it says nothing."""
    path = [place[step.node] for step in reversed(steps) if step.node in place]  # newest first
    newest = path[0] if path else -1
    distinct = list(dict.fromkeys(path))
    following = _shares(_without(table.links[newest], newest)) if path else {}
    twice: Counter[int] = Counter()
    for node, chance in following.items():
        for onward, further in _shares(_without(table.links[node], newest)).items():
            twice[onward] += chance * further
    items: Counter[int] = Counter()
    recent = list(dict.fromkeys(step.item for step in reversed(steps) if step.item in row_of))[:RECENT_ITEMS]
    for age, item in enumerate(recent):
        row = row_of[item]
        towards: Counter[int] = Counter()
        for target, weight in _row(transitions, row):
            if node_of_row[target] not in (-1, newest):
                towards[node_of_row[target]] += weight
        for node, share in _shares(towards).items():
            items[node] += share * ITEM_DECAY**age
    return [
        {distinct[1]: 1.0} if len(distinct) > 1 else {},
        _shares(_without(Counter(path), newest)),
        following,
        _shares(items),
        _shares(twice),
        _shares(_without(dict(enumerate(table.popularity)), newest)),
    ]


def mixture_shares(chances: np.ndarray) -> tuple[float, ...]:
    """Shares of P forecasts that make M outcomes likeliest, by EM. `chances` f64[M,P] of each outcome by each forecast.

    >>> mixture_shares(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    (0.75, 0.25)
    """
    told = chances[chances.sum(1) > 0]
    shares = np.full(chances.shape[1], 1 / chances.shape[1])
    for _ in range(ROUNDS if len(told) else 0):
        blame = told * shares
        shares = (blame / blame.sum(1, keepdims=True)).mean(0)
    return tuple(shares.tolist())


def _newest(steps: tuple[Step, ...], place: dict[Node, int]) -> Node | None:
    return next((step.node for step in reversed(steps) if step.node in place), None)


def _changes(path: list) -> list:
    """The path without what is not known, and each stay as one visit."""
    known = [node for node in path if node is not None]
    return [node for k, node in enumerate(known) if k == 0 or node != known[k - 1]]


def _without(weights: dict[int, float], node: int) -> Distribution:
    return {other: weight for other, weight in weights.items() if other != node}


def _shares(weights: dict[int, float]) -> Distribution:
    total = sum(weights.values())
    return {node: weight / total for node, weight in weights.items()} if total > 0 else {}


def _row(matrix: sparse.csr_matrix, row: int) -> list[tuple[int, float]]:
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return list(zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True))
