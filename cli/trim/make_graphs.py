"""Writes graphs/*.onnx.gz: encoders of every shape that a shop may train, for the profile of ONNX Runtime (trim.ts).

The graphs come from the trainer's own code. Their weights are short waves, so that a file packs into a few kilobytes.
Run with the trainer's environment, from the folder training: PYTHONPATH=. python ../cli/trim/make_graphs.py
"""

import dataclasses
import gzip
from pathlib import Path

import torch

from edgeshelf_training.config import TrainConfig
from edgeshelf_training.encoder import Encoder, Towers
from edgeshelf_training.onnx_graph import SHIPPED, encoder_graph

FOLDER = Path(__file__).with_name("graphs")
# Numbers in a wave; a prime, so that no row of a matrix repeats another.
WAVE = 31
# Towers, dim of each, blocks, heads, hidden, length, and how weights are stored. Widths stand for the remainders that
# matrix kernels treat apart: below, at and beside multiples of 4, 8, 16 and 64, heads of a single component, and widths
# beyond one block of the kernels' caches.
SHAPES = (
    (1, 4, 1, 4, 1, 1, SHIPPED),
    (4, 1, 1, 1, 3, 2, SHIPPED),
    (1, 6, 2, 3, 7, 5, SHIPPED),
    (2, 10, 1, 2, 17, 50, SHIPPED),
    (1, 16, 1, 1, 32, 8, SHIPPED),
    (3, 16, 2, 4, 64, 50, SHIPPED),
    (1, 20, 3, 4, 33, 50, SHIPPED),
    (3, 25, 1, 5, 50, 20, SHIPPED),
    (1, 32, 2, 2, 128, 50, SHIPPED),
    (2, 32, 3, 4, 100, 50, SHIPPED),
    (2, 64, 2, 2, 256, 50, SHIPPED),
    (1, 64, 3, 4, 256, 200, SHIPPED),
    (1, 96, 1, 3, 384, 50, SHIPPED),
    (3, 128, 1, 1, 128, 50, SHIPPED),
    (1, 128, 2, 4, 512, 50, SHIPPED),
    (1, 320, 1, 8, 640, 50, SHIPPED),
    (1, 64, 2, 2, 256, 50, "float32"),
    (2, 10, 1, 1, 17, 50, "float32"),
    (3, 32, 3, 4, 64, 50, "float32"),
    (1, 32, 1, 2, 64, 50, "float16"),
    (2, 16, 2, 2, 40, 50, "int8 per tensor"),
)
# In no profile: the build compares trimmed and untrimmed runtime on them too.
UNSEEN = (
    (2, 48, 2, 3, 200, 50, SHIPPED),
    (1, 256, 2, 8, 300, 50, SHIPPED),
    (3, 12, 1, 2, 20, 30, SHIPPED),
)
# What the Worker runs while it starts, so that V8 has compiled the operators before the first request; small, since the
# platform counts the time.
BOOT = (1, 16, 1, 2, 32, 8, SHIPPED)
BOOT_FILE = Path(__file__).parents[2] / "src/runtime/boot-encoder.bin"


def name_of(towers: int, dim: int, blocks: int, heads: int, hidden: int, length: int, weights: str) -> str:
    """What the profile reads from a file's name: towers x dim, and the longest history."""
    return f"{towers}x{dim}.blocks-{blocks}.heads-{heads}.hidden-{hidden}.length-{length}.{weights.replace(' ', '-')}"


def wavy(towers: int, dim: int, blocks: int, heads: int, hidden: int, length: int) -> Towers:
    """An untrained encoder of that shape; what it answers depends on every input."""
    config = dataclasses.replace(
        TrainConfig(), towers=towers, dim=dim, blocks=blocks, heads=heads, hidden=hidden, length=length
    )
    encoder = Towers([Encoder(config) for _ in range(towers)]).eval()
    with torch.no_grad():
        for shift, parameter in enumerate(encoder.parameters()):
            steps = torch.arange(parameter.numel()) % WAVE
            parameter.copy_((0.3 * torch.sin(1.7 * steps + shift)).reshape(parameter.shape))
    return encoder


def graph_of(shape: tuple) -> bytes:
    *sizes, weights = shape
    return encoder_graph(wavy(*sizes), weights).SerializeToString()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx.gz"):
        old.unlink()
    for prefix, shapes in (("", SHAPES), ("unseen.", UNSEEN)):
        for shape in shapes:
            (FOLDER / f"{prefix}{name_of(*shape)}.onnx.gz").write_bytes(gzip.compress(graph_of(shape), mtime=0))
    BOOT_FILE.write_bytes(graph_of(BOOT))


if __name__ == "__main__":
    main()
