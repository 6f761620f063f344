import dataclasses

import numpy as np
from scipy import sparse

from edgeshelf_training.baskets import BasketWeights
from edgeshelf_training.candidates import (
    COUNTED,
    Shape,
    Tables,
    best_rows,
    find_candidates,
    popularity_order,
)  # fmt: skip
from edgeshelf_training.fusion import Bucket, bucket_weights, fit_buckets, fit_seen, fit_weights, target_places
from edgeshelf_training.release import Fusion, fusion_from_json, fusion_json

FLAT = {name: Shape(1.0, (1.0,)) for name in COUNTED}


def tables(items: int, transitions: dict[tuple[int, int], float] | None = None) -> Tables:
    empty = sparse.csr_matrix((items, items))
    counted = dict.fromkeys(COUNTED, empty)
    if transitions:
        dense = np.zeros((items, items))
        for (i, j), weight in transitions.items():
            dense[i, j] = weight
        counted["transitions"] = sparse.csr_matrix(dense)
    return Tables(counted, np.linspace(1, 0, items))


def test_a_worked_example_of_the_score():
    # history 0 (older), 1 (newest); decay 1, 0.5; tau 2; table 0->2: 4, 1->2: 1, 1->3: 3
    # item 2: log(1 + 2*(1*1 + 0.5*4)) = log 7; item 3: log(1 + 2*3) = log 7 too, so the lower row leads on a tie
    shapes = FLAT | {"transitions": Shape(2.0, (1.0, 0.5))}
    found = find_candidates(
        [np.array([0, 1])], np.array([[9.0, 9.0, 0.5, 0.5, 0.1, 2.0]]),
        tables(6, {(0, 2): 4, (1, 2): 1, (1, 3): 3, (1, 0): 8}), shapes, 1, keep_seen=False,
    )  # fmt: skip
    assert found.rows.tolist() == [2, 3, 5]  # two neighbours, and the best unseen row of the encoder
    assert np.allclose(found.features[:, 1], [np.log(7), np.log(7), 0])
    assert found.features[:, 0].tolist() == [0.5, 0.5, 2.0]
    weights = np.array([[1.0, 3.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]])
    top, scores = best_rows(found, weights, popularity_order(tables(6).popularity), [np.array([0, 1])], 5, False)
    assert top[0].tolist() == [2, 3, 5, 4]  # 4 completes the list by popularity
    assert np.allclose(scores[0], [0.5 + 3 * np.log(7), 0.5 + 3 * np.log(7), 2.0, 0.0])


def test_a_repeated_item_counts_at_each_of_its_ages():
    shapes = FLAT | {"transitions": Shape(1.0, (1.0, 0.5, 0.25))}
    found = find_candidates([np.array([1, 0, 1])], None, tables(3, {(1, 2): 2.0}), shapes, 1, keep_seen=False)
    assert np.allclose(found.features[:, 1], np.log(1 + 2 * 1.0 + 2 * 0.25))


def test_seen_items_stay_when_asked_to():
    found = find_candidates([np.array([0, 1])], np.array([[3.0, 2.0, 1.0]]), tables(3), FLAT, 2, keep_seen=True)
    assert found.rows.tolist() == [0, 1]


def test_an_item_of_the_history_gains_by_the_age_of_its_last_place():
    history = np.array([2, 0, 1, 0])
    found = find_candidates([history], np.zeros((1, 4)), tables(4), FLAT, 4, keep_seen=True, seen=(-0.5, 0.25, 0.75))
    assert found.features[:, 6].tolist() == [-0.5, 0.25, 0.75, 0.0]  # ages 0, 1 and 3; the last value holds beyond
    hidden = find_candidates([history], np.zeros((1, 4)), tables(4), FLAT, 4, keep_seen=False, seen=(-0.5, 0.25, 0.75))
    assert hidden.features[:, 6].tolist() == [0.0]


def test_the_fit_learns_how_soon_things_are_looked_at_again():
    rng = np.random.default_rng(7)
    histories = [rng.permutation(12)[:3] for _ in range(3000)]
    true = np.zeros((3000, 12))
    for case, history in enumerate(histories):
        true[case, history[::-1]] = [-1.0, 1.0, 2.0]  # the newest is left, the older are come back to
    targets = np.argmax(true + rng.gumbel(size=true.shape), 1)
    found = find_candidates(histories, np.zeros((3000, 12)), tables(12), FLAT, 12, keep_seen=True)
    buckets = (Bucket(None, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0)),)
    seen = fit_seen(found, histories, targets, np.full(3000, 3), buckets)
    assert np.allclose(seen[:3], [-1.0, 1.0, 2.0], atol=0.15)
    assert seen[3:] == (0.0, 0.0, 0.0)  # ages that no history has


def test_ties_at_the_edge_of_the_candidates_go_to_the_lower_row():
    found = find_candidates([np.array([4])], np.array([[1.0, 2.0, 1.0, 1.0, 5.0]]), tables(5), FLAT, 2, False)
    assert found.rows.tolist() == [0, 1]


def test_the_fit_finds_the_feature_that_tells():
    rng = np.random.default_rng(0)
    cases, items = 400, 12
    scores = rng.standard_normal((cases, items))
    targets = np.argmax(scores + rng.gumbel(size=(cases, items)) / 2.0, 1)  # a logit with weight 2
    found = find_candidates([np.array([], int)] * cases, scores, tables(items), FLAT, items, False)
    weights, loss = fit_weights(found, target_places(found, targets), np.arange(cases), None, None)
    assert abs(weights[0] - 2.0) < 0.3
    assert loss < np.log(items)
    assert (weights >= 0).all()


def test_a_feature_that_misleads_gets_no_negative_weight():
    rng = np.random.default_rng(1)
    scores = rng.standard_normal((300, 8))
    found = find_candidates([np.array([], int)] * 300, scores, tables(8), FLAT, 8, False)
    weights, _ = fit_weights(found, target_places(found, scores.argmin(1)), np.arange(300), None, None)
    assert weights[0] == 0.0


def test_the_session_set_never_uses_the_encoder():
    scores = np.random.default_rng(2).standard_normal((200, 8))
    found = find_candidates([np.array([], int)] * 200, scores, tables(8), FLAT, 8, False)
    fit = fit_buckets(found, scores.argmax(1), np.ones(200, int), without="encoder")
    assert [bucket.weights[0] for bucket in fit.buckets] == [0.0] * 4


def test_a_bucket_holds_histories_up_to_its_length_and_the_last_holds_the_rest():
    buckets = (Bucket(1, (1.0,)), Bucket(3, (2.0,)), Bucket(None, (3.0,)))
    assert bucket_weights(np.array([0, 1, 2, 3, 4, 50]), buckets)[:, 0].tolist() == [1, 1, 2, 2, 3, 3]


def test_fusion_json_reads_back():
    shapes = FLAT | {"bought": Shape(2.5, (1.0, 0.5))}
    buckets = (Bucket(None, (1.0, 2.0, 3.0, 4.0, 5.0, -1.5, 1.0, 1.0)),)
    session = (Bucket(None, (0.0, 2.0, 3.0, 4.0, 5.0, 0.5, 1.0, 1.0)),)
    fusion = Fusion(200, shapes, buckets, session, (-0.5, 0.25))
    assert fusion_from_json(fusion_json(fusion)) == fusion
    assert "baskets" not in fusion_json(fusion)  # of a log without orders
    shopping = dataclasses.replace(fusion, baskets=BasketWeights(0.04, 0.5))
    assert fusion_from_json(fusion_json(shopping)) == shopping
