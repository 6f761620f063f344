"""Training batches: windows of histories grouped by length, so that little is padding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .corpus import Log, gap_buckets

NO_TARGET = -1


@dataclass(frozen=True)
class Batch:
    """B windows of at most T inputs, padded at the right; causality keeps padding out of every answer."""

    rows: np.ndarray  # i64[B,T]
    kinds: np.ndarray  # i64[B,T]
    gaps: np.ndarray  # i64[B,T]
    targets: np.ndarray  # i64[B,T], NO_TARGET where there is nothing to learn
    context: np.ndarray  # i64[B,4]


class Windows:
    """All windows of the given spans. Each asks for the next item at each of up to `length` inputs."""

    def __init__(self, log: Log, spans: np.ndarray, length: int, keep_seen: bool) -> None:
        self.log, self.gaps = log, gap_buckets(log)
        self.targets = np.full(len(log.rows), NO_TARGET, np.int64)  # of the event at this place, what comes next
        windows = []
        for start, end in spans:
            seen: set[int] = set()
            for k in range(start, end - 1):
                seen.add(int(log.rows[k]))
                following = int(log.rows[k + 1])
                if keep_seen or following not in seen:
                    self.targets[k] = following
            # the newest window first, then older ones, so that each event is a target once
            for last in range(end - 1, start, -length):
                windows.append((max(start, last - length), last))
        found = np.array(windows, np.int64).reshape(-1, 2)
        asked = np.array([(self.targets[a:b] != NO_TARGET).any() for a, b in found], bool)
        self.windows = found[asked] if len(found) else found
        self.target_count = int(sum((self.targets[a:b] != NO_TARGET).sum() for a, b in self.windows))
        self.history = np.searchsorted(log.offsets, self.windows[:, 0], side="right") - 1

    def batches(self, targets_each: int, rng: np.random.Generator) -> Iterator[Batch]:
        """One epoch in a seeded order. A batch holds about `targets_each` inputs, padding included."""
        lengths = self.windows[:, 1] - self.windows[:, 0]
        order = np.lexsort((rng.random(len(lengths)), lengths))
        groups, at = [], 0
        while at < len(order):
            end = at + 1
            while end < len(order) and (end - at + 1) * lengths[order[end]] <= targets_each:
                end += 1
            groups.append(order[at:end])
            at = end
        for g in rng.permutation(len(groups)):
            yield self._batch(groups[g])

    def _batch(self, chosen: np.ndarray) -> Batch:
        spans = self.windows[chosen]
        steps = int((spans[:, 1] - spans[:, 0]).max())
        place = spans[:, :1] + np.arange(steps)[None, :]  # [B,T]
        inside = place < spans[:, 1:]
        place = np.minimum(place, len(self.log.rows) - 1)
        return Batch(
            np.where(inside, self.log.rows[place], 0),
            np.where(inside, self.log.kinds[place], 0),
            np.where(inside, self.gaps[place] * (place > spans[:, :1]), 0),
            np.where(inside, self.targets[place], NO_TARGET),
            self.log.context[self.history[chosen]],
        )
