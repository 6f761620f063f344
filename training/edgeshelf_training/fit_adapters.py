"""Steps of contrastive training on pairs of texts: what moves are the adapters, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

TEMPERATURE = 0.05
WARM_UP = 0.1  # share of the steps
GRADIENT_NORM = 1.0  # at most
ORTHOGONALITY = 0.1  # weight of AdaLoRA's regulariser
LEARNING_RATES = {"lora": 1e-3, "adalora": 5e-3}  # AdaLoRA's three factors all start small


@dataclass(frozen=True)
class AdapterSettings:
    method: str = "lora"
    rank: int = 8  # of each adapter; AdaLoRA's mean
    steps: int = 200
    batch: int = 64  # pairs a step
    learning_rate: float = 0.0  # 0: the method's own
    seed: int = 0


def contrastive_loss(
    left: torch.Tensor, right: torch.Tensor, related: torch.Tensor, temperature: float = TEMPERATURE
) -> torch.Tensor:
    """Cross-entropy of each row's partner among the rows of the other side, the mean of both directions.

    InfoNCE: van den Oord et al., 2018; negatives of the same batch: Henderson et al., 2017; both directions: Radford et
    al., ICML 2021; temperature: Gao et al., EMNLP 2021. `left` and `right` f32[B,E] have rows of length 1; `related`
    bool[B,B] marks what besides the partner is no negative.

    >>> unit, none = torch.eye(2), torch.zeros(2, 2, dtype=torch.bool)
    >>> round(float(contrastive_loss(unit, unit, none, temperature=1.0)), 4)  # log(1 + exp(-1))
    0.3133
    >>> float(contrastive_loss(unit, unit, ~torch.eye(2, dtype=torch.bool)))  # nothing to tell the partner from
    0.0
    """
    cosines = (left @ right.T / temperature).masked_fill(related, -torch.inf)  # [B,B]
    partner = torch.arange(len(left), device=left.device)
    return (F.cross_entropy(cosines, partner) + F.cross_entropy(cosines.T, partner)) / 2


def train_adapters(
    module: Any, adapted: Any, texts: list[str], pairs: np.ndarray, settings: AdapterSettings,
    tell: Callable[[float], None],
) -> tuple[float, ...]:  # fmt: skip
    """Trains the adapters in place and returns the contrastive loss of each step.

    `module` is a SentenceTransformer and `adapted` the PeftModel around its transformer; `pairs` i64[P,2] are indices
    into `texts`, the smaller first.
    """
    parameters = [p for p in adapted.parameters() if p.requires_grad]
    rate = settings.learning_rate or LEARNING_RATES[settings.method]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_share(step, settings.steps))
    codes = np.unique(pairs[:, 0] * len(texts) + pairs[:, 1])
    losses = []
    module.train()
    for step, batch in enumerate(batches_of(pairs, settings)):
        related = torch.from_numpy(related_in(batch, codes, len(texts))).to(module.device)
        both = embed_texts(module, [texts[k] for k in batch.T.ravel()])  # [2B,E]
        loss = contrastive_loss(both[: len(batch)], both[len(batch) :], related)
        losses.append(float(loss.detach()))
        if settings.method == "adalora":
            loss = loss + ORTHOGONALITY * _orthogonality(adapted)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, GRADIENT_NORM)
        optimiser.step()
        schedule.step()
        if settings.method == "adalora":
            adapted.base_model.update_and_allocate(step)  # reads the gradients, so before they are cleared
        optimiser.zero_grad()
        tell((step + 1) / settings.steps)
    module.eval()
    return tuple(losses)


def embed_texts(module: Any, texts: list[str]) -> torch.Tensor:
    """f32[B,E], rows of length 1, with gradients."""
    prompt = module.prompts.get(module.default_prompt_name) if module.default_prompt_name else None
    features = module.preprocess(texts, prompt=prompt)
    features = {name: x.to(module.device) if isinstance(x, torch.Tensor) else x for name, x in features.items()}
    return F.normalize(module(features)["sentence_embedding"], dim=1)


def rate_share(step: int, steps: int) -> float:
    """Share of the learning rate: rises over the warm-up, then falls to 0.

    >>> [round(rate_share(step, 20), 2) for step in (0, 1, 2, 11, 20)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    warm = max(1, round(WARM_UP * steps))
    return min(1.0, (step + 1) / warm, (steps - step) / max(1, steps - warm))


def batches_of(pairs: np.ndarray, settings: AdapterSettings) -> Iterator[np.ndarray]:
    """`steps` batches, i64[B,2]: each pair once before any comes again, its sides in random order."""
    rng = np.random.default_rng(settings.seed)
    size = min(settings.batch, len(pairs))
    order = np.zeros(0, np.int64)
    for _ in range(settings.steps):
        if len(order) < size:
            order = np.concatenate([order, rng.permutation(len(pairs))])
        batch, order = pairs[order[:size]], order[size:]
        yield np.where(rng.random((size, 1)) < 0.5, batch, batch[:, ::-1])


def related_in(batch: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """bool[B,B]: left i and right j of different rows are one text, or a pair themselves.

    `codes` holds the pairs as a * count + b, a the smaller.

    >>> pairs = np.array([[0, 1], [2, 3], [1, 4]])
    >>> related_in(pairs, codes=pairs[:, 0] * 5 + pairs[:, 1], count=5).astype(int).tolist()  # 1 is 1
    [[0, 0, 0], [0, 0, 0], [1, 0, 0]]
    >>> related_in(pairs, codes=np.array([1, 13, 9, 8]), count=5).astype(int).tolist()  # and 1 and 3 are a pair too
    [[0, 0, 0], [0, 0, 0], [1, 1, 0]]
    """
    left, right = batch[:, :1], batch[None, :, 1]  # [B,1], [1,B]
    code = np.minimum(left, right) * count + np.maximum(left, right)
    return ((left == right) | np.isin(code, codes)) & ~np.eye(len(batch), dtype=bool)


def _orthogonality(adapted: Any) -> torch.Tensor:
    """Mean distance of the singular vectors from orthonormal ones: AdaLoRA's R(P, Q), a mean instead of a sum."""
    distances = []
    for name, matrix in adapted.named_parameters():
        if "lora_A" in name or "lora_B" in name:
            product = matrix @ matrix.T if "lora_A" in name else matrix.T @ matrix  # [r,r]
            distances.append((product - torch.eye(len(product), device=product.device)).norm())
    return torch.stack(distances).mean()
