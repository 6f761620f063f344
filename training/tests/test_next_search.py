import numpy as np
import pytest
from scipy import sparse

from edgeshelf_training.corpus import Item
from edgeshelf_training.next_search import PARTS, NextSearches, count_nodes, fit_shares, forecasts
from edgeshelf_training.read_events import Event
from edgeshelf_training.trails import CATEGORY, QUERY, Step, Trail, read_trails

DAY = 86_400
SHOES, COATS, TROUSERS = ((CATEGORY, name) for name in ("Shoes", "Coats", "Trousers"))
NO_TRANSITIONS = sparse.csr_matrix((1, 1))


def trail(visitor: str, *nodes, at: int = 0) -> Trail:
    return Trail(visitor, tuple(Step(at + k, node, None) for k, node in enumerate(nodes)))


def test_a_session_is_read_as_categories_and_searches_in_the_order_of_time():
    def event(kind: str, item: str | None, at: int, query: str | None = None) -> Event:
        return Event(f"e{at}", kind, item, at, None, "s", "v", None, query)

    events = [event("view", "a", 3), event("search", None, 1, "Red  Shoes"), event("search", None, 2, "shoes of *")]
    (read,) = read_trails([*events, event("view", "b", 4)], (Item("a", category="Shoes"), Item("b")))
    assert read == Trail("v", (Step(1, (QUERY, "red shoes"), None), Step(3, SHOES, "a"), Step(4, None, "b")))


def test_links_are_of_enough_visitors_and_searches_of_a_crowd_on_one_day():
    tea = (QUERY, "tea")
    trails = tuple(trail(f"v{n}", SHOES, SHOES, COATS, tea) for n in range(3))
    counted = count_nodes(trails, 10, 3, 3)
    assert counted.nodes == (COATS, SHOES, tea)
    # shoes -> coats at distance 1, shoes -> tea at distance 2: 1 and 1/2 of each visitor; a fifth of it back
    links = ({2: 1 / 1.2, 1: 0.2 / 1.2}, {0: 2 / 3, 2: 1 / 3}, {0: 2 / 3, 1: 1 / 3})
    assert counted.links == tuple(pytest.approx(row) for row in links)
    assert counted.popularity == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert count_nodes(trails, 10, 4, 3).links == ({}, {}, {})
    assert count_nodes(trails, 10, 3, 4).nodes == (COATS, SHOES)
    two_days = (*trails[:2], trail("v2", SHOES, SHOES, COATS, tea, at=DAY))
    assert tea not in count_nodes(two_days, 2 * DAY, 3, 3).nodes
    assert count_nodes(trails, 3, 3, 3).nodes == (COATS, SHOES)  # what comes later is not read


def test_each_part_of_a_forecast_by_hand():
    # the same case stands in src/retrieve/next-nodes.test.ts
    nodes = (SHOES, COATS, TROUSERS, (QUERY, "tea"))
    links = ({1: 0.5, 2: 0.5}, {0: 0.2, 2: 0.6, 3: 0.2}, {3: 1.0}, {})
    table = NextSearches(nodes, (0.4, 0.3, 0.2, 0.1), links, (1.0,) * 6, 3, 50)
    # items s, c, t of shoes, coats, trousers; c leads to t (3) and to itself's category (5), s to t (1)
    transitions = sparse.csr_matrix(np.array([[0, 0, 1.0], [0, 5.0, 3.0], [0, 0, 0]]))
    steps = (Step(0, SHOES, "s"), Step(1, SHOES, "s"), Step(2, nodes[3], None), Step(3, COATS, "c"))
    place = {node: k for k, node in enumerate(nodes)}
    found = forecasts(table, steps, place, transitions, {"s": 0, "c": 1, "t": 2}, [0, 1, 2])
    expected = {
        "before": {3: 1.0},
        "visits": {0: 2 / 3, 3: 1 / 3},
        "next": {0: 0.2, 2: 0.6, 3: 0.2},
        "items": {2: 1.0},  # c says trousers, 1; s says trousers, 0.7
        "twice": {2: 0.25, 3: 0.75},  # shoes -> trousers 0.2, trousers -> tea 0.6, and tea says nothing
        "popular": {0: 0.4 / 0.7, 2: 0.2 / 0.7, 3: 0.1 / 0.7},
    }
    for name, part in zip(PARTS, found, strict=True):
        assert part == pytest.approx(expected[name]), name


def test_shares_go_to_the_part_that_foresees():
    # visitors go to and fro between two categories; what is popular is a third one too
    back = tuple(trail(f"v{n}", *(SHOES, COATS) * 3, at=n % 2 * 5) for n in range(40))
    noise = tuple(trail(f"w{n}", COATS, TROUSERS, SHOES) for n in range(5))
    counted = count_nodes((*back, *noise), 6, 1, 50)
    shares = fit_shares(counted, back, 6, 20, NO_TRANSITIONS, {}, [None])
    assert sum(shares) == pytest.approx(1)
    told = dict(zip(PARTS, shares, strict=True))
    assert told["before"] + told["visits"] + told["next"] > 4 * told["popular"]
    few = fit_shares(counted, back[:1], 6, 20, NO_TRANSITIONS, {}, [None])
    assert few == counted.shares
