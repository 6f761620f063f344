"""A static table of words distilled from a pretrained text encoder: what a query means, without a transformer.

Each word is encoded by itself, and the principal axes of the rows are kept; the mean of a text's words then stands for
the text. The words are those of the catalogue and the encoder's own, so that a query may use words that no title has.
Model2Vec: Tulkens & van Dongen, 2024. The mean is taken off: Mu & Viswanath, "All-but-the-Top", ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .corpus import Item
from .errors import InputError
from .esb1 import pack
from .features import CACHE
from .read_events import read_catalogue
from .text_encoder import TextEncoder, text_encoder
from .text_vectors import MAX_WORDS, TextVectors, item_words
from .tokens import tokens

DIM = 128
MIN_ITEMS = 2  # a word of a single product is a name or a number: it means nothing to the encoder


def distil_words(
    items: Iterable[Item], encoder: TextEncoder, dim: int = DIM, own_words: int = MAX_WORDS, cache: Path | None = None
) -> TextVectors:
    """Words of at least MIN_ITEMS products and `own_words` of the encoder's, at most MAX_WORDS in all, f32[V,dim].

    A text's vector is the sum of its distinct words' over the root of their number: every idf is 1, the bias 0.
    """
    frequency: dict[str, int] = {}
    for item in items:
        for word in item_words(item):
            frequency[word] = frequency.get(word, 0) + 1
    own = sorted(
        (w for w, n in frequency.items() if n >= MIN_ITEMS and not w.isdigit()), key=lambda w: (-frequency[w], w)
    )
    words = sorted(dict.fromkeys([*own, *(whole_words(encoder)[:own_words] if own_words else [])][:MAX_WORDS]))
    if not words:
        raise InputError("no word to distil: neither the catalogue nor the text model has any")
    rows = encoder.encode(words, cache=cache)  # [V,E]
    rows = rows - rows.mean(0)
    axes = np.linalg.svd(rows.T @ rows)[0][:, :dim]  # [E,dim]
    vectors = np.zeros((len(words), dim), np.float32)
    vectors[:, : axes.shape[1]] = rows @ axes
    return TextVectors(words, vectors, np.ones(len(words), np.float32), np.zeros(dim, np.float32))


def whole_words(encoder: TextEncoder) -> list[str]:
    """Words of letters in the encoder's own vocabulary, in its order: by frequency; empty where it has none."""
    tokenizer = getattr(encoder.module, "tokenizer", None)
    if not hasattr(tokenizer, "get_vocab"):
        return []
    listed = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    return [word for word, _ in listed if word.isalpha() and len(word) > 1 and tokens(word) == [word]]


def distil_catalogue(catalogue: Path, model: str, out: Path) -> dict[str, int | str]:
    """Writes the table of a catalogue, products as gzipped NDJSON, as `meaning.bin`. Returns what it holds."""
    if not catalogue.is_file():
        raise InputError(f"--catalogue {catalogue}: no such file")
    encoder = text_encoder(model, "cpu")
    table = distil_words(read_catalogue(catalogue).values(), encoder, cache=CACHE)
    out.write_bytes(pack(table.container()))
    return {"words": len(table.words), "dim": DIM, "bytes": out.stat().st_size, "model": model}
