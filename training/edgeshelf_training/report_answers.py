"""The report's sections about products: what changed against the active release, and examples."""

from __future__ import annotations

from .charts import Bars, bar_chart
from .markup import (
    count,
    difference,
    drawn,
    interval,
    length_name,
    metric,
    moment,
    note,
    pair,
    plural,
    product,
    share,
    signed_count,
    table,
    text,
)  # fmt: skip

THIS, ACTIVE = "this run", "active release"
THIS_SLOT, ACTIVE_SLOT = 0, 4
TAG = '<b class="tag">target</b>'


def changes(report: dict) -> str:
    """Both releases by history length, how far their answers agree, and the items that moved most."""
    against = report["comparison"]
    if against is None:
        return ""
    told = [f"Active release: <bdi>{text(against['baselineRelease'])}</bdi>."]
    if against["testFrom"] is not None:
        told.append(f"Compared on the targets since {moment(against['testFrom'])}.")
    if against["droppedTargets"]:
        told.append(
            f"Left out: {plural(against['droppedTargets'], 'target')} that the active release may have trained on."
        )
    parts = [note(" ".join(told)), _by_length(against["lengths"])]
    if against["overlap"] is not None:
        parts.append(
            f"<p>Of the first ten answers, both releases agree on <strong>{share(against['overlap'])}</strong> on "
            f"average, n = {plural(against['answers'], 'history', 'histories')}.</p>"
        )
    moved = [
        _moved("Gained the most appearances", against["gained"], against["answers"]),
        _moved("Lost the most appearances", against["lost"], against["answers"]),
    ]
    parts.append(pair(*moved) if any(moved) else "")
    return "".join(parts)


def _by_length(lengths: list[dict]) -> str:
    if not lengths:
        return ""
    groups = [(length_name(b["shortest"], b["longest"]), f"n {count(b['targets'])}") for b in lengths]
    series = [
        Bars(THIS, tuple(b["candidate"] for b in lengths), THIS_SLOT),
        Bars(ACTIVE, tuple(b["baseline"] for b in lengths), ACTIVE_SLOT),
    ]
    title = "NDCG@10 of both releases by history length"
    chart = bar_chart("changes-chart", title, "known items in the history (n targets)", "NDCG@10", groups, series)
    rows = []
    for bucket in lengths:
        found = bucket["difference"]
        between = [difference(found["mean"]), interval(found)] if found else [difference(None)] * 2
        name = length_name(bucket["shortest"], bucket["longest"])
        rows.append([name, count(bucket["targets"]), metric(bucket["candidate"]), metric(bucket["baseline"]), *between])
    columns = ["items", ">targets", f">{THIS}", f">{ACTIVE}", ">difference", ">95% interval"]
    return drawn(chart, table("NDCG@10 by known items in the history", columns, rows))


def _moved(title: str, moved: list[dict], answers: int) -> str:
    if not moved:
        return ""
    rows = [
        [product(m["product"]), count(m["before"]), count(m["after"]), signed_count(m["after"] - m["before"])]
        for m in moved
    ]
    over = f"in the first tens of {plural(answers, 'history', 'histories')}"
    return table(f"{title}, {over}", ["item", f">{ACTIVE}", f">{THIS}", ">change"], rows)


def examples(report: dict) -> str:
    """Histories with the first ten answers, the target marked, beside the active release's answers."""
    listed = report["examples"]
    if not listed:
        return ""
    told = note(
        f"{plural(len(listed), 'history', 'histories')} as the log holds them, oldest entry first. "
        "Keep this page where the log may be kept."
    )
    return told + "".join(_example(k, one) for k, one in enumerate(listed, 1))


def _example(number: int, example: dict) -> str:
    target = example["target"]
    columns = [_history(example), _answers("Answers of this run", example["answers"], target)]
    if example["baselineAnswers"] is not None:
        columns.append(_answers("Answers of the active release", example["baselineAnswers"], target))
    asked = f'<p class="target">{TAG}{product(target)}</p>' if target else ""
    return (
        f'<article class="example" aria-label="Example {number}"><h3>Example {number}</h3>{asked}'
        f'<div class="columns">{"".join(columns)}</div></article>\n'
    )


def _history(example: dict) -> str:
    entries = ""
    if example["earlier"]:
        entries += f'<li class="earlier">{plural(example["earlier"], "earlier entry", "earlier entries")}</li>'
    for entry in example["history"]:
        kind = "" if entry["event"] == "unknown" else f'<span class="kind">{text(entry["event"])}</span>'
        entries += f"<li>{product(entry['product'], kind)}</li>"
    return f'<div><h4>History</h4><ul class="items">{entries or "<li>empty</li>"}</ul></div>'


def _answers(title: str, answers: list[dict], target: dict | None) -> str:
    entries, place = "", None
    for k, answer in enumerate(answers, 1):
        if target and answer["id"] == target["id"]:
            place = k
            entries += f'<li class="hit">{product(answer, TAG)}</li>'
        else:
            entries += f"<li>{product(answer)}</li>"
    found = "" if not target else f" <small>{f'target at {place}' if place else 'target not among them'}</small>"
    return f'<div><h4>{title}{found}</h4><ol class="items">{entries}</ol></div>'
