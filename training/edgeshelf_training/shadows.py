"""Shadow releases: each made by the recipe of `train` from a random half of a pool of histories."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch

from .canonical import canonicalise
from .config import TrainConfig, suited
from .corpus import Corpus, Item
from .dp_budget import plan_budget
from .dp_model import choose_privately, fit_private
from .errors import InputError
from .model import read_content
from .pack_release import pack_release, trained_on, training_facts
from .progress import Progress
from .split import leave_one_out
from .train import by_id, fit_tune, protocol, read_corpus

LEAST_EVENTS = 3  # of a history: one to start from, one to validate, one to test
MEMBERS = "members.npy"  # beside the files of a shadow's release: bool[P], who was in


def overfitted(config: TrainConfig) -> TrainConfig:
    """A recipe that remembers: every pair is counted, nothing is dropped out, and no validation stops it."""
    return dataclasses.replace(
        config, k_pair=1, dropout=0.0, context_dropout=0.0, kind_dropout=0.0, weight_decay=0.0, half_life_days=1e9,
        validation_cases=0,
    )  # fmt: skip


def make_pool(data: Path, users: int, seed: int, reads: str = "all") -> Corpus:
    """Twice as many histories as a shadow trains on, of LEAST_EVENTS or more."""
    corpus = by_id(read_corpus(data, int(time.time()), keep_seen=False))
    if reads == "ids":
        corpus = dataclasses.replace(corpus, items=tuple(Item(item.id) for item in corpus.items))
    long = np.flatnonzero(np.diff(corpus.log.offsets) >= LEAST_EVENTS)
    if len(long) < 2 * users:
        raise InputError(
            f"--users {users}: {data} has {len(long)} histories of three events, and twice --users are needed"
        )
    chosen = np.sort(np.random.default_rng(seed).permutation(long)[: 2 * users])
    return corpus.with_order(np.arange(len(corpus.items)), chosen)


def shadow_folder(work: Path, number: int) -> Path:
    return work / f"shadow-{number}"


def train_shadow(pool: Corpus, config: TrainConfig, number: int, folder: Path) -> None:
    """Trains on a random half of the pool and writes the release and MEMBERS to `folder`, whole or not at all."""
    torch.set_num_threads(config.threads)
    started, count = time.monotonic(), pool.log.histories
    inside = np.sort(np.random.default_rng([config.seed, number]).permutation(count)[: count // 2])
    corpus = pool.with_order(np.arange(len(pool.items)), inside)
    config = dataclasses.replace(config, seed=config.seed + 1000 * number)
    corpus = by_id(corpus) if config.ordered_by_id else canonicalise(corpus, config.seed)
    split = leave_one_out(corpus.log)
    targets = int((split.train[:, 1] - split.train[:, 0] - 1).clip(0).sum())
    config = suited(config, targets, len(corpus.items))
    content = read_content(corpus, config)
    guarantee = None
    if config.privacy:
        budget = plan_budget(config, len(inside), 1)
        model = fit_private(corpus, content, split.train, config, budget, Progress(quiet=True))
        fusion = choose_privately(corpus, model, split.validation, config, budget)
        guarantee = budget.guarantee()
    else:
        model, fusion, _ = fit_tune(corpus, content, split, config, Progress(quiet=True), 1.0)
    facts = {
        "trainedOn": trained_on(corpus, split, split.train, "tune"),
        "metrics": {"protocol": protocol(corpus, split, 0), "tune": None, "refit": None},
        "training": training_facts(config, corpus, model, (time.monotonic() - started) / 60),
        "guarantee": guarantee,
    }
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    pack_release(draft, model, fusion, corpus, config, facts, int(time.time()))
    member = np.zeros(count, bool)
    member[inside] = True
    np.save(draft / MEMBERS, member)
    draft.rename(folder)


def train_shadows(pool: Corpus, config: TrainConfig, shadows: int, work: Path, tell=print) -> list[Path]:
    """Trains what shadows `work` does not hold yet; the folders of all. A cut run goes on where it stopped."""
    work.mkdir(parents=True, exist_ok=True)
    _same_options(work, pool, config)
    folders = [shadow_folder(work, number) for number in range(shadows)]
    for number, folder in enumerate(folders):
        if folder.exists():
            continue
        started = time.monotonic()
        train_shadow(pool, config, number, folder)
        tell(f"shadow {number + 1} of {shadows}: {(time.monotonic() - started) / 60:.1f} minutes")
    return folders


def _same_options(work: Path, pool: Corpus, config: TrainConfig) -> None:
    """Refuses a folder whose shadows were made of another pool or by another recipe."""
    made = {"histories": pool.log.histories, "items": len(pool.items), **dataclasses.asdict(config)}
    file = work / "recipe.json"
    if not file.exists():
        file.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    # A setting that did not exist yet was what it is by default.
    held = dataclasses.asdict(TrainConfig()) | json.loads(file.read_text("utf-8"))
    differing = sorted(name for name in made if held[name] != made[name])
    if differing:
        raise InputError(f"--work {work}: holds shadows of another recipe ({', '.join(differing)} differ)")
