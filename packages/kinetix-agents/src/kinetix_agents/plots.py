"""Plots of a run: learning curves and success rates. They need matplotlib, the extra `plot`.

The colours are those of Okabe and Ito, which colour-blind readers can distinguish. pyplot, with its global state and
its need of a display, is not used."""

import math
import warnings
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Shaped

from kinetix_env.errors import ConfigError, KinetixWarning
from kinetix_env.files import write_atomically

from .evaluation.results import Evaluation
from .metrics.reading import STEP, Faults, read_json_lines, read_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "STEP", "columns_by_panel", "learning_curves", "read_metrics", "solve_rates"]

# panels by title: a panel shows the columns whose names contain one of its words
PANELS = {
    "success rate": ("solve", "success"),
    "return": ("return",),
    "entropy": ("entropy",),
    "losses": ("loss",),
    "steps per second": ("steps_per_second",),
}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # after Okabe and Ito
PANEL_SIZE = (4.2, 3.0)  # inches
DPI = 120
FEW, MANY = 20, 200  # number of points below which a line has markers, and from which it is smoothed


def read_metrics(path: str | Path) -> list[dict[str, Any]]:
    """Read the rows of a run's metrics.jsonl, or of its metrics.csv, in the order of their steps.

    Warns if the file is damaged or was saved by another program, and returns what can be read. A truncated last line,
    left by a killed run, is ignored.
    """
    path, faults = Path(path), Faults()
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file of metrics.")
    if path.suffix.lower() == ".csv":
        columns, table = read_table(path, faults)
        rows = [{name: _finite(cell) for name, cell in zip(columns, cells, strict=True)} for cells in table]
    else:
        rows = read_json_lines(path, faults)
    if faults:
        message = f"{path}: is not as it was written ({faults}); what can be read is used."
        warnings.warn(message, KinetixWarning, stacklevel=2)
    return sorted(rows, key=lambda row: row[STEP] or 0)


def _finite(cell: str) -> int | float | None:
    """The number in a field of a table; None if it is empty or not finite."""
    if cell.isdigit():
        return int(cell)
    return float(cell) if cell and math.isfinite(float(cell)) else None


def learning_curves(rows: Sequence[Mapping[str, Any]], path: str | Path) -> Path:
    """Plot success rate, return, entropy, losses and speed against environment steps, as a PNG.

    `rows` are those of `read_metrics`: each has a `step` and numbers, or None where one is missing. Columns are
    selected by words in their names, so that the success rates of a curriculum are shown too.
    """
    shown = columns_by_panel(rows)
    if not shown:
        known = sorted({name for row in rows for name in row})
        raise ConfigError(
            f"learning_curves plots columns whose names contain one of {', '.join(sum(PANELS.values(), ()))}, "
            f"in rows with a {STEP!r}; got {len(rows)} rows with {', '.join(known) or 'nothing'}."
        )
    columns = min(len(shown), 3)
    lines = -(-len(shown) // columns)
    figure = _figure(PANEL_SIZE[0] * columns, PANEL_SIZE[1] * lines)
    for index, (title, names) in enumerate(shown.items()):
        axes = figure.add_subplot(lines, columns, index + 1)
        axes.set_prop_cycle(color=COLOURS)
        for name in names:
            there = [row for row in rows if STEP in row and _is_number(row.get(name))]
            steps, values = (np.array([row[column] for row in there]) for column in (STEP, name))
            _draw_line(axes, steps, values, name)
        axes.set_title(title)
        axes.set_xlabel("environment steps")
        axes.grid(alpha=0.3)
        if title == "success rate":
            axes.set_ylim(-0.02, 1.02)
        elif title == "steps per second":
            axes.set_ylim(bottom=0)
        axes.legend(fontsize="small")
    return _save(figure, path)


def columns_by_panel(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the columns that learning curves show, by the title of their panel; empty panels are left out."""
    panels = {title: _columns(rows, words) for title, words in PANELS.items()}
    return {title: names for title, names in panels.items() if names}


def solve_rates(evaluations: Mapping[str, Mapping[str, Evaluation]], path: str | Path) -> Path:
    """Plot mean success rates as bars with standard errors, as a PNG.

    `evaluations[set][agent]` is such as `{"suite:s": {"random play": ..., "before": ..., "after": ...}}`; a set may
    lack an agent.
    """
    agents = list(dict.fromkeys(agent for found in evaluations.values() for agent in found))
    if not agents:
        raise ConfigError("solve_rates needs at least one set of levels with at least one evaluation, got none.")
    width = 0.8 / len(agents)
    figure = _figure(max(PANEL_SIZE[0], 1.5 + 0.5 * len(agents) * len(evaluations)), PANEL_SIZE[1])
    axes = figure.add_subplot()
    axes.set_prop_cycle(color=COLOURS)
    for index, agent in enumerate(agents):
        there = [(place, found[agent].solve_rate) for place, found in enumerate(evaluations.values()) if agent in found]
        axes.bar(
            [place + (index - (len(agents) - 1) / 2) * width for place, _ in there],
            [rate.mean for _, rate in there],
            width,
            yerr=[0.0 if math.isnan(rate.error) else rate.error for _, rate in there],
            capsize=3,
            label=agent,
        )
    axes.set_xticks(range(len(evaluations)), list(evaluations))
    axes.set_ylim(0, 1)
    axes.set_ylabel("success rate")
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.legend(fontsize="small")
    return _save(figure, path)


def _draw_line(axes: Any, steps: Shaped[np.ndarray, " row"], values: Shaped[np.ndarray, " row"], label: str) -> None:
    """Draw a line; one with many points is drawn faintly, with its moving average over 2 % of them on top."""
    if len(steps) < MANY:
        axes.plot(steps, values, label=label, linewidth=1.2, marker="." if len(steps) < FEW else "")
        return
    window = len(steps) // 50
    mean = np.convolve(values, np.full(window, 1 / window), mode="valid")
    (faint,) = axes.plot(steps, values, linewidth=0.6, alpha=0.25)
    axes.plot(steps[window - 1 :], mean, label=label, linewidth=1.5, color=faint.get_color())


def _columns(rows: Sequence[Mapping[str, Any]], words: tuple[str, ...]) -> list[str]:
    """Return the columns whose names contain one of the words and that have a number, in order of appearance."""
    named = dict.fromkeys(
        name
        for row in rows
        if STEP in row
        for name, value in row.items()
        if _is_number(value) and any(word in name for word in words)
    )
    return list(named)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _figure(width: float, height: float) -> "Figure":
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ConfigError(
            "Plots need matplotlib: pip install matplotlib (the extra 'plot' of kinetix-agents)."
        ) from None
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: "Figure", path: str | Path) -> Path:
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ConfigError(f"The name of a plot must end in .png, got {str(path)!r}.")
    if not path.parent.is_dir():
        raise ConfigError(f"The folder {str(path.parent)!r} of a plot does not exist.")
    content = BytesIO()
    figure.savefig(content, format="png", dpi=DPI)
    write_atomically(path, content.getvalue())
    return path
