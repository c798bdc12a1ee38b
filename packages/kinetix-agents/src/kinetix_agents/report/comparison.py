"""The report of several runs: differing settings, mean learning curves, final metrics with confidence intervals."""

from collections.abc import Sequence
from pathlib import Path

from kinetix_env.errors import ConfigError
from kinetix_env.files import write_atomically

from .curves import CHOSEN, curves_over_seeds, mean_curve
from .folder import open_run
from .groups import FINAL, Group, group_runs
from .intervals import Interval
from .page import Html, note, page, section, table
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
        section("Runs", _overview(groups), *_differences(groups)),
        section("Learning curves", *_curves(groups), note(f"Up to the shortest run of each group. {CHOSEN}")),
        section("Final metrics", _figures(groups), *_notes(groups)),
    ]
    write_atomically(target, page(f"{len(folders)} runs", *parts))
    return target


def _overview(groups: Sequence[Group]) -> Html:
    rows = [
        [
            group.label,
            len(group.runs),
            ", ".join(map(str, group.seeds)),
            ", ".join(f"{run.steps:,}" for run in group.runs),
            ", ".join(str(run.path) for run in group.runs),
        ]
        for group in groups
    ]
    return table(["group", "runs", "seeds", "environment steps", "folders"], rows)


def _differences(groups: Sequence[Group]) -> list[Html]:
    if len(groups) == 1:
        return [note("The runs differ only in the seed.")]
    differing = settings_that_differ([group.runs[0].config for group in groups])
    return [table(["setting", *(group.label for group in groups)], [[name, *row] for name, row in differing.items()])]


def _curves(groups: Sequence[Group]) -> list[Html]:
    pictures = []
    for column, title in CURVES.items():
        curves = {group.label: mean_curve([run.metrics for run in group.runs], column) for group in groups}
        there = {label: curve for label, curve in curves.items() if curve is not None}
        if there:
            pictures.append(curves_over_seeds(there, title, fraction=column == "solve_rate"))
    return pictures


def _figures(groups: Sequence[Group]) -> Html:
    solved = {group.label: group.solved() for group in groups}
    sets = list(dict.fromkeys(name for found in solved.values() for name in found))
    header = ["group", "seeds", *CURVES.values(), "steps per second", *(f"solved of {name}" for name in sets)]
    rows = [
        [
            group.label,
            len(group.runs),
            *(_shown(group.final(column)) for column in CURVES),
            _shown(group.final(RATE), whole=True),
            *(_shown(solved[group.label].get(name)) for name in sets),
        ]
        for group in groups
    ]
    return table(header, rows)


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
