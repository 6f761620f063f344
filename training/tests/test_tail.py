"""Boosts for what is hardly ever shown."""

from types import SimpleNamespace

import numpy as np
from scipy import sparse

from edgeshelf_training.asked import Asked
from edgeshelf_training.candidates import COUNTED, Shape, Tables
from edgeshelf_training.fusion import Bucket
from edgeshelf_training.long_tail import coverage
from edgeshelf_training.release import Fusion
from edgeshelf_training.tail import STRENGTHS, reach_into_tail

ITEMS, CASES = 300, 800
RNG = np.random.default_rng(3)
# A few items score above all others for everybody, though each case also has a taste of its own.
FAME = np.sort(RNG.gamma(0.5, 2.0, ITEMS))[::-1]
SCORES = FAME + RNG.standard_normal((CASES, ITEMS))
POPULARITY = np.append(np.linspace(1, 0.1, ITEMS - 5), np.zeros(5))
EMPTY = sparse.csr_matrix((ITEMS, ITEMS))
FUSION = Fusion(
    200, {name: Shape(1.0, (1.0,)) for name in COUNTED}, (Bucket(None, (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0)),), ()
)


def release(boost: np.ndarray | None = None) -> SimpleNamespace:
    tables = Tables(dict.fromkeys(COUNTED, EMPTY), POPULARITY, boost)
    return SimpleNamespace(ids=[str(k) for k in range(ITEMS)], tables=tables, fusion=FUSION)


def asked(targets: np.ndarray) -> Asked:
    nothing = [np.zeros(0, np.int64)] * CASES
    return Asked(nothing, nothing, nothing, np.zeros((CASES, 4), np.int64), targets)


FREE = 1e-9  # a price that gives up nothing


def boosted(targets: np.ndarray, price: float) -> np.ndarray:
    return reach_into_tail(release(), asked(targets), lambda part: SCORES[part], False, price)


def reached(boost: np.ndarray) -> float:
    tops = list(np.argsort(-(SCORES + boost), 1)[:, :10])
    return coverage(tops, ITEMS)


TASTE = (SCORES - FAME).argmax(1)  # fame misleads: people take what they like
LISTED = np.argsort(-SCORES, 1)[:, 8]  # just inside the list: what is lifted pushes it out


def test_where_fame_misleads_rare_items_are_lifted_and_lists_reach_further():
    boost = boosted(TASTE, FREE)
    assert reached(boost) > reached(np.zeros(ITEMS)) + 0.05
    assert boost.min() >= 0 and boost[0] == 0  # the most famous needs none
    assert np.corrcoef(boost[:-5], FAME[:-5])[0, 1] < 0


def test_the_price_bounds_what_is_given_up():
    small, large = boosted(LISTED, FREE), boosted(LISTED, 0.5)
    assert small.max() < large.max()
    assert reached(large) > reached(small) - 1e-9
    assert large.max() < 2 * STRENGTHS[-1] * np.log(1 + 2 * 10 * CASES / ITEMS) + 1e-6


def test_what_nobody_has_touched_gains_nothing_here():
    assert (boosted(TASTE, 0.5)[-5:] == 0).all()


def test_at_no_price_there_is_no_boost():
    assert boosted(TASTE, 0.0).tolist() == [0.0] * ITEMS


def test_without_cases_there_is_no_boost():
    nobody = Asked([], [], [], np.zeros((0, 4), np.int64), np.zeros(0, np.int64))
    assert reach_into_tail(release(), nobody, lambda part: SCORES[part], False, 0.1).tolist() == [0.0] * ITEMS
