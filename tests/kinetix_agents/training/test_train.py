"""A run can be stopped and gone on with, evaluated and looked at, and loses nothing to a damaged file."""

import json
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import Checkpoints, RunConfig, train
from kinetix_agents.training.progress import Report
from kinetix_agents.training.stop import stop_on_signals
from kinetix_env.curricula import ListCurriculum
from kinetix_env.errors import ConfigError

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("suite:s",)),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
    steps=4 * 32,
)


def params_of(state: Any) -> Any:
    return jax.tree.map(np.asarray, state.params)


def same(first: Any, second: Any) -> bool:
    return all(jax.tree.leaves(jax.tree.map(lambda a, b: bool((a == b).all()), first, second)))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, list[Report]]:
    """The folder of a run of four updates, what it learnt, and what was told on the way."""
    folder, told = tmp_path_factory.mktemp("runs") / "whole", []
    state = train(CONFIG, folder, progress=told.append)
    return folder, params_of(state), told


@pytest.mark.slow
def test_a_run_leaves_all_there_is_to_know(run: Any) -> None:
    folder, params, told = run
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [32, 64, 96, 128]
    assert {"solve_rate", "policy_loss", "entropy", "seconds", "steps_per_second"} <= set(rows[0])
    assert rows[0]["learning_rate"] == pytest.approx(CONFIG.ppo.learning_rate)
    assert rows[3]["learning_rate"] == pytest.approx(CONFIG.ppo.learning_rate / 4)  # falls to 0 at the end
    assert len((folder / "metrics.csv").read_text().splitlines()) == 5
    assert [report.done for report in told] == [0.25, 0.5, 0.75, 1.0] and told[-1].steps == 128
    agent = load_agent(folder)
    assert agent.environment == "kinetix-s" and same(agent.params, params)
    env = agent.make_env()
    policy = agent.make_policy(env)
    assert jax.tree.structure(jax.eval_shape(policy.init, jax.random.key(0))) == jax.tree.structure(agent.params)


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_as_if_nothing_had_happened(run: Any, tmp_path: Path) -> None:
    _, params, _ = run

    def stop(report: Report) -> None:
        if report.steps == 32:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, tmp_path / "run", progress=stop)
    done = len((tmp_path / "run" / "metrics.jsonl").read_text().splitlines())
    assert 1 <= done < 4
    state = train(CONFIG, tmp_path / "run", resume=True)
    assert same(params_of(state), params)
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [32, 64, 96, 128]


@pytest.mark.slow
def test_a_damaged_checkpoint_is_passed_over(run: Any, tmp_path: Path) -> None:
    folder, params, _ = run
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    newest = copy / "checkpoints" / "4"
    shutil.copytree(newest, copy / "checkpoints" / "5")
    for path in (copy / "checkpoints" / "5" / "params").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.warns(UserWarning, match="5 cannot be read"):
        agent = load_agent(copy)
    assert same(agent.params, params)


@pytest.mark.slow
def test_a_folder_that_holds_a_run_is_not_overwritten(run: Any, tmp_path: Path) -> None:
    folder, _, _ = run
    with pytest.raises(ConfigError, match="holds a run already"):
        train(CONFIG, folder)
    with pytest.raises(ConfigError, match="another run than the one to resume"):
        train(RunConfig(seed=9, ppo=CONFIG.ppo, curriculum=CONFIG.curriculum), folder, resume=True)
    with pytest.raises(ConfigError, match="cannot be read"):
        train(CONFIG, tmp_path / "none", resume=True)


def test_folders_without_a_run_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is no folder of a run, for there is no config\.json"):
        load_agent(tmp_path)
    with pytest.raises(ConfigError, match="there are no checkpoints here"):
        Checkpoints(tmp_path / "checkpoints", read_only=True)


def test_signals_are_noted_and_then_done_as_asked() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        assert not stop.wanted
        signal.raise_signal(signal.SIGTERM)
        assert stop.wanted == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):  # whoever asks twice does not want to wait
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(SystemExit) as caught:
        stop.end()
    assert caught.value.code == 128 + signal.SIGTERM


def test_other_threads_leave_signals_alone() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def look() -> None:
        with stop_on_signals():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]
