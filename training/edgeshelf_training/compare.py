"""The run against the active release: the gate's evidence, and both sets of answers to the same cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .config import TrainConfig
from .corpus import Corpus
from .evaluate import Ranking
from .gate import baseline_answers, cases_after, gate_json
from .measure import Measured
from .metrics import ndcg_each
from .progress import Progress
from .release import Release
from .split import Split


@dataclass(frozen=True)
class Compared:
    gate: dict  # as `gate.json`
    kept: np.ndarray  # bool[M], test cases that the release cannot have trained on
    baseline: Ranking  # its answers to those, in the rows of the corpus; -1 where the corpus lacks an item


def compare(
    corpus: Corpus, split: Split, test: np.ndarray, measured: Measured, held: Release, config: TrainConfig,
    progress: Progress,
) -> Compared:  # fmt: skip
    """Both on the test cases that the active release `held` cannot have trained on."""
    later, after = cases_after(corpus, test, held)
    kept = np.isin(test[:, 1], later[:, 1])
    answers = baseline_answers(held, corpus, later, progress.tell)
    starts = [at for at in (split.test_from, None if after is None else after + 1) if at is not None]
    gate = gate_json(
        measured.gains[kept], ndcg_each(answers.ranks), held.manifest.get("id", ""), split.hash(corpus.log),
        max(starts, default=None), config.bootstrap_samples, config.seed,
    ) | {"droppedTargets": int((~kept).sum())}  # fmt: skip
    row_of = {item.id: row for row, item in enumerate(corpus.items)}
    own = np.array([row_of.get(item, -1) for item in held.ids], np.int64)
    return Compared(gate, kept, Ranking(answers.ranks, [own[top] for top in answers.tops]))
