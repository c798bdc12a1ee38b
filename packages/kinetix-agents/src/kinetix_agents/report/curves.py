"""Learning curves as pictures in a page: those of one run, and means over seeds with their intervals."""

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

# said under curves, which would be read wrongly otherwise
CHOSEN = (
    "Solve rate and return in training are over the levels that the curriculum chose. One that looks for levels of "
    "some difficulty keeps them where they are, however much is learnt: levels that stay the same tell that."
)
POINTS = 50  # of a mean curve, at most


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A mean over seeds as training goes on, and its 95 % interval, which is nan with a single seed."""

    steps: Float[np.ndarray, " point"]  # environment steps
    mean: Float[np.ndarray, " point"]
    reach: Float[np.ndarray, " point"]  # of the interval, to either side


def curves_of_a_run(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Solve rate, return, losses and speed of one run."""
    return _drawn(lambda path: learning_curves(rows, path), "Learning curves of the run")


def curves_over_seeds(curves: Mapping[str, Curve], title: str, *, share: bool = False) -> Html:
    """A number's mean over the seeds of some groups of runs; `share` if it lies from 0 to 1."""
    drawn = {name: (curve.steps, curve.mean, curve.reach) for name, curve in curves.items()}
    return _drawn(
        lambda path: mean_curves(drawn, title, path, share=share), f"{title}: mean over seeds and 95 % interval"
    )


def mean_curve(runs: Sequence[Sequence[Mapping[str, Any]]], column: str) -> Curve | None:
    """The mean of a column over the metrics of runs, as far as all of them have come; None if one has no number there.

    The way there is cut into pieces of equal length, at most 50, and a run's value in a piece is the mean of its rows.
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
    """A picture in the page, or a note why there is none: matplotlib is an extra, and metrics may lack its numbers."""
    with TemporaryDirectory() as folder:
        try:
            content = draw(Path(folder) / "drawn.png").read_bytes()
        except ConfigError as error:
            return note(f"There is no picture: {error}")
    return picture(content, "png", caption)
