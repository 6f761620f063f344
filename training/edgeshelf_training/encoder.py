"""The encoder: a causal transformer over item vectors, from history to a query in item space.

SASRec (Kang & McAuley, ICDM 2018) with positions counted back from each query, as a bias of the attention
(Raffel et al., JMLR 2020, section 2.1): every position of a training history is then just what serving sees, and
one forward pass trains them all. Event kind, gap and context are added to the entry; index 0 (unknown) adds nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import TrainConfig
from .corpus import CONTEXT_SIZES, GAP_BUCKETS, KINDS

MASKED = -1e9


class Block(nn.Module):
    """Pre-norm attention and feed-forward."""

    def __init__(self, dim: int, heads: int, hidden: int, length: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.length = heads, length
        self.norm_attention, self.norm_forward = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.query, self.key = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.value, self.out = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.distance = nn.Parameter(torch.zeros(length, heads))  # bias of attending so many entries back
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        """x [B,T,D], positions [1,T] counting down to the newest -> [B,T,D]."""
        batch, steps, dim = x.shape
        y = self.norm_attention(x)

        def heads(z: Tensor) -> Tensor:
            return z.view(batch, steps, self.heads, dim // self.heads).transpose(1, 2)  # [B,H,T,D/H]

        back = positions[:, None, :] - positions[:, :, None]  # [1,T,T], how far the key lies behind the query
        bias = F.embedding(back.clamp(0, self.length - 1), self.distance)  # [1,T,T,H]
        bias = bias.masked_fill((back < 0)[..., None], MASKED).permute(0, 3, 1, 2)  # [1,H,T,T]
        mixed = F.scaled_dot_product_attention(
            heads(self.query(y)), heads(self.key(y)), heads(self.value(y)), attn_mask=bias
        )  # [B,H,T,D/H]
        x = x + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, steps, dim)))
        return x + self.dropout(self.down(F.relu(self.up(self.norm_forward(x)))))


class Encoder(nn.Module):
    """History to queries; reads item vectors, so it serves items it was never trained on."""

    def __init__(self, config: TrainConfig) -> None:
        super().__init__()
        self.dim = dim = config.dim
        self.norm_in, self.norm_out = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.kinds = nn.Embedding(len(KINDS), dim, padding_idx=0)
        self.gaps = nn.Embedding(GAP_BUCKETS, dim, padding_idx=0)
        self.context = nn.ModuleList(nn.Embedding(size, dim, padding_idx=0) for size in CONTEXT_SIZES)
        for table in (self.kinds, self.gaps, *self.context):
            nn.init.zeros_(table.weight)  # a value never seen in training stays "unknown"
        self.blocks = nn.ModuleList(
            Block(dim, config.heads, config.hidden, config.length, config.dropout) for _ in range(config.blocks)
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, vectors: Tensor, kinds: Tensor, gaps: Tensor, positions: Tensor, context: Tensor) -> Tensor:
        """vectors [B,T,D], kinds and gaps [B,T], positions [1,T], context [B,4] -> queries [B,T,D]."""
        about = sum(table(context[:, c]) for c, table in enumerate(self.context))  # [B,D]
        x = self.norm_in(vectors) + self.kinds(kinds) + self.gaps(gaps) + about[:, None, :]  # [B,T,D]
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, positions)
        return self.norm_out(x)


class Towers(nn.Module):
    """Encoders side by side, each with its own part of the item vectors: an ensemble that one dot product reads.

    The dot of the joined queries and vectors is the sum of the towers' logits. Towers that differ by no more than
    their seed already err differently (Lakshminarayanan et al., NIPS 2017).
    """

    def __init__(self, towers: list[Encoder]) -> None:
        super().__init__()
        self.towers = nn.ModuleList(towers)

    def forward(self, vectors: Tensor, kinds: Tensor, gaps: Tensor, positions: Tensor, context: Tensor) -> Tensor:
        """As `Encoder`, with D the sum of the towers'."""
        parts = vectors.chunk(len(self.towers), -1)
        answers = [tower(part, kinds, gaps, positions, context) for tower, part in zip(self.towers, parts, strict=True)]
        return torch.cat(answers, -1)


class ItemVectors(nn.Module):
    """The tied item table: a learned vector plus a learned projection of each block of features, [N,D]."""

    def __init__(
        self, features: list[Tensor], items: int, dim: int, generator: torch.Generator, learned: bool = True
    ) -> None:
        """features: each f32[N,F], scaled alike; they may be none. Without a `learned` part there is content alone."""
        super().__init__()
        self.register_buffer("features", torch.cat([torch.zeros(items, 0), *features], 1))  # [N,F]
        free = 0.02 * torch.randn(items, dim, generator=generator)
        self.free = nn.Parameter(free if learned else torch.zeros_like(free), requires_grad=learned)
        starts = [_first_axes(block.shape[1], dim, generator, turned=k > 0) for k, block in enumerate(features)]
        self.projection = nn.Parameter(torch.cat([torch.zeros(0, dim), *starts]))

    def forward(self, rows: Tensor | None = None) -> Tensor:
        """Vectors of the given rows i64[R], or of all, [R,D]."""
        if rows is None:
            return self.free + self.features @ self.projection
        return F.embedding(rows, self.free) + F.embedding(rows, self.features) @ self.projection


def _first_axes(features: int, dim: int, generator: torch.Generator, turned: bool) -> Tensor:
    """A projection that keeps the leading features as they are; `turned`: onto random axes, away from other blocks."""
    start = torch.eye(features, dim)
    if not turned:
        return start
    axes, _ = torch.linalg.qr(torch.randn(dim, dim, generator=generator))
    return start @ axes
