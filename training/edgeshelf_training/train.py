"""One run, from a data folder to a release: fit, choose, test, perhaps refit, write."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import distributed
from .ablation import Less
from .asked import Asked, ask
from .baskets import choose_weights
from .canonical import canonicalise
from .choose_fusion import choose_fusion
from .compare import compare
from .config import TrainConfig, suited
from .corpus import Corpus, Item
from .dp_budget import plan_budget
from .dp_model import choose_privately, fit_private
from .errors import InputError
from .evaluate import int8_scorer, release_queries
from .measure import measure
from .model import Content, Model, fit_model, read_content
from .newcomers import Newcomers, place_newcomers
from .next_search import NextSearches, count_nodes, fit_shares
from .pack_release import pack_release, trained_on, training_facts
from .progress import Progress
from .quantisation import write_quantisation_table
from .quantise import quantise_rows
from .read_sequences import read_sequences, read_sessions
from .release import Fusion, Release, json_bytes, read_release
from .report import write_report
from .run_baselines import baseline_table
from .run_report import Run, report_of
from .sessions import read_event_corpus
from .split import Split, sample_cases, split_corpus
from .tail import reach_into_tail
from .text_vectors import project_content

MIN_ITEMS = 2


@dataclass(frozen=True)
class Outcome:
    manifest: dict
    gate: dict | None


def read_corpus(folder: Path, now: int, keep_seen: bool) -> Corpus:
    """Reads whatever layout the folder holds."""
    if not folder.is_dir():
        raise InputError(f"--data {folder}: no such folder")
    if (folder / "sequences.txt.gz").exists():
        corpus = read_sequences(folder)
        return dataclasses.replace(corpus, keep_seen=keep_seen)
    if (folder / "train_sessions.txt.gz").exists():
        return read_sessions(folder)
    names = ("events.csv.gz", "events.ndjson.gz")
    if any((folder / name).exists() for name in names):
        return read_event_corpus(folder, now, keep_seen)
    known = ", ".join(("sequences.txt.gz", "train_sessions.txt.gz", *names))
    raise InputError(f"--data {folder}: holds none of {known}")


def train(
    data: Path, out: Path, config: TrainConfig, boundary: str | None, baseline: Path | None, keep_seen: bool,
    progress: Progress, now: int, tune_out: Path | None = None, quantisation_out: Path | None = None,
    baselines: str | None = None,
) -> Outcome | None:  # fmt: skip
    """Trains on `data` and writes the release to `out`. `now` in unix seconds stamps it and bounds the log.

    With `tune_out` the model that was measured before a refit is written too, as a release of its own; with
    `quantisation_out` that model's encoder in each precision, and what each costs; with `baselines` (COUNTED or ALL)
    the published ways beside it. Of several processes under
    `torchrun` only the first has an outcome.
    """
    started = time.monotonic()
    torch.set_num_threads(config.threads)
    progress.enter("read", 0.0, 0.02)
    held = read_release(baseline) if baseline else None  # a bad baseline fails before the work, not after
    corpus = dataclasses.replace(read_corpus(data, now, keep_seen), pictures=pictures_of(data))
    if config.reads == "ids":
        corpus = dataclasses.replace(corpus, items=tuple(Item(item.id) for item in corpus.items))
    corpus = by_id(corpus) if config.ordered_by_id else canonicalise(corpus, config.seed)
    split = split_corpus(corpus)
    if len(corpus.items) < MIN_ITEMS or not len(split.train):
        raise InputError(f"--data {data}: {len(corpus.items)} items and {len(split.train)} histories are too few")
    targets = int((split.train[:, 1] - split.train[:, 0] - 1).clip(0).sum())
    config = suited(config, targets, len(corpus.items))
    if config.privacy and distributed.world() > 1:
        raise InputError(f"privacy {config.privacy!r} is trained by one process, not {distributed.world()}")
    refits = (boundary or ("refit" if corpus.source == "events" else "tune")) == "refit"
    scale = 0.55 if refits else 1.0  # share of the run that the tune model takes
    content = read_content(corpus, config)
    progress.enter("train", 0.03, 0.75 * scale)
    if distributed.rank() > 0:
        return follow(corpus, content, split, config, progress, refits)
    budget, less = None, None
    if config.privacy:
        budget = plan_budget(config, len(np.unique(corpus.log.visitors)), 2 if refits else 1)
        tune = fit_private(corpus, content, split.train, config, budget, progress)
        fusion = choose_privately(corpus, tune, split.validation, config, budget)
    else:
        tune, fusion, less = fit_tune(corpus, content, split, config, progress, scale)
    progress.enter("evaluate", 0.85 * scale, 0.95 * scale)
    test = sample_cases(split.test, config.test_cases, config.seed)
    candidate = tune.release(corpus.items, fusion, config.length)
    measured = measure(corpus, candidate, tune, test, less, config, progress)
    if quantisation_out is not None:
        write_quantisation_table(quantisation_out, corpus, tune, fusion, test, config, progress)
    compared = None
    if held is not None:
        progress.enter("gate", 0.95 * scale, 0.98 * scale)
        compared = compare(corpus, split, test, measured, held, config, progress)
    final, remeasured = tune, None
    if refits:
        progress.enter("refit", 0.98 * scale, 0.93)
        if budget is None:
            final = fit_final(corpus, content, split, config, progress, tune)
        else:
            final = fit_private(corpus, content, split.refit, config, budget, progress)
        if split.refit_tests:
            progress.enter("evaluate refit", 0.93, 0.97)
            refitted = final.release(corpus.items, fusion, config.length)
            remeasured = measure(corpus, refitted, final, test, less, config, progress)
    if baselines is not None:
        progress.enter("baselines", 0.97, 0.98)
        watched = sample_cases(split.validation, config.validation_cases, config.seed)
        shared = (baselines, config, progress)
        measured.table.update(baseline_table(corpus, content, split.train, watched, test, *shared))
        if remeasured:
            remeasured.table.update(baseline_table(corpus, content, split.refit, watched[:0], test, *shared))
    progress.enter("write", 0.98, 1.0)
    tables = {"tune": measured.table, "refit": remeasured.table if remeasured else None}
    facts = {
        "metrics": {"protocol": protocol(corpus, split, len(test)), **tables},
        "training": training_facts(config, corpus, final, (time.monotonic() - started) / 60),
    }
    facts["guarantee"] = None if budget is None else budget.guarantee()
    searches, of_tune = find_searches(corpus, split, tune, config, refits)
    if tune_out is not None:
        facts["trainedOn"] = trained_on(corpus, split, split.train, "tune")
        pack_release(tune_out, tune, fusion, corpus, config, facts, now, of_tune)
    facts["trainedOn"] = trained_on(
        corpus, split, split.refit if refits else split.train, "refit" if refits else "tune"
    )
    release = pack_release(out, final, fusion, corpus, config, facts, now, searches)
    gate = compared.gate if compared else None
    if gate is not None:
        (out / "gate.json").write_bytes(json_bytes(gate) + b"\n")
    run = Run(corpus, split, config, test, tune, final, measured, remeasured, compared, release.manifest)
    write_report(out, report_of(run))
    progress.done()
    return Outcome(release.manifest, gate)


def by_id(corpus: Corpus) -> Corpus:
    """Items in the order of their ids, histories as they were read."""
    order = np.array(sorted(range(len(corpus.items)), key=lambda row: corpus.items[row].id), np.int64)
    return corpus.with_order(order, np.arange(corpus.log.histories))


def pictures_of(data: Path) -> Path | None:
    folder = data / "pictures"
    return folder if folder.is_dir() else None


def fit_tune(
    corpus: Corpus, content: Content, split: Split, config: TrainConfig, progress: Progress, scale: float
) -> tuple[Model, Fusion, Less]:
    """The model of the training part, the fusion that validation chooses, and its weights without each part."""
    tune = fit_measured(corpus, content, split, config, progress)
    progress.enter("fuse", 0.75 * scale, 0.85 * scale)
    bare = tune.release(corpus.items, None, config.length)

    def asking(most: int, seed: int) -> tuple[Asked, np.ndarray]:
        asked = ask(corpus.log, sample_cases(split.validation, most, seed))
        return asked, release_queries(bare, asked)

    asked, queries = asking(config.fusion_cases, config.seed + 1)
    scorer = int8_scorer(bare, queries)
    fusion, less = choose_fusion(asked, scorer, bare.tables, config, corpus.keep_seen, progress.tell)
    every, their_queries = asking(config.tail_cases, config.seed + 2)
    fused = dataclasses.replace(bare, fusion=fusion)
    boost = reach_into_tail(fused, every, int8_scorer(bare, their_queries), corpus.keep_seen, config.tail_price)
    fusion = dataclasses.replace(fusion, boost=boost)
    newcomers = make_newcomers(bare, tune, content, queries, config.levels)
    fusion = place_newcomers(fusion, asked, tune.tables(boost), newcomers, config, corpus.keep_seen)
    if (corpus.log.orders >= 0).any():
        bought = bare.tables.counted["bought"]
        first, second = int(corpus.log.at[split.validation[:, 1]].min(initial=0)), split.test_from or 0
        recent = tune.popularity if tune.recent is None else tune.recent
        weights = choose_weights(corpus.log, bought, recent.astype(np.float64), first, second)
        fusion = dataclasses.replace(fusion, baskets=weights)
    return tune, fusion, less


def fit_measured(corpus: Corpus, content: Content, split: Split, config: TrainConfig, progress: Progress) -> Model:
    """The model of the split's training part."""
    watched = sample_cases(split.validation, config.validation_cases, config.seed)
    until = int(corpus.log.at[split.train[:, 1] - 1].max(initial=0))
    return fit_model(corpus, content, split.train, watched, until, config, progress)


def fit_final(
    corpus: Corpus, content: Content, split: Split, config: TrainConfig, progress: Progress, tune: Model
) -> Model:
    """The model of all that may be trained on, with the settings of the measured one."""
    until = int(corpus.log.at.max(initial=0))
    return fit_model(corpus, content, split.refit, split.validation[:0], until, config, progress, tune.schedules)


def find_searches(
    corpus: Corpus, split: Split, tune: Model, config: TrainConfig, refits: bool
) -> tuple[NextSearches | None, NextSearches | None]:
    """What is looked for next, of all that may be trained on and of the training part; None where no log tells."""
    if (
        config.privacy
        or config.reads == "ids"
        or not corpus.trails
        or split.test_from is None
        or not len(split.validation)
    ):
        return None, None
    first = int(corpus.log.at[split.validation[:, 1]].min())
    counted = count_nodes(corpus.trails, first, config.k_pair, config.k_query)
    if not counted.nodes:
        return None, None
    row_of = {item.id: row for row, item in enumerate(corpus.items)}
    categories = [item.category for item in corpus.items]
    transitions = tune.tables().counted["transitions"]
    shares = fit_shares(counted, corpus.trails, first, split.test_from, transitions, row_of, categories)
    fitted = dataclasses.replace(counted, shares=shares)
    if not refits:
        return fitted, fitted
    until = int(corpus.log.at.max()) + 1
    return dataclasses.replace(count_nodes(corpus.trails, until, config.k_pair, config.k_query), shares=shares), fitted


def follow(
    corpus: Corpus, content: Content, split: Split, config: TrainConfig, progress: Progress, refits: bool
) -> None:
    """What the other processes of a group do: they fit along with the first, which measures and writes."""
    tune = fit_measured(corpus, content, split, config, progress)
    if refits:
        fit_final(corpus, content, split, config, progress, tune)


def make_newcomers(release: Release, model: Model, content: Content, queries: np.ndarray, levels: int) -> Newcomers:
    """Every tenth item as if it were new, its vector from content alone, as learned from the others.

    Rows are in no order that means anything, so this is a fair draw.
    """
    rows = np.flatnonzero(model.popularity > 0)[::10]
    others = model.popularity > 0
    others[rows] = False
    vectors = model.vectors.copy()
    vectors[rows] = project_content(content.matrix, model.vectors, others)[rows]
    quantised, scales = quantise_rows(vectors, levels)
    return Newcomers(rows, int8_scorer(dataclasses.replace(release, vectors=quantised, scales=scales), queries))


def protocol(corpus: Corpus, split: Split, targets: int) -> dict:
    """What the metrics mean."""
    titles, tags = any(item.title for item in corpus.items), any(item.tags for item in corpus.items)
    reads = "+".join(["ids", *["titles"] * titles, *["attributes"] * tags])
    seen = "kept" if corpus.keep_seen else "filtered"
    return {"split": split.name, "candidates": "full", "seen": seen, "reads": reads, "targets": targets}
