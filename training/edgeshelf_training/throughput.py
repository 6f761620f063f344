"""How fast the encoder trains on a device: sequences and targets a second, and the share of the device's peak.

On a made-up log, so that any size of catalogue can be asked for: items by Zipf's law, sessions of geometric length.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import torch

from .batches import NO_TARGET, Windows
from .config import TrainConfig
from .corpus import Log, histories_from_lists
from .device import choose_device, device_name, uses_bfloat16
from .encoder import Encoder, ItemVectors
from .fit_encoder import batch_loss, optimiser_of

MEAN_LENGTH = 7
WARM_UP_STEPS = 3
GEMM = 2048  # rows, columns and depth of the product that stands for the peak
GEMM_SECONDS = 2.0


def made_up_log(items: int, events: int, seed: int) -> Log:
    """About `events` views of Zipf-distributed items in sessions of geometric length, at least two events each."""
    rng = np.random.default_rng(seed)
    lengths = 1 + rng.geometric(1 / (MEAN_LENGTH - 1), max(1, events // MEAN_LENGTH))
    share = 1 / np.arange(1, items + 1)
    rows = rng.choice(items, int(lengths.sum()), p=share / share.sum())
    return histories_from_lists([part.tolist() for part in np.split(rows, np.cumsum(lengths)[:-1])])


def measure_throughput(items: int, events: int, steps: int, config: TrainConfig) -> dict[str, float | str]:
    """Trains one tower for `steps` steps after a warm-up and gives what that took.

    FLOP are those of matrix products, forward and twice that backward; the peak is a large square product's on this
    very device and precision. Memory is the device's most allocated, on a CPU the process's resident peak.
    """
    device = choose_device(config.device)
    if device.type == "cpu":
        torch.set_num_threads(config.threads)
    log = made_up_log(items, events, config.seed)
    spans = np.stack([log.offsets[:-1], log.offsets[1:]], 1)
    windows = Windows(log, spans, config.length, keep_seen=False)
    generator = torch.Generator().manual_seed(config.seed)
    encoder = Encoder(config).to(device).train()
    features = torch.randn(items, config.content_dim, generator=generator)
    table = ItemVectors([features], items, config.dim, generator).to(device)
    optimiser = optimiser_of(encoder, table, config)
    batches = windows.batches(config.batch_targets, np.random.default_rng(config.seed))
    sequences = targets = flop = done = 0
    started = time.perf_counter()
    for step, batch in enumerate(batches):
        if step == WARM_UP_STEPS:
            _wait(device)
            started, sequences, targets, flop, done = time.perf_counter(), 0, 0, 0, 0
        if step == WARM_UP_STEPS + steps:
            break
        loss = batch_loss(encoder, table, batch, config, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        asked = batch.targets[batch.targets != NO_TARGET]
        sequences, targets, done = sequences + len(batch.rows), targets + len(asked), done + 1
        flop += _flop(batch.rows.size, len(asked), len(np.unique(asked)), items, config)
    _wait(device)
    seconds = time.perf_counter() - started
    peak = _peak(device, config)
    return {
        "device": device_name(config),
        "precision": "bfloat16" if uses_bfloat16(config, device) else "float32",
        "items": items,
        "events": len(log.rows),
        "steps": done,
        "sequencesPerSecond": sequences / seconds,
        "targetsPerSecond": targets / seconds,
        "gflops": flop / seconds / 1e9,
        "peakGflops": peak / 1e9,
        "shareOfPeak": flop / seconds / peak,
        "memoryMiB": _memory(device) / 2**20,
    }


def _flop(entries: int, targets: int, distinct: int, items: int, config: TrainConfig) -> int:
    """Matrix products of one step, forward and backward; `distinct` targets have a row each."""
    blocks = config.blocks * entries * 2 * (4 * config.dim**2 + 2 * config.dim * config.hidden)
    rows = min(items, distinct + config.negatives)
    projection = rows * 2 * config.content_dim * config.dim
    return 3 * (blocks + projection + targets * 2 * rows * config.dim)


def _peak(device: torch.device, config: TrainConfig) -> float:
    """FLOP a second of a square product, after one to warm up."""
    kind = torch.bfloat16 if uses_bfloat16(config, device) else torch.float32
    left, right = (torch.randn(GEMM, GEMM, device=device).to(kind) for _ in range(2))
    _ = left @ right
    _wait(device)
    started, products = time.perf_counter(), 0
    while time.perf_counter() - started < GEMM_SECONDS:
        _ = left @ right
        _wait(device)
        products += 1
    return products * 2 * GEMM**3 / (time.perf_counter() - started)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _memory(device: torch.device) -> float:
    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
