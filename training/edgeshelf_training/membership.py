"""Membership inference: can it be told from a release whether one visitor's history was trained on?

Shadow releases are trained on random halves of a pool of histories; of each history and release the attacker takes
signals, and learns from the other releases how each signal is spread with and without that very history. Source: the
likelihood-ratio attack of Carlini et al., "Membership Inference Attacks From First Principles", S&P 2022, with one
deviation a signal for all histories, since a few shadows give no better.

Attacker A reads every file of a release. Attacker B only asks: histories in, lists with scores out.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .asked import ask
from .config import TrainConfig
from .corpus import Corpus
from .dp_budget import plan_budget
from .dp_model import choose_privately, fit_private
from .errors import InputError
from .evaluate import chunks, int8_scorer, rank_cases, release_queries
from .metrics import LISTED
from .model import read_content
from .progress import Progress
from .release import Release
from .split import leave_one_out
from .train import by_id, fit_tune, read_corpus

QUESTIONS = 4  # prefixes of a history that an attacker asks about, the newest
SIGNALS = {"A": ("loss", "listed", "pairs", "pairWeight"), "B": ("listed",)}
FALSE_POSITIVES = 0.001
LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class Shadow:
    """One release's word on each history of the pool."""

    member: np.ndarray  # bool[P]
    signals: dict[str, np.ndarray]  # name -> f64[P]


def overfitted(config: TrainConfig) -> TrainConfig:
    """A recipe that remembers: every pair is counted, nothing is dropped out or held back."""
    return dataclasses.replace(
        config, k_pair=1, dropout=0.0, context_dropout=0.0, kind_dropout=0.0, weight_decay=0.0, half_life_days=1e9
    )


def make_pool(data: Path, users: int, seed: int) -> Corpus:
    """Twice as many histories as a shadow trains on, of three events or more."""
    corpus = by_id(read_corpus(data, int(time.time()), keep_seen=False))
    long = np.flatnonzero(np.diff(corpus.log.offsets) >= 3)
    if len(long) < 2 * users:
        raise InputError(
            f"--users {users}: {data} has {len(long)} histories of three events, and twice --users are needed"
        )
    chosen = np.sort(np.random.default_rng(seed).permutation(long)[: 2 * users])
    return corpus.with_order(np.arange(len(corpus.items)), chosen)


def train_shadow(pool: Corpus, config: TrainConfig, number: int) -> Shadow:
    """Trains on a random half of the pool by the recipe of `config`, and asks the release about all of it."""
    torch.set_num_threads(config.threads)
    count = pool.log.histories
    inside = np.sort(np.random.default_rng([config.seed, number]).permutation(count)[: count // 2])
    corpus = pool.with_order(np.arange(len(pool.items)), inside)
    config = dataclasses.replace(config, seed=config.seed + 1000 * number)
    content = read_content(corpus, config)
    split = leave_one_out(corpus.log)
    if config.privacy:
        budget = plan_budget(config, len(inside), 1)
        model = fit_private(corpus, content, split.train, config, budget, Progress(quiet=True))
        fusion = choose_privately(corpus, model, split.validation, config, budget)
    else:
        model, fusion, _ = fit_tune(corpus, content, split, config, Progress(quiet=True), 1.0)
    member = np.zeros(count, bool)
    member[inside] = True
    return Shadow(member, signals_of(pool, model.release(pool.items, fusion, config.length)))


def signals_of(pool: Corpus, release: Release) -> dict[str, np.ndarray]:
    """What the release says of the part of each history that a shadow with it would have trained on, f64[P] each."""
    log = pool.log
    spans = leave_one_out(log).train
    cases = [(a, k) for a, b in spans.tolist() for k in range(max(a + 1, b - QUESTIONS), b)]
    owner = np.array(
        [h for h, (a, b) in enumerate(spans.tolist()) for _ in range(max(a + 1, b - QUESTIONS), b)], np.int64
    )
    asked = ask(log, np.array(cases, np.int64).reshape(-1, 2))
    score_chunk = int8_scorer(release, release_queries(release, asked))
    # B: the place of what came next, in lists as they are answered.
    ranks = rank_cases(release, asked, score_chunk, False, systems=("fused",))["fused"].ranks
    listed = np.where(ranks >= 0, 1 / np.log2(np.maximum(ranks, 0) + 2), 1 / np.log2(LISTED + 2))
    # A: the encoder's own loss, and the pairs of the history in the tables of counts.
    loss = np.zeros(len(asked))
    for part in chunks(len(asked), len(release.ids)):
        scores = score_chunk(part)
        top = scores.max(1)
        own = scores[np.arange(len(scores)), asked.targets[part]]
        loss[part] = np.log(np.exp(scores - top[:, None]).sum(1)) + top - own
    newest = np.array([history[-1] for history in asked.histories], np.int64)
    weight = np.asarray(release.tables.counted["transitions"][newest, asked.targets]).ravel()
    values = {"loss": -loss, "listed": listed, "pairs": (weight > 0).astype(float), "pairWeight": np.log1p(weight)}
    asks = np.maximum(np.bincount(owner, minlength=len(spans)), 1)
    return {name: np.bincount(owner, weights=each, minlength=len(spans)) / asks for name, each in values.items()}


def attack(shadows: list[Shadow], attacker: str) -> dict[str, float]:
    """Each release in turn is the target, the others are what the attacker knows. AUC, and TPR at 0.1% FPR."""
    member = np.stack([shadow.member for shadow in shadows])  # [S,P]
    evidence = np.zeros(member.shape)
    for name in SIGNALS[attacker]:
        evidence += _likelihood_ratio(np.stack([shadow.signals[name] for shadow in shadows]), member)
    known = np.isfinite(evidence)
    return roc(evidence[known], member[known])


def _likelihood_ratio(signal: np.ndarray, member: np.ndarray) -> np.ndarray:
    """log N(with) - log N(without) of each release and history by the other releases, f64[S,P].

    Not a number where the others have none with the history, or none without.
    """
    found = np.full(signal.shape, np.nan)
    for target in range(len(signal)):
        others = np.arange(len(signal)) != target
        inside, outside = member[others], ~member[others]
        values = signal[others]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_in = (values * inside).sum(0) / inside.sum(0)
            mean_out = (values * outside).sum(0) / outside.sum(0)
        left = np.where(inside, values - mean_in, values - mean_out)
        spread = max(float(np.nanvar(left)), LEAST_SPREAD)
        # the mean of a few is unsure itself: its variance is added
        wide_in = spread * (1 + 1 / np.maximum(inside.sum(0), 1))
        wide_out = spread * (1 + 1 / np.maximum(outside.sum(0), 1))
        here = signal[target]
        with_it = -((here - mean_in) ** 2) / (2 * wide_in) - np.log(wide_in) / 2
        without = -((here - mean_out) ** 2) / (2 * wide_out) - np.log(wide_out) / 2
        found[target] = with_it - without
    return found


def roc(evidence: np.ndarray, member: np.ndarray) -> dict[str, float]:
    """Area under the curve, ties as one half, and the true-positive rate at FALSE_POSITIVES.

    >>> roc(np.array([3.0, 2.0, 1.0, 0.0]), np.array([True, True, False, False]))["auc"]
    1.0
    >>> roc(np.array([1.0, 1.0, 1.0, 1.0]), np.array([True, True, False, False]))["auc"]
    0.5
    """
    inside, outside = np.sort(evidence[member]), np.sort(evidence[~member])
    if not len(inside) or not len(outside):
        return {"auc": 0.5, "tprAt0.1%Fpr": 0.0, "pairs": 0}
    below = np.searchsorted(outside, inside, "left") + np.searchsorted(outside, inside, "right")
    allowed = int(FALSE_POSITIVES * len(outside))
    edge = outside[len(outside) - 1 - allowed]
    return {
        "auc": float(below.mean() / (2 * len(outside))),
        "tprAt0.1%Fpr": float((inside > edge).mean()),
        "pairs": len(evidence),
    }


def run_membership(data: Path, users: int, shadows: int, config: TrainConfig, work: Path, tell=print) -> dict:
    """Trains what shadows `work` does not hold yet, and attacks once all are there."""
    work.mkdir(parents=True, exist_ok=True)
    pool = make_pool(data, users, config.seed)
    found = []
    for number in range(shadows):
        file = work / f"shadow-{number}.npz"
        if not file.exists():
            started = time.monotonic()
            shadow = train_shadow(pool, config, number)
            draft = file.with_suffix(".draft.npz")
            np.savez(draft, member=shadow.member, **shadow.signals)
            draft.rename(file)  # whole, or not there: a run that is cut goes on here
            tell(f"shadow {number + 1} of {shadows}: {(time.monotonic() - started) / 60:.1f} minutes")
        with np.load(file) as held:
            found.append(Shadow(held["member"], {name: held[name] for name in SIGNALS["A"]}))
    return {
        "data": data.name, "users": users, "shadows": shadows, "unit": "one visitor's history",
        **{attacker: attack(found, attacker) for attacker in SIGNALS},
        "config": dataclasses.asdict(config),
    }  # fmt: skip
