"""Cross-entropy over the catalogue, with the gradient made in the forward pass so that logits are never kept.

On a large catalogue the sum over all items is split: the batch's own targets exactly, and a uniform sample that stands
for all others. Source of the sampled part: Jean et al., ACL 2015, section 3.2.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

CHUNK_TARGETS = 512


class _Softmax(torch.autograd.Function):
    """Mean of -log softmax(query . rows + offset)[target]. As in Hsu et al., "Liger Kernel", 2024, section 3.2."""

    @staticmethod
    def forward(ctx, queries: Tensor, rows: Tensor, offsets: Tensor, targets: Tensor) -> Tensor:
        count = len(targets)
        query_grad, row_grad = torch.empty_like(queries), torch.zeros_like(rows)
        loss = queries.new_zeros(())
        for start in range(0, count, CHUNK_TARGETS):
            query, target = queries[start : start + CHUNK_TARGETS], targets[start : start + CHUNK_TARGETS]
            logits = torch.addmm(offsets, query, rows.T)  # [m,N]
            normaliser = torch.logsumexp(logits, 1, keepdim=True)  # [m,1]
            picked = logits.gather(1, target[:, None])
            loss += (normaliser - picked).sum()
            slope = logits.sub_(normaliser).exp_()  # [m,N], the probabilities
            slope.scatter_add_(1, target[:, None], torch.full_like(picked, -1.0))
            query_grad[start : start + CHUNK_TARGETS] = slope @ rows
            row_grad.addmm_(slope.T, query)
        ctx.save_for_backward(query_grad.div_(count), row_grad.div_(count))
        return loss / count

    @staticmethod
    def backward(ctx, upstream: Tensor) -> tuple[Tensor, Tensor, None, None]:
        query_grad, row_grad = ctx.saved_tensors
        return query_grad * upstream, row_grad * upstream, None, None


def full_softmax_loss(queries: Tensor, table: Tensor, targets: Tensor) -> Tensor:
    """queries [M,D], table [N,D], targets [M] -> mean loss, a scalar."""
    return _Softmax.apply(queries, table, queries.new_zeros(len(table)), targets)


def sampled_softmax_loss(
    queries: Tensor, table: Tensor, targets: Tensor, negatives: int, generator: torch.Generator
) -> Tensor:
    """The same with all items but the batch's targets estimated from `negatives` of them, drawn uniformly.

    Each drawn row stands for as many rows as were not drawn: its logit gains the log of that number.
    """
    own, place = torch.unique(targets, return_inverse=True)  # [U], [M]
    others = len(table) - len(own)
    if others <= negatives:
        return full_softmax_loss(queries, table, targets)
    is_own = torch.zeros(len(table), dtype=torch.bool, device=table.device)
    is_own[own] = True
    drawn = torch.randperm(len(table), generator=generator).to(table.device)
    drawn = drawn[~is_own[drawn]][:negatives]  # [K], without replacement
    offsets = table.new_zeros(len(own) + negatives)
    offsets[len(own) :] = math.log(others / negatives)
    rows = F.embedding(torch.cat([own, drawn]), table)  # [U+K,D]
    return _Softmax.apply(queries, rows, offsets, place)
