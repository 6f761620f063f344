"""A small made-up shop: data folders in the layouts that the trainer reads, small enough for seconds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from edgeshelf_training.config import PRESETS
from edgeshelf_training.progress import Progress
from edgeshelf_training.train import train

NOW = 1_700_000_000
COLOURS, THINGS = ("red", "blue", "green", "black"), ("nail polish", "lip balm", "soap", "hair oil", "brush", "cream")


def write_gzip(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("".join(line + "\n" for line in lines))


def shop_sequences(users: int = 150) -> tuple[dict[str, tuple[str, str]], list[list[str]]]:
    """(item -> title, attributes) and histories that follow a ring of items with a few jumps."""
    rng = np.random.default_rng(5)
    items = {}
    for k in range(48):
        title = f"{COLOURS[k % 4]} {THINGS[k % 6]} no {k // 6}"
        items[f"i{k}"] = (title, f"{k % 4} {10 + k % 6}")
    histories = []
    for _ in range(users):
        at = int(rng.integers(48))
        history: list[int] = []
        while len(history) < rng.integers(4, 10):
            if at not in history:
                history.append(at)
            at = (at + 1) % 48 if rng.random() < 0.8 else int(rng.integers(48))
        histories.append([f"i{k}" for k in history])
    return items, histories


def write_sequences(folder: Path, items: dict[str, tuple[str, str]], histories: list[list[str]]) -> Path:
    rows = [f"{item}\t{title}\t{attributes}" for item, (title, attributes) in items.items()]
    write_gzip(folder / "items.tsv.gz", ["item_id\ttitle\tattribute_ids", *rows])
    write_gzip(folder / "sequences.txt.gz", [f"u{k} {' '.join(h)}" for k, h in enumerate(histories)])
    return folder


def shop_event(session: int, step: int, item: str, at: int, **changed: object) -> dict:
    """One log line of the shop's own form."""
    event = {
        "v": 1, "id": f"e{session}-{step}", "type": "view", "item": item, "query": None, "order": None,
        "quantity": None, "surface": "home", "recommendationId": None, "position": None, "value": None,
        "currency": None, "at": at, "receivedAt": at + 1, "session": f"{session:08x}",
        "context": {"region": "EU", "device": "mobile", "daypart": "evening", "weekday": "fri", "referrer": "direct"},
    }  # fmt: skip
    return {**event, **changed}


def write_events(folder: Path, events: list[dict], items: dict[str, tuple[str, str]]) -> Path:
    write_gzip(folder / "events.ndjson.gz", [json.dumps(event) for event in events])
    catalogue = [
        {"id": item, "title": title, "category": title.split()[1], "brand": title.split()[0], "price": 100 + k,
         "stock": 3, "group": None, "attributes": {"size": attributes.split()[0]}, "version": 1}
        for k, (item, (title, attributes)) in enumerate(items.items())
    ]  # fmt: skip
    write_gzip(folder / "catalogue.ndjson.gz", [json.dumps(item) for item in catalogue])
    (folder / "catalogue.json").write_text('{"version":7}')
    return folder


def shop_events(sessions: int = 150) -> tuple[dict[str, tuple[str, str]], list[dict]]:
    """The same histories as events, one session an hour, with a purchase at the end of each."""
    items, histories = shop_sequences(sessions)
    events = []
    for s, history in enumerate(histories):
        for step, item in enumerate(history):
            last = step == len(history) - 1
            changed = {"type": "purchase", "order": f"o{s}"} if last else {}
            events.append(shop_event(s, step, item, NOW - 3600 * (sessions - s) + 60 * step, **changed))
    return items, events


def run(data: Path, out: Path, **changed: object):
    """A tiny run without any output."""
    settings = {"config": PRESETS["tiny"], "boundary": None, "baseline": None, "keep_seen": False} | changed
    return train(data, out, progress=Progress(quiet=True), now=NOW, **settings)


@pytest.fixture(scope="session")
def sequence_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tune release trained on the made-up sequences."""
    folder = tmp_path_factory.mktemp("sequences")
    run(write_sequences(folder / "data", *shop_sequences()), folder / "release")
    return folder / "release"


@pytest.fixture(scope="session")
def event_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refit release trained on the made-up events."""
    folder = tmp_path_factory.mktemp("events")
    items, events = shop_events()
    run(write_events(folder / "data", events, items), folder / "release")
    return folder / "release"
