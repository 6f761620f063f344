"""What each way of storing the encoder and the item vectors costs: bytes and NDCG@10."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from .asked import ask
from .config import TrainConfig
from .corpus import Corpus
from .evaluate import ScoreChunk, int8_scorer, rank_cases, release_queries
from .metrics import summary
from .model import Model
from .onnx_graph import SHIPPED, WEIGHTS, encoder_graph
from .progress import Progress
from .release import Fusion
from .run_encoder import EncoderSession


def write_quantisation_table(
    folder: Path, corpus: Corpus, model: Model, fusion: Fusion, test: np.ndarray, config: TrainConfig,
    progress: Progress,
) -> list[dict]:  # fmt: skip
    """Measures every variant on the cases `test` i64[M,2], writes its graph and `quantisation.json` to `folder`.

    A row each: encoder (one of WEIGHTS), items ("float32" or "int8 per row"), file, bytes of the encoder and of the
    item vectors, NDCG@10 of the fusion and of the encoder alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = ask(corpus.log, test)
    whole = model.release(corpus.items, fusion, config.length)
    rows: list[dict] = []
    for stored in WEIGHTS:
        graph = encoder_graph(model.encoder, stored).SerializeToString()
        file = f"encoder.{stored.replace(' ', '-')}.onnx"
        (folder / file).write_bytes(graph)
        release = dataclasses.replace(whole, encoder=EncoderSession(graph, config.length))
        for items in ("float32", "int8 per row"):
            exact = items == "float32"
            queries = release_queries(release, asked, vectors=model.vectors if exact else None)
            scores = _exact(queries, model.vectors) if exact else int8_scorer(release, queries)
            found = rank_cases(release, asked, scores, corpus.keep_seen, systems=("fused", "encoder"))
            rows.append({
                "encoder": stored, "items": items, "file": file, "encoderBytes": len(graph),
                "dim": model.vectors.shape[1],
                "itemBytes": model.vectors.nbytes if exact else model.quantised.nbytes + model.scales.nbytes,
                "fused.ndcg@10": summary(found["fused"].ranks)["ndcg@10"],
                "encoder.ndcg@10": summary(found["encoder"].ranks)["ndcg@10"],
                "shipped": stored == SHIPPED and not exact,
            })  # fmt: skip
            progress.tell(len(rows) / (2 * len(WEIGHTS)))
    (folder / "quantisation.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return rows


def _exact(queries: np.ndarray, vectors: np.ndarray) -> ScoreChunk:
    wide = vectors.astype(np.float64)
    return lambda part: queries[part].astype(np.float64) @ wide.T
