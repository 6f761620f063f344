"""Shops that share no logs: each fits on its own histories, and what is not about its own products may be averaged.

A shop holds an encoder and item vectors. Shared are the encoder's weights and the projection that content enters item
vectors by; the learned part of item vectors stays at home, unless shops sell the same products and say so. Source:
federated averaging, McMahan et al., AISTATS 2017, with parts kept local as in Arivazhagan et al., 2019.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .batches import Windows
from .canonical import canonicalise
from .config import TrainConfig, suited
from .corpus import Corpus
from .encoder import Encoder, ItemVectors
from .errors import InputError
from .fit_encoder import batch_loss, optimiser_of, standardised, validate
from .model import read_content
from .split import leave_one_out
from .train import read_corpus

LEAST_HISTORIES = 20  # of a shop

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Course:
    """How long all fits run, whoever fits."""

    rounds: int
    local_epochs: int  # of each shop in a round


class Shop:
    """One shop's histories, encoder and item vectors. All shops of a config start from the same weights."""

    def __init__(self, corpus: Corpus, components: np.ndarray, config: TrainConfig, course: Course) -> None:
        """components: f32[N,F] of the items' content, the same for all shops."""
        self.corpus, self.config, self.course = corpus, config, course
        split = leave_one_out(corpus.log)
        self.tests = split.test
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.encoder = Encoder(config)
        blocks = [standardised(components)] if components.shape[1] else []
        self.table = ItemVectors(blocks, len(corpus.items), config.dim, self.generator)
        self.rng = np.random.default_rng(config.seed)
        self.windows = Windows(corpus.log, split.train, config.length, corpus.keep_seen)
        self.optimiser = optimiser_of(self.encoder, self.table, config)
        self.rounds = 0

    @property
    def targets(self) -> int:
        """What a shop's weights count for in an average."""
        return self.windows.target_count

    def shared(self, with_items: bool) -> Weights:
        """What may leave the shop."""
        own = {f"encoder.{name}": value for name, value in self.encoder.state_dict().items()}
        own["projection"] = self.table.projection.detach()
        if with_items:
            own["items"] = self.table.free.detach()
        return {name: value.numpy().copy() for name, value in own.items()}

    def adopt(self, weights: Weights) -> None:
        """Puts shared weights in the place of its own."""
        given = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
        prefix = "encoder."
        self.encoder.load_state_dict({n.removeprefix(prefix): v for n, v in given.items() if n.startswith(prefix)})
        with torch.no_grad():
            self.table.projection.copy_(given["projection"])
            if "items" in given:
                self.table.free.copy_(given["items"])

    def fit_round(self) -> float:
        """Fits for one round on what the shop has. Mean loss of its last epoch."""
        config = self.config
        share = self.rounds / max(self.course.rounds, 1)
        for group in self.optimiser.param_groups:
            group["lr"] = config.learning_rate * (0.525 + 0.475 * math.cos(math.pi * share))
        self.rounds += 1
        torch.manual_seed(config.seed + self.rounds)  # dropout is the same whoever fits before
        each = max(32, min(config.batch_targets, self.targets // max(config.min_steps_per_epoch, 1)))
        self.encoder.train()
        mean = 0.0
        for _ in range(self.course.local_epochs):
            losses = []
            for batch in self.windows.batches(each, self.rng):
                loss = batch_loss(self.encoder, self.table, batch, config, self.generator)
                self.optimiser.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_([*self.encoder.parameters(), *self.table.parameters()], 5.0)
                self.optimiser.step()
                losses.append(float(loss.detach()))
            mean = float(np.mean(losses)) if losses else 0.0
        return mean

    def ndcg(self) -> float:
        """Mean NDCG@10 of the encoder alone over the full catalogue, on the last event of each history."""
        self.encoder.eval()
        with torch.no_grad():
            vectors = self.table().numpy()
        log, config = self.corpus.log, self.config
        return validate(self.encoder, vectors, log, self.tests, config.length, self.corpus.keep_seen)


def make_shops(
    data: Path, shops: int, users: int | None, config: TrainConfig, course: Course
) -> tuple[list[Shop], Shop]:
    """A benchmark's shoppers dealt out to shops that have the same catalogue, and one shop that has them all."""
    torch.set_num_threads(config.threads)
    corpus = canonicalise(read_corpus(data, 0, keep_seen=False), config.seed)
    order = np.random.default_rng(config.seed).permutation(corpus.log.histories)[:users]
    if shops < 2 or len(order) < shops * LEAST_HISTORIES:
        raise InputError(f"--shops {shops}: two or more are needed, and {LEAST_HISTORIES} histories for each")
    components = read_content(corpus, config).components
    everything = np.arange(len(corpus.items))

    def shop(histories: np.ndarray) -> Shop:
        part = corpus.with_order(everything, np.sort(histories))
        train = leave_one_out(part.log).train
        targets = int((train[:, 1] - train[:, 0] - 1).clip(0).sum())
        # The width of dropout follows a log's density; epochs are those of the course for all.
        fitting = dataclasses.replace(config, dropout=suited(config, targets, len(part.items)).dropout)
        return Shop(part, components, fitting, course)

    return [shop(part) for part in np.array_split(order, shops)], shop(order)


def averaged(shops: list[Shop], scores: list[float]) -> float:
    """Mean over shoppers of what is told by shop."""
    return float(np.average(scores, weights=[len(shop.tests) for shop in shops]))
