"""Exact int8 scans of FAISS and usearch, one thread each.

    python peers.py SYSTEM FILE ROWS DIM QUERIES MOST

FILE: int8 vectors, float32 scales, int8 queries, float64 query scales. Both score by the int8 values alone: neither
takes a scale for each row. For each number of runs that comes in on a line, the milliseconds a scan go out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

Search = Callable[[int], object]
CHUNK_ROWS = 50_000


def faiss_search(vectors: np.ndarray, queries: np.ndarray, most: int) -> Search:
    import faiss

    faiss.omp_set_num_threads(1)
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    for start in range(0, len(vectors), CHUNK_ROWS):
        index.add(vectors[start : start + CHUNK_ROWS].astype(np.float32))
    wide = queries.astype(np.float32)
    return lambda q: index.search(wide[q : q + 1], most)


def usearch_search(vectors: np.ndarray, queries: np.ndarray, most: int) -> Search:
    from usearch.index import MetricKind, search

    return lambda q: search(vectors, queries[q], most, MetricKind.IP, exact=True, threads=1)


SYSTEMS = {"faiss": faiss_search, "usearch": usearch_search}


def main() -> None:
    system, path = sys.argv[1:3]
    rows, dim, count, most = map(int, sys.argv[3:])
    content = np.fromfile(path, dtype=np.int8)
    vectors = content[: rows * dim].reshape(rows, dim)  # [N, D]
    start = rows * (dim + 4)
    queries = content[start : start + count * dim].reshape(count, dim)  # [Q, D]
    search = SYSTEMS[system](vectors, queries, most)
    for line in sys.stdin:
        runs = int(line)
        started = time.perf_counter()
        for run in range(runs):
            search(run % count)
        print((time.perf_counter() - started) / runs * 1e3, flush=True)


if __name__ == "__main__":
    main()
