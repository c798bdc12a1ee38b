"""Clips and plots as files that other programs can read."""

import json
import sys
from functools import cache

import jax
import numpy as np
import pytest
from PIL import Image

from kinetix_agents.evaluation import Evaluation, evaluate
from kinetix_agents.evaluation.clip import clip
from kinetix_agents.plots import learning_curves, read_metrics, solve_rates
from kinetix_agents.policies.baselines import NoOp, Uniform
from kinetix_env import empty_level
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.level import SIZES
from kinetix_env.levels import stack
from kinetix_env.picture.film import BORDER, BORDERS, HOLD
from kinetix_env.picture.style import FLAME
from tests.kinetix_agents.evaluation import arena

ROWS = [
    {"step": step, "solve_rate": step / 1000, "policy_loss": 0.1, "steps_per_second": None if step == 0 else 5000.0}
    for step in range(0, 1000, 100)
]


@cache
def policy():
    return NoOp().build(None, arena.env().action_space)


def test_a_clip_shows_every_moment_and_how_each_level_ended(tmp_path) -> None:
    """A step of 8/60 s is 2 2/3 frames of 1/20 s: 12 of them are the start and 32 frames."""
    levels = [arena.solved_at(2), arena.lost(), arena.endless()]
    path = clip(policy(), (), arena.env(), levels, jax.random.key(0), tmp_path / "a.gif", columns=2, size=60)
    pitch, hold = 60 + 3 * BORDER, 1000 * HOLD  # pixels, ms
    with Image.open(path) as picture:
        assert picture.size == (2 * pitch, 2 * pitch)
        durations = []
        for frame in range(picture.n_frames):
            picture.seek(frame)
            durations.append(picture.info["duration"])
        # Pillow shows a frame that is like the one before by holding that for longer
        assert sum(durations[:-1]) + durations[-1] == 32 * 50 + hold and durations[-1] >= hold
        last = picture.convert("RGB")
        colours = [last.getpixel((column * pitch + 2, row * pitch + 30)) for row, column in ((0, 0), (0, 1), (1, 0))]
        picture.seek(0)
        first = picture.convert("RGB").getpixel((2, 30))
    borders = [BORDERS[ending] for ending in ("solved", "failed", "timed out")]
    for seen, meant in zip([first, *colours], [(255, 255, 255), *borders], strict=True):
        assert np.abs(np.subtract(seen, meant)).max() < 5  # of the palette, the nearest


@pytest.mark.slow
def test_the_episodes_of_a_clip_are_the_first_attempts_of_an_evaluation(tmp_path) -> None:
    """The outcome of each episode is random, and the thruster is lit in one of the two."""
    levels, key = [arena.coin()] * 6, jax.random.key(3)
    random = Uniform().build(None, arena.env().action_space)
    solved = evaluate(random, (), arena.env(), stack(levels), key, attempts=2).solved[:, 0]
    assert 0 < solved.sum() < len(levels)
    path = clip(random, (), arena.env(), levels, key, tmp_path / "a.gif", columns=6, size=240)
    with Image.open(path) as picture:
        picture.seek(picture.n_frames - 1)
        last = np.asarray(picture.convert("RGB")).astype(int)
    panels = np.split(last, len(levels), axis=1)
    greens = [np.abs(panel[120, 4] - BORDERS["solved"]).max() < 5 for panel in panels]
    flames = [(np.abs(panel - FLAME).max(axis=-1) < 5).sum() > 10 for panel in panels]
    assert greens == flames == solved.tolist()


def test_a_clip_is_a_gif_of_levels_that_fit(tmp_path) -> None:
    def refused(error, match, levels=(), path=tmp_path / "a.gif", **settings):
        with pytest.raises(error, match=match):
            clip(policy(), (), arena.env(), list(levels), jax.random.key(0), path, **settings)

    refused(ConfigError, r"ends in \.gif, got", path=tmp_path / "a.png")
    refused(ConfigError, r"a folder that exists", path=tmp_path / "none" / "a.gif")
    refused(ConfigError, "columns must be an integer of at least 1, got 0", [arena.coin()], columns=0)
    refused(LevelError, "at least one level, got none")
    refused(LevelError, r"levels\[1\] of a clip must have 7 bodies", [arena.coin(), empty_level(SIZES["m"])])


def test_learning_curves_of_a_metrics_file(tmp_path) -> None:
    file = tmp_path / "metrics.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    with Image.open(learning_curves(read_metrics(file), tmp_path / "curves.png")) as picture:
        assert picture.width > 3 * picture.height  # three panels in a row
        colours = {colour for _, colour in picture.convert("RGB").getcolors(maxcolors=100_000)}
        assert (0x00, 0x72, 0xB2) in colours  # the first line's
    with Image.open(learning_curves(ROWS[:1], tmp_path / "one.png")) as picture:
        assert picture.width < 3 * picture.height  # no speed yet


def test_missing_or_empty_metrics_are_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="no such file of metrics"):
        read_metrics(tmp_path / "none.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"step": 0}\n{"step"\n')
    with pytest.warns(UserWarning, match=r"bad\.jsonl: is not as it was written .*line 2 is not a JSON object"):
        assert read_metrics(tmp_path / "bad.jsonl") == [{"step": 0}]  # what can be read
    for rows, told in (([], "0 rows with nothing"), ([{"step": 1, "speed": 2}], "1 rows with speed, step")):
        with pytest.raises(ConfigError, match=told):
            learning_curves(rows, tmp_path / "a.png")
    for path, told in ((tmp_path / "a.svg", r"end in \.png"), (tmp_path / "no" / "a.png", "does not exist")):
        with pytest.raises(ConfigError, match=told):
            learning_curves(ROWS, path)


def test_success_rates_are_bars_with_error_bars(tmp_path) -> None:
    rng = np.random.default_rng(0)

    def found(rate):
        solved = rng.random((20, 4)) < rate
        return Evaluation(solved=solved, failed=~solved, length=np.ones((20, 4), np.int32), returns=np.ones((20, 4)))

    path = solve_rates(
        {"a": {"before": found(0.2), "after": found(0.9)}, "b": {"after": found(0.5)}}, tmp_path / "b.png"
    )
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    blue, orange = ((pixels == colour).all(-1) for colour in ((0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)))
    assert orange.sum() > 3 * blue.sum() > 0
    with pytest.raises(ConfigError, match="at least one evaluation, got none"):
        solve_rates({}, tmp_path / "b.png")


def test_plots_without_matplotlib_name_the_missing_extra(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ConfigError, match="need matplotlib: pip install matplotlib "):
        learning_curves(ROWS, tmp_path / "a.png")
