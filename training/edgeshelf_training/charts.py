"""Line, bar and interval charts as inline SVG: axes, units, labels, and a description that gives the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from .chart_axes import DASHES, WIDTH, Scale, label, legend, rule, shorten, slot, svg, tick_names, ticks
from .markup import difference, interval, metric, text

LEFT, RIGHT = 46, WIDTH - 6  # of the plot
PLOT = 160  # height of the plot of lines or bars


@dataclass(frozen=True)
class Line:
    name: str
    points: tuple[tuple[int, float], ...]  # x ascending
    slot: int
    marked: int | None = None  # x of the point to ring


@dataclass(frozen=True)
class Bars:
    """A series of bars, one a group; None: nothing to draw there."""

    name: str
    values: tuple[float | None, ...]
    slot: int


@dataclass(frozen=True)
class Range:
    """A row of an interval chart: a relative difference as fractions."""

    name: str
    mean: float
    lower95: float
    upper95: float


def line_chart(key: str, title: str, x_name: str, y_name: str, lines: list[Line], mark_name: str) -> str:
    """Lines over whole numbers such as epochs; `y_name` says the unit, `mark_name` what a ring means."""
    lines = [line for line in lines if line.points]
    if not lines:
        return ""
    entries = [(_stroke(line.slot, "M0 0H24"), line.name) for line in lines]
    if any(line.marked is not None for line in lines):
        entries.append(('<circle class="ring ink" cx="12" cy="0" r="5"/>', mark_name))
    parts, taken = legend(entries, 0)
    top = taken + 28
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    marks = ticks(min(ys), max(ys))
    x_of, y_of = Scale(min(xs), max(max(xs), min(xs) + 1), LEFT + 10, RIGHT - 8), _up(marks, top)
    parts += _y_axis(marks, y_of, y_name, top)
    for x in (tick for tick in ticks(min(xs), max(xs), 9, whole=True) if min(xs) <= tick <= max(xs)):
        parts.append(label(x_of(x), top + PLOT + 17, str(int(x)), "middle"))
    parts.append(label((LEFT + RIGHT) / 2, top + PLOT + 35, x_name, "middle", "soft"))
    told = []
    for line in lines:
        path = "M" + "L".join(f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in line.points)
        parts.append(_stroke(line.slot, path))
        for x, y in line.points:
            ringed = x == line.marked
            style, radius = ("ring", 5) if ringed else ("dot", 2.4)
            tip = text(f"{line.name}, {x_name} {x}: {metric(y)}{', ' + mark_name if ringed else ''}")
            place = f'cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="{radius}"'
            parts.append(f'<circle class="{style} s{slot(line.slot) + 1}" {place}><title>{tip}</title></circle>')
        (x0, y0), (x1, y1) = line.points[0], line.points[-1]
        kept = "".join(f"; {mark_name} {x}: {metric(y)}" for x, y in line.points if x == line.marked)
        told.append(f"{line.name}: {x_name} {x0}: {metric(y0)}; {x_name} {x1}: {metric(y1)}{kept}.")
    return svg(key, title, f"{y_name}. " + " ".join(told), top + PLOT + 42, parts)


def bar_chart(key: str, title: str, x_name: str, y_name: str, groups: list[tuple[str, str]], series: list[Bars]) -> str:
    """Bars side by side in groups; a group is its name and a line beneath it, such as its number of targets."""
    values = [value for bars in series for value in bars.values if value is not None]
    if not values:
        return ""
    swatch = '<rect class="bar s{}" x="6" y="-6" width="14" height="12"/>'
    parts, taken = legend([(swatch.format(slot(bars.slot) + 1), bars.name) for bars in series], 0)
    top = taken + 28
    marks = ticks(0, max(values) or 1)
    y_of = _up(marks, top)
    parts += _y_axis(marks, y_of, y_name, top)
    wide = (RIGHT - LEFT) / len(groups)
    each = min(26.0, wide * 0.84 / len(series))
    told = []
    for g, (name, beneath) in enumerate(groups):
        middle = LEFT + wide * (g + 0.5)
        said = []
        for k, bars in enumerate(series):
            value = bars.values[g]
            said.append(f"{bars.name} {metric(value)}")
            if value is None:
                continue
            x, y = middle + (k - len(series) / 2) * each, y_of(value)
            box = f'x="{x + 0.5:.1f}" y="{y:.1f}" width="{each - 1:.1f}" height="{top + PLOT - y:.1f}"'
            tip = text(f"{bars.name}, {name} ({beneath}): {metric(value)}")
            parts.append(f'<rect class="bar s{slot(bars.slot) + 1}" {box}><title>{tip}</title></rect>')
        parts.append(label(middle, top + PLOT + 17, shorten(name, wide), "middle"))
        parts.append(label(middle, top + PLOT + 32, shorten(beneath, wide + 4), "middle", "small"))
        told.append(f"{name} ({beneath}): {', '.join(said)}.")
    parts.append(label((LEFT + RIGHT) / 2, top + PLOT + 50, x_name, "middle", "soft"))
    return svg(key, title, f"{y_name}, by {x_name}. " + " ".join(told), top + PLOT + 57, parts)


def interval_chart(
    key: str, title: str, x_name: str, ranges: list[Range], bound: tuple[str, float] | None = None
) -> str:
    """Means with their 95% intervals about zero, a row each; `bound` draws a further value with its name."""
    if not ranges:
        return ""
    row, top = 44, 0 if bound is None else 14
    bottom = top + row * len(ranges)
    ends = [0, *(100 * end for r in ranges for end in (r.lower95, r.mean, r.upper95))]
    if bound:
        ends.append(100 * bound[1])
    low, high = min(ends), max(ends)
    apart = 0.06 * (high - low) or 1.0
    x_of = Scale(low - apart, high + apart, 0, WIDTH)
    marks = [mark for mark in ticks(low, high, 7) if low <= mark <= high]
    parts = [] if bound is None else [label(max(x_of(100 * bound[1]) - 14, 0), 10, bound[0], style="small")]
    told = []
    for k, r in enumerate(ranges):
        y = top + row * k + 30
        parts += [rule(x_of(mark), y - 10, x_of(mark), y + 10, "axis" if mark == 0 else "grid") for mark in marks]
        if bound:
            parts.append(rule(x_of(100 * bound[1]), y - 10, x_of(100 * bound[1]), y + 10, "bound"))
        low, mean, high = (x_of(100 * end) for end in (r.lower95, r.mean, r.upper95))
        numbers = f"{difference(r.mean)} ({interval({'lower95': r.lower95, 'upper95': r.upper95})})"
        parts.append(label(0, y - 14, shorten(r.name, 160)))
        parts.append(label(WIDTH, y - 14, numbers, "end"))
        parts.append(f'<g class="s1"><title>{text(f"{r.name}: {numbers}")}</title>{rule(low, y, high, y, "whisker")}')
        parts += [rule(end, y - 5, end, y + 5, "whisker") for end in (low, high)]
        parts.append(f'<circle class="point" cx="{mean:.1f}" cy="{y:.1f}" r="3.5"/></g>')
        told.append(f"{r.name}: {numbers}.")
    for mark, name in zip(marks, tick_names(marks, "%", signed=True), strict=True):
        parts.append(label(x_of(mark), bottom + 16, name, "middle"))
    parts.append(label(WIDTH / 2, bottom + 34, x_name, "middle", "soft"))
    return svg(key, title, f"{x_name}. " + " ".join(told), bottom + 41, parts)


def _stroke(number: int, path: str) -> str:
    dash = DASHES[slot(number)]
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="line s{slot(number) + 1}" d="{path}"{dash}/>'


def _up(marks: list[float], top: float) -> Scale:
    return Scale(marks[0], marks[-1], top + PLOT, top)


def _y_axis(marks: list[float], y_of: Scale, name: str, top: float) -> list[str]:
    """Grid lines with their values, and the axis' name above them."""
    parts = [label(0, top - 14, name, style="soft")]
    for k, (mark, told) in enumerate(zip(marks, tick_names(marks), strict=True)):
        parts.append(rule(LEFT, y_of(mark), RIGHT, y_of(mark), "grid" if k else "axis"))
        parts.append(label(LEFT - 6, y_of(mark) + 4, told, "end"))
    return parts
