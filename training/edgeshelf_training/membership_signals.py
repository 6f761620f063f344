"""What a release says of each history of a pool: from its files (attacker A), and from its answers (attacker B).

A question is a prefix of a history that asks for the event after it; only what a release with the history in it was
trained on is asked about. Every signal is a mean or an extreme over one history's questions, items or pairs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from .asked import Asked, ask
from .corpus import Corpus
from .evaluate import chunks, int8_scorer, rank_cases, release_queries
from .metrics import LISTED, ndcg_each
from .release import Release
from .split import leave_one_out

QUESTIONS = 4  # of a history, the newest
WINDOW = 10  # events between the two of a pair, at most
OTHERS = 49  # items that stand beside the target in a list to be ranked
# What B learns of a question: the target's place in the list that everybody is given, and in a list that B brings, by
# score and by place.
ANSWERED = ("listed", "margin", "place")
# What A reads, and the files that tell it.
READ = {
    "loss": "encoder.int8.onnx, items.bin",
    "nearness": "items.bin",
    "length": "items.bin",
    "popularity": "items.bin",
    "rarest": "items.bin",
    "untouched": "items.bin",
    "boost": "items.bin",
    "transitions": "transitions.bin",
    "transitionsWeight": "transitions.bin",
    "bought": "bought.bin",
    "boughtWeight": "bought.bin",
}


@dataclass(frozen=True)
class Questions:
    """K questions about P histories."""

    cases: np.ndarray  # i64[K,2], as `Split` has them
    owner: np.ndarray  # i64[K], the history
    histories: int

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Of each history, f64[P]; 0 without questions."""
        asks = np.bincount(self.owner, minlength=self.histories)
        return np.bincount(self.owner, weights=values, minlength=self.histories) / np.maximum(asks, 1)


def questions_of(pool: Corpus) -> Questions:
    """The newest QUESTIONS of each history."""
    spans = leave_one_out(pool.log).train.tolist()
    found = [(start, k, h) for h, (start, end) in enumerate(spans) for k in range(max(start + 1, end - QUESTIONS), end)]
    table = np.array(found, np.int64).reshape(-1, 3)
    return Questions(table[:, :2], table[:, 2], pool.log.histories)


def rows_in(release: Release, pool: Corpus) -> np.ndarray:
    """Row in the release of each item of the pool, i64[N]."""
    place = {name: row for row, name in enumerate(release.ids)}
    return np.array([place[item.id] for item in pool.items], np.int64)


def read_signals(pool: Corpus, release: Release) -> dict[str, np.ndarray]:
    """What A reads of each history in the files of the release, f64[P] each, by the names of READ."""
    questions, rows = questions_of(pool), rows_in(release, pool)
    asked = ask(pool.log, questions.cases, rows)
    found = {"loss": questions.mean(-encoder_loss(release, asked))}
    spans = leave_one_out(pool.log).train
    sizes = spans[:, 1] - spans[:, 0]
    owner = np.repeat(np.arange(len(spans)), sizes)
    events = np.repeat(spans[:, 0] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(len(owner))
    items = rows[pool.log.rows[events]]
    count = np.maximum(sizes, 1)

    def over_items(values: np.ndarray) -> np.ndarray:
        return np.bincount(owner, weights=values[items], minlength=len(spans)) / count

    popularity = release.tables.popularity
    vectors = release.float_vectors.astype(np.float64)
    length = np.sqrt((vectors * vectors).sum(1))
    found["length"] = over_items(length)
    found["popularity"] = over_items(popularity)
    found["rarest"] = _least(popularity[items], owner, len(spans))
    found["untouched"] = over_items((popularity == 0).astype(float))
    found["boost"] = over_items(np.zeros(len(rows)) if release.tables.boost is None else release.tables.boost)
    earlier, later, pair_owner = _pairs(items, owner)
    pairs = np.maximum(np.bincount(pair_owner, minlength=len(spans)), 1)
    unit = vectors / np.maximum(length, 1e-12)[:, None]

    def over_pairs(values: np.ndarray) -> np.ndarray:
        return np.bincount(pair_owner, weights=values, minlength=len(spans)) / pairs

    found["nearness"] = over_pairs((unit[earlier] * unit[later]).sum(1))
    for name in ("transitions", "bought"):
        weight = _entries(release.tables.counted[name], earlier, later)
        found[name] = over_pairs((weight > 0).astype(float))
        found[f"{name}Weight"] = over_pairs(np.log1p(weight))
    return found


def encoder_loss(release: Release, asked: Asked) -> np.ndarray:
    """Cross-entropy of each target under the encoder alone over the whole catalogue, f64[K]."""
    score_chunk = int8_scorer(release, release_queries(release, asked))
    loss = np.zeros(len(asked))
    for part in chunks(len(asked), len(release.ids)):
        scores = score_chunk(part)
        top = scores.max(1)
        own = scores[np.arange(len(scores)), asked.targets[part]]
        loss[part] = np.log(np.exp(scores - top[:, None]).sum(1)) + top - own
    return loss


def answered_signals(questions: Questions, file: Path) -> dict[str, np.ndarray]:
    """What B learned of each history over HTTP, f64[P] each. The file has null where a target is not in a list."""
    answers = json.loads(file.read_text("utf-8"))
    rank = np.array([LISTED if each is None else each for each in answers["listed"]], float)
    values = {"listed": 1 / np.log2(np.minimum(rank, LISTED) + 2)}
    values |= {name: np.array([0.0 if x is None else x for x in answers[name]], float) for name in ("margin", "place")}
    return {name: questions.mean(values[name]) for name in ANSWERED}


def own_answers(pool: Corpus, release: Release) -> np.ndarray:
    """What the list alone would tell B, by the trainer's own arithmetic on the same files, f64[P]."""
    questions = questions_of(pool)
    asked = ask(pool.log, questions.cases, rows_in(release, pool))
    score_chunk = int8_scorer(release, release_queries(release, asked))
    ranks = rank_cases(release, asked, score_chunk, False, systems=("fused",))["fused"].ranks
    place = np.where(ranks >= 0, ranks, LISTED)
    return questions.mean(1 / np.log2(place + 2))


def quality(pool: Corpus, release: Release) -> float:
    """NDCG@10 of the lists on the last event of each history, which no shadow was trained on."""
    asked = ask(pool.log, leave_one_out(pool.log).test, rows_in(release, pool))
    score_chunk = int8_scorer(release, release_queries(release, asked))
    ranks = rank_cases(release, asked, score_chunk, False, systems=("fused",))["fused"].ranks
    return float(ndcg_each(ranks).mean())


def write_questions(pool: Corpus, file: Path, seed: int) -> Questions:
    """The questions for whoever asks over HTTP: histories, targets, and what stands beside each in a list to rank."""
    questions = questions_of(pool)
    rows, names = pool.log.rows, [item.id for item in pool.items]
    others = np.random.default_rng(seed).choice(len(names), min(OTHERS, len(names) - 1), replace=False)
    told = {
        "others": [names[row] for row in others],
        "cases": [{"history": [names[row] for row in rows[a:k]], "target": names[rows[k]]} for a, k in questions.cases],
    }
    file.write_text(json.dumps(told), "utf-8")
    return questions


def _pairs(items: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of one history up to WINDOW events apart: earlier and later rows, and the history, i64[Q] each."""
    earlier, later, owners = [], [], []
    for distance in range(1, min(WINDOW, len(items) - 1) + 1):
        same = owner[distance:] == owner[:-distance]
        earlier.append(items[:-distance][same])
        later.append(items[distance:][same])
        owners.append(owner[distance:][same])
    if not earlier:
        return (np.zeros(0, np.int64),) * 3
    return np.concatenate(earlier), np.concatenate(later), np.concatenate(owners)


def _entries(table: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Weights of pairs, f64[Q], 0 where the table has none."""
    return np.asarray(table[rows, columns]).ravel() if len(rows) else np.zeros(0)


def _least(values: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    least = np.full(count, np.inf)
    np.minimum.at(least, owner, values)
    return np.where(np.isfinite(least), least, 0.0)
