"""Charts as inline SVG: lines with bands, and bars with whiskers.

A chart has a view box and no size: it is as wide as its column, on a phone too. Lines and bars are labelled where they
are. Colours are classes of the page's style sheet, which has them for a light and for a dark background."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from ..evaluation.significance import Rate
from .page import Html

__all__ = ["COLOURS", "Bar", "Line", "bar_chart", "line_chart"]

COLOURS = 7  # of the style sheet: the classes c0 to c6
WIDTH, HEIGHT = 400.0, 230.0  # of a line chart, in units of the view box
LEFT, TOP, BOTTOM = 44.0, 12.0, 26.0  # margins of the plotting area
TEXT, CHARACTER = 12.0, 6.4  # height of the text, and the width of a character of it
PITCH = TEXT + 1  # distance of labels, at least
LONGEST = 20  # characters of a label; a longer one lacks its middle
DENSE = 20  # points from which a line has no markers
Place: TypeAlias = Callable[[float, float], tuple[float, float]]  # from data to the view box
ROW, GAP = 22.0, 10.0  # height of a bar with the space below it, and the space between groups


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A curve. Points whose value is not finite are left out; `low` and `high` bound its band, if it has one."""

    label: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    low: Float[np.ndarray, " point"] | None = None
    high: Float[np.ndarray, " point"] | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar from 0 to a rate, with a whisker over its interval."""

    label: str
    rate: Rate
    colour: int = 0


def line_chart(title: str, lines: Sequence[Line], *, fraction: bool = False) -> Html:
    """Return curves against environment steps; with `fraction` the axis goes from 0 to 1."""
    lines = [line for line in map(_finite, lines) if len(line.x)]
    if not lines:
        return Html("")
    labels = [_cut(line.label) for line in lines] if len(lines) > 1 else [_short(float(lines[0].y[-1]))]
    right = 10 + CHARACTER * max(map(len, labels))
    last = max(float(line.x[-1]) for line in lines)
    ticks = np.array([0.0, 0.25, 0.5, 0.75, 1.0]) if fraction else _ticks(*_range(lines))
    bottom, top = float(ticks[0]), float(ticks[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (WIDTH - LEFT - right) * x / last
        return across, TOP + (HEIGHT - TOP - BOTTOM) * (1 - (y - bottom) / (top - bottom))

    parts = [_grid_line(tick, place(0.0, tick)[1], WIDTH - right) for tick in ticks.tolist()]
    parts += [_step_label(at, place(at, bottom)[0]) for at in _ticks(0.0, last, 4).tolist() if at <= last]
    ends = _apart([place(float(line.x[-1]), float(line.y[-1]))[1] for line in lines])
    for index, (line, label, end) in enumerate(zip(lines, labels, ends, strict=True)):
        colour = f"c{index % COLOURS}"
        if line.low is not None and line.high is not None:
            parts += _bands(line, place, colour, (bottom, top))
        points = [place(x, y) for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True)]
        parts.append(f'<polyline class="line {colour}" points="{_points(points)}"/>')
        if len(points) < DENSE:
            parts += [f'<circle class="mark {colour}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points]
        parts.append(_text(label, points[-1][0] + 6, end + TEXT / 3, f"label {colour}", full=line.label))
    return _figure(title, _svg(title, HEIGHT, parts))


def bar_chart(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> Html:
    """Return bars of fractions from 0 to 1 in groups with a heading each, a whisker over each rate's interval."""
    left = 12 + CHARACTER * max(len(_cut(bar.label)) for _, bars in groups for bar in bars)
    right = 12 + CHARACTER * len("100.0 %")
    parts: list[str] = []
    y = 0.0
    for heading, bars in groups:
        if heading:
            y += ROW
            parts.append(_text(_cut(heading, 52), 0.0, y - 7, "heading", full=heading))
        for bar in bars:
            parts += _bar(bar, y, left, WIDTH - left - right)
            y += ROW
        y += GAP
    return _figure(title, _svg(title, y - GAP + 2, parts))


def _bar(bar: Bar, y: float, left: float, wide: float) -> list[str]:
    """Return a row with label, bar and value; an interval that is not known has no whisker."""
    rate, middle, colour = bar.rate, y + ROW / 2, f"c{bar.colour % COLOURS}"
    mean, low, high = (left + wide * value for value in (rate.mean, rate.low, rate.high))
    said, known = f"{100 * rate.mean:.1f} %", math.isfinite(low) and math.isfinite(high)
    interval = f" ({100 * rate.low:.1f} to {100 * rate.high:.1f})" if known else ""
    box = f'y="{y + 4:.1f}" height="{ROW - 8:g}"'
    title = f"<title>{escape(bar.label)}: {said}{interval}</title>"
    row = [
        _text(_cut(bar.label), left - 6, middle + TEXT / 3, "label end", full=bar.label),
        f'<rect class="track" x="{left:.1f}" width="{wide:.1f}" {box}/>',
        f'<rect class="bar {colour}" x="{left:.1f}" width="{mean - left:.1f}" {box}>{title}</rect>',
        _text(said, left + wide + 6, middle + TEXT / 3, "label"),
    ]
    if known:
        ends = f"M{low:.1f} {middle - 4:.1f}v8M{high:.1f} {middle - 4:.1f}v8M{low:.1f} {middle:.1f}H{high:.1f}"
        row.append(f'<path class="whisker" d="{ends}"/>')
    return row


def _bands(line: Line, place: Place, colour: str, bounds: tuple[float, float]) -> list[str]:
    """Return the area between `low` and `high`, cut off at the bounds of the axis, in pieces where both are known."""
    assert line.low is not None and line.high is not None
    known = np.isfinite(line.low) & np.isfinite(line.high)
    pieces = np.split(np.arange(len(known)), np.flatnonzero(np.diff(known)) + 1)
    areas = []
    for piece in pieces:
        if not known[piece[0]] or len(piece) < 2:
            continue
        low, high = (np.clip(edge[piece], *bounds).tolist() for edge in (line.low, line.high))
        x = line.x[piece].tolist()
        outline = [place(at, to) for at, to in (*zip(x, high, strict=True), *zip(x[::-1], low[::-1], strict=True))]
        areas.append(f'<polygon class="band {colour}" points="{_points(outline)}"/>')
    return areas


def _finite(line: Line) -> Line:
    known = np.isfinite(line.x) & np.isfinite(line.y)
    low, high = (None if edge is None else edge[known] for edge in (line.low, line.high))
    return Line(label=line.label, x=line.x[known], y=line.y[known], low=low, high=high)


def _range(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the smallest and the largest finite value of curves and bands."""
    edges = [edge for line in lines for edge in (line.y, line.low, line.high) if edge is not None]
    values = np.concatenate(edges)
    values = values[np.isfinite(values)]
    return float(values.min()), float(values.max())


def _ticks(low: float, high: float, count: int = 5) -> Float[np.ndarray, " tick"]:
    """Return about `count` round numbers at equal distances, the first not above `low`, the last not below `high`."""
    spread = high - low or abs(high) or 1.0
    unit = 10.0 ** math.floor(math.log10(spread / count))
    step = unit * next(factor for factor in (1, 2, 5, 10) if spread / count <= factor * unit * (1 + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return step * np.arange(first, max(last, first + 1) + 1)


def _apart(heights: Sequence[float]) -> list[float]:
    """Return the heights of labels, moved so that none covers another and none is below the plotting area."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    places = list(heights)
    for above, below in pairwise(order):
        places[below] = max(places[below], places[above] + PITCH)
    lowest = HEIGHT - BOTTOM
    for index in reversed(order):
        places[index] = min(places[index], lowest)
        lowest = places[index] - PITCH
    return places


def _grid_line(tick: float, y: float, right: float) -> str:
    text = _text(_short(tick), LEFT - 6, y + TEXT / 3, "tick end")
    return f'<path class="grid" d="M{LEFT:g} {y:.1f}H{right:.1f}"/>{text}'


def _step_label(at: float, x: float) -> str:
    return _text(_short(at), x, HEIGHT - 8, "tick middle" if at else "tick")


def _short(value: float) -> str:
    """Return a number with a suffix for thousands, millions or billions, such as "1.5 M"."""
    for size, suffix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:.3g}"


def _cut(text: str, longest: int = LONGEST) -> str:
    """Return a text without its middle if it is too long: names differ at their ends."""
    end = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[: longest - 1 - end]}…{text[-end:]}"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(text: str, x: float, y: float, kind: str, full: str | None = None) -> str:
    title = f"<title>{escape(full)}</title>" if full is not None and full != text else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}{title}</text>'


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    label = escape(title)
    return f'<svg class="chart" viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{label}">\n{body}\n</svg>'


def _figure(title: str, svg: str) -> Html:
    return Html(f'<figure class="plot"><figcaption>{escape(title)}</figcaption>\n{svg}\n</figure>')
