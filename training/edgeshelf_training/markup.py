"""Escaped text, numbers as a reader expects them, and the few HTML elements that the report is made of.

Functions that return markup take markup, but for those whose docstring says text: these escape it.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

ABSENT = "–"
MINUS = "\u2212"

# What HTML forbids as text, and halves of surrogate pairs.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def text(value: object) -> str:
    """Any text as markup, safe between tags and inside quoted attributes.

    >>> text('<b>"Tom & Joe\\'s"</b>')
    '&lt;b&gt;&quot;Tom &amp; Joe&#x27;s&quot;&lt;/b&gt;'
    """
    return html.escape(UNPRINTABLE.sub("\ufffd", str(value)), quote=True)


def metric(value: float | None) -> str:
    """NDCG, Recall or Gini.

    >>> metric(0.07814), metric(None)
    ('0.0781', '–')
    """
    return ABSENT if value is None else f"{value:.4f}".replace("-", MINUS)


def difference(fraction: float | None) -> str:
    """A relative difference, with its sign.

    >>> difference(0.0312), difference(-0.0312) == MINUS + "3.12%", difference(-0.000001)
    ('+3.12%', True, '0.00%')
    """
    if fraction is None:
        return ABSENT
    told = f"{abs(fraction) * 100:.2f}%"
    return told if told == "0.00%" else ("+" if fraction > 0 else MINUS) + told


def share(fraction: float | None) -> str:
    """
    >>> share(0.6416)
    '64.2%'
    """
    return ABSENT if fraction is None else f"{fraction * 100:.1f}%"


def count(number: int | None) -> str:
    """
    >>> count(1234567)
    '1,234,567'
    """
    return ABSENT if number is None else f"{number:,}"


def signed_count(number: int) -> str:
    """
    >>> signed_count(1234), signed_count(0)
    ('+1,234', '0')
    """
    return count(number) if not number else ("+" if number > 0 else MINUS) + count(abs(number))


def moment(unix_seconds: int | None) -> str:
    """
    >>> moment(1714564800)
    '2024-05-01 12:00 UTC'
    """
    if unix_seconds is None:
        return ABSENT
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def interval(told: dict, write=difference) -> str:
    """The bounds of an `Interval`.

    >>> interval({"mean": 0.03, "lower95": 0.01, "upper95": 0.05})
    '+1.00% to +5.00%'
    """
    return f"{write(told['lower95'])} to {write(told['upper95'])}"


def length_name(shortest: int, longest: int | None) -> str:
    """
    >>> length_name(1, 1), length_name(2, 3), length_name(9, None)
    ('1', '2–3', '9+')
    """
    if longest is None:
        return f"{shortest}+"
    return str(shortest) if shortest == longest else f"{shortest}–{longest}"


def plural(number: int, one: str, more: str | None = None) -> str:
    """
    >>> plural(1, "target"), plural(2, "target"), plural(2, "history", "histories")
    ('1 target', '2 targets', '2 histories')
    """
    return f"{count(number)} {one if number == 1 else more or one + 's'}"


def product(item: dict, more: str = "") -> str:
    """A `Product`: its title where it has one, and its id. Each keeps its own direction of writing."""
    name = text(item["id"])
    title = text(item["title"] or item["id"])
    known = f'<bdi class="id" title="{name}">{name}</bdi>' if item["title"] else ""
    return f'<span class="product"><span class="title" dir="auto" title="{title}">{title}</span>{known}{more}</span>'


def table(caption: str, columns: list[str], rows: list[list[str]], groups: list[tuple[str, int]] = ()) -> str:
    """A table whose first column names the rows; a `>` before a column's name sets it as numbers, to the right.

    groups: (name, columns spanned) of a row above the names.
    """
    wides = [wide for _, wide in groups]
    starts = {sum(wides[:k]) for k in range(1, len(wides))}
    style = [_style(name.startswith(">"), k in starts) for k, name in enumerate(columns)]
    head = "".join(
        f'<th scope="col"{mark}>{_breakable(name.removeprefix(">"))}</th>'
        for name, mark in zip(columns, style, strict=True)
    )
    above = "".join(
        f'<th scope="colgroup" colspan="{wide}"{_style(False, k > 0)}>{name}</th>'
        if name
        else f'<td colspan="{wide}"></td>'
        for k, (name, wide) in enumerate(groups)
    )
    body = ""
    for first, *others in rows:
        cells = "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(others, style[1:], strict=True))
        body += f'<tr><th scope="row"{style[0]}>{first}</th>{cells}</tr>\n'
    above = f'<tr class="groups">{above}</tr>' if above else ""
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{caption}</caption>'
        f"<thead>{above}<tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def section(key: str, title: str, inside: str) -> str:
    """A titled part of the page; `key` is its anchor."""
    return f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{title}</h2>\n{inside}</section>\n'


def pair(left: str, right: str) -> str:
    """Two parts of one kind, side by side where there is room."""
    return f'<div class="pair">{left}{right}</div>'


def drawn(chart: str, numbers: str) -> str:
    """A chart beside the table of its numbers where there is room."""
    return f'<div class="drawn">{chart}{numbers}</div>'


def note(markup: str) -> str:
    return f'<p class="note">{markup}</p>'


def details(summary: str, inside: str) -> str:
    """Closed until asked for; open on paper."""
    return f"<details><summary>{summary}</summary>{inside}</details>"


def _breakable(name: str) -> str:
    """Lets a metric's name break before its cut."""
    return name.replace("@10", "<wbr>@10")


def _style(is_number: bool, starts_group: bool) -> str:
    names = " ".join(name for name, holds in (("n", is_number), ("g", starts_group)) if holds)
    return f' class="{names}"' if names else ""
