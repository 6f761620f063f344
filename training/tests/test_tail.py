import numpy as np
import pytest

from edgeshelf_training.candidates import CandidateSet
from edgeshelf_training.fusion import Bucket
from edgeshelf_training.tail import AMOUNTS, POPULAR, less_popular, tail_amount

BUCKETS = (Bucket(None, (1.0, 0.0, 0.0, 0.0, 0.5, 0.0, 1.0)),)


def cases(popular_gain: float) -> tuple[CandidateSet, np.ndarray, np.ndarray]:
    """200 cases of 30 candidates; in a share of them the target owes its place to popularity."""
    rng = np.random.default_rng(3)
    features = np.zeros((200 * 30, 7))
    features[:, 0] = rng.standard_normal(len(features))
    features[:, POPULAR] = rng.random(len(features))
    score = features[:, 0] + popular_gain * features[:, POPULAR]
    targets = score.reshape(200, 30).argmax(1)
    found = CandidateSet(np.arange(201) * 30, np.tile(np.arange(30), 200), features)
    return found, targets, np.ones(200, np.int64)


def test_the_dearer_it_may_be_the_less_popularity_counts():
    amounts = [tail_amount(*cases(0.5), BUCKETS, price) for price in (0.0, 0.01, 0.1)]
    assert amounts[0] == 0.0
    assert amounts[0] <= amounts[1] < amounts[2]


def test_where_popularity_misleads_as_much_is_taken_off_as_there_is_to_try():
    amount = tail_amount(*cases(-9.0), BUCKETS, 0.01)
    assert amount == AMOUNTS[-1]
    (moved,) = less_popular(BUCKETS, amount)
    assert moved.weights[POPULAR] == pytest.approx(0.5 - amount)
    assert moved.weights[:POPULAR] == BUCKETS[0].weights[:POPULAR]


def test_without_a_target_among_the_candidates_nothing_is_taken_off():
    found, targets, lengths = cases(0.5)
    assert tail_amount(found, targets + 1000, lengths, BUCKETS, 0.1) == 0.0
