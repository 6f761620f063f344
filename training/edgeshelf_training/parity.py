"""`parity.json`: made-up histories with the answers of ONNX Runtime and NumPy on the release's own files."""

from __future__ import annotations

import numpy as np

from .asked import Asked
from .candidates import best_rows, popularity_order
from .evaluate import chunk_candidates, encoder_top, int8_scorer, release_queries
from .fusion import bucket_weights
from .metrics import AT
from .release import Release

HISTORIES = 64
LONGEST = 12


def parity_json(release: Release, seed: int) -> dict:
    """Random walks over the transitions (nobody's history), view events, no gaps, no context; seen items excluded."""
    walks = random_walks(release, seed)
    ones, zeros = [np.ones(len(w), np.int64) for w in walks], [np.zeros(len(w), np.int64) for w in walks]
    asked = Asked(walks, ones, zeros, np.zeros((len(walks), 4), np.int64), np.full(len(walks), -1))
    queries = release_queries(release, asked)
    score_chunk = int8_scorer(release, queries)
    filler = popularity_order(release.tables.popularity)
    answers = []
    for k, walk in enumerate(walks):
        part = slice(k, k + 1)
        scores = score_chunk(part)
        found = chunk_candidates(release, asked, part, scores, keep_seen=False)
        weights = bucket_weights(asked.lengths[part], release.fusion.buckets)
        fused, values = best_rows(found, weights, filler, [walk], AT, keep_seen=False)
        top = encoder_top(scores, [walk], AT, keep_seen=False)[0]
        answers.append({
            "items": [release.ids[row] for row in walk],
            "query": [float(x) for x in queries[k]],
            "encoderTop": [release.ids[row] for row in top],
            "encoderScores": [float(s) for s in scores[0, top]],
            "fusedTop": [release.ids[row] for row in fused[0]],
            "fusedScores": [float(s) for s in values[0]],
        })  # fmt: skip
    return {"histories": answers}


def random_walks(release: Release, seed: int) -> list[np.ndarray]:
    """Seeded walks of 1 to LONGEST rows; a row without transitions continues anywhere."""
    rng = np.random.default_rng(seed)
    table = release.tables.counted["transitions"]
    walks = []
    for _ in range(HISTORIES):
        walk = [int(rng.integers(len(release.ids)))]
        for _ in range(int(rng.integers(LONGEST))):
            span = slice(table.indptr[walk[-1]], table.indptr[walk[-1] + 1])
            onward = table.indices[span] if span.stop > span.start else None
            walk.append(int(rng.choice(onward)) if onward is not None else int(rng.integers(len(release.ids))))
        walks.append(np.array(walk, np.int64))
    return walks
