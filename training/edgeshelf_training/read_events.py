"""Readers of event logs: the shop's own NDJSON and the RetailRocket CSV, both to one flat list of events."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from .corpus import Item
from .errors import InputError
from .open_lines import open_lines

TYPES = ("impression", "view", "click", "cart", "uncart", "purchase", "refund", "search", "dismiss")
CSV_COLUMNS = ["timestamp", "visitorid", "event", "itemid", "sessionid", "categoryid"]
CSV_TYPES = {"view": "view", "cart": "cart", "addtocart": "cart", "transaction": "purchase"}


@dataclass(frozen=True)
class Event:
    """One line of a log, as read."""

    id: str
    type: str
    item: str | None
    at: int  # unix seconds
    received_at: int | None
    session: str
    visitor: str
    order: str | None = None
    query: str | None = None
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EventLog:
    events: list[Event]
    items: dict[str, Item]
    catalogue_version: int


def read_events(folder: Path) -> EventLog:
    """`events.ndjson.gz` or `events.csv.gz`, with `catalogue.ndjson.gz` and `catalogue.json` where they exist."""
    items = read_catalogue(folder / "catalogue.ndjson.gz")
    version = _catalogue_version(folder / "catalogue.json")
    if (folder / "events.csv.gz").exists():
        events = read_csv_events(folder / "events.csv.gz", items)
    elif (folder / "events.ndjson.gz").exists():
        events = [_event(value, where) for value, where in _objects(folder / "events.ndjson.gz")]
    else:
        events = []
    return EventLog(events, items, version)


def read_csv_events(path: Path, items: dict[str, Item]) -> list[Event]:
    """RetailRocket's form. Adds to `items` those that the catalogue lacks, with their category as only content."""
    rows = csv.reader(line for _, line in open_lines(path))
    header = next(rows, None)
    if header is None:
        raise InputError(f"{path}: empty file")
    for name in header:
        if name not in CSV_COLUMNS:
            raise InputError(f"{path}: line 1: unknown column {name!r}, expected {','.join(CSV_COLUMNS)}")
    for name in CSV_COLUMNS:
        if name not in header:
            raise InputError(f"{path}: line 1: missing column {name!r}")
    events = []
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise InputError(f"{path}: line {number}: {len(cells)} columns, expected {len(header)}")
        row = dict(zip(header, cells, strict=True))
        if not row["timestamp"].isdigit():
            raise InputError(f"{path}: line {number}: timestamp {row['timestamp']!r} is not whole seconds")
        item, category = row["itemid"], row["categoryid"] or None
        if item and item not in items:
            tags = (f"category:{category}",) if category else ()
            items[item] = Item(item, words=category or "", tags=tags, category=category)
        at, kind = int(row["timestamp"]), CSV_TYPES.get(row["event"], row["event"])
        # the file gives no event id; two equal rows of one second are two page views, so the line number is the id
        events.append(Event(str(number), kind, item or None, at, None, row["sessionid"], row["visitorid"]))
    return events


def read_catalogue(path: Path) -> dict[str, Item]:
    """`catalogue.ndjson.gz`; absent is fine."""
    items: dict[str, Item] = {}
    if not path.exists():
        return items
    for value, where in _objects(path):
        item = _item(value, where)
        if item.id in items:
            raise InputError(f"{where}: item {item.id!r} appears twice")
        items[item.id] = item
    return items


def _item(value: dict, where: str) -> Item:
    item_id = value.get("id")
    if not isinstance(item_id, str) or not item_id:
        raise InputError(f"{where}: id must be a non-empty string, got {item_id!r}")
    category, brand, group = (_text(value, name, where) for name in ("category", "brand", "group"))
    title = _text(value, "title", where) or ""
    others = " ".join(str(v) for _, v in sorted((value.get("titles") or {}).items()))
    attributes = {str(k): str(v) for k, v in (value.get("attributes") or {}).items() if v is not None}
    named = {"category": category, "brand": brand, **attributes}
    tags = tuple(sorted(f"{name}:{text}" for name, text in named.items() if text))
    if brand:
        attributes = {"brand": brand, **attributes}
    stock = value.get("stock")
    words = " ".join(part for part in (brand, category, others) if part)
    price = _number(value, "price", where)
    return Item(
        item_id, title, words, tags, category, -1 if price is None else int(price), stock is None or stock > 0, group,
        attributes,
    )  # fmt: skip


def _event(value: dict, where: str) -> Event:
    at = _number(value, "at", where)
    session, kind = value.get("session"), value.get("type")
    if at is None:
        raise InputError(f"{where}: at is missing")
    if not isinstance(session, str) or not session:
        raise InputError(f"{where}: session must be a non-empty string, got {session!r}")
    received = _number(value, "receivedAt", where)
    # without a key of the visitor each session stands for one
    visitor = _text(value, "visitor", where) or session
    context = value.get("context") or {}
    if not isinstance(context, dict):
        raise InputError(f"{where}: context must be an object, got {context!r}")
    return Event(
        str(value.get("id", "")), str(kind), _text(value, "item", where), int(at),
        None if received is None else int(received), session, visitor, _text(value, "order", where),
        _text(value, "query", where), context,
    )  # fmt: skip


def _objects(path: Path):
    """Yields (object, "file: line n") of an NDJSON file."""
    for number, line in open_lines(path):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise InputError(f"{where}: not JSON ({error})") from None
        if not isinstance(value, dict):
            raise InputError(f"{where}: expected an object, got {line.strip()[:40]!r}")
        yield value, where


def _text(value: dict, name: str, where: str) -> str | None:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise InputError(f"{where}: {name} must be text or null, got {text!r}")
    return text or None


def _number(value: dict, name: str, where: str) -> float | None:
    number = value.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise InputError(f"{where}: {name} must be a number, got {number!r}")
    return number


def _catalogue_version(path: Path) -> int:
    if not path.exists():
        return 0
    try:
        version = json.loads(path.read_text("utf-8"))["version"]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: expected an object with a version") from None
    if not isinstance(version, int):
        raise InputError(f"{path}: version must be a whole number, got {version!r}")
    return version
