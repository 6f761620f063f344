"""The ESB1 container: a JSON header and aligned little-endian sections in one file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import InputError

MAGIC = b"ESB1"
ALIGN = 16  # bytes; every section starts at a multiple of it
DTYPES = {"i8": "<i1", "u8": "<u1", "i32": "<i4", "u32": "<u4", "f32": "<f4"}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


@dataclass(frozen=True)
class Container:
    kind: str
    sections: dict[str, np.ndarray]
    meta: dict
    head_align: int = ALIGN  # bytes of which the header is a multiple


def _padded(size: int, align: int = ALIGN) -> int:
    return -(-size // align) * align


def pack(container: Container) -> bytes:
    """The file's bytes. The header's length depends on the offsets in it, so it is laid out until it is stable."""
    parts = {name: np.ascontiguousarray(array) for name, array in container.sections.items()}
    body = 0
    for _ in range(8):
        at, entries = body, {}
        for name, array in parts.items():
            dtype = NAMES[array.dtype.newbyteorder("<")]
            entries[name] = {"dtype": dtype, "shape": list(array.shape), "offset": at, "bytes": array.nbytes}
            at = _padded(at + array.nbytes)
        header = {"kind": container.kind, "bytes": at, "sections": entries, "meta": container.meta}
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        if _padded(8 + len(text), container.head_align) == body:
            break
        body = _padded(8 + len(text), container.head_align)
    out = bytearray(at)
    out[:4] = MAGIC
    out[4:8] = (body - 8).to_bytes(4, "little")
    out[8:body] = text.ljust(body - 8)
    for name, array in parts.items():
        start = entries[name]["offset"]
        out[start : start + array.nbytes] = array.astype(DTYPES[entries[name]["dtype"]]).tobytes()
    return bytes(out)


def unpack(data: bytes, name: str) -> Container:
    """Reads a container; anything that does not add up is refused under the file's `name`."""
    if len(data) < 8 or data[:4] != MAGIC:
        raise InputError(f"{name}: not an ESB1 file")
    size = int.from_bytes(data[4:8], "little")
    if (8 + size) % ALIGN or len(data) < 8 + size:
        raise InputError(f"{name}: header of {size} bytes does not fit a file of {len(data)} bytes")
    try:
        header = json.loads(data[8 : 8 + size])
        kind, total, entries, meta = header["kind"], header["bytes"], header["sections"], header["meta"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{name}: unreadable header ({error})") from None
    if total != len(data):
        raise InputError(f"{name}: {len(data)} bytes, the header says {total}")
    sections = {}
    for section, entry in entries.items():
        dtype = np.dtype(DTYPES.get(entry["dtype"], "V1"))
        count = int(np.prod(entry["shape"], dtype=np.int64))
        start, length = entry["offset"], entry["bytes"]
        if dtype.kind == "V" or count * dtype.itemsize != length or start % ALIGN or start + length > len(data):
            raise InputError(f"{name}: section {section!r} does not fit: {entry}")
        sections[section] = np.frombuffer(data, dtype, count, start).reshape(entry["shape"])
    return Container(kind, sections, meta)


def read(path: Path, kind: str) -> Container:
    """A container of the expected kind from a file."""
    try:
        container = unpack(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    if container.kind != kind:
        raise InputError(f"{path}: kind {container.kind!r}, expected {kind!r}")
    return container


def text_column(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """UTF-8 bytes end to end and where each text starts: offsets u32[N+1], bytes u8[*]."""
    encoded = [text.encode() for text in texts]
    offsets = np.concatenate([[0], np.cumsum([len(e) for e in encoded])]).astype(np.uint32)
    return offsets, np.frombuffer(b"".join(encoded), np.uint8)


def texts_of(offsets: np.ndarray, data: np.ndarray) -> list[str]:
    """The inverse of `text_column`."""
    raw = data.tobytes()
    return [raw[a:b].decode() for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
