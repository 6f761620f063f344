"""Cross-entropy over the catalogue, with the gradient made in the forward pass so that logits are never kept."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

CHUNK_TARGETS = 512


class _FullSoftmax(torch.autograd.Function):
    """Mean of -log softmax(query . table)[target]. Saves memory as in Hsu et al., "Liger Kernel", 2024, section 3.2."""

    @staticmethod
    def forward(ctx, queries: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        count = len(targets)
        query_grad, table_grad = torch.empty_like(queries), torch.zeros_like(table)
        loss = queries.new_zeros(())
        for start in range(0, count, CHUNK_TARGETS):
            query, target = queries[start : start + CHUNK_TARGETS], targets[start : start + CHUNK_TARGETS]
            logits = query @ table.T  # [m,N]
            normaliser = torch.logsumexp(logits, 1, keepdim=True)  # [m,1]
            picked = logits.gather(1, target[:, None])
            loss += (normaliser - picked).sum()
            slope = logits.sub_(normaliser).exp_()  # [m,N], the probabilities
            slope.scatter_add_(1, target[:, None], torch.full_like(picked, -1.0))
            query_grad[start : start + CHUNK_TARGETS] = slope @ table
            table_grad.addmm_(slope.T, query)
        ctx.save_for_backward(query_grad.div_(count), table_grad.div_(count))
        return loss / count

    @staticmethod
    def backward(ctx, upstream: Tensor) -> tuple[Tensor, Tensor, None]:
        query_grad, table_grad = ctx.saved_tensors
        return query_grad * upstream, table_grad * upstream, None


def full_softmax_loss(queries: Tensor, table: Tensor, targets: Tensor) -> Tensor:
    """queries [M,D], table [N,D], targets [M] -> mean loss, a scalar."""
    return _FullSoftmax.apply(queries, table, targets)


def sampled_softmax_loss(
    queries: Tensor, table: Tensor, targets: Tensor, negatives: int, generator: torch.Generator
) -> Tensor:
    """The same over the batch's own targets and `negatives` uniform rows, shared by the batch.

    Uniform negatives stand for N/negatives rows each (a correction of the logits by log of that); own targets that
    are not asked for are left to the uniform part. Source: Jean et al., ACL 2015, section 3.2.
    """
    rows = len(table)
    drawn = torch.randint(rows, (negatives,), generator=generator)  # [K]
    logits = queries @ F.embedding(drawn, table).T + float(torch.log(torch.tensor(rows / negatives)))  # [M,K]
    logits = logits.masked_fill(drawn[None, :] == targets[:, None], -1e9)
    own = (queries * F.embedding(targets, table)).sum(1, keepdim=True)  # [M,1]
    return (torch.logsumexp(torch.cat([own, logits], 1), 1, keepdim=True) - own).mean()
