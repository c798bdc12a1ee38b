"""Learning curves as images in a page: of one run, and means over seeds with confidence intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from jaxtyping import Float

from kinetix_env.errors import ConfigError

from ..plots import STEP, learning_curves, mean_curves
from .intervals import t_quantile
from .page import Html, note, picture

__all__ = ["CHOSEN", "Curve", "curves_of_a_run", "curves_over_seeds", "mean_curve"]

# the caveat below learning curves
CHOSEN = (
    "Success rate and return in training are over the levels that the curriculum chose. A curriculum that adapts the "
    "difficulty of its levels keeps both about constant while the agent improves: use fixed levels to measure progress."
)
POINTS = 50  # maximum number of points of a mean curve


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A metric's mean over seeds during training and its 95 % confidence interval, which is nan with a single seed."""

    steps: Float[np.ndarray, " point"]  # environment steps
    mean: Float[np.ndarray, " point"]
    reach: Float[np.ndarray, " point"]  # half-width of the interval


def curves_of_a_run(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Return an image of success rate, return, losses and speed of one run."""
    return _drawn(lambda path: learning_curves(rows, path), "Learning curves of the run")


def curves_over_seeds(curves: Mapping[str, Curve], title: str, *, fraction: bool = False) -> Html:
    """Return an image of a metric's mean over seeds, one line per group; `fraction` if it lies in [0, 1]."""
    drawn = {name: (curve.steps, curve.mean, curve.reach) for name, curve in curves.items()}
    return _drawn(
        lambda path: mean_curves(drawn, title, path, fraction=fraction),
        f"{title}: mean over seeds and 95 % confidence interval",
    )


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


def _drawn(draw: Callable[[Path], Path], caption: str) -> Html:
    """Return an image, or a note why there is none: matplotlib is an extra, and the metrics may lack the columns."""
    with TemporaryDirectory() as folder:
        try:
            content = draw(Path(folder) / "drawn.png").read_bytes()
        except ConfigError as error:
            return note(f"No plot: {error}")
    return picture(content, "png", caption)
