from dataclasses import replace

import numpy as np
from scipy import sparse

from edgeshelf_training.baskets import FEWEST_CASES, BasketWeights, basket_table, choose_weights, read_orders
from edgeshelf_training.corpus import histories_from_lists

DAY = 86_400


def log_of_orders(orders: list[tuple[int, int, list[int]]]):
    """Orders as (visitor, day, items), a history each."""
    log = histories_from_lists([items for _, _, items in orders], kind=4)
    history = np.repeat(np.arange(len(orders)), np.diff(log.offsets))
    at = np.array([day * DAY for _, day, _ in orders])[history]
    return replace(log, at=at, orders=history, visitors=np.array([visitor for visitor, _, _ in orders]))


def test_an_order_holds_each_item_once_and_what_is_no_order_is_left_out():
    log = log_of_orders([(7, 1, [0, 1, 1]), (8, 2, [2])])
    log = replace(log, kinds=np.array([4, 4, 4, 1]))
    orders = read_orders(log, np.array([1.0, 0.5, 0.25, 1.0]), 3)
    assert orders.items.toarray().tolist() == [[1, 1, 0]]
    assert (orders.visitors.tolist(), orders.at.tolist(), orders.weights.tolist()) == ([7], [DAY], [1.0])


def test_an_item_that_another_explains_says_little():
    # 0 and 1 always go together, and 2 comes with 1 alone where 0 is missing: 0 says nothing of 2 that 1 does not say
    log = log_of_orders([(n, 1, items) for items in ([0, 1, 2], [1, 2], [0]) for n in range(60)])
    read = read_orders(log, np.ones(len(log.rows)), 3)
    table = basket_table(read, sparse.csr_matrix(np.ones((3, 3)) - np.eye(3))).toarray()
    counted = (read.items.T @ read.items).toarray()
    assert counted[0, 2] == 60 and table[0, 2] < 0.2 * table[1, 2]
    # the closed form is that of the regression itself: minimise over b the squared error of column 2 plus the ridge
    x = read.items.toarray()
    b = np.linalg.solve(x[:, :2].T @ x[:, :2] + 30 * np.eye(2), x[:, :2].T @ x[:, 2])
    assert np.allclose(table[:2, 2], np.maximum(b, 0))


def test_only_pairs_that_enough_visitors_bought_are_in_the_table():
    read = read_orders(log_of_orders([(n, 1, [0, 1, 2]) for n in range(5)]), np.ones(15), 3)
    table = basket_table(read, sparse.csr_matrix(([1.0], ([0], [1])), shape=(3, 3)))
    assert sorted(zip(*table.nonzero(), strict=True)) == [(0, 1)]


def test_weights_follow_what_visitors_do_again_and_need_visitors_who_come_again():
    # each visitor buys the same rare item with item 0 again and again; item 1 is what the table says goes with 0
    again = [(n, day, [0, 2 + n % 50]) for n in range(FEWEST_CASES) for day in (1, 2, 3, 9)]
    table = sparse.csr_matrix((np.full(1, 0.05), ([0], [1])), shape=(52, 52))
    chosen = choose_weights(log_of_orders(again), table, np.zeros(52), 9 * DAY, 10 * DAY)
    assert chosen.own > 0  # log(1 + 3) of the own item has to pass 0.05
    once = [(n, n % 10, items) for n, (_, _, items) in enumerate(again)]
    assert choose_weights(log_of_orders(once), table, np.zeros(52), 9 * DAY, 10 * DAY) == BasketWeights()
