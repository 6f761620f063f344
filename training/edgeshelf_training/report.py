"""What a training run reports: the data model of `report.json`, from which `report.html` is drawn.

The two files lie beside the release and are not part of it, as `gate.json` is not: they may hold histories of the log.
All that a run cannot know (no baseline, no times, no titles, nothing to test on) is None or empty, never zero.
"""

from __future__ import annotations

import dataclasses
import json
import math
import numbers
from dataclasses import dataclass, field
from pathlib import Path

from .report_html import render_html

FORMAT = 1

# Fields named as the manifest names them; the others turn into camelCase.
JSON_NAMES = {"ndcg": "ndcg@10", "recall": "recall@10", "coverage": "coverage@10"}


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% percentile bootstrap interval; a relative difference is a fraction, 0.02 = +2%."""

    mean: float
    lower95: float
    upper95: float


@dataclass(frozen=True)
class Trained:
    """What was trained, on what, by what."""

    source: str  # "sequences", "sessions" or "events"
    boundary: str  # "tune": the release is the model that was measured; "refit": it was trained once more on all data
    events: int  # that the release was fitted on
    sessions: int
    items: int  # of the catalogue
    seed: int
    minutes: float  # wall clock of the run
    device: str  # as a reader would name it: "cpu, 2 threads" or the GPU's name
    release: str | None = None
    created_at: int | None = None  # unix seconds
    command: str | None = None


@dataclass(frozen=True)
class Protocol:
    """What the metrics mean; as the manifest's `metrics.protocol`."""

    split: str
    candidates: str  # "full": ranked among the whole catalogue
    seen: str  # "filtered" or "kept": items of the history among the answers
    reads: str
    targets: int  # test targets, one a case


@dataclass(frozen=True)
class Score:
    """Means of one system over the targets that its owner counts."""

    name: str  # "fused", "encoder", "transitions", "popular", "fusedFloat32", a baseline
    ndcg: float
    recall: float


@dataclass(frozen=True)
class System(Score):
    coverage: float | None = None  # share of the catalogue that stands in at least one first ten
    gini: float | None = None  # of the items' appearances in first tens: 0 even, 1 all on one item


@dataclass(frozen=True)
class Quantised:
    """What int8 costs: NDCG@10 of one system on the same targets, and (int8 - float32) / float32."""

    name: str
    int8: float
    float32: float
    difference: float


@dataclass(frozen=True)
class Epoch:
    epoch: int  # from 1
    loss: float  # mean training loss, nats a target
    ndcg: float | None = None  # validation NDCG@10 of the float32 encoder alone; None where none was read


@dataclass(frozen=True)
class Curve:
    name: str  # "tower 1"
    epochs: tuple[Epoch, ...]
    kept: int | None = None  # epoch of the checkpoint that was kept


@dataclass(frozen=True)
class Fit:
    name: str  # "tune" or "refit"
    curves: tuple[Curve, ...]
    validation_targets: int | None = None


@dataclass(frozen=True)
class Part:
    """What one part adds to the fusion: NDCG@10 with and without it, and (with - without) / without."""

    name: str
    ndcg: float  # of the whole fusion
    ndcg_without: float
    difference: Interval


@dataclass(frozen=True)
class HistoryLength:
    """Targets whose history has `shortest` to `longest` known items, both included; None: no limit."""

    shortest: int
    longest: int | None
    targets: int
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True)
class Decile:
    """Targets among one tenth of the catalogue's items by training popularity, 1 the most popular."""

    decile: int
    items: int
    targets: int
    recall: dict[str, float] = field(default_factory=dict)  # Recall@10 by system; empty without targets


@dataclass(frozen=True)
class Product:
    id: str
    title: str | None = None


@dataclass(frozen=True)
class Moved:
    """How often an item stands in first tens of the active release and of this one, over the same histories."""

    product: Product
    before: int
    after: int


@dataclass(frozen=True)
class LengthChange:
    """NDCG@10 of both releases on the targets of one bucket of history length."""

    shortest: int
    longest: int | None
    targets: int
    candidate: float | None  # None without targets
    baseline: float | None
    difference: Interval | None = None


@dataclass(frozen=True)
class GateRule:
    """What activation asks of the comparison; the verdict itself is the registry's."""

    least_lower95: float  # of the relative difference
    least_targets: int


@dataclass(frozen=True)
class Comparison:
    """This run's measured model against the active release, on the targets that the latter cannot have seen."""

    baseline_release: str
    targets: int
    candidate: float | None  # NDCG@10; None without targets
    baseline: float | None
    difference: Interval | None
    dropped_targets: int = 0  # not later than the active release's last training event
    test_from: int | None = None  # unix seconds
    gate: GateRule | None = None
    lengths: tuple[LengthChange, ...] = ()
    overlap: float | None = None  # mean share of the first ten that both releases answer
    answers: int = 0  # histories whose answers overlap and appearances are counted on
    gained: tuple[Moved, ...] = ()  # most gained first
    lost: tuple[Moved, ...] = ()  # most lost first


@dataclass(frozen=True)
class Entry:
    product: Product
    event: str = "unknown"  # as `corpus.KINDS`


@dataclass(frozen=True)
class Example:
    """One history with the first ten answers, best first. The target is None where none is known."""

    history: tuple[Entry, ...]  # oldest first
    answers: tuple[Product, ...]
    baseline_answers: tuple[Product, ...] | None = None
    target: Product | None = None
    earlier: int = 0  # older entries of the history that are not listed


@dataclass(frozen=True)
class SplitPart:
    name: str  # "train", "validation", "test"
    count: int
    unit: str  # "events" or "targets"
    first_at: int | None = None  # unix seconds, None without times
    last_at: int | None = None


@dataclass(frozen=True)
class SplitFacts:
    name: str
    hash: str
    parts: tuple[SplitPart, ...] = ()


@dataclass(frozen=True)
class Report:
    """One run. `fused`, `quantised`, both lists of systems and `ablation` are measured on `protocol.targets`."""

    trained: Trained
    protocol: Protocol
    split: SplitFacts
    config: dict[str, object]
    cleaned: dict[str, int] = field(default_factory=dict)  # reason -> events dropped
    fused: Interval | None = None  # NDCG@10 of the fused int8 release, None without targets
    bootstrap_samples: int = 0
    quantised: tuple[Quantised, ...] = ()
    systems: tuple[System, ...] = ()  # of the tune model
    refit_systems: tuple[System, ...] = ()  # empty where nothing is left to test the refit on
    fits: tuple[Fit, ...] = ()
    ablation: tuple[Part, ...] = ()
    history_lengths: tuple[HistoryLength, ...] = ()
    deciles: tuple[Decile, ...] = ()
    comparison: Comparison | None = None
    examples: tuple[Example, ...] = ()

    def to_json(self) -> dict:
        """As `report.json`: objects, arrays, texts, finite numbers, null. A value that is none of these is refused."""
        return {"format": FORMAT, **_plain(self, "report")}


def write_report(folder: Path, report: Report) -> None:
    """Writes `report.json` and `report.html`, both from the same values."""
    data = report.to_json()
    told = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "report.json").write_text(told + "\n", "utf-8")
    (folder / "report.html").write_text(render_html(data), "utf-8")


def _plain(value: object, where: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        # JSON input may carry half of a surrogate pair, which UTF-8 cannot hold: it turns into U+FFFD.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        if not math.isfinite(value):
            raise ValueError(f"{where}: {value} is not finite")
        return float(value)
    if dataclasses.is_dataclass(value):
        return {
            _json_name(f.name): _plain(getattr(value, f.name), f"{where}.{f.name}") for f in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(name): _plain(one, f"{where}.{name}") for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(one, f"{where}.{k}") for k, one in enumerate(value)]
    raise ValueError(f"{where}: {type(value).__name__} has no form in JSON")


def _json_name(name: str) -> str:
    """
    >>> _json_name("ndcg"), _json_name("created_at"), _json_name("least_lower95")
    ('ndcg@10', 'createdAt', 'leastLower95')
    """
    first, *others = name.split("_")
    return JSON_NAMES.get(name, first + "".join(other.capitalize() for other in others))
