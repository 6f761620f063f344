"""What privacy costs: NDCG@10 of releases at several epsilons beside one of public content alone, on one split."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .asked import ask
from .bootstrap import relative_difference
from .config import TrainConfig
from .corpus import Corpus
from .dp_budget import Budget, plan_budget
from .dp_model import SIMILAR_WEIGHTS, choose_privately, fit_private, utilities
from .evaluate import int8_scorer, rank_cases, release_queries
from .metrics import ndcg_each
from .model import Content, Model, read_content
from .progress import Progress
from .release import Fusion
from .split import Split, sample_cases, split_corpus
from .train import by_id, read_corpus


def privacy_curve(
    data: Path, config: TrainConfig, epsilons: list[float], most_cases: int, told: Callable[[dict], None]
) -> dict:
    """Rows at each epsilon, first without DP-SGD, then with it; `told` hears of the figures after each row.

    The row of epsilon 0 has its fixed weights; beside it stands what the best weight of content neighbours would have
    given on these very test cases, so that nobody need wonder whether it was held low.
    """
    torch.set_num_threads(config.threads)
    corpus = by_id(read_corpus(data, int(time.time()), keep_seen=False))
    split = split_corpus(corpus)
    content = read_content(corpus, config)
    cases = sample_cases(split.test, most_cases, config.seed)
    units = len(np.unique(corpus.log.visitors))
    public = dataclasses.replace(config, privacy="content")
    budget = plan_budget(public, units, 1)
    model = fit_private(corpus, content, split.train, public, budget, Progress(quiet=True))
    fusion = choose_privately(corpus, model, split.validation, public, budget)
    base = _gains(corpus, model, fusion, cases, public)
    tried = utilities(corpus, model, cases, public, fusion, [(weight, 0.0) for weight in SIMILAR_WEIGHTS])
    best = float(tried.max()) / len(cases)
    rows = [{"epsilon": 0.0, "delta": 0.0, "steps": 0, "ndcg@10": float(base.mean()), "bestOfGridOnTest": best}]
    curve = {"data": data.name, "units": units, "testCases": len(cases), "split": split.name, "rows": rows}
    told(curve)
    for steps in dict.fromkeys((0, config.dp_steps)):
        for epsilon in epsilons:
            wanted = dataclasses.replace(config, privacy="dp", dp_epsilon=epsilon, dp_steps=steps)
            rows.append(_row(corpus, content, split, cases, wanted, units, base))
            told(curve)
    return curve


def _row(
    corpus: Corpus, content: Content, split: Split, cases: np.ndarray, config: TrainConfig, units: int,
    base: np.ndarray,
) -> dict:  # fmt: skip
    budget: Budget = plan_budget(config, units, 1)
    started = time.monotonic()
    model = fit_private(corpus, content, split.train, config, budget, Progress(quiet=True))
    fusion = choose_privately(corpus, model, split.validation, config, budget)
    gains = _gains(corpus, model, fusion, cases, config)
    weights = fusion.buckets[0].weights
    return {
        "epsilon": config.dp_epsilon,
        "spent": budget.epsilon,
        "delta": budget.delta,
        "noise": budget.noise,
        "steps": budget.steps,
        "ndcg@10": float(gains.mean()),
        "againstEpsilon0": relative_difference(gains, base, config.bootstrap_samples, config.seed),
        "chosen": {"similar": weights[2], "popular": weights[4]},
        "minutes": round((time.monotonic() - started) / 60, 2),
    }


def _gains(corpus: Corpus, model: Model, fusion: Fusion, cases: np.ndarray, config: TrainConfig) -> np.ndarray:
    """NDCG@10 of each case by the int8 release, f64[M]."""
    release = model.release(corpus.items, fusion, config.length)
    asked = ask(corpus.log, cases)
    scores = int8_scorer(release, release_queries(release, asked))
    return ndcg_each(rank_cases(release, asked, scores, corpus.keep_seen, systems=("fused",))["fused"].ranks)


def written_to(file: Path | None, command: str) -> Callable[[dict], None]:
    """Writes the figures as they come, so that a run that is cut leaves what it had."""

    def write(curve: dict) -> None:
        row = curve["rows"][-1]
        against = row.get("againstEpsilon0")
        interval = (
            f", {against['mean']:+.1%} ({against['lower95']:+.1%} to {against['upper95']:+.1%})" if against else ""
        )
        print(f"epsilon {row['epsilon']:g}, {row['steps']} steps: NDCG@10 {row['ndcg@10']:.4f}{interval}", flush=True)
        if file is not None:
            facts = {**curve, "command": command, "date": time.strftime("%Y-%m-%d", time.gmtime())}
            file.write_text(json.dumps(facts, indent="\t") + "\n", "utf-8")

    return write
