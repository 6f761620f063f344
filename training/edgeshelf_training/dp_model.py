"""A model and its fusion under differential privacy: public content, noised counts, an encoder by DP-SGD.

No table of pairs is in it: a pair's count is small, and noise that hides one visitor hides the pair.
"""

from __future__ import annotations

import secrets

import numpy as np
from scipy import sparse

from .asked import ask
from .candidates import FEATURES, Shape, best_rows, popularity_order
from .choose_fusion import START_TAU
from .config import TrainConfig
from .content import content_neighbours
from .corpus import Corpus
from .dp_budget import Budget
from .dp_counts import noised_popularity, unknown_draws
from .dp_encoder import content_vectors, public_config, public_encoder, train_privately
from .dp_units import one_case_each, units_of
from .encoder import Towers
from .evaluate import chunk_candidates, chunks, int8_scorer, release_queries
from .fit_encoder import Schedule
from .fusion import MAX_LENGTHS, Bucket
from .metrics import AT, hit_ranks, ndcg_each
from .model import Content, Model
from .neighbours import quantise_neighbours
from .onnx_graph import encoder_graph
from .progress import Progress
from .quantise import quantise_rows
from .release import Fusion
from .text_vectors import fit_text_vectors

DECAY = tuple(round(0.8**age, 6) for age in range(12))
SIMILAR_WEIGHTS = (4.0, 8.0, 16.0, 32.0)
POPULAR_WEIGHTS = (0.0, 2.0, 4.0, 8.0, 16.0)
CONTENT_ONLY = (16.0, 0.0)  # weights of similar and popular where nobody's events may choose: best on Amazon Sports
CHOICE_CASES = 4_000  # expected, one a unit at most


def fit_private(
    corpus: Corpus, content: Content, spans: np.ndarray, config: TrainConfig, budget: Budget, progress: Progress
) -> Model:
    """What may be said of the spans within the budget."""
    items, shape = corpus.items, public_config(config)
    vectors = content_vectors(content.components, config.dim)
    encoder = public_encoder(shape)
    popular = np.zeros(len(items))
    curve: tuple[dict, ...] = ()
    if budget.reads_people:
        units = units_of(corpus.log, spans, corpus.keep_seen)
        popular = noised_popularity(units, len(items), budget.noise, unknown_draws())
        train_privately(
            encoder,
            vectors,
            popular,
            units,
            config,
            budget.noise,
            budget.steps,
            budget.rate,
            secrets.randbits(63),
            progress.tell,
        )
    popular = popular.astype(np.float32)
    none = quantise_neighbours(sparse.csr_matrix((len(items), len(items))), len(items), 1)
    similar = content_neighbours(content.matrix, popular, config.similar_neighbours)
    neighbours = {
        "transitions": none,
        "bought": none,
        "similar": quantise_neighbours(similar, len(items), config.similar_neighbours),
    }
    quantised, scales = quantise_rows(vectors, config.levels)
    towers = Towers([encoder]).eval()
    everything = np.ones(len(items), bool)
    return Model(
        towers, vectors, quantised, scales, popular, neighbours, fit_text_vectors(items, vectors, everything),
        encoder_graph(towers).SerializeToString(), (Schedule(budget.steps, budget.steps),), (curve,),
    )  # fmt: skip


def choose_privately(corpus: Corpus, model: Model, cases: np.ndarray, config: TrainConfig, budget: Budget) -> Fusion:
    """The weights of content neighbours and of popularity, by the exponential mechanism over a small grid.

    Utility: NDCG@10 summed over cases of which each unit has one at most, so that one unit changes it by at most 1.
    Source: McSherry & Talwar, FOCS 2007.
    """
    fixed = fixed_fusion(model, config, *CONTENT_ONLY)
    if not budget.reads_people:
        return fixed
    rng = unknown_draws()
    cases = one_case_each(corpus.log, cases)
    cases = cases[rng.random(len(cases)) < CHOICE_CASES / max(len(cases), 1)]  # a coin for each, whoever the others are
    grid = [(similar, popular) for similar in SIMILAR_WEIGHTS for popular in POPULAR_WEIGHTS]
    utility = utilities(corpus, model, cases, config, fixed, grid)
    chance = np.exp(budget.choice * (utility - utility.max()) / 2)
    return fixed_fusion(model, config, *grid[int(rng.choice(len(grid), p=chance / chance.sum()))])


def utilities(
    corpus: Corpus, model: Model, cases: np.ndarray, config: TrainConfig, fixed: Fusion,
    grid: list[tuple[float, float]],
) -> np.ndarray:  # fmt: skip
    """NDCG@10 summed over the cases under each pair of weights, f64[len(grid)]."""
    bare = model.release(corpus.items, fixed, config.length)
    asked = ask(corpus.log, cases)
    score_chunk = int8_scorer(bare, release_queries(bare, asked))
    filler = popularity_order(bare.tables.popularity)
    utility = np.zeros(len(grid))
    for part in chunks(len(asked), len(bare.ids)):
        histories, targets = asked.histories[part], asked.targets[part]
        found = chunk_candidates(bare, asked, part, score_chunk(part), corpus.keep_seen)
        for k, (similar, popular) in enumerate(grid):
            weights = np.tile(np.array(_weights(similar, popular)), (len(histories), 1))
            top, _ = best_rows(found, weights, filler, histories, AT, corpus.keep_seen)
            utility[k] += ndcg_each(hit_ranks(top, targets)).sum()
    return utility


def _weights(similar: float, popular: float, encoder: float = 1.0) -> tuple[float, ...]:
    named = {"encoder": encoder, "similar": similar, "popular": popular, "boost": 1.0, "seen": 1.0}
    return tuple(named.get(feature, 0.0) for feature in FEATURES)


def fixed_fusion(model: Model, config: TrainConfig, similar: float, popular: float) -> Fusion:
    """The same weights whatever the length of the history; without the encoder, content neighbours lead."""
    typical = (
        float(np.median(model.tables().counted["similar"].data)) if len(model.neighbours["similar"].targets) else 1.0
    )
    plain = Shape(START_TAU, DECAY)
    shapes = {"transitions": plain, "similar": Shape(START_TAU / typical, DECAY), "bought": plain}
    buckets = tuple(Bucket(most, _weights(similar, popular)) for most in MAX_LENGTHS)
    session = tuple(Bucket(most, _weights(max(similar, 1.0), popular, encoder=0.0)) for most in MAX_LENGTHS)
    return Fusion(config.candidates, shapes, buckets, session)
