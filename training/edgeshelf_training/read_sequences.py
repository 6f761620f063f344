"""Readers of the benchmark layouts: a line a user (leave-one-out) and a line a session with a given test list."""

from __future__ import annotations

from pathlib import Path

from .corpus import Corpus, Item, histories_from_lists
from .errors import InputError
from .open_lines import open_lines

ITEM_COLUMNS = ["item_id", "title", "attribute_ids"]


def read_items(path: Path) -> dict[str, Item]:
    """`items.tsv.gz`: item_id, title, attribute ids separated by spaces. Absent is fine: ids only."""
    items: dict[str, Item] = {}
    if not path.exists():
        return items
    for number, line in open_lines(path):
        cells = line.split("\t")
        if number == 1:
            unknown = [name for name in cells if name not in ITEM_COLUMNS]
            missing = [name for name in ITEM_COLUMNS if name not in cells]
            if unknown or missing:
                wrong = f"unknown column {unknown[0]!r}" if unknown else f"missing column {missing[0]!r}"
                raise InputError(f"{path}: line 1: {wrong}, expected {' '.join(ITEM_COLUMNS)}")
            order = {name: cells.index(name) for name in ITEM_COLUMNS}
            continue
        if len(cells) != len(ITEM_COLUMNS):
            raise InputError(f"{path}: line {number}: {len(cells)} columns, expected {len(ITEM_COLUMNS)}")
        item_id, title, attributes = (cells[order[name]] for name in ITEM_COLUMNS)
        if not item_id:
            raise InputError(f"{path}: line {number}: empty item_id")
        if item_id in items:
            raise InputError(f"{path}: line {number}: item {item_id!r} appears twice")
        tags = tuple(sorted({f"attribute:{a}" for a in attributes.split()}))
        items[item_id] = Item(item_id, title=title, tags=tags)
    return items


class _Rows:
    """Gives each item id a row, in order of first sight; known items bring their content."""

    def __init__(self, known: dict[str, Item]) -> None:
        self.items = list(known.values())
        self.row_of = {item.id: row for row, item in enumerate(self.items)}

    def __call__(self, item_id: str) -> int:
        if item_id not in self.row_of:
            self.row_of[item_id] = len(self.items)
            self.items.append(Item(item_id))
        return self.row_of[item_id]


def read_sequences(folder: Path) -> Corpus:
    """`sequences.txt.gz`: `user item item ...`, oldest first."""
    path = folder / "sequences.txt.gz"
    rows = _Rows(read_items(folder / "items.tsv.gz"))
    sequences: list[list[int]] = []
    users: set[str] = set()
    for number, line in open_lines(path):
        cells = line.split()
        if not cells:
            continue
        if len(cells) < 2:
            raise InputError(f"{path}: line {number}: user {cells[0]!r} has no items")
        if cells[0] in users:
            raise InputError(f"{path}: line {number}: user {cells[0]!r} appears twice")
        users.add(cells[0])
        sequences.append([rows(item_id) for item_id in cells[1:]])
    if not sequences:
        raise InputError(f"{path}: no sequences")
    return Corpus("sequences", tuple(rows.items), histories_from_lists(sequences))


def read_sessions(folder: Path) -> Corpus:
    """`train_sessions.txt.gz` (items of a session a line) and `test.tsv.gz` (prefix, tab, target); seen items stay."""
    rows = _Rows(read_items(folder / "items.tsv.gz"))
    train_path, test_path = folder / "train_sessions.txt.gz", folder / "test.tsv.gz"
    sequences = [[rows(i) for i in line.split()] for _, line in open_lines(train_path) if line.strip()]
    if not sequences:
        raise InputError(f"{train_path}: no sessions")
    given: list[list[int]] = []
    for number, line in open_lines(test_path):
        prefix, tab, target = line.partition("\t")
        if not tab or not prefix.split() or len(target.split()) != 1:
            raise InputError(f"{test_path}: line {number}: expected a prefix, a tab and one target")
        given.append([rows(i) for i in [*prefix.split(), target.strip()]])
    if not given:
        raise InputError(f"{test_path}: no test rows")
    log = histories_from_lists(sequences + given)
    return Corpus("sessions", tuple(rows.items), log, given_test=len(given), keep_seen=True)
