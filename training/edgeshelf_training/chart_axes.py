"""What all charts share: scales, round ticks, the SVG element with its title and description, a legend.

Colours come from the page's style by class, so that a chart follows its light or dark scheme: `s1` to `s6` are the
series. A series also differs by dash or by place, never by colour alone.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from .markup import MINUS, text

WIDTH = 380  # of a chart, in its own units; a letter is some 7 wide
LETTER = 6.8  # mean width of a letter of the chart's text
SLOTS = 6  # series that differ in colour and dash; further ones begin again
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 2")  # as slots


@dataclass(frozen=True)
class Scale:
    """Maps values of [low, high] to [start, end] on the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 6, whole: bool = False) -> list[float]:
    """Round values, evenly spaced, that enclose [low, high].

    >>> ticks(0.0, 0.083)
    [0.0, 0.02, 0.04, 0.06, 0.08, 0.1]
    >>> ticks(1, 16, whole=True)
    [0.0, 4.0, 8.0, 12.0, 16.0]
    >>> ticks(0.5, 0.5)[0] < 0.5 < ticks(0.5, 0.5)[-1]
    True
    """
    if high <= low:
        apart = abs(low) * 0.1 or 1.0
        low, high = low - apart, high + apart
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for base in (1, 2, 4, 5, 10, 20, 40, 50, 100):
        step = base * power
        if whole and step < 1:
            continue
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first < most:
            return [round(k * step, 12) for k in range(first, last + 1)]
    raise AssertionError("a step of 100 times the first always fits")


def tick_names(values: list[float], unit: str = "", signed: bool = False) -> list[str]:
    """As many decimals as the step needs.

    >>> tick_names([0.0, 0.02, 0.04])
    ['0', '0.02', '0.04']
    >>> tick_names([0.0, 5.0], "%", signed=True)
    ['0%', '+5%']
    """
    decimals = max(len(f"{value:.10f}".rstrip("0").partition(".")[2]) for value in values)
    names = []
    for value in values:
        sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
        names.append(f"{sign}{abs(value):.{decimals if value else 0}f}{unit}")
    return names


def svg(key: str, title: str, description: str, height: float, parts: list[str]) -> str:
    """A chart; `title` and `description` are texts, `key` is unique on its page."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{text(title)}</title><desc id="{key}-d">{text(description)}</desc>\n'
        + "\n".join(parts)
        + "</svg>\n"
    )


def label(x: float, y: float, words: str, anchor: str = "start", style: str = "") -> str:
    """A text of the chart; `anchor` is start, middle or end."""
    style = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{text(words)}</text>'


def rule(x1: float, y1: float, x2: float, y2: float, style: str = "grid") -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def slot(number: int) -> int:
    """The slot of a series, from 0."""
    return number % SLOTS


def width_of(words: str) -> float:
    """Width of a text as drawn, about: East Asian letters are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words) * LETTER


def shorten(words: str, most: float) -> str:
    """Cuts a text that would be wider than `most`.

    >>> shorten("encoder", 100), shorten("a" * 30, 5 * LETTER)
    ('encoder', 'aaaa…')
    """
    if width_of(words) <= most:
        return words
    while words and width_of(words) + LETTER > most:
        words = words[:-1]
    return words + "…"


def legend(entries: list[tuple[str, str]], top: float) -> tuple[list[str], float]:
    """Swatches with names from left to right, in as many lines as they take; entries are (swatch, name).

    A swatch is markup drawn in a box of 24 by 12 whose left middle is the origin. Returns the height taken too.
    """
    parts, x, y = [], 0.0, top + 8
    for swatch, name in entries:
        name = shorten(name, WIDTH - 40)
        wide = 30 + width_of(name) + 14
        if x and x + wide - 14 > WIDTH:
            x, y = 0.0, y + 20
        parts += [f'<g transform="translate({x:.1f} {y:.1f})">{swatch}</g>', label(x + 30, y + 4, name)]
        x += wide
    return parts, y + 14 - top if entries else 0.0
