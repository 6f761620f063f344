"""Fits the encoder and the item table: AdamW on the next-item loss, the best checkpoint chosen on validation."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import NO_TARGET, Windows
from .config import TrainConfig
from .corpus import Log, gap_buckets
from .device import choose_device, device_of
from .encoder import Encoder, ItemVectors
from .metrics import ndcg_each
from .progress import Progress
from .softmax_loss import sampled_softmax_loss

WARMUP_STEPS = 100


@dataclass(frozen=True)
class Fitted:
    encoder: Encoder
    vectors: np.ndarray  # f32[N,D]
    epochs: int  # epochs behind the kept checkpoint
    planned: int  # epochs that the learning-rate schedule was laid out for
    validation_ndcg: float


def fit_encoder(
    log: Log, spans: np.ndarray, validation: np.ndarray, content: np.ndarray, config: TrainConfig,
    keep_seen: bool, progress: Progress, frozen: tuple[int, int] | None = None,
) -> Fitted:  # fmt: skip
    """Trains on `spans`; with `frozen` = (epochs, planned) runs just those epochs and reads no validation."""
    torch.manual_seed(config.seed)
    device = choose_device(config.device)
    generator = torch.Generator().manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    encoder = Encoder(config).to(device)
    table = ItemVectors(_standardised(content), config.dim, generator).to(device)
    windows = Windows(log, spans, config.length, keep_seen)
    each = max(32, min(config.batch_targets, windows.target_count // max(config.min_steps_per_epoch, 1)))
    steps = max(1, sum(1 for _ in windows.batches(each, np.random.default_rng(0))))
    planned = frozen[1] if frozen else config.epochs
    optimiser = torch.optim.AdamW(_groups(encoder, table, config.weight_decay), lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: _rate(k, steps * planned))
    best = Fitted(copy.deepcopy(encoder).cpu().eval(), _on_cpu(table()), 0, planned, -1.0)
    started, stale = time.monotonic(), 0
    for epoch in range(1, (frozen[0] if frozen else planned) + 1):
        encoder.train()
        for step, batch in enumerate(windows.batches(each, rng)):
            loss = _loss(encoder, table, batch, config, generator)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([*encoder.parameters(), *table.parameters()], 5.0)
            optimiser.step()
            schedule.step()
            if step % 20 == 0:
                facts = {"epoch": epoch, "loss": round(float(loss.detach()), 3)}
                if best.epochs and not frozen:
                    facts["best"] = round(best.validation_ndcg, 4)
                progress.tell((epoch - 1 + step / steps) / (frozen[0] if frozen else planned), **facts)
        encoder.eval()
        vectors = _on_cpu(table())
        if frozen:
            best = Fitted(copy.deepcopy(encoder).cpu(), vectors, epoch, planned, -1.0)
            continue
        score = validate(encoder, vectors, log, validation, config.length, keep_seen)
        if score > best.validation_ndcg:
            best, stale = Fitted(copy.deepcopy(encoder).cpu(), vectors, epoch, planned, score), 0
        else:
            stale += 1
        if stale >= config.patience or time.monotonic() - started > config.max_minutes * 60:
            break
    return best


def validate(encoder: Encoder, vectors: np.ndarray, log: Log, cases: np.ndarray, length: int, keep_seen: bool) -> float:
    """Mean NDCG@10 of the float32 encoder alone, over the full catalogue."""
    if not len(cases):
        return 0.0
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
        gains.append(ndcg_each((scores > own[:, None]).sum(1)))
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


def _loss(encoder: Encoder, table: ItemVectors, batch, config: TrainConfig, generator: torch.Generator) -> Tensor:
    """All chance is drawn on the CPU, so that the draws are the same whatever the device."""
    device = device_of(encoder)
    vectors = table()  # [N,D]
    kinds, gaps = torch.from_numpy(batch.kinds), torch.from_numpy(batch.gaps)
    hidden = torch.rand(kinds.shape, generator=generator) < config.kind_dropout  # [B,T]
    kinds, gaps = kinds.masked_fill(hidden, 0), gaps.masked_fill(hidden, 0)
    context = torch.from_numpy(batch.context)
    context = context * (torch.rand(len(context), 1, generator=generator) >= config.context_dropout)
    steps = kinds.shape[1]
    positions = torch.arange(steps - 1, -1, -1, device=device)[None]
    entries = F.embedding(torch.from_numpy(batch.rows).to(device), vectors)  # [B,T,D]
    queries = encoder(entries, kinds.to(device), gaps.to(device), positions, context.to(device))  # [B,T,D]
    targets = torch.from_numpy(batch.targets)
    asked = targets != NO_TARGET
    return sampled_softmax_loss(
        queries[asked.to(device)], vectors, targets[asked].to(device), config.negatives, generator
    )


def _on_cpu(vectors: Tensor) -> np.ndarray:
    return vectors.detach().cpu().numpy().copy()


def _groups(encoder: Encoder, table: ItemVectors, decay: float) -> list[dict]:
    """Weight decay for matrices; none for norms, biases, and the small tables whose zero means unknown."""
    matrices = [p for n, p in encoder.named_parameters() if p.dim() > 1 and "distance" not in n]
    others = [p for n, p in encoder.named_parameters() if p.dim() <= 1 or "distance" in n]
    return [
        {"params": [*matrices, *table.parameters()], "weight_decay": decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _rate(step: int, total: int) -> float:
    """Linear warm-up, then half a cosine down to a twentieth."""
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    return 0.525 + 0.475 * math.cos(math.pi * min(step / max(total, 1), 1.0))


def _standardised(content: np.ndarray) -> Tensor:
    """Content scaled to the size of a fresh item vector, so that neither part drowns the other."""
    spread = float(content.std()) if content.size else 0.0
    return torch.from_numpy((content * (0.05 / max(spread, 1e-12))).astype(np.float32))
