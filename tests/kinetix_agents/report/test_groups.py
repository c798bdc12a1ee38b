"""Runs of one configuration are one group, and its figures are means over its runs."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.report.curves import mean_curve
from kinetix_agents.report.folder import open_run
from kinetix_agents.report.groups import group_runs
from kinetix_agents.report.settings import flat_settings, settings_that_differ
from kinetix_agents.training.config import RunConfig
from kinetix_env.errors import ConfigError
from kinetix_env.sources import ListCurriculum
from tests.kinetix_agents.report.runs import BATCH, make_run

WIDE = SetMLP(width=64)


def test_settings_have_dotted_names() -> None:
    settings = flat_settings(RunConfig(seed=4, curriculum=ListCurriculum(levels=("a", "b")), ppo=PPOConfig(clip=0.3)))
    expected = {"curriculum": "list", "curriculum.levels": "a b", "ppo.clip": "0.3", "seed": "4", "minutes": "-"}
    assert expected.items() <= settings.items() and settings["environment"] == "kinetix-s"


def test_seeds_sinks_and_checkpoint_settings_do_not_distinguish_runs() -> None:
    differing = settings_that_differ([RunConfig(), RunConfig(seed=1, sinks=(), checkpoint_minutes=9.0, policy=WIDE)])
    assert differing == {"policy.width": [str(SetMLP().width), "64"]}
    named = settings_that_differ([RunConfig(), RunConfig(curriculum=ListCurriculum(levels=("a",)))])
    assert named == {"curriculum": ["random", "list"], "curriculum.levels": ["", "a"]}


def test_runs_are_grouped_by_all_but_the_seed(tmp_path: Path) -> None:
    configs = [RunConfig(seed=0), RunConfig(seed=0, policy=WIDE), RunConfig(seed=1, sinks=("csv",)), RunConfig(seed=7)]
    runs = [open_run(make_run(tmp_path / str(index), config)) for index, config in enumerate(configs)]
    first, second = group_runs(runs)
    assert (first.seeds, second.seeds) == ([0, 1, 7], [0])
    assert (first.label, second.label) == (f"A: policy.width {SetMLP().width}", "B: policy.width 64")
    (alone,) = group_runs([runs[0], runs[2]])
    assert alone.label == "all runs"


def test_two_runs_of_one_seed_are_refused(tmp_path: Path) -> None:
    runs = [open_run(make_run(tmp_path / name)) for name in ("a", "b")]
    with pytest.raises(ConfigError, match=r"a and .*b have the same configuration and the same seed, 0"):
        group_runs(runs)


def test_final_figures_are_means_of_the_last_tenth(tmp_path: Path) -> None:
    rates = [lambda step, up=up: up * step for up in (1e-4, 2e-4, 4e-4)]
    made = [
        make_run(
            tmp_path / str(seed),
            RunConfig(seed=seed),
            updates=40,
            solve_rate=rate,
            scores=[("before", "suite:s", "hover", 4, 0), ("after", "suite:s", "hover", 4, 1 + seed)],
        )
        for seed, rate in enumerate(rates)
    ]
    (group,) = group_runs([open_run(folder) for folder in made])
    ends = [np.mean([rate(BATCH * update) for update in (37, 38, 39, 40)]) for rate in rates]
    found = group.final("solve_rate")
    low, high = stats.t.interval(0.95, 2, np.mean(ends), stats.sem(ends))
    assert (found.mean, 2 * found.reach) == (pytest.approx(np.mean(ends)), pytest.approx(high - low))
    assert group.final("missing") is None
    (solved,) = group.solved().items()
    assert solved[0] == "suite:s" and solved[1].mean == pytest.approx(0.5) and solved[1].count == 3


def test_a_mean_curve_ends_with_the_shortest_run(tmp_path: Path) -> None:
    """100 updates in 50 pieces of two; the longer run's further updates do not count."""
    draw = np.random.default_rng(0)
    values = draw.random((3, 130))
    lengths = 130, 100, 110
    runs = [
        [{"step": BATCH * (1 + update), "x": values[run, update]} for update in range(lengths[run])] for run in range(3)
    ]
    curve = mean_curve(runs, "x")
    pieces = values[:, :100].reshape(3, 50, 2).mean(-1)
    np.testing.assert_allclose(curve.steps, BATCH * 2 * np.arange(1, 51))
    np.testing.assert_allclose(curve.mean, pieces.mean(0))
    low, high = stats.t.interval(0.95, 2, pieces.mean(0), stats.sem(pieces, axis=0))
    np.testing.assert_allclose(2 * curve.reach, high - low)
    assert np.isnan(mean_curve(runs[:1], "x").reach).all()


def test_a_mean_curve_omits_steps_missing_in_a_run() -> None:
    whole = [{"step": step, "x": float(step)} for step in range(1, 101)]
    holed = [row if row["step"] not in (11, 12) else row | {"x": None} for row in whole]
    curve = mean_curve([whole, holed], "x")
    np.testing.assert_allclose(curve.steps, [step for step in range(2, 101, 2) if step != 12])
    np.testing.assert_allclose(curve.mean, curve.steps - 0.5)
    assert mean_curve([whole, [{"step": 1, "x": None}]], "x") is None
