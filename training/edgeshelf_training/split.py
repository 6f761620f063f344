"""What is trained on, what chooses, what is tested: spans and cases as positions in the log.

A span [start, end) is a stretch of one history to learn from. A case (start, end) asks for event `end` given the
events [start, end).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from .canonical import mix
from .corpus import Corpus, Log

HOLD_OUT = 20  # one training session in so many validates where the data set prescribes the test
TRAIN_SHARE, VALIDATION_SHARE = 0.70, 0.20


@dataclass(frozen=True)
class Split:
    name: str  # as the protocol says it
    train: np.ndarray  # i64[T,2] spans
    validation: np.ndarray  # i64[V,2] cases
    test: np.ndarray  # i64[U,2] cases
    refit: np.ndarray  # i64[R,2] spans, for the second fit with settings frozen
    refit_tests: bool  # whether the test cases are still unseen by a model fitted on `refit`
    test_from: int | None  # unix seconds at which the test window starts, None without times

    def hash(self, log: Log) -> str:
        """Names the split of this log: equal when the same cases are asked about the same histories."""
        digest = hashlib.sha256()
        for part in (log.rows, log.at, self.train, self.validation, self.test):
            digest.update(np.ascontiguousarray(part, "<i8").tobytes())
        return digest.hexdigest()


def split_corpus(corpus: Corpus) -> Split:
    """The split that fits the source."""
    if corpus.source == "sequences":
        return leave_one_out(corpus.log)
    if corpus.source == "sessions":
        return given_test(corpus)
    return temporal(corpus.log, corpus.keep_seen)


def leave_one_out(log: Log) -> Split:
    """The last event of each history tests, the last but one validates; histories under 3 events only train.

    A target that already stands in its history still counts, as in the published protocol, though it cannot be
    answered where seen items are filtered.
    """
    start, end = log.offsets[:-1], log.offsets[1:]
    tested = end - start >= 3
    train = np.stack([start, np.where(tested, end - 2, end)], 1)
    refit = np.stack([start, np.where(tested, end - 1, end)], 1)
    validation = np.stack([start, end - 2], 1)[tested]
    test = np.stack([start, end - 1], 1)[tested]
    return Split("leave-one-out", train, validation, test, refit, True, None)


def given_test(corpus: Corpus) -> Split:
    """The prescribed test rows test; one training session in HOLD_OUT, by hash, validates (each of its events)."""
    log, count = corpus.log, corpus.log.histories - corpus.given_test
    start, end = log.offsets[:-1], log.offsets[1:]
    held = mix(np.arange(count, dtype=np.uint64)) % np.uint64(HOLD_OUT) == 0  # places are canonical, not file order
    spans = np.stack([start, end], 1)
    train, refit = spans[:count][~held], spans[:count]
    validation = [(s, k) for s, e in spans[:count][held] for k in range(s + 1, e)]
    test = np.stack([start, end - 1], 1)[count:]
    return Split("given", train, np.array(validation, np.int64).reshape(-1, 2), test, refit, True, None)


def temporal(log: Log, keep_seen: bool) -> Split:
    """By time: 70% of the events train, the next 20% choose, the last 10% test. Each later event is a case.

    A history that crosses a boundary is read up to it. A target that already stands in its history is no case
    when seen items are filtered: it could not be answered.
    """
    times = np.sort(log.at)
    first = int(times[int(len(times) * TRAIN_SHARE)])
    second = int(times[int(len(times) * (TRAIN_SHARE + VALIDATION_SHARE))])
    train, validation, test = [], [], []
    for start, end in zip(log.offsets[:-1], log.offsets[1:], strict=True):
        cut = start + int(np.searchsorted(log.at[start:end], first, side="left"))
        if cut > start:
            train.append((start, cut))
        seen = set(log.rows[start : max(cut, start + 1)].tolist())
        for k in range(max(cut, start + 1), end):
            row = int(log.rows[k])
            if keep_seen or row not in seen:
                (test if log.at[k] >= second else validation).append((start, k))
            seen.add(row)
    refit = np.stack([log.offsets[:-1], log.offsets[1:]], 1)
    pairs = [np.array(part, np.int64).reshape(-1, 2) for part in (train, validation, test)]
    return Split("temporal 70/20/10", *pairs, refit, False, second)


def sample_cases(cases: np.ndarray, most: int, seed: int) -> np.ndarray:
    """At most `most` of the cases, the same ones for the same seed, in their order."""
    if len(cases) <= most:
        return cases
    return cases[np.sort(np.random.default_rng(seed).permutation(len(cases))[:most])]
