"""Learning curves as charts in a page: of one run, and means over seeds with confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from ..plots import STEP, columns_by_panel
from .charts import Line, line_chart
from .intervals import t_quantile
from .page import Html, folded, grid, note

__all__ = ["CHOSEN", "Curve", "curves_of_a_run", "curves_over_seeds", "is_evaluation", "label_of", "mean_curve"]

# the caveat below learning curves
CHOSEN = (
    "Success rate and return in training are over the levels that the curriculum chose. A curriculum that adapts the "
    "difficulty of its levels keeps both about constant while the agent improves: use fixed levels to measure progress."
)
RATES = "success rate"  # the panel of success rates
POINTS = 50  # maximum number of points of a mean curve


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A metric's mean over seeds during training and its 95 % confidence interval, which is nan with a single seed."""

    steps: Float[np.ndarray, " point"]  # environment steps
    mean: Float[np.ndarray, " point"]
    reach: Float[np.ndarray, " point"]  # half-width of the interval


def curves_of_a_run(rows: Sequence[Mapping[str, Any]], *, adaptive: bool) -> list[Html]:
    """Return the curves of one run: what shows progress first, the other metrics folded.

    Progress is the success rate on evaluation levels, if it was measured during training, and the success rate in
    training, unless the curriculum is `adaptive`: then the latter is folded too.
    """
    panels = columns_by_panel(rows)
    rates = panels.pop(RATES, [])
    evaluated = [name for name in rates if is_evaluation(name)]
    trained = [name for name in rates if name not in evaluated]
    first: list[Html] = []
    rest: list[Html] = []
    if evaluated:
        first.append(_chart("success rate on evaluation levels", rows, evaluated, fraction=True))
    chosen = "success rate on the levels that the curriculum chose" if adaptive else "success rate on training levels"
    if trained:
        (rest if adaptive else first).append(_chart(chosen, rows, trained, fraction=True))
    for title, names in panels.items():
        beside = not adaptive and title == "return"
        (first if beside else rest).append(_chart(title, rows, names))
    if adaptive:
        rest.append(note(CHOSEN))
    parts = [grid(*first)] if first else []
    if not first:
        parts.append(note("No success rate on fixed levels was measured during training."))
    return [*parts, folded("All training metrics", grid(*rest))] if rest else parts


def curves_over_seeds(curves: Mapping[str, Curve], title: str, *, fraction: bool = False) -> Html:
    """Return a chart of a metric's mean over seeds, one line per group; `fraction` if it lies in [0, 1]."""
    lines = [
        Line(label=name, x=curve.steps, y=curve.mean, low=curve.mean - curve.reach, high=curve.mean + curve.reach)
        for name, curve in curves.items()
    ]
    return line_chart(title, lines, fraction=fraction)


def is_evaluation(column: str) -> bool:
    """Return whether a column of the metrics is a success rate on evaluation levels."""
    return column.startswith("eval") and ("solve" in column or "success" in column)


def _chart(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, fraction: bool = False) -> Html:
    found = [(name, mean_curve([rows], name)) for name in columns]
    lines = [Line(label=label_of(name), x=curve.steps, y=curve.mean) for name, curve in found if curve is not None]
    return line_chart(title, lines, fraction=fraction)


def label_of(column: str) -> str:
    """Return a metric's name in a legend: that of the set of levels for `eval/SET/solve_rate`."""
    return column.split("/", 1)[1].rpartition("/")[0] if is_evaluation(column) and column.count("/") > 1 else column


def mean_curve(runs: Sequence[Sequence[Mapping[str, Any]]], column: str) -> Curve | None:
    """Return the mean of a metric over runs, up to the end of the shortest; None if a run lacks the metric.

    The steps are divided into at most 50 equal bins; a run's value in a bin is the mean of its rows there.
    """
    kept = [[(row[STEP], row[column]) for row in rows if row.get(column) is not None] for rows in runs]
    if not all(kept):
        return None
    last = min(rows[-1][0] for rows in kept)
    kept = [[row for row in rows if row[0] <= last] for rows in kept]
    count = min(POINTS, *(len(rows) for rows in kept))
    values = np.full((len(kept), count), np.nan)
    for run, rows in enumerate(kept):
        pieces = np.array([-(-step * count // last) - 1 for step, _ in rows])
        for piece in np.unique(pieces):
            values[run, piece] = np.mean([value for at, (_, value) in zip(pieces, rows, strict=True) if at == piece])
    there = ~np.isnan(values).any(axis=0)
    steps, values = (np.arange(count) + 1)[there] * last / count, values[:, there]
    seeds = len(values)
    reach = np.full(values.shape[1], np.nan)
    if seeds > 1:
        reach = t_quantile(seeds - 1) * values.std(axis=0, ddof=1) / np.sqrt(seeds)
    return Curve(steps=steps, mean=values.mean(axis=0), reach=reach)
