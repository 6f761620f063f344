"""Item pictures as vectors, by a pretrained vision model."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import torch

from .errors import InputError
from .pretrained import Pretrained, need
from .vector_cache import cached_rows, key_of
from .vision_models import Vision, find_vision_model, load_vision

EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp")  # the first that exists is read
# What Pillow raises for damaged files: its decoders share no error of their own.
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True)
class EncodedImages:
    vectors: np.ndarray  # f32[N,E], rows of length 1; zeros without a picture
    damaged: tuple[Path, ...]  # pictures that could not be read: their rows are zeros too


def find_images(folder: Path, ids: list[str]) -> list[Path | None]:
    """The picture of each item: the id url-quoted (nothing but letters, digits and `_.-~` stays), then an extension.

    >>> quote("lip/balm 5", safe="")
    'lip%2Fbalm%205'
    """
    if not folder.is_dir():
        raise InputError(f"pictures {folder}: no such folder")
    there = {path.stem + path.suffix.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    found = []
    for item_id in ids:
        names = (quote(item_id, safe="") + extension for extension in EXTENSIONS)
        found.append(next((there[name] for name in names if name in there), None))
    return found


def encode_images(
    paths: list[Path | None], model: str, device: str | torch.device, batch: int = 32, cache: Path | None = None
) -> EncodedImages:
    """Rows by `model`: `packaged:efficientnet-lite0`, or a transformers vision model by folder or name on the hub.

    `cache` is a folder in which rows are kept and looked up, under the model's files and the picture's bytes.
    """
    found = find_vision_model(model)
    need("PIL.Image", f"model {model}")
    vision = _load_once(found, device)
    keys: dict[int, bytes] = {}  # of the places whose file can be read
    for place, path in enumerate(paths):
        if path is not None and path.is_file():
            keys[place] = key_of(found.identity, path.read_bytes())
    places = list(keys)

    def compute(wanted: list[int]) -> np.ndarray:
        files = [paths[places[k]] for k in wanted]
        return np.concatenate([_rows(files[k : k + batch], vision()) for k in range(0, len(files), batch)])

    rows = cached_rows(None if cache is None else cache / found.identity[:16], list(keys.values()), compute)
    width = len(next(iter(rows.values()))) if rows else _width(vision())
    vectors = np.zeros((len(paths), width), np.float32)
    for place, key in keys.items():
        vectors[place] = rows[key]
    damaged = tuple(path for path, row in zip(paths, vectors, strict=True) if path is not None and not row.any())
    return EncodedImages(vectors, damaged)


def open_image(path: Path) -> Any | None:
    """The picture as a PIL image in RGB, upright, on white where it is transparent; None when it cannot be read."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened)
            if "A" in picture.getbands() or "transparency" in picture.info:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            return picture.convert("RGB")
    except (*UNREADABLE, Image.DecompressionBombError):
        return None


def _load_once(found: Pretrained, device: str | torch.device) -> Callable[[], Vision]:
    """The model, loaded when it is first asked for: never, where the cache holds every picture."""
    return lru_cache(lambda: load_vision(found, device))


def _rows(files: list[Path], vision: Vision) -> np.ndarray:
    """f32[K,E], zeros for a picture that cannot be read."""
    pictures = [open_image(file) for file in files]
    readable = [k for k, picture in enumerate(pictures) if picture is not None]
    if not readable:
        return np.zeros((len(files), _width(vision)), np.float32)
    with torch.inference_mode():
        features = torch.nn.functional.normalize(vision([pictures[k] for k in readable]).float(), dim=1)  # [R,E]
    rows = np.zeros((len(files), features.shape[1]), np.float32)
    rows[readable] = features.cpu().numpy()
    return rows


def _width(vision: Vision) -> int:
    """E, found by encoding a blank picture."""
    from PIL import Image

    with torch.inference_mode():
        return vision([Image.new("RGB", (64, 64))]).shape[1]
