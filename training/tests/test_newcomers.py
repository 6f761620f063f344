"""Products that nobody has touched, among the others."""

import dataclasses

import numpy as np
from scipy import sparse

from edgeshelf_training.asked import Asked
from edgeshelf_training.candidates import COUNTED, Shape, Tables, find_candidates
from edgeshelf_training.config import TrainConfig
from edgeshelf_training.fusion import Bucket
from edgeshelf_training.newcomers import PLACES, Newcomers, hide, place_newcomers
from edgeshelf_training.release import Fusion

ITEMS, CASES = 400, 60
NEW = np.arange(0, ITEMS, 10)
RNG = np.random.default_rng(1)
SCORES = RNG.standard_normal((CASES, ITEMS))
TABLES = Tables(
    {name: sparse.csr_matrix(RNG.random((ITEMS, ITEMS)) * (RNG.random((ITEMS, ITEMS)) < 0.05)) for name in COUNTED},
    RNG.random(ITEMS) + 0.1,
    0.2 * RNG.random(ITEMS),
)
SHAPES = {name: Shape(1.0, (1.0, 0.5)) for name in COUNTED}
FUSION = Fusion(
    200, SHAPES,
    (Bucket(3, (1.0, 2.0, 0.5, 1.0, 3.0, 0.0, 1.0, 1.0)), Bucket(None, (2.0, 1.0, 0.5, 1.0, 3.0, 0.0, 1.0, 1.0))),
    (Bucket(None, (0.0, 2.0, 0.5, 1.0, 3.0, 0.0, 1.0, 1.0)),),
)  # fmt: skip


def asked() -> Asked:
    histories = [RNG.integers(ITEMS, size=1 + k % 6) for k in range(CASES)]
    nothing = [np.zeros(len(h), np.int64) for h in histories]
    return Asked(histories, nothing, nothing, np.zeros((CASES, 4), np.int64), np.zeros(CASES, np.int64))


def share_of_new(fusion: Fusion, cases: Asked, use_encoder: bool) -> float:
    scores = SCORES if use_encoder else None
    found = find_candidates(cases.histories, scores, hide(TABLES, NEW), fusion.shapes, 200, False)
    taken = []
    for case in range(CASES):
        span = slice(found.offsets[case], found.offsets[case + 1])
        buckets = fusion.buckets if use_encoder else fusion.session
        bucket = next(b for b in buckets if b.max_length is None or b.max_length >= len(cases.histories[case]))
        top = np.argsort(-(found.features[span] @ np.array(bucket.weights)))[:PLACES]
        taken += np.isin(found.rows[span][top], NEW).tolist()
    return float(np.mean(taken))


def test_new_products_take_the_places_that_were_asked_for():
    cases = asked()
    for wanted in (0.5, 1.5):
        config = TrainConfig(new_items=wanted)
        placed = place_newcomers(FUSION, cases, TABLES, Newcomers(NEW, lambda part: SCORES[part]), config, False)
        assert abs(share_of_new(placed, cases, True) - wanted * 0.1) < 0.01
        # Without the encoder only content brings them: half of what it can fill is the limit.
        everything = dataclasses.replace(placed, session=(Bucket(None, (0.0, 2.0, 0.5, 1.0, 3.0, 99.0, 1.0, 1.0)),))
        most = share_of_new(everything, cases, False)
        assert abs(share_of_new(placed, cases, False) - min(wanted * 0.1, most / 2)) < 0.01
        assert [b.weights[:5] for b in placed.buckets] == [b.weights[:5] for b in FUSION.buckets]
    assert share_of_new(FUSION, cases, True) < 0.05  # what the fitted weights alone give them


def test_items_that_really_are_new_do_not_use_up_the_newcomers_places():
    really = np.arange(5, ITEMS, 4)
    tables = dataclasses.replace(TABLES, popularity=np.where(np.isin(np.arange(ITEMS), really), 0.0, TABLES.popularity))
    newcomers = Newcomers(NEW, lambda part: SCORES[part])
    plain, mixed = (place_newcomers(FUSION, asked(), t, newcomers, TrainConfig(), False) for t in (TABLES, tables))
    assert abs(plain.buckets[0].weights[5] - mixed.buckets[0].weights[5]) < 0.5  # the same newcomers, fewer rivals


def test_lists_that_hold_every_candidate_move_nothing_and_bury_nothing():
    few = Tables({name: sparse.csr_matrix((ITEMS, ITEMS)) for name in COUNTED}, TABLES.popularity)
    placed = place_newcomers(FUSION, asked(), few, Newcomers(NEW, lambda part: SCORES[part]), TrainConfig(), False)
    assert [b.weights[5] for b in placed.session] == [0.0]
    assert abs(placed.buckets[0].weights[5]) < 39


def test_asking_for_more_than_there_are_places_gives_half_of_what_they_can_fill():
    config = TrainConfig(new_items=1000.0)
    placed = place_newcomers(FUSION, asked(), TABLES, Newcomers(NEW, lambda part: SCORES[part]), config, False)
    assert placed.buckets[0].weights[5] > 0


def test_hidden_rows_keep_their_content_and_what_leads_away_from_them():
    hidden = hide(TABLES, NEW)
    assert abs(hidden.counted["transitions"][:, NEW]).sum() == 0
    assert (hidden.counted["transitions"][NEW] != TABLES.counted["transitions"][NEW])[:, 1:10].nnz == 0
    assert (hidden.counted["similar"] != TABLES.counted["similar"]).nnz == 0
    assert (hidden.boost[NEW] == 0).all() and hidden.boost[1] == TABLES.boost[1]
    assert np.flatnonzero(hidden.popularity == 0).tolist() == NEW.tolist()


def test_without_new_products_nothing_changes():
    nobody = Newcomers(np.zeros(0, np.int64), lambda part: SCORES[part])
    assert place_newcomers(FUSION, asked(), TABLES, nobody, TrainConfig(), False) is FUSION
