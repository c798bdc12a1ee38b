"""A dry run: its forecast of memory and time, its warning beyond free memory, and no files written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import pytest

from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig
from kinetix_agents.training.build import build_env
from kinetix_agents.training.dry_run import Forecast, forecast, free_memory
from kinetix_env.cli.main import main
from kinetix_env.sources import ListCurriculum

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("suite:s",)),
    policy=SetMLP(width=8, trunk=8),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
    steps=100 * 32,
)
FOUND = Forecast(
    parameters=12_345,
    devices=2,
    device_kind="cpu",
    state_bytes=1_000_000,
    update_bytes=3_000_000,
    free_bytes=4_000_000,
    environments=8,
    compile_seconds=1.5,
    steps_per_second=2_000.0,
    updates=100,
    seconds=7200.0,
)


@pytest.fixture(autouse=True)
def compile_quickly() -> Iterator[None]:
    jax.config.update("jax_disable_most_optimizations", True)  # type: ignore[no-untyped-call]
    yield
    jax.config.update("jax_disable_most_optimizations", False)  # type: ignore[no-untyped-call]


@pytest.mark.slow
def test_a_dry_run_prints_requirements_and_writes_no_files(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    args = ["--steps", "3200", "--ppo.envs", "8", "--ppo.steps", "4", "--ppo.minibatches", "2", "--ppo.epochs", "1"]
    parts = ["curriculum:list", "--curriculum.levels", "suite:s", "policy:set-mlp", "--policy.width", "8"]
    assert main(["train", "--dry-run", *args, *parts, "--policy.trunk", "8"]) == 0
    told = capsys.readouterr()
    params = jax.eval_shape(build_policy(CONFIG.policy, build_env(CONFIG)).init, jax.random.key(0))
    assert f"{sum(leaf.size for leaf in jax.tree.leaves(params)):,}" in told.out
    for words in ("devices", "compilation", " steps/s", "for 100 updates", "4 on each device"):
        assert words in told.out, told.out
    assert told.err == "" and list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_run_beyond_free_memory_is_not_executed() -> None:
    huge = forecast(replace(CONFIG, ppo=replace(CONFIG.ppo, steps=1_000_000_000)))
    assert not huge.fits and huge.steps_per_second is None and huge.seconds is None
    assert huge.update_bytes > 4e9 * 100  # of four environments on each device, at least 100 bytes per step
    assert "will not fit" in str(huge.warning())


def test_the_warning_appears_only_beyond_free_memory() -> None:
    assert FOUND.fits and FOUND.warning() is None
    assert replace(FOUND, free_bytes=None).fits
    tight = replace(FOUND, free_bytes=3_999_999)
    assert not tight.fits
    assert "it takes 4.0 MB on each device, and 4.0 MB are free" in str(tight.warning())


def test_the_forecast_is_printed_with_units() -> None:
    rows = dict(FOUND.rows())
    assert rows["parameters"] == "12,345" and rows["devices"] == "2 x cpu" and rows["compilation"] == "1.5 s"
    assert rows["memory"] == "4.0 MB on each device, 1.0 MB of it between updates; 4.0 MB are free"
    assert rows["for each environment"] == "500.0 kB, 8 on each device"
    assert rows["speed"] == "2,000 steps/s" and rows["time"] == "2.0 h for 100 updates"
    assert "time" not in dict(replace(FOUND, seconds=None).rows())


def test_free_host_memory_is_divided_among_devices() -> None:
    one, two = free_memory(jax.devices()[:1]), free_memory(jax.devices()[:2])
    assert one is not None and two is not None and 0 < two < one
