"""The unit that differential privacy protects: one visitor of the log, whose key lasts a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .batches import NO_TARGET
from .corpus import Log

UNIT_EVENTS = 20  # of one unit that are read, the newest


@dataclass(frozen=True)
class Units:
    """U units, each with one history of at most T events, padded at the right."""

    rows: np.ndarray  # i64[U,T]
    targets: np.ndarray  # i64[U,T], NO_TARGET where there is nothing to learn
    sizes: np.ndarray  # i64[U], events

    def __len__(self) -> int:
        return len(self.sizes)


def units_of(log: Log, spans: np.ndarray, keep_seen: bool) -> Units:
    """One unit a visitor: the newest events of the longest of its spans, by nothing but the unit's own events.

    What a unit adds is so bounded whatever it did. Ties go to the later span.
    """
    longest: dict[int, tuple[int, int]] = {}
    visitors = log.visitors[np.searchsorted(log.offsets, spans[:, 0], side="right") - 1]
    for visitor, (start, end) in zip(visitors.tolist(), spans.tolist(), strict=True):
        kept = longest.get(visitor)
        if kept is None or end - start >= kept[1] - kept[0]:
            longest[visitor] = (start, end)
    rows = np.zeros((len(longest), UNIT_EVENTS), np.int64)
    targets = np.full((len(longest), UNIT_EVENTS), NO_TARGET, np.int64)
    sizes = np.zeros(len(longest), np.int64)
    for unit, (start, end) in enumerate(longest.values()):
        own = log.rows[max(start, end - UNIT_EVENTS) : end]
        sizes[unit] = len(own)
        rows[unit, : len(own)] = own
        for k, following in enumerate(own[1:].tolist()):
            if keep_seen or following not in own[: k + 1]:
                targets[unit, k] = following
    return Units(rows, targets, sizes)


def one_case_each(log: Log, cases: np.ndarray) -> np.ndarray:
    """The first case of each visitor, i64[M,2]."""
    visitors = log.visitors[np.searchsorted(log.offsets, cases[:, 0], side="right") - 1]
    _, first = np.unique(visitors, return_index=True)
    return cases[np.sort(first)]
