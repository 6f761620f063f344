import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from scipy import sparse

from edgeshelf_training.neighbours import quantise_neighbours
from edgeshelf_training.quantise import dequantise_rows, int8_scores, quantise_query, quantise_rows

values = st.floats(-100, 100, width=32).filter(lambda x: x == 0 or abs(x) > 1e-6)
matrices = hnp.arrays(np.float32, (4, 6), elements=values)


@given(matrices)
def test_a_row_is_off_by_at_most_half_its_scale(matrix: np.ndarray):
    quantised, scales = quantise_rows(matrix)
    # float32 scales are rounded, so allow a part in a million on top
    limit = scales[:, None] * 0.5 + np.abs(matrix).max(initial=0) * 1e-5
    assert (np.abs(dequantise_rows(quantised, scales) - matrix) <= limit).all()


def test_the_query_rule_rounds_halves_up():
    # s = 127/127 = 1: -0.5 floors to 0, 0.5 to 1, 1.5 to 2, -1.5 to -1
    query, scale = quantise_query(np.array([127, 0.5, -0.5, 1.5, -1.5], np.float32))
    assert (query.tolist(), scale) == ([127, 1, 0, 2, -1], 1.0)


def test_a_zero_query_scores_nothing():
    query, scale = quantise_query(np.zeros(3, np.float32))
    assert (query.tolist(), scale) == ([0, 0, 0], 0.0)


@given(matrices, hnp.arrays(np.float32, (2, 6), elements=values))
def test_scores_are_exact_integer_dots_times_both_scales(matrix: np.ndarray, queries: np.ndarray):
    rows, scales = quantise_rows(matrix)
    found = int8_scores(queries, rows, scales)
    for m, query in enumerate(queries):
        quantised, scale = quantise_query(query)
        for n in range(len(rows)):
            dot = sum(int(a) * int(b) for a, b in zip(quantised, rows[n], strict=True))
            assert found[m, n] == dot * (float(scales[n]) * scale)


def test_neighbours_sort_by_weight_then_row_and_keep_the_heaviest():
    table = sparse.csr_matrix(np.array([[0, 1.2, 2.0, 1.2, 0.5], [0, 0, 0, 0, 0], *np.zeros((3, 5))]))
    kept = quantise_neighbours(table, 5, 3)
    assert kept.offsets.tolist() == [0, 3, 3, 3, 3, 3]
    assert kept.targets.tolist() == [2, 1, 3]
    assert kept.weights.tolist() == [255, 153, 153]  # 1.2/2 * 255 = 153
    assert abs(kept.matrix()[0, 1] - 1.2) <= float(kept.scales[0]) / 2 + 1e-6
