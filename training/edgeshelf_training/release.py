"""A release in memory, its files, and reading it back: what is measured is always what was read back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from . import esb1
from .baskets import BasketWeights
from .candidates import COUNTED, PARTS, Shape, Tables
from .errors import InputError
from .fusion import Bucket
from .link_pages import read_links
from .neighbours import Neighbours
from .quantise import dequantise_rows
from .run_encoder import EncoderSession

TABLE_FILES = {name: f"{name}.bin" for name in COUNTED}


@dataclass(frozen=True)
class Fusion:
    candidates: int
    shapes: dict[str, Shape]
    buckets: tuple[Bucket, ...]
    session: tuple[Bucket, ...]
    seen: tuple[float, ...] = ()  # offsets of items that stand in the history, by age
    baskets: BasketWeights | None = None  # None: the log has no orders
    boost: np.ndarray | None = field(default=None, compare=False)  # f32[N], lies in items.bin


@dataclass(frozen=True)
class Release:
    ids: list[str]
    vectors: np.ndarray  # i8[N,D]
    scales: np.ndarray  # f32[N]
    tables: Tables
    fusion: Fusion
    encoder: EncoderSession
    manifest: dict

    @property
    def float_vectors(self) -> np.ndarray:
        """Dequantised rows, f32[N,D]."""
        return dequantise_rows(self.vectors, self.scales)


def fusion_json(fusion: Fusion) -> dict:
    """As `fusion.json`."""

    def listed(buckets: tuple[Bucket, ...]) -> list[dict]:
        return [
            {
                "maxLength": b.max_length,
                "weights": dict(zip(PARTS, b.weights, strict=False)),
                "unseen": b.weights[len(PARTS)],
            }
            for b in buckets
        ]

    shapes = {name: {"tau": shape.tau, "decay": list(shape.decay)} for name, shape in fusion.shapes.items()}
    sets = {"buckets": listed(fusion.buckets), "session": listed(fusion.session)}
    facts = {"format": 1, "encoder": {"candidates": fusion.candidates}, **shapes, "seen": list(fusion.seen), **sets}
    return facts if fusion.baskets is None else {**facts, "baskets": asdict(fusion.baskets)}


def fusion_from_json(data: dict) -> Fusion:
    """The inverse of `fusion_json`."""

    def buckets(listed: list[dict]) -> tuple[Bucket, ...]:
        return tuple(
            Bucket(
                b["maxLength"], (*(float(b["weights"][part]) for part in PARTS), float(b.get("unseen", 0.0)), 1.0, 1.0)
            )
            for b in listed
        )

    shapes = {name: Shape(float(data[name]["tau"]), tuple(data[name]["decay"])) for name in COUNTED}
    sets = buckets(data["buckets"]), buckets(data["session"])
    seen = tuple(float(offset) for offset in data.get("seen", ()))
    baskets = data.get("baskets")
    weights = None if baskets is None else BasketWeights(float(baskets["own"]), float(baskets["popular"]))
    return Fusion(int(data["encoder"]["candidates"]), shapes, *sets, seen, weights)


def neighbours_container(table: Neighbours, items: int, k_pair: int | None) -> esb1.Container:
    """As `transitions.bin`, `similar.bin` or `bought.bin`."""
    sections = {"offsets": table.offsets, "targets": table.targets, "weights": table.weights, "scales": table.scales}
    return esb1.Container("neighbours", sections, {"items": items, "kPair": k_pair})


def json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def write_release(folder: Path, files: dict[str, bytes], manifest: dict, created_at: int) -> dict:
    """Writes the files, then the manifest that names them; returns the manifest. The id is time and content hash."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name in sorted(files):
        (folder / name).write_bytes(files[name])
        listed[name] = {"sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])}
    lines = "".join(f"{name} {entry['sha256']}\n" for name, entry in sorted(listed.items()))
    stamp = datetime.fromtimestamp(created_at, UTC).strftime("%Y%m%dT%H%M%SZ")
    release_id = f"{stamp}-{hashlib.sha256(lines.encode()).hexdigest()[:10]}"
    manifest = {"format": 1, "id": release_id, "createdAt": created_at, "files": listed, **manifest}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return manifest


def read_release(folder: Path) -> Release:
    """Reads and checks a release; a missing, altered or disagreeing file is refused by name."""
    manifest = _json(folder / "manifest.json")
    for name, entry in manifest.get("files", {}).items():
        path = folder / name
        if not path.is_file():
            raise InputError(f"{path}: no such file, though the manifest names it")
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise InputError(f"{path}: sha256 differs from the manifest")
    items = esb1.read(folder / "items.bin", "items").sections
    ids = esb1.texts_of(items["idOffsets"], items["idBytes"])
    counted = {name: table.matrix() for name, table in _tables(folder, manifest, len(ids)).items()}
    try:
        fusion = fusion_from_json(_json(folder / "fusion.json"))
        length = int(manifest["encoder"]["length"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder}: fusion.json or manifest.json lacks {error}") from None
    boost = items["boost"].astype(np.float64) if "boost" in items else None
    tables = Tables(counted, items["popularity"].astype(np.float64), boost)
    encoder = EncoderSession(folder / "encoder.int8.onnx", length)
    return Release(ids, items["vectors"], items["scales"], tables, fusion, encoder, manifest)


def _tables(folder: Path, manifest: dict, items: int) -> dict[str, Neighbours]:
    if "links.bin" in manifest.get("files", {}):
        return read_links(esb1.read(folder / "links.bin", "links"), items)
    tables = {}
    for name, file in TABLE_FILES.items():
        sections = esb1.read(folder / file, "neighbours").sections
        table = Neighbours(sections["offsets"], sections["targets"], sections["weights"], sections["scales"])
        if len(table.scales) != items:
            raise InputError(f"{folder / file}: {len(table.scales)} rows, items.bin has {items}")
        tables[name] = table
    return tables


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error})") from None
