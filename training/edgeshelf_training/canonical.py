"""An order of items and histories that knows nothing of ids, row numbers or file order.

Weisfeiler-Lehman refinement on the graph of items and histories: an item's key starts as a hash of its content and
absorbs the keys of the histories it stands in; a history's key is a hash of its items' keys in order. Sorting by key
gives the same order for any renaming of the ids and any shuffling of the lines, so a seeded run gives the same model.
Items that tie in every round are interchangeable. Source: Shervashidze et al., JMLR 2011, section 3.
"""

from __future__ import annotations

import hashlib

import numpy as np

from .corpus import Corpus, Item

ROUNDS = 3


def text_key(text: str, seed: int) -> int:
    """64-bit hash of a text under a seed."""
    salt = seed.to_bytes(16, "little", signed=True)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, salt=salt).digest(), "little")


def mix(keys: np.ndarray) -> np.ndarray:
    """Scrambles u64 keys so that sums of them behave as multiset hashes (splitmix64's finaliser)."""
    keys = keys.astype(np.uint64, copy=True)
    keys += np.uint64(0x9E3779B97F4A7C15)
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def content_key(item: Item, seed: int) -> int:
    """Hash of what the item is, never of its id."""
    attributes = "\x1f".join(f"{name}={item.attributes[name]}" for name in sorted(item.attributes))
    fields = [item.title, item.words, "\x1f".join(sorted(item.tags)), item.category or "", str(item.price), attributes]
    return text_key("\x1e".join(fields), seed)


def canonical_keys(corpus: Corpus, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys of the items, u64[N], and of the histories, u64[S]."""
    log = corpus.log
    lengths = np.diff(log.offsets)
    history = np.repeat(np.arange(log.histories), lengths)  # [E]
    place = np.arange(len(log.rows)) - np.repeat(log.offsets[:-1], lengths)  # [E], position in its history
    is_test = (np.arange(log.histories) >= log.histories - corpus.given_test).astype(np.uint64)  # [S]
    facts = mix(mix(log.kinds.astype(np.uint64)) + log.at.astype(np.uint64) + mix(place.astype(np.uint64)))  # [E]
    about = mix(is_test) + sum(
        mix(log.context[:, c].astype(np.uint64) + np.uint64(1000 * (c + 1))) for c in range(log.context.shape[1])
    )  # [S]
    items = np.array([content_key(item, seed) for item in corpus.items], np.uint64)  # [N]
    histories = np.zeros(log.histories, np.uint64)
    for _ in range(ROUNDS):
        histories = about.copy()
        np.add.at(histories, history, mix(items[log.rows] + facts))
        histories = mix(histories)
        absorbed = np.zeros_like(items)
        np.add.at(absorbed, log.rows, mix(histories[history] + facts))
        items = mix(items + mix(absorbed))
    return items, histories


def canonicalise(corpus: Corpus, seed: int) -> Corpus:
    """The corpus with items and histories sorted by key; prescribed test histories stay last."""
    items, histories = canonical_keys(corpus, seed)
    is_test = np.arange(len(histories)) >= len(histories) - corpus.given_test
    order = np.lexsort((histories, is_test))
    return corpus.with_order(np.argsort(items, kind="stable"), order)
