"""What a reader with ten seconds reads: a verdict in words, three numbers, what was trained."""

from __future__ import annotations

from .charts import Range, interval_chart
from .markup import difference, interval, metric, moment, plural, text

BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
SIGNS = {BETTER: "▲", WORSE: "▼", UNCLEAR: "●"}


def headline(report: dict) -> str:
    """The head of the page."""
    kind, words, reason = verdict(report)
    tiles = [_quality(report), _against(report["comparison"]), _int8(report)]
    return (
        f'<p class="verdict {kind}"><span class="sign" aria-hidden="true">{SIGNS[kind]}</span>'
        f"<span><strong>{words}</strong> {reason}</span></p>\n"
        f'<div class="tiles">{"".join(tiles)}</div>\n{_facts(report)}'
    )


def verdict(report: dict) -> tuple[str, str, str]:
    """(kind, sentence, reason): which side of zero the whole interval lies on; too few targets are no verdict."""
    against = report["comparison"]
    if not report["protocol"]["targets"]:
        return UNCLEAR, "Nothing was measured.", "The test part of the split holds no targets."
    if against is None:
        return UNCLEAR, "No release to compare with.", ""
    found, targets, rule = against["difference"], against["targets"], against["gate"]
    if found is None or not targets:
        return UNCLEAR, "No verdict.", "No target is later than the active release's last training event."
    told = f"{difference(found['mean'])} NDCG@10 (95%: {interval(found)}), n = {plural(targets, 'target')}."
    if rule and targets < rule["leastTargets"]:
        least = f"The gate asks for {plural(rule['leastTargets'], 'target')}."
        return UNCLEAR, "Too few targets for a verdict.", f"{told} {least}"
    if rule:
        side = "is not below" if found["lower95"] >= rule["leastLower95"] else "is below"
        told += f" The lower bound {side} the gate's {difference(rule['leastLower95'])}."
    if found["lower95"] > 0:
        return BETTER, "Better than the active release.", told
    if found["upper95"] < 0:
        return WORSE, "Worse than the active release.", told
    return UNCLEAR, "No clear difference from the active release.", told


def _tile(name: str, number: str, *lines: str, drawing: str = "") -> str:
    under = "".join(f"<p>{line}</p>" for line in lines)
    style = "tile wide" if drawing else "tile"
    return f'<div class="{style}"><h2>{name}</h2><p class="number">{number}</p>{under}{drawing}</div>'


def _quality(report: dict) -> str:
    found, targets = report["fused"], report["protocol"]["targets"]
    if found is None:
        return ""
    over = f"n = {plural(targets, 'target')}"
    if report["bootstrapSamples"]:
        over += f", {plural(report['bootstrapSamples'], 'bootstrap sample')}"
    return _tile("NDCG@10, fused int8", metric(found["mean"]), f"95%: {interval(found, metric)}", over)


def _against(against: dict | None) -> str:
    if against is None or against["difference"] is None:
        return ""
    found, rule = against["difference"], against["gate"]
    chart = interval_chart(
        "headline-chart", "NDCG@10 against the active release", "relative difference of NDCG@10",
        [Range("95% interval", **found)], ("gate", rule["leastLower95"]) if rule else None,
    )  # fmt: skip
    both = f"{metric(against['candidate'])} against {metric(against['baseline'])}"
    over = f"n = {plural(against['targets'], 'target')}, paired"
    return _tile("Against the active release", difference(found["mean"]), f"{both}, {over}", drawing=chart)


def _int8(report: dict) -> str:
    listed = report["quantised"]
    if not listed:
        return ""
    first, *others = listed
    lines = [f"{text(first['name'])}: {metric(first['int8'])} int8, {metric(first['float32'])} float32"]
    lines += [
        f"{text(o['name'])}: {difference(o['difference'])} ({metric(o['int8'])} against {metric(o['float32'])})"
        for o in others
    ]
    over = f"NDCG@10, n = {plural(report['protocol']['targets'], 'target')}"
    return _tile("int8 against float32", difference(first["difference"]), *lines, over)


def _facts(report: dict) -> str:
    trained = report["trained"]
    boundary = {
        "tune": "tune: the release is the model that was measured",
        "refit": "refit: trained once more on all data with settings frozen; the figures are of the tune model "
        "unless a table says otherwise",
    }.get(trained["boundary"], trained["boundary"])
    facts = [
        ("Source", text(trained["source"])),
        ("Trained on", f"{plural(trained['events'], 'event')} of {plural(trained['sessions'], 'session')}"),
        ("Catalogue", plural(trained["items"], "item")),
        ("Boundary", text(boundary)),
        ("Seed", str(trained["seed"])),
        ("Time", f"{trained['minutes']:.2f} minutes"),
        ("Device", text(trained["device"])),
    ]
    if trained["release"]:
        facts.insert(0, ("Release", f"<bdi>{text(trained['release'])}</bdi>"))
    if trained["createdAt"] is not None:
        facts.append(("Written", moment(trained["createdAt"])))
    if trained["command"]:
        facts.append(("Command", f"<code>{text(trained['command'])}</code>"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{told}</dd></div>" for name, told in facts)
    return f'<dl class="facts">{listed}</dl>\n'
