import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeshelf_training import bootstrap
from edgeshelf_training.bootstrap import relative_difference


def one_by_one(candidate: np.ndarray, baseline: np.ndarray, samples: int, seed: int) -> tuple[float, float]:
    """The interval by drawing whole lists of cases, one resample at a time."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(samples):
        drawn = rng.integers(len(candidate), size=len(candidate))
        found.append(candidate[drawn].mean() / baseline[drawn].mean() - 1)
    lower, upper = np.percentile(found, [2.5, 97.5])
    return float(lower), float(upper)


def gains(cases: int, few: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Gains that go together, either of three values or all distinct."""
    rng = np.random.default_rng(seed)
    base = rng.choice([0.0, 0.5, 1.0], cases) if few else rng.random(cases)
    return np.where(rng.random(cases) < 0.7, base, base[::-1]) + (0.0 if few else 0.1 * rng.random(cases)), base


@pytest.mark.parametrize("few", [True, False])
def test_the_interval_is_that_of_drawing_cases_one_by_one(few: bool):
    candidate, base = gains(600, few, 4)
    found = relative_difference(candidate, base, 6000, 1)
    lower, upper = one_by_one(candidate, base, 6000, 2)
    width = upper - lower
    assert found["lower95"] == pytest.approx(lower, abs=0.05 * width)
    assert found["upper95"] == pytest.approx(upper, abs=0.05 * width)
    assert found["mean"] == pytest.approx(candidate.mean() / base.mean() - 1)


def test_pairing_makes_a_steady_gain_certain_although_the_cases_vary():
    base = np.tile([0.0, 0.5, 1.0, 0.5], 200)
    found = relative_difference(base * 1.1, base, 1000, 1)
    assert [found[name] for name in ("mean", "lower95", "upper95")] == pytest.approx([0.1] * 3)


def test_the_interval_has_the_width_of_the_standard_error():
    # half the cases gain 1, half lose 1, on a baseline of 1: mean 0, standard error 1/sqrt(400) = 0.05
    base = np.ones(400)
    found = relative_difference(base + np.tile([1.0, -1.0], 200), base, 20_000, 1)
    assert found["mean"] == 0.0
    assert found["lower95"] == pytest.approx(-1.96 * 0.05, abs=0.004)
    assert found["upper95"] == pytest.approx(1.96 * 0.05, abs=0.004)


@given(st.lists(st.sampled_from([0.0, 0.43, 0.5, 0.63, 1.0]), min_size=1, max_size=40), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_a_system_against_itself_differs_by_exactly_nothing(values: list[float], seed: int):
    alone = np.array(values)
    assert relative_difference(alone, alone, 50, seed) == {"mean": 0.0, "lower95": 0.0, "upper95": 0.0}


@pytest.mark.parametrize("few", [True, False])
def test_the_seed_decides_and_the_order_of_the_cases_does_not(few: bool):
    candidate, base = gains(300, few, 8)
    found = relative_difference(candidate, base, 200, 5)
    assert relative_difference(candidate, base, 200, 5) == found
    assert relative_difference(candidate, base, 200, 6) != found
    assert relative_difference(candidate[::-1], base[::-1], 200, 5)["lower95"] == pytest.approx(found["lower95"])


@pytest.mark.parametrize("few", [True, False])
def test_many_small_blocks_have_the_same_interval_as_one(monkeypatch: pytest.MonkeyPatch, few: bool):
    candidate, base = gains(64, few, 3)
    whole = relative_difference(candidate, base, 501, 5)
    monkeypatch.setattr(bootstrap, "BLOCK_CELLS", 200)
    split = relative_difference(candidate, base, 501, 5)
    assert split == pytest.approx(whole)


def test_every_resample_draws_as_many_cases_as_there_are():
    rng = np.random.default_rng(0)
    few, many = np.array([500, 300, 200]), np.ones(50, np.int64)
    for counts in (few, many):
        first = np.arange(len(counts)) == 0
        sums = bootstrap.resampled_sums(np.stack([np.ones(len(counts)), first], 1), counts, 4000, rng)
        assert (sums[:, 0] == counts.sum()).all()
        share = counts[0] / counts.sum()  # the first row's cases are drawn as a binomial says
        assert sums[:, 1].mean() == pytest.approx(counts[0], rel=0.08)
        assert sums[:, 1].var() == pytest.approx(counts.sum() * share * (1 - share), rel=0.15)


def test_a_baseline_of_zero_is_measured_against_the_candidate():
    found = relative_difference(np.full(10, 0.2), np.zeros(10), 50, 1)
    assert [found[name] for name in ("mean", "lower95", "upper95")] == pytest.approx([1.0] * 3)
    assert relative_difference(np.zeros(3), np.zeros(3), 50, 1) == {"mean": 0.0, "lower95": 0.0, "upper95": 0.0}


def test_no_cases_is_no_difference():
    assert relative_difference(np.zeros(0), np.zeros(0), 50, 1) == {"mean": 0.0, "lower95": 0.0, "upper95": 0.0}
