import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edgeshelf_training.long_tail import appearances, coverage, gini, popularity_deciles, recall_by_decile


@given(arrays(np.float64, st.integers(1, 60), elements=st.sampled_from([0.0, 1.0, 2.0, 5.0])))
@settings(max_examples=80, deadline=None)
def test_deciles_are_equal_groups_of_items_by_popularity_then_row(popularity: np.ndarray):
    deciles = popularity_deciles(popularity)
    sizes = np.bincount(deciles, minlength=10)
    assert sizes.max() - sizes.min() <= 1
    for row in range(len(popularity)):
        for other in range(len(popularity)):
            if (-popularity[row], row) < (-popularity[other], other):
                assert deciles[row] <= deciles[other]


def test_deciles_hold_a_tenth_of_the_items_however_few_take_the_interactions():
    assert popularity_deciles(np.array([1000.0] + [1.0] * 9)).tolist() == list(range(10))


def test_recall_by_decile_weighs_back_to_the_recall_of_all_cases():
    rng = np.random.default_rng(1)
    ranks, targets = rng.integers(-1, 25, 400), rng.integers(0, 37, 400)
    found = recall_by_decile(ranks, targets, popularity_deciles(rng.random(37)), at=20)
    assert sum(row["targets"] for row in found) == 400
    hits = sum(row["targets"] * row["recall@20"] for row in found)
    assert hits == pytest.approx(((ranks >= 0) & (ranks < 20)).sum())


def test_a_target_outside_the_catalogue_is_in_no_decile():
    found = recall_by_decile(np.array([0, 3]), np.array([-1, 2]), np.arange(10))
    assert [row["targets"] for row in found] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert found[2]["recall@10"] == 1.0 and found[9]["recall@10"] == 0.0


def test_only_the_first_places_count_as_shown():
    tops = [np.array([3, 1, 2]), np.array([3, 2])]
    assert appearances(tops, 5, at=2).tolist() == [0, 1, 1, 2, 0]
    assert coverage(tops, 5, at=1) == pytest.approx(1 / 5)
    assert coverage(tops, 5) == pytest.approx(3 / 5)


def test_gini_is_the_mean_difference_between_items():
    # n = 0, 1, 3: mean absolute difference over ordered pairs of distinct items (1+3+2)*2/6 = 2, over twice the mean
    tops = [np.array([1, 2]), np.array([2]), np.array([2])]
    assert gini(tops, 3) == pytest.approx(2 / (2 * 4 / 3))


@given(st.lists(st.integers(0, 11), min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_gini_lies_between_even_and_all_on_one_and_knows_no_names(shown: list[int]):
    found = gini([np.array([row]) for row in shown], 12)
    assert -1e-12 <= found <= 1 + 1e-12
    assert found == pytest.approx(gini([np.array([11 - row]) for row in shown], 12))
    assert (found == pytest.approx(1.0)) == (len(set(shown)) == 1)


def test_no_lists_cover_nothing():
    assert coverage([], 4) == 0.0 and gini([], 4) == 0.0 and appearances([], 4).tolist() == [0] * 4
