"""Turns a model and its fusion into the files of a release, and reads it back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from .config import TrainConfig
from .corpus import UNKNOWN_TIME, Corpus
from .distil_words import distil_words
from .esb1 import pack
from .features import CACHE
from .item_table import items_container, popular_lists
from .link_pages import links_container
from .model import Model
from .next_search import NextSearches
from .parity import parity_json
from .release import (
    TABLE_FILES,
    Fusion,
    Release,
    fusion_json,
    json_bytes,
    neighbours_container,
    read_release,
    write_release,
)  # fmt: skip
from .split import Split
from .text_encoder import text_encoder


def pack_release(folder: Path, model: Model, fusion: Fusion, corpus: Corpus, config: TrainConfig, facts: dict,
                 created_at: int, searches: NextSearches | None = None) -> Release:  # fmt: skip
    """Writes the release and returns it as read back. `facts` are the manifest's trainedOn, metrics and training.

    Its `guarantee` is that of differential privacy, None where there is none.
    """
    facts = dict(facts)
    guarantee = facts.pop("guarantee", None)
    items = corpus.items
    boost = np.zeros(len(items), np.float32) if fusion.boost is None else fusion.boost
    table = items_container(
        items, model.quantised, model.scales, model.popularity, boost, corpus.catalogue_version, model.recent
    )
    files = {
        "encoder.int8.onnx": model.graph,
        "items.bin": pack(table),
        "popular.json": json_bytes(popular_lists(items, model.popularity)),
        "text.bin": pack(model.text.container()),
        "fusion.json": json_bytes(fusion_json(fusion)),
    }
    if config.text_model:
        encoder = text_encoder(config.text_model, "cpu")
        files["meaning.bin"] = pack(
            distil_words(items, encoder, own_words=config.meaning_words, cache=CACHE).container()
        )
    if searches is not None:
        files["next.json"] = json_bytes(searches.json())
    if config.layout == "planes":
        files["links.bin"] = pack(links_container(model.neighbours, len(items), config.k_pair))
    else:
        for name, file in TABLE_FILES.items():
            k_pair = None if name == "similar" else config.k_pair
            files[file] = pack(neighbours_container(model.neighbours[name], len(items), k_pair))
    release = model.release(items, fusion, config.length)
    files["parity.json"] = json_bytes(parity_json(release, config.seed))
    manifest = {
        "encoder": {
            "length": config.length, "dim": model.vectors.shape[1], "queries": 1,
            "quantisation": "int8 per-channel weights, float32 compute",
        },
        "items": {
            "count": len(items), "dim": model.vectors.shape[1],
            "quantisation": "6-bit per-row scale" if config.layout == "planes" else "int8 per-row scale",
            "layout": config.layout or "rows",
        },
        "kPair": config.k_pair,
        **facts,
        "privacy": {"kPair": config.k_pair, "differentialPrivacy": guarantee},
    }  # fmt: skip
    write_release(folder, files, manifest, created_at)
    return read_release(folder)


def trained_on(corpus: Corpus, split: Split, spans: np.ndarray, boundary: str) -> dict:
    """What the release's tables and weights were fitted on."""
    log = corpus.log
    inside = np.concatenate([np.arange(a, b) for a, b in spans]) if len(spans) else np.zeros(0, np.int64)
    at = log.at[inside]
    known = at[at != UNKNOWN_TIME]
    return {
        "source": corpus.source,
        "boundary": boundary,
        "splitHash": split.hash(log),
        "events": len(inside),
        "sessions": int((spans[:, 1] > spans[:, 0]).sum()),
        "firstEventAt": int(known.min()) if len(known) else None,
        "lastEventAt": int(known.max()) if len(known) else None,
        "catalogueVersion": corpus.catalogue_version,
    }


def training_facts(config: TrainConfig, corpus: Corpus, model: Model, minutes: float) -> dict:
    """Settings, cleaning and course of the run, for the manifest."""
    return {
        **dataclasses.asdict(config),
        "epochsTrained": [schedule.epochs for schedule in model.schedules],
        "epochsPlanned": [schedule.planned for schedule in model.schedules],
        "minutes": round(minutes, 2),
        "cleaned": corpus.cleaned,
    }
