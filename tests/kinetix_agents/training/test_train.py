"""Training runs: files written, stopping by signals, resuming bit for bit, damaged checkpoints."""

import json
import resource
import shutil
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import Checkpoints, RunConfig, train
from kinetix_agents.training.config import read_config, write_config
from kinetix_agents.training.errors import RunError
from kinetix_agents.training.progress import Report
from kinetix_agents.training.stop import stop_on_signals
from kinetix_env.environments import KinetixS
from kinetix_env.errors import ConfigError
from kinetix_env.sources import ListCurriculum

pytestmark = pytest.mark.versions

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
    """The folder of a run of four updates, the trained parameters, and the progress reports."""
    folder, told = tmp_path_factory.mktemp("runs") / "whole", []
    state = train(CONFIG, folder, progress=told.append)
    return folder, params_of(state), told


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same run, stopped on its way, with two checkpoints."""
    folder = tmp_path_factory.mktemp("runs") / "stopped"
    often = replace(CONFIG, checkpoint_minutes=1e-9)

    def stop(report: Report) -> None:
        if report.steps == 64:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as caught:
        train(often, folder, progress=stop)
    assert caught.value.code == 128 + signal.SIGTERM
    write_config(folder / "config.json", CONFIG)
    return folder


def steps_in(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_a_run_writes_its_metrics_configuration_and_agent(run: Any) -> None:
    folder, params, told = run
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert steps_in(folder) == [32, 64, 96, 128]
    assert read_config(folder / "config.json").ppo.groups == len(jax.devices())  # which makes the numbers what they are
    assert {"solve_rate", "policy_loss", "entropy", "seconds", "steps_per_second"} <= set(rows[0])
    assert rows[0]["learning_rate"] == pytest.approx(CONFIG.ppo.learning_rate)
    assert rows[3]["learning_rate"] == pytest.approx(CONFIG.ppo.learning_rate / 4)  # falls to 0 at the end
    assert len((folder / "metrics.csv").read_text().splitlines()) == 5
    assert [report.done for report in told] == [0.25, 0.5, 0.75, 1.0] and told[-1].steps == 128
    agent = load_agent(folder)
    assert agent.environment == KinetixS() and same(agent.params, params)
    env = agent.make_env()
    policy = agent.make_policy(env)
    assert jax.tree.structure(jax.eval_shape(policy.init, jax.random.key(0))) == jax.tree.structure(agent.params)


@pytest.mark.slow
def test_a_resumed_run_equals_an_uninterrupted_run(run: Any, tmp_path: Path) -> None:
    _, params, _ = run

    def stop(report: Report) -> None:
        if report.steps == 32:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, tmp_path / "run", progress=stop)
    assert 1 <= len(steps_in(tmp_path / "run")) < 4
    state = train(CONFIG, tmp_path / "run", resume=True)
    assert same(params_of(state), params)
    assert steps_in(tmp_path / "run") == [32, 64, 96, 128]


@pytest.mark.slow
def test_a_damaged_checkpoint_is_skipped(stopped: Path, run: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(stopped, copy)
    newest = max((path for path in (copy / "checkpoints").iterdir()), key=lambda path: int(path.name))
    for path in (newest / "params").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.warns(UserWarning, match=f"{newest.name} cannot be read"):
        state = train(CONFIG, copy, resume=True)
    assert same(params_of(state), run[1])  # the updates since then were done again
    assert same(load_agent(copy).params, run[1]) and steps_in(copy) == [32, 64, 96, 128]


@pytest.mark.slow
def test_a_run_killed_before_its_first_checkpoint_starts_again(run: Any, stopped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    shutil.rmtree(folder / "checkpoints")
    (folder / "checkpoints" / "1.orbax-checkpoint-tmp").mkdir(parents=True)  # it was killed while it wrote
    assert same(params_of(train(CONFIG, folder, resume=True)), run[1])
    assert steps_in(folder) == [32, 64, 96, 128]
    assert not list((folder / "checkpoints").glob("*tmp*"))


@pytest.mark.slow
def test_a_full_disk_ends_a_run_in_one_line(stopped: Path, run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    done, size = len(steps_in(folder)), max((folder / f"metrics.{kind}").stat().st_size for kind in ("jsonl", "csv"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1, before[1]))  # as if there were no room for another line
    try:
        with pytest.raises(
            RunError, match=f"of update {done + 1} cannot be written .File too large.*checkpoint of.*{done} "
        ):
            train(CONFIG, folder, resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert same(params_of(train(CONFIG, folder, resume=True)), run[1])
    assert steps_in(folder) == [32, 64, 96, 128]


@pytest.mark.slow
def test_a_folder_that_holds_a_run_is_not_overwritten(run: Any, tmp_path: Path) -> None:
    folder, _, _ = run
    with pytest.raises(ConfigError, match="holds a run already"):
        train(CONFIG, folder)
    with pytest.raises(ConfigError, match="another run than the one to resume"):
        train(RunConfig(seed=9, ppo=CONFIG.ppo, curriculum=CONFIG.curriculum), folder, resume=True)
    with pytest.raises(ConfigError, match="cannot be read"):
        train(CONFIG, tmp_path / "none", resume=True)


def test_folders_without_a_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not the folder of a run: there is no config\.json"):
        load_agent(tmp_path)
    with pytest.raises(ConfigError, match="there are no checkpoints here"):
        Checkpoints(tmp_path / "checkpoints", read_only=True)


def test_the_first_signal_requests_a_stop_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        assert not stop.wanted
        signal.raise_signal(signal.SIGTERM)
        assert stop.wanted == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):  # a second signal ends the process at once
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(SystemExit) as caught:
        stop.end()
    assert caught.value.code == 128 + signal.SIGTERM


def test_signal_handlers_are_installed_in_the_main_thread_only() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def look() -> None:
        with stop_on_signals():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]
