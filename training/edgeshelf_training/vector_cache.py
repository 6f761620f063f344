"""Vectors that took long to compute, kept on disk under a key that names all they depend on.

A folder holds pieces. One piece is sha256 of the rest (32 bytes), rows and columns (2 u4), the keys (32 bytes each) and
the rows (f4), little-endian. A piece that does not agree with its sha256 is deleted, and its rows are computed again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .errors import InputError

KEY_BYTES = 32
PIECE_ROWS = 4096  # rows computed before they are written: what a stopped run has to do again, at most


def key_of(identity: str, content: bytes) -> bytes:
    """sha256 of the model's identity and of what it reads."""
    return hashlib.sha256(identity.encode() + b"\0" + content).digest()


def cached_rows(
    folder: Path | None, keys: list[bytes], compute: Callable[[list[int]], np.ndarray]
) -> dict[bytes, np.ndarray]:
    """The row of each key, f32[E]. `compute` is given places in `keys` and returns their rows, f32[K,E].

    A key that stands at many places is computed once. The places are asked for in the order of their keys, so that
    the answer does not depend on the order of `keys`. A row of zeros says "nothing there": it is not kept. Without a
    folder nothing is read or written.
    """
    held = {} if folder is None else _read_pieces(folder)
    place_of = {key: place for place, key in enumerate(keys) if key not in held}
    missing = sorted(place_of)
    for start in range(0, len(missing), PIECE_ROWS):
        part = missing[start : start + PIECE_ROWS]
        rows = compute([place_of[key] for key in part]).astype(np.float32)
        held.update(zip(part, rows, strict=True))
        found = rows.any(1)
        if folder is not None and found.any():
            _write_piece(folder, [key for key, kept in zip(part, found, strict=True) if kept], rows[found])
    return {key: held[key] for key in keys}


def _read_pieces(folder: Path) -> dict[bytes, np.ndarray]:
    held: dict[bytes, np.ndarray] = {}
    for piece in sorted(folder.glob("*.vectors")):
        body = piece.read_bytes()
        if hashlib.sha256(body[KEY_BYTES:]).digest() != body[:KEY_BYTES]:
            piece.unlink(missing_ok=True)
            continue
        rows, columns = np.frombuffer(body, "<u4", 2, KEY_BYTES).tolist()
        first = KEY_BYTES + 8
        vectors = np.frombuffer(body, "<f4", rows * columns, first + rows * KEY_BYTES).reshape(rows, columns)
        for k in range(rows):
            held[body[first + k * KEY_BYTES : first + (k + 1) * KEY_BYTES]] = vectors[k]
    return held


def _write_piece(folder: Path, keys: list[bytes], rows: np.ndarray) -> None:
    joined = b"".join(keys)
    body = np.array(rows.shape, "<u4").tobytes() + joined + rows.astype("<f4").tobytes()
    piece = folder / f"{hashlib.sha256(joined).hexdigest()[:32]}.vectors"
    beside = piece.with_suffix(f".{os.getpid()}")  # renamed when whole: a stopped run leaves no half piece
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(hashlib.sha256(body).digest() + body)
        os.replace(beside, piece)
    except OSError as error:
        raise InputError(f"cache {folder}: cannot be written ({error.strerror})") from error
