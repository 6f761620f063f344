from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from edgeshelf_training.baselines import (
    MARKOV,
    NEWEST_RULES,
    PCTM,
    SEQUENTIAL_RULES,
    TITLE_WEIGHT,
    TRANSITIONS,
    Rule,
    history_weights,
    measure_baselines,
    pair_counts,
    rule_table,
    target_ranks,
)
from edgeshelf_training.content import tfidf
from edgeshelf_training.corpus import Corpus, Item, histories_from_lists
from edgeshelf_training.counts import transition_counts
from edgeshelf_training.split import leave_one_out

NO_CONTENT = sparse.csr_matrix((6, 0))


def corpus_of(histories: list[list[int]], items: int = 6, keep_seen: bool = False) -> Corpus:
    known = tuple(Item(str(k)) for k in range(items))
    return Corpus("sequences", known, histories_from_lists(histories), keep_seen=keep_seen)


def whole(corpus: Corpus) -> np.ndarray:
    return np.stack([corpus.log.offsets[:-1], corpus.log.offsets[1:]], 1)


def random_corpus(seed: int, keep_seen: bool, items: int = 15) -> Corpus:
    rng = np.random.default_rng(seed)
    histories = [rng.integers(0, items, rng.integers(3, 9)).tolist() for _ in range(40)]
    return corpus_of(histories, items, keep_seen)


def test_a_pair_counts_by_distance_direction_and_window():
    corpus = corpus_of([[0, 1, 2, 3]], 4)
    table = pair_counts(corpus.log, whole(corpus), Rule(2, 0.5, 1.0), 1, 4, False).toarray()
    near, far = 1.0, 2**-0.5
    assert np.allclose(table, [[0, near, far, 0], [0, 0, near, far], [0, 0, 0, near], [0, 0, 0, 0]])


@pytest.mark.parametrize("k_pair", [1, 2, 3])
def test_counts_at_one_over_distance_are_those_of_the_release(k_pair: int):
    corpus = random_corpus(3, False)
    spans = leave_one_out(corpus.log).train
    found = pair_counts(corpus.log, spans, Rule(4, 1.0, 1.0), k_pair, 15, False)
    expected = transition_counts(corpus.log, spans, np.ones(len(corpus.log.rows)), 4, k_pair)
    expected.resize(15, 15)
    assert expected.nnz > 0
    assert np.allclose(found.toarray(), expected.toarray())


def test_no_pair_is_kept_from_fewer_than_k_visitors():
    corpus = corpus_of([[0, 1], [0, 1], [2, 3, 2, 3]])
    assert pair_counts(corpus.log, whole(corpus), MARKOV, 2, 6, False).nonzero()[0].tolist() == [0]
    one_visitor = replace(corpus.log, visitors=np.array([5, 5, 6]))
    assert pair_counts(one_visitor, whole(corpus), MARKOV, 2, 6, False).nnz == 0


def test_an_item_follows_itself_only_where_seen_items_are_kept():
    histories = [[0, 0, 1]]
    assert rule_table(corpus_of(histories), np.array([[0, 3]]), MARKOV, 1)[0, 0] == 0
    assert rule_table(corpus_of(histories, keep_seen=True), np.array([[0, 3]]), MARKOV, 1)[0, 0] == 1


def test_a_table_by_hand_with_backward_pairs_power_and_damping():
    # 0->1 twice, 1->0 once; both ways at half: 0->1 2.5, 1->0 2; square roots, over the counts 3 and 3
    corpus = corpus_of([[0, 1], [0, 1], [1, 0]], 2)
    rule = Rule(1, 1.0, 1.0, backward=0.5, count_power=0.5, damping=1.0)
    table = rule_table(corpus, whole(corpus), rule, 1).toarray()
    assert np.allclose(table, [[0, 2.5**0.5 / 3], [2**0.5 / 3, 0]])


def test_a_history_weighs_its_items_by_age_and_a_repeat_at_each_age():
    log = histories_from_lists([[0, 1, 0], [2]])
    found = history_weights(log, np.array([[0, 3], [0, 2], [3, 4]]), 0.5, 3).toarray()
    assert found.tolist() == [[1.25, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]
    assert history_weights(log, np.array([[0, 3]]), 0.0, 3).toarray().tolist() == [[1, 0, 0]]


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=60, deadline=None)
def test_sparse_ranks_are_those_of_sorting_every_item(seed: int, keep_seen: bool):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 3, (20, 9)) * (rng.random((20, 9)) < 0.5) / 3
    seen = (rng.random((20, 9)) < 0.3).astype(float)
    places, targets = rng.permutation(9), rng.integers(0, 9, 20)
    found = target_ranks(sparse.csr_matrix(scores), targets, places, None if keep_seen else sparse.csr_matrix(seen))
    for case, target in enumerate(targets):
        pool = [row for row in range(9) if keep_seen or not seen[case, row]]
        order = sorted(pool, key=lambda row: (-scores[case, row], places[row]))
        assert found[case] == (order.index(target) if target in order else 9)


def dense_ranks(corpus: Corpus, spans: np.ndarray, cases: np.ndarray, rule: Rule, content: np.ndarray | None):
    """Ranks by one loop over cases and items."""
    items = len(corpus.items)
    k_pair = 1 if content is None else 3
    table = rule_table(corpus, spans, rule, k_pair).toarray()
    popularity = np.bincount(np.concatenate([corpus.log.rows[a:b] for a, b in spans]), minlength=items)
    ranks = []
    for start, end in cases:
        history = corpus.log.rows[start:end]
        score = sum(rule.decay**age * table[row] for age, row in enumerate(history[::-1]))
        if content is not None:
            profile = sum(rule.decay**age * content[row] for age, row in enumerate(history[::-1]))
            length = np.linalg.norm(profile)
            score = np.log1p(score) + TITLE_WEIGHT * (content @ profile / length if length else 0)
        pool = [row for row in range(items) if corpus.keep_seen or row not in history]
        order = sorted(pool, key=lambda row: (-round(score[row], 9), -popularity[row], row))
        target = corpus.log.rows[end]
        ranks.append(order.index(target) if target in order[:7] else -1)
    return ranks


@pytest.mark.parametrize("keep_seen", [False, True])
def test_each_baseline_ranks_as_its_rule_says(keep_seen: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("edgeshelf_training.evaluate.CELLS", 100)  # several chunks of cases
    corpus = random_corpus(9, keep_seen)
    words = ("red", "blue", "soap", "oil")
    titled = tuple(Item(str(k), title=f"{words[k % 2]} {words[2 + k // 4 % 2]}" if k else "") for k in range(15))
    corpus = replace(corpus, items=titled)
    content = tfidf(titled)
    split = leave_one_out(corpus.log)
    found = measure_baselines(corpus, split.train, split.test, content, 1, at=7)
    rules = {
        "markov": MARKOV, "seqRulesNewest": NEWEST_RULES, "seqRules": SEQUENTIAL_RULES, "pctm": PCTM,
    }  # fmt: skip
    for name, rule in rules.items():
        assert found[name].ranks.tolist() == dense_ranks(corpus, split.train, split.test, rule, None), name
    expected = dense_ranks(corpus, split.train, split.test, TRANSITIONS, content.toarray())
    assert found["transitionsTfidf"].ranks.tolist() == expected
    for ranking in found.values():  # the lists hold each target where its rank says
        targets = corpus.log.rows[split.test[:, 1]]
        for rank, top, target in zip(ranking.ranks, ranking.tops, targets, strict=True):
            assert len(top) == len(set(top.tolist())) <= 10
            assert rank == -1 or top[rank] == target
            assert rank >= 0 or target not in top[:7]


def test_with_no_pair_of_enough_visitors_every_rule_falls_back_to_popularity():
    corpus = random_corpus(9, False)
    split = leave_one_out(corpus.log)
    found = measure_baselines(corpus, split.train, split.test, NO_CONTENT, 1000, at=15)
    assert len(found) == 5 and (found["popular"].ranks > 0).any()
    assert all(np.array_equal(ranking.ranks, found["popular"].ranks) for ranking in found.values())


def test_counts_read_only_the_spans():
    corpus = corpus_of([[0, 1, 2], [0, 1, 3], [4, 5, 2]])
    cases = np.array([[0, 2], [3, 5]])
    before = measure_baselines(corpus, np.array([[0, 2], [3, 5], [6, 9]]), cases, NO_CONTENT, 1)
    changed = corpus_of([[0, 1, 2], [0, 1, 2], [4, 5, 2]])
    after = measure_baselines(changed, np.array([[0, 2], [3, 5], [6, 9]]), cases[:1], NO_CONTENT, 1)
    assert "transitionsTfidf" not in before
    assert all(before[name].ranks[0] == after[name].ranks[0] for name in before)


def test_a_chain_answers_with_what_followed_and_filters_what_was_seen():
    corpus = corpus_of([[0, 1, 2], [3, 0, 1, 2], [0, 1, 4], [1, 5, 0, 1, 2]])
    cases = np.array([[10, 14]])  # 1, 5, 0, 1 -> 2
    found = measure_baselines(corpus, np.array([[0, 3], [3, 7], [7, 10]]), cases, NO_CONTENT, 1)
    assert found["markov"].ranks.tolist() == [0]  # 1 -> 2 twice, 1 -> 4 once
    assert found["popular"].ranks.tolist() == [0]  # 0 and 1 are seen; 2 stands twice
    scarce = measure_baselines(corpus, np.array([[0, 3], [3, 7], [7, 10]]), cases, NO_CONTENT, 3)
    assert scarce["markov"].ranks.tolist() == [0]  # too few visitors: by popularity


def test_a_target_outside_the_first_places_or_seen_has_no_rank():
    corpus = corpus_of([[0, 1], [0, 2], [0, 2], [0, 1], [0, 0]])
    spans = np.array([[2, 4], [4, 6]])
    cases = np.array([[6, 7], [8, 9]])
    assert measure_baselines(corpus, spans, cases, NO_CONTENT, 1, at=1)["markov"].ranks.tolist() == [-1, -1]
    assert measure_baselines(corpus, spans, cases, NO_CONTENT, 1, at=2)["markov"].ranks.tolist() == [1, -1]


def test_no_cases_have_no_ranks():
    corpus = corpus_of([[0, 1]])
    found = measure_baselines(corpus, whole(corpus), np.zeros((0, 2), np.int64), NO_CONTENT, 1)
    assert all(len(ranking.ranks) == 0 for ranking in found.values())
