"""The gate's evidence: candidate against baseline on the same targets, with a paired bootstrap."""

from __future__ import annotations

import numpy as np

from .asked import NOT_IN_CATALOGUE, ask
from .bootstrap import relative_difference
from .corpus import Corpus
from .evaluate import Ranking, int8_scorer, rank_cases, release_queries
from .release import Release


def row_map(ids: list[str], release: Release) -> np.ndarray:
    """Row in `release` of each id, i64[N], NOT_IN_CATALOGUE where it has none."""
    row_of = {item: row for row, item in enumerate(release.ids)}
    return np.array([row_of.get(item, NOT_IN_CATALOGUE) for item in ids], np.int64)


def baseline_answers(baseline: Release, corpus: Corpus, cases: np.ndarray, tell=lambda _: None) -> Ranking:
    """The baseline's fused answers to each case, in its own rows; a target that its catalogue lacks is never hit."""
    asked = ask(corpus.log, cases, row_map([item.id for item in corpus.items], baseline))
    queries = release_queries(baseline, asked, tell)
    return rank_cases(baseline, asked, int8_scorer(baseline, queries), corpus.keep_seen, systems=("fused",))["fused"]


def cases_after(corpus: Corpus, cases: np.ndarray, baseline: Release) -> tuple[np.ndarray, int | None]:
    """Cases whose target lies after the baseline's last training event, and that time (None without times)."""
    last = baseline.manifest.get("trainedOn", {}).get("lastEventAt")
    if last is None or not corpus.log.has_times:
        return cases, None
    return cases[corpus.log.at[cases[:, 1]] > last], int(last)


def gate_json(
    candidate: np.ndarray, baseline: np.ndarray, baseline_id: str, split_hash: str, test_from: int | None,
    samples: int, seed: int,
) -> dict:  # fmt: skip
    """As `gate.json`; the verdict is the reader's."""
    return {
        "splitHash": split_hash,
        "testFrom": test_from,
        "testTargets": len(candidate),
        "baselineRelease": baseline_id,
        "candidate": {"ndcg@10": float(candidate.mean()) if len(candidate) else 0.0},
        "baseline": {"ndcg@10": float(baseline.mean()) if len(baseline) else 0.0},
        "differenceRelative": relative_difference(candidate, baseline, samples, seed),
        "bootstrapSamples": samples,
        "seed": seed,
    }
