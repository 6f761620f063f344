"""An encoder that starts from public content alone, and DP-SGD on it.

Source: Abadi et al., "Deep Learning with Differential Privacy", CCS 2016, algorithm 1: units drawn by chance, the
gradient of each clipped, Gaussian noise on their sum. Gradients of single units by `torch.func`.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from .batches import NO_TARGET
from .config import TrainConfig
from .dp_units import Units
from .encoder import Encoder

MIXED, FALLS = 2.0, 0.3  # weight of the history beside its newest item, and how fast its entries lose weight with age
LEARNED = ("value.", "out.", "distance", "norm_out.")  # the rest stays as it is: less to learn needs less noise
NEGATIVES = 500  # items drawn a step; public, for they are drawn without looking at anybody
PRIOR_COUNT = 20.0  # added to a noised count, as if each item had been seen so often
UNITS_AT_ONCE = 250
WARMUP_STEPS = 20


@dataclass(frozen=True)
class PrivateFit:
    encoder: Encoder
    clipped: tuple[float, ...]  # a step each: share of the units whose gradient was clipped


def content_vectors(components: np.ndarray, dim: int) -> np.ndarray:
    """Leading components, the strong ones held back by the root of their spread, at length 1, f32[N,dim]."""
    leading = components[:, :dim]
    spread = np.sqrt(np.maximum(leading.std(0), 1e-9))
    evened = leading / np.where(leading.any(0), spread, 1.0)
    length = np.linalg.norm(evened, axis=1, keepdims=True)
    padded = np.zeros((len(components), dim), np.float32)
    padded[:, : leading.shape[1]] = evened / np.maximum(length, 1e-9)
    return padded


def public_config(config: TrainConfig) -> TrainConfig:
    """The shape of an encoder that content alone can set."""
    return dataclasses.replace(config, towers=1, blocks=1, heads=1, dropout=0.0)


def public_encoder(config: TrainConfig) -> Encoder:
    """Query = newest item + MIXED * the history, entries weighed by their age: attention that looks at age alone."""
    torch.manual_seed(config.seed)
    encoder = Encoder(config)
    with torch.no_grad():
        for block in encoder.blocks:
            for linear in (block.query, block.key, block.value, block.out, block.down):
                linear.bias.zero_()
            for linear in (block.query, block.key):
                linear.weight.mul_(0.1)
            block.value.weight.copy_(torch.eye(config.dim))
            block.out.weight.copy_(MIXED * torch.eye(config.dim))
            block.down.weight.zero_()
            block.distance.copy_(-FALLS * torch.arange(config.length)[:, None].expand(-1, config.heads))
    return encoder.eval()


def train_privately(
    encoder: Encoder, vectors: np.ndarray, popularity: np.ndarray, units: Units, config: TrainConfig, noise: float,
    steps: int, rate: float, seed: int, tell=lambda share, **facts: None,
) -> PrivateFit:  # fmt: skip
    """Steps of DP-SGD on LEARNED. Each unit comes into a step with chance `rate`; `noise` in units of the clip.

    `popularity` f64[N] is noised already: the encoder learns what it does not say. Whoever knows `seed` (63 bits)
    can take the noise off.
    """
    rng = torch.Generator().manual_seed(seed)
    table = torch.from_numpy(vectors)
    prior = torch.from_numpy(prior_of(popularity)).float()
    rows, targets = torch.from_numpy(units.rows), torch.from_numpy(units.targets)
    learned = {n: p.detach().clone() for n, p in encoder.named_parameters() if any(part in n for part in LEARNED)}
    held = {n: p.detach() for n, p in encoder.named_parameters() if n not in learned}
    positions = torch.arange(rows.shape[1] - 1, -1, -1)[None]
    nobody = torch.zeros(1, 4, dtype=torch.int64)

    def loss(parameters: dict[str, Tensor], own: Tensor, wanted: Tensor, others: Tensor) -> Tensor:
        """Sampled cross-entropy of one unit: own i64[T], wanted i64[T], others i64[K]."""
        history = table[own][None]  # [1,T,D]
        nothing = torch.zeros_like(own)[None]
        queries = functional_call(encoder, parameters | held, (history, nothing, nothing, positions, nobody))[
            0
        ]  # [T,D]
        asked = wanted != NO_TARGET
        target = wanted.clamp(min=0)
        hit = (queries * table[target]).sum(-1) + prior[target]  # [T]
        rest = queries @ table[others].T + prior[others] + math.log(len(table) / len(others))  # [T,K]
        rest = rest.masked_fill(others == target[:, None], -1e9)
        missed = torch.logsumexp(torch.cat([hit[:, None], rest], 1), 1) - hit
        return (missed * asked).sum() / asked.sum().clamp(min=1).sqrt()

    gradients = vmap(grad(loss), in_dims=(None, 0, 0, None))
    optimiser = torch.optim.Adam(list(learned.values()), lr=config.dp_learning_rate)
    expected = max(rate * len(units), 1.0)
    clipped = []
    for step in range(steps):
        chosen = (torch.rand(len(units), generator=rng) < rate).nonzero()[:, 0]
        others = torch.randint(len(table), (NEGATIVES,), generator=rng)
        total = {name: torch.zeros_like(value) for name, value in learned.items()}
        over = 0
        for part in chosen.split(UNITS_AT_ONCE):
            with sdpa_kernel(SDPBackend.MATH):
                each = gradients(learned, rows[part], targets[part], others)  # name -> [b, ...]
            norms = torch.sqrt(sum(g.flatten(1).square().sum(1) for g in each.values()))  # [b]
            shrink = (config.dp_clip / norms.clamp(min=1e-12)).clamp(max=1)
            over += int((shrink < 1).sum())
            for name, gradient in each.items():
                total[name] += torch.tensordot(shrink, gradient, 1)
        for name, value in learned.items():
            drawn = torch.randn(value.shape, generator=rng)
            value.grad = (total[name] + noise * config.dp_clip * drawn) / expected
        for group in optimiser.param_groups:
            group["lr"] = config.dp_learning_rate * _course(step, steps)
        optimiser.step()
        clipped.append(over / max(len(chosen), 1))
        tell((step + 1) / steps, clipped=round(clipped[-1], 2))
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name in learned:
                parameter.copy_(learned[name])
    return PrivateFit(encoder, tuple(clipped))


def prior_of(popularity: np.ndarray) -> np.ndarray:
    """Log-odds that a noised popularity speaks of, up to a constant, f64[N]."""
    counts = np.expm1(popularity * math.log1p(100.0))  # the scale of the largest is not known: a hundred, say
    return np.log(counts + PRIOR_COUNT)


def _course(step: int, steps: int) -> float:
    """Linear warm-up, then half a cosine down to a twentieth."""
    return min(1.0, (step + 1) / WARMUP_STEPS) * (0.525 + 0.475 * math.cos(math.pi * step / max(steps, 1)))
