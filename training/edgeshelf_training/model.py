"""Everything fitted on one set of spans: encoder, item vectors, counted tables, words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .baskets import basket_table, read_orders
from .candidates import COUNTED, Tables
from .config import TrainConfig
from .content import content_neighbours, leading_components, tfidf
from .corpus import Corpus, Item, Log
from .counts import bought_counts, event_weights, popularity, transition_table
from .dp_counts import unknown_draws
from .dp_encoder import content_vectors, public_config, public_encoder
from .encoder import Towers
from .features import item_features
from .fit_encoder import Fitted, Schedule
from .fit_towers import FittedTowers, fit_towers
from .neighbours import Neighbours, quantise_neighbours
from .onnx_graph import encoder_graph
from .progress import Progress
from .quantise import quantise_rows
from .release import Fusion, Release
from .run_encoder import EncoderSession
from .text_vectors import TextVectors, fit_text_vectors, project_content

RECENT_DAYS = 7.0  # half-life of the demand that orders what was bought before


@dataclass(frozen=True)
class Content:
    matrix: sparse.csr_matrix  # TF-IDF, f64[N,V]
    components: np.ndarray  # f32[N,F]


@dataclass(frozen=True)
class Model:
    encoder: Towers
    vectors: np.ndarray  # f32[N,D]
    quantised: np.ndarray  # i8[N,D]
    scales: np.ndarray  # f32[N]
    popularity: np.ndarray  # f32[N]
    neighbours: dict[str, Neighbours]
    text: TextVectors
    graph: bytes  # encoder.int8.onnx
    schedules: tuple[Schedule, ...]  # of the towers: they give the same model again
    curves: tuple[tuple[dict, ...], ...]  # of the towers, as `Fitted.curve`
    recent: np.ndarray | None = None  # f32[N], popularity with a half-life of RECENT_DAYS; None: the log has no orders

    def tables(self, boost: np.ndarray | None = None) -> Tables:
        """What the edge will read: dequantised. `boost` f32[N] is the fusion's."""
        counted = {name: self.neighbours[name].matrix() for name in COUNTED}
        boosted = None if boost is None else boost.astype(np.float64)
        return Tables(counted, self.popularity.astype(np.float64), boosted)

    def release(self, items: tuple[Item, ...], fusion: Fusion | None, length: int) -> Release:
        """As the edge will read it, without the detour over files."""
        tables = self.tables(fusion.boost if fusion else None)
        session = EncoderSession(self.graph, length)
        return Release([item.id for item in items], self.quantised, self.scales, tables, fusion, session, {})


def read_content(corpus: Corpus, config: TrainConfig) -> Content:
    """TF-IDF of all items and its leading components."""
    matrix = tfidf(corpus.items)
    return Content(matrix, leading_components(matrix, config.content_dim, config.seed))


def fit_model(
    corpus: Corpus, content: Content, spans: np.ndarray, validation: np.ndarray, until: int, config: TrainConfig,
    progress: Progress, frozen: tuple[Schedule, ...] | None = None,
) -> Model:  # fmt: skip
    """Fits on `spans` only. `until` is the time that recency is counted from, ignored without times."""
    log, items = corpus.log, len(corpus.items)
    if config.item_vectors == "fixed":
        fitted = set_by_content(content, config)
    else:
        features = item_features(corpus, content.components, spans, config)
        fitted = fit_towers(log, spans, validation, features, items, config, corpus.keep_seen, progress, frozen)
    weights = event_weights(log, until, config.half_life_days)
    noise = config.item_noise * unknown_draws().standard_normal(items) if config.item_noise else 0.0
    popular = popularity(log, spans, weights, items, config.k_item, noise).astype(np.float32)
    counted = {
        "transitions": transition_table(log, spans, weights, items, config.window, config.k_pair, corpus.keep_seen),
        "bought": bought_table(log, spans, weights, items, config.k_pair),
        "similar": content_neighbours(content.matrix, popular, config.similar_neighbours),
    }
    most = {"similar": config.similar_neighbours}
    neighbours = {
        name: quantise_neighbours(table, items, most.get(name, config.max_neighbours))
        for name, table in counted.items()
    }
    trained = popular > 0
    text = fit_text_vectors(corpus.items, fitted.vectors, trained)
    projected = project_content(content.matrix, fitted.vectors, trained)
    has_content = np.diff(content.matrix.indptr) > 0
    cold = ~trained & has_content  # nothing was learned of these but that they are not the answer
    vectors = np.where(cold[:, None], projected, fitted.vectors).astype(np.float32)
    quantised, scales = quantise_rows(vectors, config.levels)
    graph = encoder_graph(fitted.encoder).SerializeToString()
    curves = tuple(tower.curve for tower in fitted.towers)
    return Model(
        fitted.encoder, vectors, quantised, scales, popular, neighbours, text, graph, fitted.schedules,
        curves, recent_popularity(log, spans, until, items, config.k_item),
    )  # fmt: skip


def set_by_content(content: Content, config: TrainConfig) -> FittedTowers:
    """Vectors and an encoder that nobody's events have been read for."""
    tower = public_encoder(public_config(config))
    vectors = content_vectors(content.components, config.dim)
    return FittedTowers(Towers([tower]).eval(), vectors, (Fitted(tower, vectors, Schedule(0, 0), -1.0, ()),))


def recent_popularity(log: Log, spans: np.ndarray, until: int, items: int, k_item: int = 1) -> np.ndarray | None:
    """What is asked for of late, f32[items]; None where the log has no orders, or where `k_item` hides a few visitors.

    Those of a week are so few that one of them would show among all the earlier ones that `k_item` counts.
    """
    if k_item > 1 or not (log.orders >= 0).any():
        return None
    return popularity(log, spans, event_weights(log, until, RECENT_DAYS), items).astype(np.float32)


def bought_table(log: Log, spans: np.ndarray, weights: np.ndarray, items: int, k_pair: int) -> sparse.csr_matrix:
    """What is bought along with what, f64[items,items]: by regression where the log has orders, else by counts."""
    pairs = bought_counts(log, spans, weights, k_pair)
    pairs.resize(items, items)
    inside = np.zeros(len(log.rows))
    for start, end in spans:
        inside[start:end] = weights[start:end]
    orders = read_orders(log, inside, items)
    return basket_table(orders, pairs) if len(orders.visitors) else pairs
