"""Cross-entropy over the catalogue, with the gradient made in the forward pass so that logits are never kept.

On a large catalogue the sum over all items is split: the batch's own targets exactly, and a uniform sample that stands
for all others. Source of the sampled part: Jean et al., ACL 2015, section 3.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

CHUNK_TARGETS = 512


def _product(left: Tensor, right: Tensor, half: bool) -> Tensor:
    """left @ right, read in bfloat16 where `half`; float32 either way."""
    return (left.bfloat16() @ right.bfloat16()).float() if half else left @ right


class _Softmax(torch.autograd.Function):
    """Mean of -log softmax(query . rows + offset)[target]. As in Hsu et al., "Liger Kernel", 2024, section 3.2.

    Under autocast the products are in bfloat16; sums, exponentials and gradients are float32 always.
    """

    @staticmethod
    def forward(ctx, queries: Tensor, rows: Tensor, offsets: Tensor, targets: Tensor) -> Tensor:
        half = torch.is_autocast_enabled(queries.device.type)
        queries, rows = queries.float(), rows.float()
        with torch.autocast(queries.device.type, enabled=False):
            count = len(targets)
            query_grad, row_grad = torch.empty_like(queries), torch.zeros_like(rows)
            loss = queries.new_zeros(())
            for start in range(0, count, CHUNK_TARGETS):
                query, target = queries[start : start + CHUNK_TARGETS], targets[start : start + CHUNK_TARGETS]
                logits = _product(query, rows.T, half).add_(offsets)  # [m,R]
                normaliser = torch.logsumexp(logits, 1, keepdim=True)  # [m,1]
                picked = logits.gather(1, target[:, None])
                loss += (normaliser - picked).sum()
                slope = logits.sub_(normaliser).exp_()  # [m,R], the probabilities
                slope.scatter_add_(1, target[:, None], torch.full_like(picked, -1.0))
                query_grad[start : start + CHUNK_TARGETS] = _product(slope, rows, half)
                row_grad += _product(slope.T, query, half)
        ctx.save_for_backward(query_grad.div_(count), row_grad.div_(count))
        return loss / count

    @staticmethod
    def backward(ctx, upstream: Tensor) -> tuple[Tensor, Tensor, None, None]:
        query_grad, row_grad = ctx.saved_tensors
        return query_grad * upstream, row_grad * upstream, None, None


def full_softmax_loss(queries: Tensor, table: Tensor, targets: Tensor) -> Tensor:
    """queries [M,D], table [N,D], targets [M] -> mean loss, a scalar."""
    return softmax_loss(queries, table, targets, queries.new_zeros(len(table)))


@dataclass(frozen=True)
class Draw:
    """The rows that stand for the whole catalogue in one step."""

    rows: Tensor  # i64[R], the targets' own rows first
    place: Tensor  # i64[M], where each target stands among them
    offsets: Tensor  # f32[R], log of how many rows each row stands for


def draw_rows(targets: Tensor, items: int, negatives: int, generator: torch.Generator) -> Draw:
    """The targets' rows exactly and `negatives` of the others, uniformly without replacement; all where that is all.

    Each drawn row stands for others / negatives rows: its logit gains the log of that number. All on the CPU.
    """
    own, place = torch.unique(targets, return_inverse=True)  # [U], [M]
    others = items - len(own)
    if others <= negatives:
        return Draw(torch.arange(items), targets, torch.zeros(items))
    is_own = torch.zeros(items, dtype=torch.bool)
    is_own[own] = True
    drawn = torch.randperm(items, generator=generator)
    drawn = drawn[~is_own[drawn]][:negatives]  # [K]
    offsets = torch.zeros(len(own) + negatives)
    offsets[len(own) :] = math.log(others / negatives)
    return Draw(torch.cat([own, drawn]), place, offsets)


def softmax_loss(queries: Tensor, rows: Tensor, place: Tensor, offsets: Tensor) -> Tensor:
    """queries [M,D], rows [R,D], place [M], offsets [R] -> mean loss, a scalar."""
    return _Softmax.apply(queries, rows, offsets, place)
