"""Gathers what a run found into its report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bootstrap import relative_difference
from .compare import Compared
from .config import TrainConfig
from .corpus import KINDS, UNKNOWN_TIME, Corpus
from .device import device_name
from .fusion import MAX_LENGTHS
from .long_tail import appearances, popularity_deciles, recall_by_decile
from .measure import Measured
from .metrics import ndcg_each, summary
from .model import Model
from .report import (
    Comparison,
    Curve,
    Decile,
    Entry,
    Epoch,
    Example,
    Fit,
    GateRule,
    HistoryLength,
    Interval,
    LengthChange,
    Moved,
    Part,
    Product,
    Protocol,
    Quantised,
    Report,
    Score,
    SplitFacts,
    SplitPart,
    System,
    Trained,
)  # fmt: skip
from .split import Split

LEAST_LOWER95, LEAST_TARGETS = -0.02, 500  # what activation by the gate asks for
BY_LENGTH = ("fused", "encoder", "transitions")
EXAMPLES, EXAMPLE_ENTRIES, MOST_MOVED = 8, 12, 10


@dataclass(frozen=True)
class Run:
    """Everything that one run leaves behind; `remeasured` is the refit's, None where there is none to measure."""

    corpus: Corpus
    split: Split
    config: TrainConfig
    test: np.ndarray  # i64[M,2] cases
    tune: Model
    final: Model
    measured: Measured
    remeasured: Measured | None
    compared: Compared | None
    manifest: dict


def report_of(run: Run) -> Report:
    """The report of a run. Its tables by length and popularity, its ablation and examples are the tune model's."""
    told, table = run.manifest, run.measured.table
    trained, metrics = told["trainedOn"], told["metrics"]
    refitted = (Fit("refit", _curves(run.final)),) if run.final is not run.tune else ()
    return Report(
        Trained(
            trained["source"], trained["boundary"], trained["events"], trained["sessions"], len(run.corpus.items),
            run.config.seed, told["training"]["minutes"], device_name(run.config), told["id"], told["createdAt"],
        ),
        Protocol(**metrics["protocol"]),
        SplitFacts(run.split.name, trained["splitHash"], _split_parts(run)),
        told["training"],
        dict(run.corpus.cleaned),
        _interval(run.measured.gains, run.config) if len(run.test) else None,
        run.config.bootstrap_samples,
        _quantised(table) if len(run.test) else (),
        _systems(table) if len(run.test) else (),
        _systems(run.remeasured.table) if run.remeasured else (),
        (Fit("tune", _curves(run.tune), min(len(run.split.validation), run.config.validation_cases)), *refitted),
        _parts(run.measured) if len(run.test) else (),
        _lengths(run.measured) if len(run.test) else (),
        _deciles(run) if len(run.test) else (),
        _comparison(run, run.compared) if run.compared else None,
        _examples(run),
    )  # fmt: skip


def _split_parts(run: Run) -> tuple[SplitPart, ...]:
    log, split = run.corpus.log, run.split
    inside = np.concatenate([np.arange(a, b) for a, b in split.train]) if len(split.train) else np.zeros(0, np.int64)
    parts = (("train", inside, "events"), ("validation", split.validation[:, 1], "targets"),
             ("test", split.test[:, 1], "targets"))  # fmt: skip
    found = []
    for name, places, unit in parts:
        at = log.at[places]
        at = at[at != UNKNOWN_TIME]
        ends = (int(at.min()), int(at.max())) if len(at) else (None, None)
        found.append(SplitPart(name, len(places), unit, *ends))
    return tuple(found)


def _interval(gains: np.ndarray, config: TrainConfig) -> Interval:
    """Mean NDCG@10 with its interval: the difference to a system that gains 1 on every case, plus 1."""
    found = relative_difference(gains, np.ones(len(gains)), config.bootstrap_samples, config.seed)
    return Interval(found["mean"] + 1, found["lower95"] + 1, found["upper95"] + 1)


def _quantised(table: dict) -> tuple[Quantised, ...]:
    found = []
    for name in ("fused", "encoder"):
        int8, float32 = table[name]["ndcg@10"], table[f"{name}Float32"]["ndcg@10"]
        found.append(Quantised(name, int8, float32, (int8 - float32) / float32 if float32 else 0.0))
    return tuple(found)


def _systems(table: dict) -> tuple[System, ...]:
    return tuple(
        System(name, row["ndcg@10"], row["recall@10"], row.get("coverage@10"), row.get("gini@10"))
        for name, row in table.items()
        if "ndcg@10" in row
    )


def _curves(model: Model) -> tuple[Curve, ...]:
    return tuple(
        Curve(
            f"tower {k}", tuple(Epoch(each["epoch"], each["loss"], each["ndcg@10"]) for each in curve), schedule.epochs
        )
        for k, (curve, schedule) in enumerate(zip(model.curves, model.schedules, strict=True), start=1)
    )


def _parts(measured: Measured) -> tuple[Part, ...]:
    fused = measured.table["fused"]["ndcg@10"]
    return tuple(Part(name, fused, row["ndcg@10"], Interval(**row["adds"])) for name, row in measured.ablation.items())


def _length_ranges() -> list[tuple[int, int | None]]:
    """Buckets of history length as the fusion has them; the first holds the empty history too."""
    firsts = [0, *(limit + 1 for limit in MAX_LENGTHS if limit is not None)]
    return list(zip(firsts, MAX_LENGTHS, strict=True))


def _within(lengths: np.ndarray, shortest: int, longest: int | None) -> np.ndarray:
    return (lengths >= shortest) & (lengths <= (longest if longest is not None else lengths.max(initial=0)))


def _lengths(measured: Measured) -> tuple[HistoryLength, ...]:
    lengths, found = measured.asked.lengths, []
    for shortest, longest in _length_ranges():
        inside = _within(lengths, shortest, longest)
        figures = {name: summary(measured.answers[name].ranks[inside]) for name in BY_LENGTH}
        scores = tuple(Score(name, f["ndcg@10"], f["recall@10"]) for name, f in figures.items())
        found.append(HistoryLength(shortest, longest, int(inside.sum()), scores if inside.any() else ()))
    return tuple(found)


def _deciles(run: Run) -> tuple[Decile, ...]:
    deciles = popularity_deciles(run.tune.popularity)
    targets = run.measured.asked.targets
    tables = {n: recall_by_decile(run.measured.answers[n].ranks, targets, deciles) for n in (*BY_LENGTH, "popular")}
    sizes = np.bincount(deciles, minlength=10)
    return tuple(
        Decile(
            k + 1, int(sizes[k]), tables["fused"][k]["targets"],
            {n: t[k]["recall@10"] for n, t in tables.items()} if tables["fused"][k]["targets"] else {},
        )
        for k in range(10)
    )  # fmt: skip


def _comparison(run: Run, compared: Compared) -> Comparison:
    gate, kept = compared.gate, compared.kept
    if not kept.any():
        rule = GateRule(LEAST_LOWER95, LEAST_TARGETS)
        dropped = gate["droppedTargets"]
        return Comparison(gate["baselineRelease"], 0, None, None, None, dropped, gate["testFrom"], rule)
    ours = [top for top, keep in zip(run.measured.answers["fused"].tops, kept, strict=True) if keep]
    theirs = [top[top >= 0] for top in compared.baseline.tops]
    shared = [len(np.intersect1d(a, b)) / max(len(a), 1) for a, b in zip(ours, theirs, strict=True)]
    items = len(run.corpus.items)
    before, after = appearances(theirs, items), appearances(ours, items)
    order = np.argsort(after - before, kind="stable")

    def moved(rows: np.ndarray, sign: int) -> tuple[Moved, ...]:
        rows = rows[np.sign(after[rows] - before[rows]) == sign][:MOST_MOVED]
        return tuple(Moved(_product(run.corpus, row), int(before[row]), int(after[row])) for row in rows)

    return Comparison(
        gate["baselineRelease"], gate["testTargets"], gate["candidate"]["ndcg@10"], gate["baseline"]["ndcg@10"],
        Interval(**gate["differenceRelative"]), gate["droppedTargets"], gate["testFrom"],
        GateRule(LEAST_LOWER95, LEAST_TARGETS), _length_changes(run, compared), float(np.mean(shared)), len(ours),
        moved(order[::-1], 1), moved(order, -1),
    )  # fmt: skip


def _length_changes(run: Run, compared: Compared) -> tuple[LengthChange, ...]:
    lengths, ours = run.measured.asked.lengths[compared.kept], run.measured.gains[compared.kept]
    theirs, found = ndcg_each(compared.baseline.ranks), []
    for shortest, longest in _length_ranges():
        inside = _within(lengths, shortest, longest)
        if not inside.any():
            found.append(LengthChange(shortest, longest, 0, None, None))
            continue
        a, b = ours[inside], theirs[inside]
        difference = relative_difference(a, b, run.config.bootstrap_samples, run.config.seed)
        means = float(a.mean()), float(b.mean())
        found.append(LengthChange(shortest, longest, int(inside.sum()), *means, Interval(**difference)))
    return tuple(found)


def _examples(run: Run) -> tuple[Example, ...]:
    """Some of the test cases, drawn by the seed, with what both releases answer."""
    if not len(run.test):
        return ()
    place_later = np.cumsum(run.compared.kept) - 1 if run.compared else None
    drawn = np.random.default_rng(run.config.seed).permutation(len(run.test))[:EXAMPLES]
    log, found = run.corpus.log, []
    for case in sorted(drawn):
        start, end = run.test[case]
        newest = range(max(start, end - EXAMPLE_ENTRIES), end)
        entries = tuple(Entry(_product(run.corpus, log.rows[k]), KINDS[log.kinds[k]]) for k in newest)
        theirs = None
        if run.compared and run.compared.kept[case]:
            tops = run.compared.baseline.tops[place_later[case]]
            theirs = tuple(_product(run.corpus, row) for row in tops if row >= 0)
        ours = tuple(_product(run.corpus, row) for row in run.measured.answers["fused"].tops[case])
        target = _product(run.corpus, log.rows[end])
        found.append(Example(entries, ours, theirs, target, int(end - start) - len(newest)))
    return tuple(found)


def _product(corpus: Corpus, row: int) -> Product:
    item = corpus.items[int(row)]
    return Product(item.id, item.title or None)
