"""The report's measured sections: learning curves, systems, ablation, history lengths, popularity."""

from __future__ import annotations

from .charts import Bars, Line, Range, bar_chart, interval_chart, line_chart
from .markup import (
    ABSENT,
    count,
    details,
    difference,
    drawn,
    interval,
    length_name,
    metric,
    note,
    pair,
    plural,
    share,
    table,
    text,
)  # fmt: skip

# The same system has the same colour on the whole page.
SLOTS = {"fused": 0, "encoder": 1, "transitions": 2, "popular": 3}
NAMES = {
    "encoderFloat32": "encoder, float32",
    "fusedFloat32": "fused, float32",
}


def system_name(name: str) -> str:
    """Of a system, as text."""
    return NAMES.get(name, name)


def curves(report: dict) -> str:
    """A chart of the loss a fit, one of validation NDCG@10 where it was read, and the numbers behind them."""
    parts = []
    for number, fit in enumerate(report["fits"]):
        if not any(curve["epochs"] for curve in fit["curves"]):
            continue
        loss, quality = (_curve_chart(f"curve-{number}-{of}", fit, of) for of in ("loss", "ndcg@10"))
        parts.append(f"<h3>Fit: {text(fit['name'])}</h3>")
        parts.append(pair(loss, quality) + _kept_table(fit) if quality else drawn(loss, _kept_table(fit)))
        parts.append(details(f"Every epoch of {text(fit['name'])}", _epoch_table(fit)))
    return "".join(parts)


def _curve_chart(key: str, fit: dict, of: str) -> str:
    lines = [
        Line(
            curve["name"], tuple((e["epoch"], e[of]) for e in curve["epochs"] if e[of] is not None), k, curve["kept"]
        )
        for k, curve in enumerate(fit["curves"])
    ]  # fmt: skip
    over = f", n = {plural(fit['validationTargets'], 'target')}" if fit["validationTargets"] is not None else ""
    title, unit = {
        "loss": (f"Training loss of {fit['name']}", "Training loss, nats a target"),
        "ndcg@10": (f"Validation NDCG@10 of {fit['name']}", f"Validation NDCG@10, encoder{over}"),
    }[of]
    return line_chart(key, title, "epoch", unit, lines, "kept checkpoint")


def _kept_table(fit: dict) -> str:
    rows = []
    for curve in fit["curves"]:
        kept = next((e for e in curve["epochs"] if e["epoch"] == curve["kept"]), None)
        told = [count(kept["epoch"]), metric(kept["loss"]), metric(kept["ndcg@10"])] if kept else [ABSENT] * 3
        rows.append([text(curve["name"]), count(len(curve["epochs"])), *told])
    columns = ["curve", ">epochs run", ">kept epoch", ">its loss", ">its NDCG@10"]
    return table(f"Kept checkpoints of {text(fit['name'])}", columns, rows)


def _epoch_table(fit: dict) -> str:
    by_epoch: dict[int, list[dict | None]] = {}
    for k, curve in enumerate(fit["curves"]):
        for epoch in curve["epochs"]:
            by_epoch.setdefault(epoch["epoch"], [None] * len(fit["curves"]))[k] = epoch
    rows = []
    for epoch, found in sorted(by_epoch.items()):
        rows.append([count(epoch), *(metric(e and e[of]) for e in found for of in ("loss", "ndcg@10"))])
    columns = [">epoch", *([">loss", ">NDCG@10"] * len(fit["curves"]))]
    groups = [("", 1), *((text(curve["name"]), 2) for curve in fit["curves"])]
    return table(f"Training loss (nats a target) and validation NDCG@10 of {text(fit['name'])}", columns, rows, groups)


def systems(report: dict) -> str:
    """The table of systems, with the refit's figures beneath where there are any."""
    if not report["systems"]:
        return ""
    told, items = report["protocol"], report["trained"]["items"]
    over = f"n = {plural(told['targets'], 'target')}"
    among = f"all {plural(items, 'item')}" if told["candidates"] == "full" else text(told["candidates"])
    tables = [_system_table(f"Tune model, {over}", report["systems"])]
    if report["refitSystems"]:
        tables.append(_system_table(f"Refit model, {over}", report["refitSystems"]))
    parts = [
        note(
            f"Each target is ranked among {among}; "
            f"seen items {text(told['seen'])}; reads {text(told['reads'])}. NDCG@10 is 1 where the target stands "
            "first, 0.63 second, 0.5 third and 0 beyond the tenth place; Recall@10 is the share of targets within the "
            "first ten."
        ),
        pair(*tables) if len(tables) == 2 else tables[0],
    ]
    if any(s["coverage@10"] is not None or s["gini"] is not None for s in report["systems"] + report["refitSystems"]):
        parts.append(
            note(
                f"Coverage@10 is the share of the {plural(items, 'item')} that stand in at least one first ten. Gini "
                "is of the items' appearances there: 0 when all appear equally often, 1 when one item takes every "
                "place."
            )
        )
    return "".join(parts)


def _system_table(caption: str, listed: list[dict]) -> str:
    columns, further = ["system", ">NDCG@10", ">Recall@10"], []
    for key, name, write in (("coverage@10", ">coverage@10", share), ("gini", ">Gini", metric)):
        if any(s[key] is not None for s in listed):
            columns.append(name)
            further.append((key, write))
    rows = [
        [text(system_name(s["name"])), metric(s["ndcg@10"]), metric(s["recall@10"]), *(w(s[k]) for k, w in further)]
        for s in listed
    ]
    return table(caption, columns, rows)


def ablation(report: dict) -> str:
    """What each part adds to the fusion."""
    if not report["ablation"]:
        return ""
    over = f"n = {plural(report['protocol']['targets'], 'target')}"
    ranges = [Range(part["name"], **part["difference"]) for part in report["ablation"]]
    title = "NDCG@10 of the fusion with a part against without it"
    chart = interval_chart("ablation-chart", title, f"relative difference, 95% interval, {over}", ranges)
    rows = [
        [
            text(part["name"]), metric(part["ndcg@10"]), metric(part["ndcgWithout"]),
            difference(part["difference"]["mean"]), interval(part["difference"]),
        ]
        for part in report["ablation"]
    ]  # fmt: skip
    columns = ["part", ">with", ">without", ">adds", ">95% interval"]
    return drawn(chart, table(f"NDCG@10 with and without a part, {over}", columns, rows))


def history_lengths(report: dict) -> str:
    """NDCG@10 and Recall@10 of the systems by bucket of history length."""
    buckets = report["historyLengths"]
    names = _names(score["name"] for bucket in buckets for score in bucket["scores"])
    if not names:
        return ""
    found = [{score["name"]: score for score in bucket["scores"]} for bucket in buckets]
    groups = [(length_name(b["shortest"], b["longest"]), f"n {count(b['targets'])}") for b in buckets]
    series = _series(names, [{name: score["ndcg@10"] for name, score in scores.items()} for scores in found])
    chart = bar_chart(
        "lengths-chart",
        "NDCG@10 by history length",
        "known items in the history (n targets)",
        "NDCG@10",
        groups,
        series,
    )
    rows = []
    for bucket, scores in zip(buckets, found, strict=True):
        cells = [metric(scores[n][of] if n in scores else None) for of in ("ndcg@10", "recall@10") for n in names]
        rows.append([length_name(bucket["shortest"], bucket["longest"]), count(bucket["targets"]), *cells])
    columns = ["items", ">targets", *(f">{text(system_name(name))}" for name in names * 2)]
    groups = [("", 2), ("NDCG@10", len(names)), ("Recall@10", len(names))]
    numbers = table("By known items in the history", columns, rows, groups)
    return drawn(chart, numbers)


def popularity(report: dict) -> str:
    """Recall@10 of the systems by decile of the target's popularity."""
    deciles = report["deciles"]
    names = _names(name for decile in deciles for name in decile["recall@10"])
    if not names:
        return ""
    groups = [(str(d["decile"]), _short_count(d["targets"])) for d in deciles]
    series = _series(names, [d["recall@10"] for d in deciles])
    chart = bar_chart(
        "deciles-chart", "Recall@10 by popularity of the target",
        "tenth of the items, 1 the most popular (targets)", "Recall@10", groups, series,
    )  # fmt: skip
    rows = [
        [str(d["decile"]), count(d["items"]), count(d["targets"]), *(metric(d["recall@10"].get(n)) for n in names)]
        for d in deciles
    ]
    columns = ["tenth", ">items", ">targets", *(f">{text(system_name(name))}" for name in names)]
    numbers = table("Recall@10 by popularity of the target", columns, rows)
    told = note("The catalogue's items in ten equal parts by how often they occur in training; 1 is the most popular.")
    return told + drawn(chart, numbers)


def _names(found) -> list[str]:
    """Systems in order of first sight."""
    return list(dict.fromkeys(found))


def _series(names: list[str], values: list[dict[str, float]]) -> list[Bars]:
    free = list(range(len(SLOTS), len(SLOTS) + len(names)))
    slots = {name: SLOTS[name] if name in SLOTS else free.pop(0) for name in names}
    return [Bars(system_name(n), tuple(one.get(n) for one in values), slots[n]) for n in names]


def _short_count(number: int) -> str:
    """
    >>> _short_count(950), _short_count(12345)
    ('950', '12k')
    """
    return str(number) if number < 10_000 else f"{number / 1000:.0f}k"
