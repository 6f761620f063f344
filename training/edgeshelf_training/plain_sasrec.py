"""SASRec as it is usually run, for a row to stand beside: item ids alone, learned absolute positions, tied output.

Kang & McAuley, ICDM 2018, with layer norm before each part and cross-entropy over the catalogue in place of one sampled
negative, as Klenitskiy & Vasilev, RecSys 2023. No content, no event kinds, no times.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import NO_TARGET, Batch, Windows
from .config import TrainConfig
from .corpus import Corpus, Log
from .device import choose_device, device_of
from .metrics import AT, ndcg_each
from .progress import Progress
from .softmax_loss import draw_rows, full_softmax_loss, softmax_loss

FULL_SOFTMAX_ITEMS = 30_000  # above it the loss estimates all but the step's targets from config.negatives rows
ADAM_BETAS = (0.9, 0.98)  # of the SASRec authors
CHUNK_CASES = 256


class PlainSasrec(nn.Module):
    """History to a query in item space, [B,T] -> [B,T,D]."""

    def __init__(self, items: int, config: TrainConfig) -> None:
        super().__init__()
        dim = config.dim
        self.items, self.positions = nn.Embedding(items, dim), nn.Embedding(config.length, dim)
        for table in (self.items, self.positions):
            nn.init.normal_(table.weight, std=0.02)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(dim, config.heads, config.hidden, config.dropout, batch_first=True,
                                       norm_first=True) for _ in range(config.blocks)
        )  # fmt: skip
        self.norm_out, self.dropout = nn.LayerNorm(dim), nn.Dropout(config.dropout)

    def forward(self, rows: Tensor, newest: Tensor) -> Tensor:
        """rows i64[B,T], oldest first, padded at the right; newest i64[B], where each window's last input stands.

        The last input takes the last position, as padding at the left would have it.
        """
        steps, length = rows.shape[1], self.positions.num_embeddings
        place = length - 1 - newest[:, None] + torch.arange(steps, device=rows.device)  # [B,T]
        x = self.items(rows) * math.sqrt(self.items.embedding_dim) + self.positions(place.clamp(0, length - 1))
        x = self.dropout(x)  # [B,T,D]
        future = torch.ones(steps, steps, dtype=torch.bool, device=rows.device).triu(1)  # [T,T], True is hidden
        for block in self.blocks:
            x = block(x, src_mask=future)
        return self.norm_out(x)


@dataclass(frozen=True)
class PlainFit:
    model: PlainSasrec
    epochs: int  # epochs behind the kept checkpoint
    validation_ndcg: float  # -1 where nothing was validated


def fit_and_rank_plain_sasrec(
    corpus: Corpus, spans: np.ndarray, validation: np.ndarray, cases: np.ndarray, config: TrainConfig,
    progress: Progress, at: int = 20,
) -> np.ndarray:  # fmt: skip
    """Trains on the spans and gives the rank from 0 of each case's target, i64[M], -1 outside the first `at`."""
    fit = fit_plain_sasrec(corpus, spans, validation, config, progress)
    return rank_plain_sasrec(fit.model, corpus, cases, at)


def fit_plain_sasrec(
    corpus: Corpus, spans: np.ndarray, validation: np.ndarray, config: TrainConfig, progress: Progress
) -> PlainFit:
    """Adam at a constant rate; keeps the epoch of best validation NDCG@10 and stops when it stays behind it.

    Without validation cases all of config.epochs are run: a refit with the epochs that a fit before has found. Reads
    only dim, length, blocks, heads, hidden, dropout, learning_rate, the batch sizes, epochs, patience, max_minutes,
    negatives, device and seed of the config.
    """
    torch.manual_seed(config.seed)
    device = choose_device(config.device)
    generator = torch.Generator().manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    model = PlainSasrec(len(corpus.items), config).to(device)
    windows = Windows(corpus.log, spans, config.length, corpus.keep_seen)
    each = max(32, min(config.batch_targets, windows.target_count // max(config.min_steps_per_epoch, 1)))
    optimiser = torch.optim.Adam(model.parameters(), config.learning_rate, ADAM_BETAS)
    best, stale, started = PlainFit(copy.deepcopy(model).eval(), 0, -1.0), 0, time.monotonic()
    for epoch in range(1, config.epochs + 1):
        model.train()
        for batch in windows.batches(each, rng):
            loss = _loss(model, batch, config.negatives, generator)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        model.eval()
        score = float(ndcg_each(rank_plain_sasrec(model, corpus, validation, AT)).mean()) if len(validation) else -1.0
        if not len(validation) or score > best.validation_ndcg:
            best, stale = PlainFit(copy.deepcopy(model), epoch, score), 0
        else:
            stale += 1
        progress.tell(epoch / config.epochs, epoch=epoch, ndcg=round(score, 4))
        late = time.monotonic() - started > config.max_minutes * 60
        if len(validation) and (stale >= config.patience or late):
            break
    return best


def _loss(model: PlainSasrec, batch: Batch, negatives: int, generator: torch.Generator) -> Tensor:
    device = device_of(model)
    asked = batch.targets != NO_TARGET  # [B,T]
    # what follows the last target is read by no answer, so that target's input counts as the newest
    newest = torch.from_numpy(asked.shape[1] - 1 - asked[:, ::-1].argmax(1))
    queries = model(torch.from_numpy(batch.rows).to(device), newest.to(device))[torch.from_numpy(asked).to(device)]
    table, targets = model.items.weight, torch.from_numpy(batch.targets[asked])  # [N,D], [M]
    if len(table) <= FULL_SOFTMAX_ITEMS:
        return full_softmax_loss(queries, table, targets.to(device))
    draw = draw_rows(targets, len(table), negatives, generator)
    rows = F.embedding(draw.rows.to(device), table)  # [R,D]
    return softmax_loss(queries, rows, draw.place.to(device), draw.offsets.to(device))


def rank_plain_sasrec(model: PlainSasrec, corpus: Corpus, cases: np.ndarray, at: int = 20) -> np.ndarray:
    """Rank from 0 of each case's target over the full catalogue, i64[M], -1 outside the first `at`.

    Seen items are filtered unless the corpus keeps them. No case may have an empty history.
    """
    log = corpus.log
    ranks = np.full(len(cases), -1, np.int64)
    with torch.no_grad():
        table = model.items.weight.cpu().numpy()
        for chunk, queries in _encode(model, log, cases):
            scores = queries @ table.T  # [m,N]
            targets = log.rows[cases[chunk, 1]]
            own = scores[np.arange(len(chunk)), targets]
            if not corpus.keep_seen:
                for k, (start, end) in enumerate(cases[chunk]):
                    scores[k, log.rows[start:end]] = -np.inf
                    own[k] = scores[k, targets[k]]  # a seen target cannot be answered
            found = (scores > own[:, None]).sum(1)
            ranks[chunk] = np.where((found < at) & np.isfinite(own), found, -1)
    return ranks


def _encode(model: PlainSasrec, log: Log, cases: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Chunks of the cases, i64[m] positions in `cases`, histories of like length together, with queries f32[m,D]."""
    device = device_of(model)
    starts = np.maximum(cases[:, 0], cases[:, 1] - model.positions.num_embeddings)
    sizes = cases[:, 1] - starts
    order = np.argsort(sizes, kind="stable")
    for first in range(0, len(cases), CHUNK_CASES):
        chunk = order[first : first + CHUNK_CASES]
        newest = sizes[chunk] - 1
        place = starts[chunk][:, None] + np.minimum(np.arange(newest.max() + 1), newest[:, None])  # [m,T]
        rows, last = torch.from_numpy(log.rows[place]).to(device), torch.from_numpy(newest).to(device)
        yield chunk, model(rows, last)[torch.arange(len(chunk)), last].cpu().numpy()
