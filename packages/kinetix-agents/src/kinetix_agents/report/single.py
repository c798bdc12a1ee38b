"""The report of one run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kinetix_env.errors import ConfigError, KinetixError
from kinetix_env.files import check_writable, write_atomically
from kinetix_env.levels import NamedLevel
from kinetix_env.picture import legend
from kinetix_env.sources import ListCurriculum, RandomCurriculum

from ..evaluation import LevelSet, find_sets, write_csv
from ..training.folder import EVALUATION, REPORT, levels_of_run
from ..training.settings import flat_settings
from .about import about
from .curves import curves_of_a_run
from .evaluation import RunEval, default_levels, hand_made
from .folder import RunFolder, open_run
from .page import Html, clip, folded, grid, note, page, section, table
from .scores import Score, of_the_run, read_scores
from .settings import unusual_settings
from .solved import find_levels_of, set_tables
from .target import check_target
from .verdict import rates_chart, verdict

__all__ = ["REPORT", "write_report"]

WIDTH = 325  # px, displayed width of a clip that shows two levels


def write_report(
    folder: Path, path: Path | None = None, *, devices: Sequence[Any], attempts: int = 16, clips: int = 4, seed: int = 0
) -> Path:
    """Write the report of a run, to report.html in its folder by default, and return its path.

    Success rates come from the run's eval.csv. If there is none, random play and the agent before and after training
    play the levels it trained on, or the hand-made ones of its size, with `attempts` episodes per level, and eval.csv
    is written. `clips` is the number of hand-made levels shown as clips. Without a checkpoint there is no evaluation
    and there are no clips. Raises `KinetixError` if the run cannot be reported.
    """
    run = open_run(folder)
    target = check_target(folder / REPORT if path is None else path)
    with levels_of_run(folder):
        scores = run.scores or _evaluate(run, devices, attempts, seed)
        sets = find_levels_of(scores)
        shown = _clips(run, scores, sets, devices, clips, seed) if run.has_agent and clips else []
    parts = [verdict(run, scores)]
    if run.outdated:
        parts.append(note(f"The run trained further after its {EVALUATION} was written: these rates are outdated."))
    if scores:
        whiskers = "Whiskers are 95 % confidence intervals: over levels, or over attempts where there are few levels."
        parts.append(section("What it solves", rates_chart(scores), note(whiskers)))
    if shown:
        parts.append(section("How it plays", *shown))
    adaptive = not isinstance(run.config.curriculum, (ListCurriculum, RandomCurriculum))
    parts.append(section("How it learnt", *curves_of_a_run(run.metrics, adaptive=adaptive)))
    if scores:
        parts.append(section("Every level", set_tables(scores, sets)))
    parts += [section("Settings", *_settings(run)), section("The run", about(run, devices))]
    write_atomically(target, page(f"Run {run.path}", *parts))
    return target


def _settings(run: RunFolder) -> list[Html]:
    """Return what differs from the defaults, and all settings folded."""
    unusual, every = unusual_settings(run.config), list(flat_settings(run.config).items())
    shown = table(["differs", "value", "default"], unusual) if unusual else note("All settings are the defaults.")
    return [shown, folded("All settings", table(["setting", "value"], every))]


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
    found = run_eval.clips(chosen, seed)
    figures = [clip(one.film, one.level, one.episodes, WIDTH if len(one.episodes) > 1 else WIDTH // 2) for one in found]
    return [note(text), grid(*figures), Html(legend())]


def _spread(levels: Sequence[NamedLevel], scores: Sequence[Score], count: int) -> list[NamedLevel]:
    """Return `count` levels spread evenly over the ranking by success rate, from the highest to the lowest."""
    rates = {score.level: score.solve_rate for score in scores}
    ranked = sorted(levels, key=lambda named: -rates.get(named.name, 0.0))
    count = min(count, len(ranked))
    if count == 1:
        return ranked[:1]
    return [ranked[round(place * (len(ranked) - 1) / (count - 1))] for place in range(count)]
