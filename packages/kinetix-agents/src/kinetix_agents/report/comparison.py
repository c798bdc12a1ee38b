"""The report of several runs: differing settings, mean learning curves, final metrics with confidence intervals."""

import math
from collections.abc import Sequence
from pathlib import Path

from kinetix_env.errors import ConfigError
from kinetix_env.files import write_atomically

from ..evaluation.significance import Rate
from .charts import Bar, bar_chart
from .curves import CHOSEN, curves_over_seeds, is_evaluation, label_of, mean_curve
from .folder import open_run
from .groups import FINAL, Group, group_runs
from .intervals import Interval
from .iqm import iqm_rate
from .page import Html, folded, grid, join, note, page, section, table
from .settings import settings_that_differ
from .target import check_target

__all__ = ["COMPARISON", "write_comparison"]

COMPARISON = "comparison.html"  # beside the first run's folder
CURVES = {"solve_rate": "success rate in training", "episode_return": "return in training"}
RATE = "steps_per_second"


def write_comparison(folders: Sequence[Path], path: Path | None = None) -> Path:
    """Write a comparison of runs, to comparison.html next to the first one by default, and return its path.

    Runs that differ only in the seed form one group. Nothing is evaluated: success rates come from the runs' eval.csv.
    Raises `ConfigError` if the runs cannot be compared.
    """
    if len(folders) < 2:
        raise ConfigError(f"A comparison needs at least two runs, got {len(folders)}.")
    resolved = [folder.resolve() for folder in folders]
    for index, folder in enumerate(folders):
        if resolved[index] in resolved[:index]:
            raise ConfigError(f"{folder}: is given twice.")
    groups = group_runs([open_run(folder) for folder in folders])
    target = check_target(folders[0].parent / COMPARISON if path is None else path)
    parts = [
        section("What differs", *_differences(groups), _overview(groups)),
        *_solved(groups),
        section("Learning curves", *_curves(groups)),
        section("Final metrics", _figures(groups), *_notes(groups)),
    ]
    write_atomically(target, page(f"{len(folders)} runs", *parts))
    return target


def _overview(groups: Sequence[Group]) -> Html:
    """Return the size of each group, and the folders of its runs folded."""
    rows = [
        [
            group.label,
            len(group.runs),
            ", ".join(map(str, group.seeds)),
            ", ".join(dict.fromkeys(f"{run.steps:,}" for run in group.runs)),
        ]
        for group in groups
    ]
    folders = [[group.label, run.path] for group in groups for run in group.runs]
    return join(
        table(["group", "runs", "seeds", "environment steps"], rows),
        folded("Folders", table(["group", "folder"], folders)),
    )


def _differences(groups: Sequence[Group]) -> list[Html]:
    if len(groups) == 1:
        return [note("The runs differ only in the seed.")]
    differing = settings_that_differ([group.runs[0].config for group in groups])
    return [table(["setting", *(group.label for group in groups)], [[name, *row] for name, row in differing.items()])]


def _solved(groups: Sequence[Group]) -> list[Html]:
    """Return a section with the interquartile mean of each set that some group was evaluated on."""
    rates = _iqms(groups)
    sets = dict.fromkeys(name for found in rates.values() for name in found)
    if not sets:
        return []
    bars = [
        (name, [_bar(index, group.label, rates[group.label][name]) for index, group in enumerate(groups)
                if name in rates[group.label]])
        for name in sets
    ]  # fmt: skip
    text = (
        "Interquartile mean of the success rates of all seeds and levels, with a 95 % bootstrap interval over seeds, "
        "stratified by level (Agarwal et al. 2021, arXiv:2108.13264). A single seed has no interval."
    )
    return [section("What they solve", bar_chart("interquartile mean of the success rates", bars), note(text))]


def _bar(index: int, label: str, rate: Rate) -> Bar:
    return Bar(label=label, rate=rate, colour=index)


def _iqms(groups: Sequence[Group]) -> dict[str, dict[str, Rate]]:
    return {group.label: {name: iqm_rate(scores) for name, scores in group.scores().items()} for group in groups}


def _curves(groups: Sequence[Group]) -> list[Html]:
    """Return the curves of evaluations during training, if there were any, and then those of training."""
    rows = [row for group in groups for row in group.runs[0].metrics]
    evaluated = {name: f"success rate on {label_of(name)}" for row in rows for name in row if is_evaluation(name)}
    charts = []
    for column, title in {**evaluated, **CURVES}.items():
        curves = {group.label: mean_curve([run.metrics for run in group.runs], column) for group in groups}
        there = {label: curve for label, curve in curves.items() if curve is not None}
        if there:
            charts.append(curves_over_seeds(there, title, fraction=column != "episode_return"))
    notes = [note(f"Means over seeds with 95 % intervals, up to the shortest run of each group. {CHOSEN}")]
    return [grid(*charts), *notes]


def _figures(groups: Sequence[Group]) -> Html:
    solved, iqms = {group.label: group.solved() for group in groups}, _iqms(groups)
    sets = list(dict.fromkeys(name for found in solved.values() for name in found))
    header = ["group", "seeds", *CURVES.values(), "steps per second", *_headers(sets)]
    rows = [
        [
            group.label,
            len(group.runs),
            *(_shown(group.final(column)) for column in CURVES),
            _shown(group.final(RATE), whole=True),
            *(
                cell
                for name in sets
                for cell in (_shown_rate(iqms[group.label].get(name)), _shown(solved[group.label].get(name)))
            ),
        ]
        for group in groups
    ]
    return table(header, rows)


def _headers(sets: Sequence[str]) -> list[str]:
    return [header for name in sets for header in (f"interquartile mean of {name}", f"solved of {name}")]


def _notes(groups: Sequence[Group]) -> list[Html]:
    notes = [
        note(
            f"Training metrics are means over the last {100 // FINAL} % of the updates; success rates on levels come "
            "from each run's eval.csv. ± is half the width of the 95 % confidence interval over seeds (Student's t), "
            "which a single seed does not have."
        )
    ]
    outdated = [str(run.path) for group in groups for run in group.runs if run.outdated]
    if outdated:
        notes.append(note(f"Trained further after their eval.csv was written: {', '.join(outdated)}."))
    return notes


def _shown(interval: Interval | None, *, whole: bool = False) -> str:
    if interval is None:
        return ""
    return f"{interval.mean:,.0f}" if whole else str(interval)


def _shown_rate(rate: Rate | None) -> str:
    """Return a rate with its interval, if it has one."""
    if rate is None:
        return ""
    interval = "" if math.isnan(rate.low) else f" ({rate.low:.3f} to {rate.high:.3f})"
    return f"{rate.mean:.3f}{interval}"
