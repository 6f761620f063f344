from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from edgeshelf_training.corpus import Corpus, Item, histories_from_lists
from edgeshelf_training.split import given_test, leave_one_out, sample_cases, temporal


def timed(histories: list[list[tuple[int, int]]]):
    """A log of (row, time) histories, sorted by time within each."""
    ordered = [sorted(h, key=lambda e: e[1]) for h in histories]
    log = histories_from_lists([[row for row, _ in h] for h in ordered])
    return replace(log, at=np.array([at for h in ordered for _, at in h], np.int64))


events = st.tuples(st.integers(0, 9), st.integers(0, 500))


@given(st.lists(st.lists(events, min_size=1, max_size=8), min_size=1, max_size=12))
def test_a_temporal_split_never_leaks(histories):
    log = timed(histories)
    split = temporal(log, keep_seen=False)
    trained = {k for a, b in split.train for k in range(a, b)}
    validated, tested = split.validation[:, 1].tolist(), split.test[:, 1].tolist()
    assert not trained & set(validated) and not trained & set(tested) and not set(validated) & set(tested)
    latest = max((log.at[k] for k in trained), default=-1)
    assert all(log.at[k] > latest for k in [*validated, *tested])
    assert all(log.at[k] < split.test_from for k in validated)
    assert all(log.at[k] >= split.test_from for k in tested)
    for start, end in [*split.validation, *split.test]:
        assert start < end and (log.at[start:end] <= log.at[end]).all()
        assert log.rows[end] not in log.rows[start:end]


def test_leave_one_out_by_hand():
    log = histories_from_lists([[0, 1, 2, 3], [4, 5], [6, 7, 8]])
    split = leave_one_out(log)
    assert split.train.tolist() == [[0, 2], [4, 6], [6, 7]]
    assert split.refit.tolist() == [[0, 3], [4, 6], [6, 8]]
    assert split.validation.tolist() == [[0, 2], [6, 7]]
    assert split.test.tolist() == [[0, 3], [6, 8]]


def test_given_test_rows_are_never_trained_on():
    log = histories_from_lists([[0, 1]] * 60 + [[2, 3, 4]] * 2)
    corpus = Corpus("sessions", tuple(Item(str(k)) for k in range(5)), log, given_test=2, keep_seen=True)
    split = given_test(corpus)
    assert split.refit.max() == 120
    assert split.test.tolist() == [[120, 122], [123, 125]]
    assert 0 < len(split.validation) < 20
    assert not {tuple(s) for s in split.train.tolist()} & {(a, b + 1) for a, b in split.validation.tolist()}


def test_the_hash_names_the_cases():
    log = histories_from_lists([[0, 1, 2, 3]])
    split = leave_one_out(log)
    assert split.hash(log) == leave_one_out(log).hash(log)
    assert split.hash(log) != replace(split, test=split.test + 1).hash(log)
    assert split.hash(log) != split.hash(histories_from_lists([[0, 1, 3, 2]]))


def test_a_sample_is_repeatable_and_keeps_order():
    cases = np.stack([np.arange(50), np.arange(50) + 1], 1)
    one = sample_cases(cases, 10, 3)
    assert len(one) == 10 and one.tolist() == sample_cases(cases, 10, 3).tolist() == sorted(one.tolist())
    assert sample_cases(cases, 50, 3) is cases
