"""The report of one run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kinetix_env.errors import KinetixError
from kinetix_env.levels import NamedLevel

from ..evaluation import LevelSet, find_sets, write_csv
from .curves import CHOSEN, curves_of_a_run
from .exam import Exam, hand_made, usual_levels
from .folder import EVALUATION, RunFolder, open_run
from .page import Html, note, page, picture, section, table
from .scores import Score, of_the_run, read_scores
from .settings import flat_settings
from .solved import find_levels_of, set_tables
from .target import check_target

__all__ = ["REPORT", "write_report"]

REPORT = "report.html"  # in a run's folder
WIDTH = 325  # pixels, a clip of two levels


def write_report(
    folder: Path, path: Path | None = None, *, devices: Sequence[Any], attempts: int = 16, clips: int = 4, seed: int = 0
) -> Path:
    """Write the report of a run's folder, as report.html in it unless `path` says otherwise.

    The run's eval.csv tells how often levels are solved. If there is none, the agent plays the levels that it trained
    on, or the hand-made ones of its size, `attempts` times each before and after training, and eval.csv is written.
    `clips` hand-made levels are shown on film. Without a checkpoint there is neither. A `KinetixError` tells what
    cannot be reported.
    """
    run = open_run(folder)
    target = check_target(folder / REPORT if path is None else path)
    parts = [_overview(run), section("How it learnt", curves_of_a_run(run.metrics), note(CHOSEN))]
    scores = run.scores or _evaluate(run, devices, attempts, seed)
    sets = find_levels_of(scores)
    parts.append(section("What it solves", *_solved(run, scores, sets)))
    if run.has_agent and clips:
        parts.append(section("How it plays", *_clips(run, scores, sets, devices, clips, seed)))
    settings = list(flat_settings(run.config).items())
    parts.append(section("Configuration", table(["setting", "value"], settings)))
    target.write_text(page(f"Run {run.path}", *parts), encoding="utf-8")
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
        rows.append(("went on from", config.start_from))
    return table(["", ""], rows)


def _evaluate(run: RunFolder, devices: Sequence[Any], attempts: int, seed: int) -> list[Score]:
    """Let the agent play, and keep what came of it in the run's folder; nothing if there is no agent yet."""
    if not run.has_agent:
        return []
    sets = find_sets(usual_levels(run.config))
    write_csv(run.path / EVALUATION, Exam.of(run, sets, devices).play(sets, attempts, seed))
    return read_scores(run.path / EVALUATION)


def _solved(run: RunFolder, scores: Sequence[Score], sets: dict[str, LevelSet]) -> list[Html]:
    if not scores:
        return [note("There is no checkpoint yet, so that the agent cannot play.")]
    parts = [set_tables(scores, sets)]
    if run.outdated:
        parts.insert(0, note(f"The run went on after its {EVALUATION} was written: these are figures of then."))
    return parts


def _clips(
    run: RunFolder, scores: Sequence[Score], sets: dict[str, LevelSet], devices: Sequence[Any], clips: int, seed: int
) -> list[Html]:
    """Hand-made levels on film, before and after."""
    shown = [levels for levels in sets.values() if hand_made([levels])] or find_sets(usual_levels(run.config))
    try:
        exam = Exam.of(run, shown, devices)
    except KinetixError as error:  # the network cannot play them
        return [note(f"There are no clips: {error}")]
    chosen = _spread(hand_made(shown), of_the_run(scores), clips)
    told = (
        "One attempt at each, in real time: on the left before the first update, on the right after the last. "
        if len(exam.knows) > 1
        else "One attempt at each, in real time. What the run went on from is not there any more. "
    )
    told += "The border tells how it ended: green solved, red failed, grey out of time."
    films = [picture(film, "gif", caption, WIDTH) for caption, film in exam.films(chosen, seed)]
    return [note(told), *films]


def _spread(levels: Sequence[NamedLevel], scores: Sequence[Score], count: int) -> list[NamedLevel]:
    """Some levels, from the most often solved to the least, evenly: what goes well and what does not."""
    rates = {score.level: score.solve_rate for score in scores}
    ranked = sorted(levels, key=lambda named: -rates.get(named.name, 0.0))
    count = min(count, len(ranked))
    if count == 1:
        return ranked[:1]
    return [ranked[round(place * (len(ranked) - 1) / (count - 1))] for place in range(count)]
