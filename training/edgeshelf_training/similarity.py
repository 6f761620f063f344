"""How far content alone goes: the items most like a history, by their words or by a pretrained text encoder.

What a release makes of items that nobody has touched is shown beside these two.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from scipy import sparse

from .baselines import history_weights, seen_items, span_events, target_ranks
from .candidates import popularity_order
from .canonical import canonicalise
from .content import tfidf
from .corpus import Corpus
from .errors import InputError
from .evaluate import chunks
from .features import CACHE
from .metrics import LISTED, summary
from .split import split_corpus
from .text_encoder import encode_texts, item_text
from .train import read_corpus

DECAYS = (0.0, 0.6, 0.8, 1.0)  # of a history item against the one event newer: all are tried, the best one is told


def similarity_table(data: Path, targets: Path, text_model: str, seed: int) -> dict[str, dict[str, float]]:
    """Figures of `tfidf` and, where `text_model` is named, `text`, over the test cases whose target `targets` lists."""
    corpus = canonicalise(read_corpus(data, int(time.time()), False), seed)
    wanted = set(targets.read_text("utf-8").split())
    split = split_corpus(corpus)
    test = split.test
    asked = [corpus.items[row].id in wanted for row in corpus.log.rows[test[:, 1]].tolist()]
    cases = test[np.array(asked, bool)]
    if not len(cases):
        raise InputError(f"--targets {targets}: names no item that a test case asks for")
    found = {"tfidf": best_by_similarity(corpus, split.train, cases, tfidf(corpus.items))}
    if text_model:
        rows = encode_texts([item_text(item) for item in corpus.items], text_model, "cpu", cache=CACHE)
        found["text"] = best_by_similarity(corpus, split.train, cases, sparse.csr_matrix(rows.astype(float)))
    return found


def best_by_similarity(
    corpus: Corpus, spans: np.ndarray, cases: np.ndarray, rows: sparse.csr_matrix
) -> dict[str, float]:
    """Figures of the cosine between an item's row and the decayed sum of a history's, under the best of DECAYS.

    `rows` f64[N,E] of length 1. Full catalogue; seen items are left out; equal scores go by popularity in the spans.
    The best is that with the highest Recall@50 on these very cases, which favours this baseline.
    """
    log, items = corpus.log, len(corpus.items)
    places = np.empty(items, np.int64)
    places[popularity_order(np.bincount(log.rows[span_events(spans)[0]], minlength=items))] = np.arange(items)
    trials = []
    for decay in DECAYS:
        ranks = []
        for chunk in chunks(len(cases), items):
            part = cases[chunk]
            profile = history_weights(log, part, decay, items) @ rows  # [m,E]
            cosines = (profile @ rows.T).tocsr()  # but for a positive factor a case
            cosines.data = np.maximum(cosines.data, 0.0)
            ranks.append(target_ranks(cosines, log.rows[part[:, 1]], places, seen_items(log, part, items)))
        every = np.concatenate(ranks)
        trials.append(summary(np.where(every < LISTED, every, -1)) | {"decay": decay})
    return max(trials, key=lambda trial: trial["recall@50"])
