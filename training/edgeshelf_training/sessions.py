"""From a raw event log to histories: what is impossible or not a shopper's is dropped and counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .corpus import DAYPARTS, DEVICES, KINDS, REGIONS, WEEKDAYS, Corpus, Item, Log
from .errors import InputError
from .read_events import TYPES, Event, EventLog, read_events
from .trails import read_trails

CLOCK_SKEW_S = 300  # an event may claim to be this much later than it was received
SESSION_MAX_EVENTS = 500  # more than a person does within one session
HISTORY_TYPES = ("view", "click", "cart", "purchase")  # what a shopper did with an item; the rest is not history
CONTEXT_FIELDS = {"region": REGIONS, "device": DEVICES, "daypart": DAYPARTS, "weekday": WEEKDAYS}


def read_event_corpus(folder: Path, now: int, keep_seen: bool) -> Corpus:
    """The corpus of an event log. `now` in unix seconds bounds what counts as future."""
    raw = read_events(folder)
    events, searches, dropped = clean(raw.events, now)
    if not events:
        raise InputError(f"{folder}: no usable events (read {len(raw.events)}, dropped {dropped})")
    items, log = histories_of(events, raw)
    trails = read_trails([*events, *searches], items)
    return Corpus("events", items, log, 0, keep_seen, raw.catalogue_version, cleaned=dropped, trails=trails)


def clean(events: list[Event], now: int) -> tuple[list[Event], list[Event], dict[str, int]]:
    """Events of histories, searches beside them, and how many events no history holds for each reason."""
    dropped = dict.fromkeys(("duplicate", "unknownType", "future", "bot", "longSession", "notHistory"), 0)
    sizes: dict[str, int] = {}
    for event in events:
        sizes[event.session] = sizes.get(event.session, 0) + 1
    bots = {event.session for event in events if event.context.get("device") == "bot"}
    seen: set[str] = set()
    kept, searches = [], []
    for event in events:
        reason = None
        if event.id and event.id in seen:
            reason = "duplicate"
        elif event.type not in TYPES:
            reason = "unknownType"
        elif event.at > now + CLOCK_SKEW_S or (event.received_at and event.at > event.received_at + CLOCK_SKEW_S):
            reason = "future"
        elif event.session in bots:
            reason = "bot"
        elif sizes[event.session] > SESSION_MAX_EVENTS:
            reason = "longSession"
        elif event.type not in HISTORY_TYPES or event.item is None:
            reason = "notHistory"
            if event.type == "search" and event.query is not None:
                searches.append(event)
        seen.add(event.id)
        if reason:
            dropped[reason] += 1
        else:
            kept.append(event)
    return kept, searches, dropped


def histories_of(events: list[Event], raw: EventLog) -> tuple[tuple[Item, ...], Log]:
    """Items = catalogue and log together; histories by session, oldest first, ties in the order of the log."""
    items = dict(raw.items)
    for event in events:
        items.setdefault(event.item, Item(event.item))
    row_of = {item: row for row, item in enumerate(items)}
    session_of = _numbered(event.session for event in events)
    order_of = _numbered(event.order for event in events if event.order)
    visitor_of = _numbered(event.visitor for event in events)
    ordered = sorted(range(len(events)), key=lambda k: (session_of[events[k].session], events[k].at, k))
    placed = [events[k] for k in ordered]
    session = np.array([session_of[event.session] for event in placed])
    offsets = np.searchsorted(session, np.arange(len(session_of) + 1))
    firsts = [placed[k] for k in offsets[:-1]]
    log = Log(
        offsets.astype(np.int64),
        np.array([row_of[event.item] for event in placed], np.int64),
        np.array([KINDS.index(event.type) for event in placed], np.int64),
        np.array([event.at for event in placed], np.int64),
        np.array([order_of[event.order] if event.order else -1 for event in placed], np.int64),
        np.array([_context(event.context) for event in firsts], np.int64).reshape(-1, 4),
        np.array([visitor_of[event.visitor] for event in firsts], np.int64),
    )
    return tuple(items.values()), log


def _numbered(values) -> dict[str, int]:
    """Each distinct value's number, in order of first sight."""
    return {value: k for k, value in enumerate(dict.fromkeys(values))}


def _context(context: dict[str, str]) -> list[int]:
    """Indices of region, device, daypart, weekday; what is not listed is unknown."""
    return [names.index(context[f]) if context.get(f) in names else 0 for f, names in CONTEXT_FIELDS.items()]
