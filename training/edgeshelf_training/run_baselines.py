"""The baselines of a run, measured on its own cases and in the manner of its own systems."""

from __future__ import annotations

import dataclasses

import numpy as np

from .baselines import measure_baselines
from .config import TrainConfig
from .corpus import Corpus
from .long_tail import coverage, gini
from .metrics import LISTED, summary
from .model import Content
from .plain_sasrec import fit_and_rank_plain_sasrec
from .progress import Progress

COUNTED, ALL = "counted", "all"  # all: plain SASRec too, which takes longer than the release itself
SASREC_EPOCHS = 40


def baseline_table(
    corpus: Corpus, content: Content, spans: np.ndarray, validation: np.ndarray, test: np.ndarray, which: str,
    config: TrainConfig, progress: Progress,
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Figures of each baseline fitted on the spans, by name; their pairs need one visitor, as published ones do.

    Plain SASRec is trained where `which` is ALL and there are `validation` cases to stop it by.
    """
    items = len(corpus.items)
    found = measure_baselines(corpus, spans, test, content.matrix, 1, LISTED)
    table = {
        name: summary(ranking.ranks)
        | {"coverage@10": coverage(ranking.tops, items), "gini@10": gini(ranking.tops, items)}
        for name, ranking in found.items()
        if name != "popular"  # the release has its own
    }
    if which == ALL and len(validation):
        plain = dataclasses.replace(config, epochs=SASREC_EPOCHS)
        ranks = fit_and_rank_plain_sasrec(corpus, spans, validation, test, plain, progress, LISTED)
        table["plainSasrec"] = summary(ranks)
    return table
