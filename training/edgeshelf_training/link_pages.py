"""Links of all tables on pages of a few rows each, so that a server can read those of one row and no others.

A page of PAGE_ROWS rows is little-endian: for each table and row the number of links (u16), then the scales (f32), then
the targets of all (u32), table by table and row by row, then their weights (u8), padded to a multiple of four bytes.

The server's store reads whole shards. The file's header fills its first one, and no page lies in more than it needs.
"""

from __future__ import annotations

import numpy as np

from .candidates import COUNTED
from .errors import InputError
from .esb1 import Container
from .neighbours import Neighbours

PAGE_ROWS = 4
SHARD_BYTES = 16 * 1024  # as in src/contract/release.ts
CELLS = len(COUNTED) * PAGE_ROWS
HEAD = 6 * CELLS  # bytes of counts and scales


def links_container(tables: dict[str, Neighbours], items: int, k_pair: int) -> Container:
    """As `links.bin`. A table's rows past `items` have no links."""
    pages = _within_shards([_page(tables, first, items) for first in range(0, items, PAGE_ROWS)])
    offsets = np.concatenate([[0], np.cumsum([len(page) for page in pages])])
    if offsets[-1] >= 2**32:
        raise InputError(f"links.bin: {offsets[-1]} bytes of links; fewer neighbours a row are needed")
    sections = {"pages": np.frombuffer(b"".join(pages), np.uint8), "pageOffsets": offsets.astype(np.uint32)}
    meta = {"items": items, "rowsPerPage": PAGE_ROWS, "kPair": k_pair, "tables": ",".join(COUNTED)}
    return Container("links", sections, meta, head_align=SHARD_BYTES)


def _within_shards(pages: list[bytes]) -> list[bytes]:
    """With zeros after a page where the next would else lie in one shard more than it needs."""
    at, padded = 0, []
    for page, after in zip(pages, [*pages[1:], b""], strict=True):
        room = -(at + len(page)) % SHARD_BYTES
        padded.append(page + bytes(room) if 0 < room < len(after) else page)
        at += len(padded[-1])
    return padded


def _page(tables: dict[str, Neighbours], first: int, items: int) -> bytes:
    last = min(first + PAGE_ROWS, items)
    counts, scales = np.zeros((len(COUNTED), PAGE_ROWS), "<u2"), np.zeros((len(COUNTED), PAGE_ROWS), "<f4")
    targets, weights = [], []
    for t, name in enumerate(COUNTED):
        table = tables[name]
        offsets = table.offsets[first : last + 1].astype(np.int64)
        counts[t, : last - first] = np.diff(offsets)
        scales[t, : last - first] = table.scales[first:last]
        targets.append(table.targets[offsets[0] : offsets[-1]].astype("<u4").tobytes())
        weights.append(table.weights[offsets[0] : offsets[-1]].tobytes())
    page = b"".join([counts.tobytes(), scales.tobytes(), *targets, *weights])
    return page.ljust(-(-len(page) // 4) * 4, b"\0")


def read_links(container: Container, items: int) -> dict[str, Neighbours]:
    """The inverse of `links_container`."""
    if container.meta.get("items") != items or container.meta.get("tables") != ",".join(COUNTED):
        raise InputError(f"links.bin: of other items or tables than items.bin, which has {items} rows")
    offsets, content = container.sections["pageOffsets"].astype(np.int64), container.sections["pages"]
    counts, scales, targets, weights = [], [], [[] for _ in COUNTED], [[] for _ in COUNTED]
    for page in range(len(offsets) - 1):
        held = content[offsets[page] : offsets[page + 1]].tobytes()
        counted = np.frombuffer(held, "<u2", CELLS).reshape(len(COUNTED), PAGE_ROWS)
        counts.append(counted)
        scales.append(np.frombuffer(held, "<f4", CELLS, 2 * CELLS).reshape(len(COUNTED), PAGE_ROWS))
        links = int(counted.sum(dtype=np.int64))
        starts = np.concatenate([[0], np.cumsum(counted.sum(1, dtype=np.int64))])
        others, weighed = (
            np.frombuffer(held, "<u4", links, HEAD),
            np.frombuffer(held, np.uint8, links, HEAD + 4 * links),
        )
        for t in range(len(COUNTED)):
            targets[t].append(others[starts[t] : starts[t + 1]])
            weights[t].append(weighed[starts[t] : starts[t + 1]])
    tables = {}
    for t, name in enumerate(COUNTED):
        each = np.concatenate([page[t] for page in counts])[:items].astype(np.int64)
        bounds = np.concatenate([[0], np.cumsum(each)]).astype(np.uint32)
        scale = np.concatenate([page[t] for page in scales])[:items].astype(np.float32)
        tables[name] = Neighbours(bounds, np.concatenate(targets[t]), np.concatenate(weights[t]), scale)
    return tables
