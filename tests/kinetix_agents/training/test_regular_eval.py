"""Evaluations during training: when they happen, what they are of, and that training does not notice them."""

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.evaluation import Evaluator, find_sets
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.report.curves import curves_of_a_run
from kinetix_agents.training import RunConfig, train
from kinetix_agents.training.config import read_config
from kinetix_agents.training.progress import Report
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.sources import ListCurriculum

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("suite:s/hover",)),
    policy=SetMLP(width=8, trunk=8),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
    steps=4 * 32,
)
SETS = ("suite:s/tray", "suite:s")
EVALUATED = replace(CONFIG, eval_every=50, eval_levels=SETS, eval_attempts=3)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """Return the metrics of a run's updates."""
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of four updates with evaluations, interrupted after the third and resumed."""
    folder = tmp_path_factory.mktemp("runs") / "run"

    def stop(report: Report) -> None:
        if report.steps == 64:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit):
        train(EVALUATED, folder, progress=stop)
    train(EVALUATED, folder, resume=True)
    return folder


def test_a_run_is_evaluated_when_its_steps_pass_a_multiple(run: Path) -> None:
    rows = rows_of(run)
    assert [row["step"] for row in rows] == [32, 64, 96, 128]
    for name in SETS:
        assert [f"eval/{name}/solve_rate" in row for row in rows] == [False, True, False, True]  # beyond 50 and 100
    assert read_config(run / "config.json").eval_levels == SETS
    assert json.loads((run / "config.json").read_text())["ppo"]["envs"] == 8


def test_an_evaluation_is_that_of_an_evaluator(run: Path) -> None:
    agent = load_agent(run)
    env = agent.make_env()
    evaluator = Evaluator(agent.make_policy(env), env)
    for levels in find_sets(SETS):
        found = evaluator.play(agent.params, levels.stacked(env.engine.capacity), jax.random.key(0), 3)
        assert rows_of(run)[-1][f"eval/{levels.name}/solve_rate"] == pytest.approx(found.solve_rate.mean)


def test_training_computes_the_same_without_evaluations(run: Path, tmp_path: Path) -> None:
    state = train(CONFIG, tmp_path / "run")
    jax.tree.map(np.testing.assert_array_equal, jax.device_get(state.params), load_agent(run).params)
    assert not any("eval" in name for row in rows_of(tmp_path / "run") for name in row)
    changed = replace(EVALUATED, steps=5 * 32, eval_every=32, eval_levels=SETS[:1])  # may differ in a resumed run
    train(replace(changed, ppo=replace(changed.ppo, anneal=True)), tmp_path / "run", resume=True)
    assert f"eval/{SETS[0]}/solve_rate" in rows_of(tmp_path / "run")[-1]


def test_a_report_shows_the_evaluations_first(run: Path) -> None:
    first, *_ = (str(part) for part in curves_of_a_run(rows_of(run), adaptive=True))
    assert "success rate on evaluation levels" in first and ">suite:s/tray<" in first
    assert "eval/" not in first


@pytest.mark.parametrize("wrong", [{"eval_every": 0}, {"eval_every": 1.5}, {"eval_levels": "x"}, {"eval_attempts": 0}])
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        replace(CONFIG, **wrong)


def test_levels_that_do_not_fit_are_refused_before_there_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(LevelError, match="does not fit"):
        train(replace(EVALUATED, eval_levels=("suite:l",)), tmp_path / "run")
    assert not (tmp_path / "run").exists()
