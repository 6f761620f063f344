"""What item vectors are projected from: blocks of features of each item, beside the part that is learned freely."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse

from .adapters import fine_tune, pairs_of
from .config import TrainConfig
from .content import leading_components
from .cooccurrence import cooccurrence_components
from .corpus import Corpus
from .device import choose_device
from .fit_adapters import AdapterSettings
from .image_encoder import encode_images, find_images
from .text_encoder import encode_texts, item_text

CACHE = Path(".cache/vectors")  # of pretrained encoders, under the folder that the trainer runs in


def item_features(
    corpus: Corpus, components: np.ndarray, spans: np.ndarray, config: TrainConfig
) -> list[list[np.ndarray]]:
    """Blocks f32[N,F] of each tower: TF-IDF components `components`, pretrained text and image encoders where named.

    Every second tower reads the components of co-occurrence in the spans too. It is the weaker by itself where there is
    content, for it fits what it has seen; but towers that start from different things err differently, and the two
    answer better together than two of either kind.
    """
    blocks = [components]
    if config.text_model:
        blocks.append(_leading(_text_vectors(corpus, spans, config), config))
    if config.image_model and corpus.pictures is not None:
        found = find_images(corpus.pictures, [item.id for item in corpus.items])
        encoded = encode_images(found, config.image_model, choose_device(config.device), cache=CACHE)
        blocks.append(_leading(encoded.vectors, config))
    content = [block for block in blocks if block.any()]
    if config.towers == 1 or config.item_vectors == "content":
        return [content] * config.towers
    together = cooccurrence_components(corpus.log, spans, len(corpus.items), config.cooccurrence_dim, config.seed)
    return [[*content, together] if tower % 2 else content for tower in range(config.towers)]


def _text_vectors(corpus: Corpus, spans: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Of titles and words, f32[N,E]; by adapters tuned on pairs of the spans alone where the config asks for them."""
    texts, device = [item_text(item) for item in corpus.items], choose_device(config.device)
    if not config.adapter:
        return encode_texts(texts, config.text_model, device, cache=CACHE)
    pairs = pairs_of(corpus.log, spans, config.adapter_window, config.adapter_pairs, config.seed)
    settings = AdapterSettings(
        config.adapter, config.adapter_rank, config.adapter_steps, config.adapter_batch, seed=config.seed
    )
    return fine_tune(config.text_model, texts, pairs, settings, device).encode(texts)


def _leading(vectors: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Centred on the items that have one and cut to the leading components, f32[N,content_dim]."""
    known = np.abs(vectors).sum(1) > 0
    centred = np.where(known[:, None], vectors - vectors[known].mean(0) if known.any() else vectors, 0.0)
    leading = leading_components(sparse.csr_matrix(centred.astype(np.float64)), config.content_dim, config.seed)
    return np.where(known[:, None], leading, np.float32(0))
