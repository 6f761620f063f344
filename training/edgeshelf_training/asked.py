"""Cases as a release sees them: each history in the rows of that release, with what else the encoder reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .corpus import Log, gap_buckets

NOT_IN_CATALOGUE = -1


@dataclass(frozen=True)
class Asked:
    """M cases. A history entry whose item the release lacks is left out, as serving does."""

    histories: list[np.ndarray]  # M times i64[T], rows, oldest first, may be empty
    kinds: list[np.ndarray]
    gaps: list[np.ndarray]
    contexts: np.ndarray  # i64[M,4]
    targets: np.ndarray  # i64[M], NOT_IN_CATALOGUE where the release lacks the item

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def lengths(self) -> np.ndarray:
        return np.array([len(h) for h in self.histories], np.int64)


def ask(log: Log, cases: np.ndarray, row_in_release: np.ndarray | None = None) -> Asked:
    """The cases of a log; `row_in_release` i64[N] maps the log's rows to those of another release, -1 unknown."""
    rows = log.rows if row_in_release is None else row_in_release[log.rows]
    gaps = gap_buckets(log)
    history = np.searchsorted(log.offsets, cases[:, 0], side="right") - 1
    histories, kinds, kept_gaps = [], [], []
    for start, end in cases:
        known = rows[start:end] != NOT_IN_CATALOGUE
        histories.append(rows[start:end][known])
        kinds.append(log.kinds[start:end][known])
        kept_gaps.append(gaps[start:end][known])
    return Asked(histories, kinds, kept_gaps, log.context[history], rows[cases[:, 1]])
