import gzip
import json
from dataclasses import replace

import numpy as np

from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.counts import (
    LEAST_POPULARITY,
    bought_counts,
    event_weights,
    popularity,
    transition_counts,
    transition_table,
)
from edgeshelf_training.sessions import read_event_corpus


def whole(log) -> np.ndarray:
    return np.stack([log.offsets[:-1], log.offsets[1:]], 1)


def test_transitions_weigh_by_distance_and_keep_direction():
    log = histories_from_lists([[0, 1, 2]])
    counts = transition_counts(log, whole(log), np.ones(3), window=2, k_pair=1).toarray()
    assert counts.tolist() == [[0, 1, 0.5], [0, 0, 1], [0, 0, 0]]


def test_the_table_speaks_backwards_too_but_less_and_less_for_frequent_items():
    log = histories_from_lists([[0, 1], [0, 2], [0, 2], [0, 2]])
    table = transition_table(log, whole(log), np.ones(8), 4, window=1, k_pair=1, repeats=False).toarray()
    assert table.shape == (4, 4)
    assert np.isclose(table[0, 2], 3 * 4**-0.2) and np.isclose(table[0, 1], 4**-0.2)  # item 0 stands there four times
    assert np.isclose(table[2, 0], 0.2 * 3 * 3**-0.2) and np.isclose(table[1, 0], 0.2)


def test_repeats_count_only_where_seen_items_may_be_shown_again():
    log = histories_from_lists([[0, 0, 1, 0]])
    tables = [transition_table(log, whole(log), np.ones(4), 2, 3, 1, repeats) for repeats in (False, True)]
    assert tables[0].diagonal().tolist() == [0, 0]
    assert tables[1].diagonal()[0] > 0 and tables[1].diagonal()[1] == 0


def test_items_of_fewer_than_k_visitors_are_all_alike_and_counts_above_are_coarse():
    # Item 0: three visitors, 5 times; item 1: three, 4 times; item 2: two, 6 times; item 3: nobody.
    log = histories_from_lists([[0, 1, 2, 2, 2], [0, 1, 2, 2, 2], [0, 0, 0, 1, 1]])
    weights = np.ones(len(log.rows))
    fine = popularity(log, whole(log), weights, 4)
    assert fine.argmax() == 2 and fine[0] > fine[1] > fine[3] == 0
    coarse = popularity(log, whole(log), weights, 4, k_item=3)
    # 5 and 4 are both 4. Of item 2 it is not told that anybody touched it, nor of item 3 that nobody did.
    assert coarse.tolist() == [1, 1, LEAST_POPULARITY, LEAST_POPULARITY]


def test_noise_moves_visitors_over_the_threshold_and_counts_with_them():
    log = histories_from_lists([[0, 1, 2], [0, 1, 2], [0, 1], [0, 1]])
    weights = np.ones(len(log.rows))
    noise = np.array([-1.5, 4.0, 1.0, 5.0])
    told = popularity(log, whole(log), weights, 4, k_item=3, noise=noise)
    # Visitors 4, 4, 2, 0 are taken for 2.5, 8, 3, 5: the first falls under three, and nobody's item stays nobody's.
    assert told.tolist() == [LEAST_POPULARITY, 1, np.log1p(2) / np.log1p(8), LEAST_POPULARITY]
    assert (
        popularity(log, whole(log), weights, 4, k_item=1, noise=noise).tolist()
        == popularity(log, whole(log), weights, 4).tolist()
    )


def test_one_visitor_of_many_events_moves_an_item_no_more_than_one_event_does():
    lists = [[0, 1], [0, 1], [0, 1], [1]]
    often = histories_from_lists([*lists[:3], [1] * 500])
    once = histories_from_lists(lists)
    told = [popularity(log, whole(log), np.ones(len(log.rows)), 2, k_item=3).tolist() for log in (often, once)]
    assert told[0] == told[1]
    assert popularity(often, whole(often), np.ones(len(often.rows)), 2).tolist() != told[0]


def test_no_pair_is_kept_from_fewer_than_k_visitors():
    log = histories_from_lists([[0, 1], [0, 1], [0, 1, 0, 1, 0, 1], [2, 3], [2, 3]])
    counts = transition_counts(log, whole(log), np.ones(len(log.rows)), window=1, k_pair=3)
    assert sorted(zip(*counts.nonzero(), strict=True)) == [(0, 1)]  # 1->0 only from one visitor, 2->3 from two
    assert bought_counts(log, whole(log), np.ones(len(log.rows)), 3)[2, 3] == 0


def test_one_visitor_of_many_sessions_is_one_witness():
    log = replace(histories_from_lists([[0, 1]] * 5), visitors=np.array([7, 7, 7, 8, 8]))
    assert transition_counts(log, whole(log), np.ones(10), 1, 3).nnz == 0
    assert transition_counts(log, whole(log), np.ones(10), 1, 2)[0, 1] == 5


def test_sessions_of_one_visitor_key_are_one_witness_and_a_session_without_a_key_is_its_own(tmp_path):
    def line(number: int, item: str, session: int, visitor: str | None) -> str:
        key = {} if visitor is None else {"visitor": visitor}
        event = {"id": str(number), "type": "view", "item": item, "at": 1000 + number, "session": f"s{session}", **key}
        return json.dumps(event)

    def pairs(visitors: list[str | None]) -> int:
        lines = [line(2 * s + k, item, s, visitor) for s, visitor in enumerate(visitors) for k, item in enumerate("ab")]
        with gzip.open(tmp_path / "events.ndjson.gz", "wt") as file:
            file.write("\n".join(lines))
        log = read_event_corpus(tmp_path, now=10_000, keep_seen=False).log
        return transition_counts(log, whole(log), np.ones(len(log.rows)), 1, 3).nnz

    assert pairs(["v1", "v2", "v1", "v2", "v1"]) == 0
    assert pairs(["v1", "v2", "v3"]) == 1
    assert pairs([None, None, None]) == 1


def test_counts_read_only_the_spans():
    log = histories_from_lists([[0, 1, 2], [0, 1, 2]])
    counts = transition_counts(log, np.array([[0, 2], [3, 5]]), np.ones(6), 5, 1)
    assert sorted(zip(*counts.nonzero(), strict=True)) == [(0, 1)]
    assert popularity(log, np.array([[0, 2], [3, 5]]), np.ones(6), 3).tolist() == [1, 1, 0]


def test_orders_join_purchases_and_views_do_not_count_as_bought():
    log = histories_from_lists([[0, 1, 2, 3]])
    log = replace(log, kinds=np.array([1, 4, 4, 4]), orders=np.array([-1, 5, 5, 6]))
    bought = bought_counts(log, whole(log), np.ones(4), 1)
    assert sorted(zip(*bought.nonzero(), strict=True)) == [(1, 2), (2, 1)]


def test_a_log_of_views_has_nothing_bought_but_plain_lists_do():
    lists = histories_from_lists([[0, 1]])
    assert bought_counts(lists, whole(lists), np.ones(2), 1)[0, 1] > 0
    views = replace(lists, at=np.array([10, 20]))
    assert bought_counts(views, whole(views), np.ones(2), 1).nnz == 0


def test_an_event_one_half_life_old_weighs_half():
    log = replace(histories_from_lists([[0, 1]]), at=np.array([0, 10 * 86_400]))
    assert event_weights(log, 10 * 86_400, 10.0).tolist() == [0.5, 1.0]
    assert event_weights(histories_from_lists([[0, 1]]), 0, 10.0).tolist() == [1.0, 1.0]
