"""Fits one encoder with its item vectors: AdamW on the next-item loss, the best checkpoint chosen on validation."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import distributed
from .batches import NO_TARGET, Batch, Windows
from .config import TrainConfig
from .corpus import Log, gap_buckets
from .device import choose_device, device_of, uses_bfloat16
from .encoder import Encoder, ItemVectors
from .errors import InputError
from .metrics import ndcg_each
from .progress import Progress
from .softmax_loss import draw_rows, softmax_loss

WARMUP_STEPS = 100


@dataclass(frozen=True)
class Schedule:
    """How long a fit runs."""

    planned: int  # epochs that the learning rate is laid out for
    epochs: int  # epochs that are run; the same unless settings were frozen by an earlier fit


@dataclass(frozen=True)
class Fitted:
    encoder: Encoder  # on the CPU
    vectors: np.ndarray  # f32[N,D]
    schedule: Schedule  # that gives this very checkpoint again
    validation_ndcg: float  # -1 where no validation was read
    curve: tuple[dict, ...]  # an epoch each: epoch, loss, validation NDCG@10 or null


def fit_encoder(
    log: Log, spans: np.ndarray, validation: np.ndarray, features: list[np.ndarray], items: int,
    config: TrainConfig, keep_seen: bool, progress: Progress, frozen: Schedule | None = None,
) -> Fitted:  # fmt: skip
    """Trains on `spans`; with a `frozen` schedule runs just that and reads no validation.

    features: blocks f32[N,F] that item vectors are projected from, beside the learned part.
    """
    torch.manual_seed(config.seed)
    device = choose_device(config.device)
    generator = torch.Generator().manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    encoder = Encoder(config).to(device)
    blocks = [standardised(block) for block in features if block.shape[1]]
    table = ItemVectors(blocks, items, config.dim, generator, config.item_vectors == "learned").to(device)
    generator.manual_seed(config.seed + 1_000_003 * distributed.rank())  # same weights everywhere, chance of its own
    torch.manual_seed(config.seed + 1_000_003 * distributed.rank())
    windows = Windows(log, spans, config.length, keep_seen)
    each = max(32, min(config.batch_targets, windows.target_count // max(config.min_steps_per_epoch, 1)))
    world = distributed.world()
    steps = max(1, sum(1 for _ in windows.batches(each, np.random.default_rng(0)))) // world
    if steps == 0:
        raise InputError(f"{world} processes are more than the log has batches: start fewer")
    course = frozen or Schedule(config.epochs, config.epochs)
    optimiser = optimiser_of(encoder, table, config)
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: _rate(k, steps * course.planned))
    best = Fitted(copy.deepcopy(encoder).cpu().eval(), _on_cpu(table()), Schedule(course.planned, 0), -1.0, ())
    curve: list[dict] = []
    started, stale = time.monotonic(), 0
    for epoch in range(1, course.epochs + 1):
        encoder.train()
        total = torch.zeros((), device=device)
        for step, batch in enumerate(_share(windows.batches(each, rng), steps)):
            loss = batch_loss(encoder, table, batch, config, generator)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            distributed.average_gradients([*encoder.parameters(), *table.parameters()])
            nn.utils.clip_grad_norm_([*encoder.parameters(), *table.parameters()], 5.0)
            optimiser.step()
            rate.step()
            total += loss.detach()
            if step % 20 == 0:
                facts = {"epoch": epoch, "loss": round(float(total) / (step + 1), 3)}
                if best.curve:
                    facts["best"] = round(best.validation_ndcg, 4)
                progress.tell((epoch - 1 + step / steps) / course.epochs, **facts)
        encoder.eval()
        vectors = _on_cpu(table())
        if not (math.isfinite(float(total)) and np.isfinite(vectors).all()):
            raise InputError(f"training diverged in epoch {epoch}: lower learning_rate {config.learning_rate}")
        score = None
        if frozen is None and len(validation):
            score = validate(encoder, vectors, log, validation, config.length, keep_seen)
        curve.append({"epoch": epoch, "loss": float(total) / steps, "ndcg@10": score})
        late = distributed.agreed(time.monotonic() - started > config.max_minutes * 60, device)
        ends = epoch == course.epochs or (frozen is None and late)
        if score is not None and score <= best.validation_ndcg:
            stale += 1
        elif score is not None or ends:
            kept = -1.0 if score is None else score
            best = Fitted(copy.deepcopy(encoder).cpu(), vectors, Schedule(course.planned, epoch), kept, tuple(curve))
            stale = 0
        if ends or stale >= config.patience:
            break
    return dataclasses.replace(best, curve=tuple(curve))


def _share(batches: Iterator[Batch], steps: int) -> Iterator[Batch]:
    """The batches of this process: every world-th, as many for each; a single process takes all there are."""
    world = distributed.world()
    mine = itertools.islice(batches, distributed.rank(), None, world)
    return mine if world == 1 else itertools.islice(mine, steps)


def validate(encoder: Encoder, vectors: np.ndarray, log: Log, cases: np.ndarray, length: int, keep_seen: bool) -> float:
    """Mean NDCG@10 of the float32 encoder alone, over the full catalogue; equal scores count against it."""
    queries = encode_cases(encoder, vectors, log, cases, length)
    gains = []
    for start in range(0, len(cases), 512):
        part = cases[start : start + 512]
        scores = queries[start : start + 512] @ vectors.T  # [m,N]
        targets = log.rows[part[:, 1]]
        own = scores[np.arange(len(part)), targets]
        if not keep_seen:
            for k, (first, end) in enumerate(part):
                scores[k, log.rows[first:end]] = -np.inf
        here = scores[np.arange(len(part)), targets] >= own  # not where the target itself was seen
        ahead = (scores >= own[:, None]).sum(1) - here
        gains.append(ndcg_each(np.where(here, ahead, -1)))
    return float(np.concatenate(gains).mean())


def encode_cases(encoder: Encoder, vectors: np.ndarray, log: Log, cases: np.ndarray, length: int) -> np.ndarray:
    """Queries of the newest `length` events before each case's target, f32[M,D]."""
    gaps = gap_buckets(log)
    found = np.zeros((len(cases), vectors.shape[1]), np.float32)
    if not len(cases):
        return found
    starts = np.maximum(cases[:, 0], cases[:, 1] - length)
    sizes = cases[:, 1] - starts
    history = np.searchsorted(log.offsets, cases[:, 0], side="right") - 1
    order = np.argsort(sizes, kind="stable")
    device = device_of(encoder)
    for chunk in np.array_split(order, max(1, math.ceil(len(order) / 256))):
        steps = int(sizes[chunk].max())
        place = starts[chunk][:, None] + np.arange(steps)  # [B,T], padded at the right
        inside = np.arange(steps) < sizes[chunk][:, None]
        place = np.minimum(place, len(log.rows) - 1)
        first = np.arange(steps) == 0
        with torch.no_grad():
            queries = encoder(
                torch.from_numpy(vectors[np.where(inside, log.rows[place], 0)]).to(device),
                torch.from_numpy(np.where(inside, log.kinds[place], 0)).to(device),
                torch.from_numpy(np.where(inside & ~first, gaps[place], 0)).to(device),
                torch.arange(steps - 1, -1, -1, device=device)[None],
                torch.from_numpy(log.context[history[chunk]]).to(device),
            )  # [B,T,D]
        found[chunk] = queries.cpu().numpy()[np.arange(len(chunk)), sizes[chunk] - 1]
    return found


def batch_loss(
    encoder: Encoder, table: ItemVectors, batch: Batch, config: TrainConfig, generator: torch.Generator
) -> Tensor:
    """Mean loss of one batch. All chance but dropout is drawn on the CPU: the same draws whatever the device."""
    device = device_of(encoder)
    targets = torch.from_numpy(batch.targets)
    asked = targets != NO_TARGET
    draw = draw_rows(targets[asked], len(table.free), config.negatives, generator)
    # Only the rows in play are projected: those of the loss, then whatever else the histories hold.
    place_of = torch.full((len(table.free),), NO_TARGET)
    place_of[draw.rows] = torch.arange(len(draw.rows))
    entries = torch.from_numpy(batch.rows)
    further = torch.unique(entries[place_of[entries] == NO_TARGET])
    place_of[further] = len(draw.rows) + torch.arange(len(further))
    vectors = table(torch.cat([draw.rows, further]).to(device))  # [R+X,D]
    kinds, gaps = torch.from_numpy(batch.kinds), torch.from_numpy(batch.gaps)
    hidden = torch.rand(kinds.shape, generator=generator) < config.kind_dropout  # [B,T]
    kinds, gaps = kinds.masked_fill(hidden, 0), gaps.masked_fill(hidden, 0)
    context = torch.from_numpy(batch.context)
    context = context * (torch.rand(len(context), 1, generator=generator) >= config.context_dropout)
    positions = torch.arange(kinds.shape[1] - 1, -1, -1, device=device)[None]
    with torch.autocast(device.type, torch.bfloat16, enabled=uses_bfloat16(config, device)):
        history = F.embedding(place_of[entries].to(device), vectors)  # [B,T,D]
        queries = encoder(history, kinds.to(device), gaps.to(device), positions, context.to(device))  # [B,T,D]
        rows = vectors[: len(draw.rows)]
        return softmax_loss(queries[asked.to(device)], rows, draw.place.to(device), draw.offsets.to(device))


def _on_cpu(vectors: Tensor) -> np.ndarray:
    return vectors.detach().cpu().numpy().copy()


def optimiser_of(encoder: Encoder, table: ItemVectors, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with weight decay for matrices; none for norms, biases, and the small tables whose zero means unknown."""
    matrices = [p for n, p in encoder.named_parameters() if p.dim() > 1 and "distance" not in n]
    others = [p for n, p in encoder.named_parameters() if p.dim() <= 1 or "distance" in n]
    groups = [
        {"params": [*matrices, *table.parameters()], "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate)


def _rate(step: int, total: int) -> float:
    """Linear warm-up, then half a cosine down to a twentieth."""
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    return 0.525 + 0.475 * math.cos(math.pi * min(step / max(total, 1), 1.0))


def standardised(block: np.ndarray) -> Tensor:
    """A block of features scaled to the size of a fresh item vector, so that neither part drowns the other."""
    spread = float(block.std()) if block.size else 0.0
    return torch.from_numpy((block * (0.05 / max(spread, 1e-12))).astype(np.float32))
