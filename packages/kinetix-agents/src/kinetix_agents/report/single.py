"""The report of one run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kinetix_env.errors import ConfigError, KinetixError
from kinetix_env.files import check_writable, write_atomically
from kinetix_env.levels import NamedLevel

from ..evaluation import LevelSet, find_sets, write_csv
from ..training.folder import EVALUATION, REPORT, levels_of_run
from ..training.settings import flat_settings
from .curves import CHOSEN, curves_of_a_run
from .evaluation import RunEval, default_levels, hand_made
from .folder import RunFolder, open_run
from .page import Html, note, page, picture, section, table
from .scores import Score, of_the_run, read_scores
from .solved import find_levels_of, set_tables
from .target import check_target

__all__ = ["REPORT", "write_report"]

WIDTH = 325  # px, displayed width of a clip that shows two levels


def write_report(
    folder: Path, path: Path | None = None, *, devices: Sequence[Any], attempts: int = 16, clips: int = 4, seed: int = 0
) -> Path:
    """Write the report of a run, to report.html in its folder by default, and return its path.

    Success rates come from the run's eval.csv. If there is none, the agent plays before and after training on the
    levels it trained on, or on the hand-made ones of its size, with `attempts` episodes per level, and eval.csv is
    written. `clips` is the number of hand-made levels shown as clips. Without a checkpoint there is no evaluation and
    there are no clips. Raises `KinetixError` if the run cannot be reported.
    """
    run = open_run(folder)
    target = check_target(folder / REPORT if path is None else path)
    parts = [_overview(run), section("Learning curves", curves_of_a_run(run.metrics), note(CHOSEN))]
    with levels_of_run(folder):
        scores = run.scores or _evaluate(run, devices, attempts, seed)
        sets = find_levels_of(scores)
        parts.append(section("Success rates", *_solved(run, scores, sets)))
        if run.has_agent and clips:
            parts.append(section("Clips", *_clips(run, scores, sets, devices, clips, seed)))
    settings = list(flat_settings(run.config).items())
    parts.append(section("Configuration", table(["setting", "value"], settings)))
    write_atomically(target, page(f"Run {run.path}", *parts))
    return target


def _overview(run: RunFolder) -> Html:
    config, seconds = run.config, run.metrics[-1].get("seconds")
    rows: list[Sequence[object]] = [
        ("environment", config.environment.name),
        ("curriculum", config.curriculum.name),
        ("policy", config.policy.name),
        ("seed", config.seed),
        ("environment steps", f"{run.steps:,}"),
        ("updates", f"{run.steps // config.ppo.batch:,}"),
    ]
    if seconds is not None:
        rows.append(("minutes of training", f"{seconds / 60:.1f}"))
    if config.start_from is not None:
        rows.append(("started from", config.start_from))
    return table(["", ""], rows)


def _evaluate(run: RunFolder, devices: Sequence[Any], attempts: int, seed: int) -> list[Score]:
    """Evaluate the agent and write eval.csv in the run's folder; return nothing if there is no checkpoint yet."""
    if not run.has_agent:
        return []
    try:
        check_writable(run.path / EVALUATION)
    except OSError as error:
        raise ConfigError(f"{run.path / EVALUATION}: cannot be written ({error.strerror}).") from None
    sets = find_sets(default_levels(run.config))
    write_csv(run.path / EVALUATION, RunEval.of(run, sets, devices).evaluate(sets, attempts, seed))
    return read_scores(run.path / EVALUATION)


def _solved(run: RunFolder, scores: Sequence[Score], sets: dict[str, LevelSet]) -> list[Html]:
    if not scores:
        return [note("There is no checkpoint yet, so the agent cannot be evaluated.")]
    parts = [set_tables(scores, sets)]
    if run.outdated:
        parts.insert(0, note(f"The run trained further after its {EVALUATION} was written: these rates are outdated."))
    return parts


def _clips(
    run: RunFolder, scores: Sequence[Score], sets: dict[str, LevelSet], devices: Sequence[Any], clips: int, seed: int
) -> list[Html]:
    """Return clips of hand-made levels, before and after training."""
    shown = [levels for levels in sets.values() if hand_made([levels])] or find_sets(default_levels(run.config))
    try:
        run_eval = RunEval.of(run, shown, devices)
    except KinetixError as error:  # the network cannot play them
        return [note(f"No clips: {error}")]
    chosen = _spread(hand_made(shown), of_the_run(scores), clips)
    text = (
        "One attempt per level, in real time: before the first update on the left, after the last on the right. "
        if len(run_eval.params) > 1
        else "One attempt per level, in real time. The agent that the run started from is no longer available. "
    )
    text += "The border shows how the attempt ended: green solved, red failed, grey out of time."
    pictures = [picture(clip, "gif", caption, WIDTH) for caption, clip in run_eval.clips(chosen, seed)]
    return [note(text), *pictures]


def _spread(levels: Sequence[NamedLevel], scores: Sequence[Score], count: int) -> list[NamedLevel]:
    """Return `count` levels spread evenly over the ranking by success rate, from the highest to the lowest."""
    rates = {score.level: score.solve_rate for score in scores}
    ranked = sorted(levels, key=lambda named: -rates.get(named.name, 0.0))
    count = min(count, len(ranked))
    if count == 1:
        return ranked[:1]
    return [ranked[round(place * (len(ranked) - 1) / (count - 1))] for place in range(count)]
