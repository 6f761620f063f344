"""`report.html`: one page that needs no script, no network and no other file; drawn from `report.json` alone."""

from __future__ import annotations

import json

from .markup import count, details, moment, note, pair, section, table, text
from .report_answers import changes, examples
from .report_headline import headline
from .report_measured import ablation, curves, history_lengths, popularity, systems
from .report_style import style

# Catalogues are other people's text: were one to slip through unescaped, the page still runs and fetches nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


REASONS = {
    "duplicate": "event id seen before",
    "unknownType": "unknown event type",
    "future": "later than the clock allows",
    "bot": "session of a bot",
    "longSession": "session too long for a person",
    "notHistory": "no part of a history, such as an impression or a search",
}


def render_html(report: dict) -> str:
    """The page of a report as `Report.to_json` gives it. A part that is absent there has no place on the page."""
    sections = [(key, title, draw(report)) for key, title, draw in SECTIONS]
    shown = [one for one in sections if one[2]]
    links = "".join(f'<li><a href="#{key}">{title}</a></li>' for key, title, _ in shown)
    release = report["trained"]["release"]
    named = f": {text(release)}" if release else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Training report{named}</title>\n<style>\n{style()}</style>\n</head>\n<body>\n"
        f"<header><h1>Training report</h1>\n{headline(report)}</header>\n"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main>\n'
        + "".join(section(*one) for one in shown)
        + "</main>\n</body>\n</html>\n"
    )


def data_and_settings(report: dict) -> str:
    """What cleaning dropped, the split, the whole config."""
    split, dropped = report["split"], report["cleaned"]
    rows = [
        [text(p["name"]), f"{count(p['count'])} {text(p['unit'])}", _date(p["firstAt"]), _date(p["lastAt"])]
        for p in split["parts"]
    ]
    columns = ["part", "size", "first, UTC", "last, UTC"]
    if all(p["firstAt"] is None and p["lastAt"] is None for p in split["parts"]):
        rows, columns = [row[:2] for row in rows], columns[:2]
    tables = [table("The split", columns, rows)] if rows else []
    if dropped:
        lines = [[text(REASONS.get(reason, reason)), count(number)] for reason, number in dropped.items()]
        tables.append(table("Dropped by cleaning, each counted once", ["reason", ">events"], lines))
    parts = [note(f"Split: {text(split['name'])}. Hash of its cases: <code>{text(split['hash'])}</code>")]
    parts.append(pair(*tables) if len(tables) == 2 else "".join(tables))
    settings = [[text(name), f"<code>{text(setting(value))}</code>"] for name, value in report["config"].items()]
    if settings:
        parts.append(details("The whole config", table("Settings of the run", ["setting", "value"], settings)))
    return "".join(parts)


def _date(unix_seconds: int | None) -> str:
    return moment(unix_seconds).removesuffix(" UTC")


def setting(value: object) -> str:
    """A value of the config, as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


SECTIONS = (
    ("curves", "Learning curves", curves),
    ("systems", "Systems", systems),
    ("ablation", "What each part adds", ablation),
    ("lengths", "By history length", history_lengths),
    ("popularity", "By popularity", popularity),
    ("changes", "Against the active release", changes),
    ("examples", "Examples", examples),
    ("data", "Data and settings", data_and_settings),
)
