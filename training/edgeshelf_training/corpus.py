"""What every reader returns: a catalogue and a log of histories, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .trails import Trail

KINDS = ("unknown", "view", "click", "cart", "purchase", "search")
REGIONS = ("unknown", "EU", "NA", "SA", "AS", "AF", "OC", "AN")
DEVICES = ("unknown", "desktop", "mobile", "tablet", "bot")
DAYPARTS = ("unknown", "night", "morning", "afternoon", "evening")
WEEKDAYS = ("unknown", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONTEXT_SIZES = (len(REGIONS), len(DEVICES), len(DAYPARTS), len(WEEKDAYS))
GAP_BUCKETS = 16
UNKNOWN_TIME = -1


@dataclass(frozen=True)
class Item:
    """One product as read. `tags` are content beyond the title, such as ("category:Lips", "brand:OPI")."""

    id: str
    title: str = ""
    words: str = ""  # more text for search: brand, category, titles in other languages
    tags: tuple[str, ...] = ()
    category: str | None = None
    price: int = -1  # minor unit of the currency, -1 unknown
    in_stock: bool = True
    group: str | None = None  # variants of one product share it
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Log:
    """Histories laid end to end: history s is events offsets[s] to offsets[s+1], oldest first."""

    offsets: np.ndarray  # i64[S+1]
    rows: np.ndarray  # i64[E], index into the items
    kinds: np.ndarray  # i64[E], index into KINDS
    at: np.ndarray  # i64[E], unix seconds, UNKNOWN_TIME where the source has no times
    orders: np.ndarray  # i64[E], equal for the events of one order, -1 none
    context: np.ndarray  # i64[S,4], region, device, daypart, weekday
    visitors: np.ndarray  # i64[S], equal for the histories of one visitor

    @property
    def histories(self) -> int:
        return len(self.offsets) - 1

    @property
    def has_times(self) -> bool:
        return bool(len(self.at)) and bool((self.at >= 0).any())


@dataclass(frozen=True)
class Corpus:
    """All that was read from one data folder."""

    source: str  # "sequences", "sessions" or "events"
    items: tuple[Item, ...]
    log: Log
    given_test: int = 0  # the last so many histories are test cases that the data set prescribes
    keep_seen: bool = False
    catalogue_version: int = 0
    pictures: Path | None = None  # folder of the items' pictures, None where there is none
    cleaned: dict[str, int] = field(default_factory=dict)  # reason -> events dropped
    trails: tuple[Trail, ...] = ()  # of an event log

    def with_order(self, items: np.ndarray, histories: np.ndarray) -> Corpus:
        """The same corpus with items and histories in a new order (old index of each new place)."""
        row_of = np.empty(len(items), np.int64)
        row_of[items] = np.arange(len(items))
        log = self.log
        lengths = np.diff(log.offsets)[histories]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        # event k of new history h comes from old event offsets[h_old] + k
        source = np.repeat(log.offsets[:-1][histories] - offsets[:-1], lengths) + np.arange(offsets[-1])
        # visitors are numbered by their first history, so that nothing depends on the order of the file
        _, first, number = np.unique(log.visitors[histories], return_index=True, return_inverse=True)
        visitors = np.argsort(np.argsort(first))[number].astype(np.int64)
        moved = Log(
            offsets, row_of[log.rows[source]], log.kinds[source], log.at[source], log.orders[source],
            log.context[histories], visitors,
        )  # fmt: skip
        return replace(self, items=tuple(self.items[i] for i in items), log=moved)


def histories_from_lists(sequences: list[list[int]], kind: int = 1) -> Log:
    """A log without times, contexts or orders; each list of rows is one visitor's history."""
    lengths = np.array([len(s) for s in sequences], np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    events = int(offsets[-1])
    rows = np.fromiter((row for s in sequences for row in s), np.int64, events)
    count = len(sequences)
    return Log(
        offsets, rows, np.full(events, kind), np.full(events, UNKNOWN_TIME), np.full(events, -1),
        np.zeros((count, 4), np.int64), np.arange(count),
    )  # fmt: skip


def gap_buckets(log: Log) -> np.ndarray:
    """Bucketed seconds since the event before in the same history, i64[E]; 0 for the first or without times.

    >>> log = histories_from_lists([[0, 1, 2]])
    >>> gap_buckets(log).tolist()
    [0, 0, 0]
    >>> gap_buckets(replace(log, at=np.array([100, 100, 107]))).tolist()  # log2(1)=0; log2(8)/1.5=2
    [0, 1, 3]
    """
    gaps = np.zeros(len(log.rows), np.int64)
    if len(gaps) > 1:
        seconds = np.maximum(np.diff(log.at), 0)
        known = (log.at[1:] >= 0) & (log.at[:-1] >= 0)
        bucket = 1 + np.minimum(GAP_BUCKETS - 2, np.floor(np.log2(1 + seconds) / 1.5)).astype(np.int64)
        gaps[1:] = np.where(known, bucket, 0)
    gaps[log.offsets[:-1][np.diff(log.offsets) > 0]] = 0
    return gaps
