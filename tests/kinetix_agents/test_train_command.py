"""`kinetix train`: flags of registered parts, configurations from files, one-line errors."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.agent import first_params, load_agent
from kinetix_agents.cli.flags import config_of
from kinetix_agents.cli.train import Train
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.training.config import RunConfig, read_config, write_config
from kinetix_env.cli.main import main
from kinetix_env.cli.parsing import parse
from kinetix_env.environments import KinetixL
from kinetix_env.errors import ConfigError
from kinetix_env.observations import EntityObservation
from kinetix_env.sources import ListCurriculum
from tests.kinetix_env.cli.signs import compiled_in_silence

SMALL = ["--steps", "64", "--ppo.envs", "8", "--ppo.steps", "4", "--ppo.minibatches", "2", "--ppo.epochs", "1"]


def parsed(*args: str) -> Any:
    return parse(Train.flags(args), prog="kinetix train", args=args)


def test_without_flags_the_configuration_is_the_default() -> None:
    assert config_of(parsed()) == RunConfig()


def test_parts_are_selected_by_subcommands_with_their_own_flags() -> None:
    flags = parsed(
        *("--seed", "3", "--ppo.discount", "0.9", "policy:transformer", "--policy.layers", "1"),
        *("environment:kinetix-l", "--environment.horizon", "77", "observation:entity"),
    )
    config = config_of(flags)
    assert config.policy == Transformer(layers=1) and config.environment == KinetixL(horizon=77)
    assert config.observation == EntityObservation() and config_of(parsed()).observation is None
    assert (config.seed, config.ppo.discount) == (3, 0.9)


def test_flags_override_the_configuration_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    write_config(path, RunConfig(seed=5, steps=123, policy=SetMLP(width=7)))
    config = config_of(parsed("--config", str(path), "--steps", "50"))
    assert (config.seed, config.steps, config.policy) == (5, 50, SetMLP(width=7))
    assert config_of(parsed(f"--config={path}")).steps == 123


def test_resuming_uses_the_configuration_of_the_run(tmp_path: Path) -> None:
    write_config(tmp_path / "config.json", RunConfig(seed=6))
    assert config_of(parsed("--resume", "--out", str(tmp_path))).seed == 6
    write_config(tmp_path / "config.json", RunConfig(seed=6, minutes=3.0))
    longer = config_of(parsed("--resume", "--out", str(tmp_path), "--steps", "50_000_000"))
    assert (longer.seed, longer.steps, longer.minutes) == (6, 50_000_000, None)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--steps", "0"], "steps must be an integer from 1 to"),
        (["--ppo.envs", "10"], "PPOConfig.envs must be a multiple of devices x minibatches"),
        (["policy:set-mpl"], "policy:set-mpl"),
        (["--config"], "--config needs the path of a file or folder, got nothing."),
        (["--config", "none.json"], "none.json: cannot be read"),
        (["--resume", "--out", "none"], "config.json: cannot be read"),
    ],
)
def test_invalid_args_are_refused(args: list[str], told: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        config_of(parsed(*args))
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_train_and_eval_from_the_command_line(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["train", "--out", "run", *SMALL, "curriculum:list", "--curriculum.levels", "suite:s"]
    assert main([*command, "policy:set-mlp", "--policy.width", "8"]) == 0
    told = capsys.readouterr()
    assert "Wrote run" in told.out and "of episodes solved" in told.err
    with compiled_in_silence() as names:
        assert main(["eval", "run", "suite:s/hover", "--attempts", "2", "--out", "eval.csv"]) == 0
    assert names == []
    assert "suite:s/hover" in capsys.readouterr().out
    assert len((tmp_path / "eval.csv").read_text().splitlines()) == 2
    assert main(command) == 2
    assert "holds a run already" in capsys.readouterr().err

    tune = ["finetune", "--from", "run", "--levels", "suite:s/hover", "--out", "tuned", "--steps", "32"]
    with compiled_in_silence() as names:
        assert main([*tune, "--ppo.learning-rate", "1e-12"]) == 0
    assert names == []
    assert "kinetix eval tuned suite:s/hover --against run" in capsys.readouterr().out
    config = read_config(tmp_path / "tuned" / "config.json")
    assert config.curriculum == ListCurriculum(levels=("suite:s/hover",)) and config.start_from == "run"
    assert config.policy == SetMLP(width=8) and config.ppo.envs == 8 and config.steps == 32
    started = first_params(config, tmp_path / "tuned")  # from its own copy
    jax.tree.map(np.testing.assert_array_equal, started, load_agent(Path("run")).params)
    assert (tmp_path / "tuned" / "inputs" / "agent" / "0").is_dir()
    for old, new in zip(*(jax.tree.leaves(load_agent(Path(run)).params) for run in ("run", "tuned")), strict=True):
        np.testing.assert_allclose(old, new, atol=1e-9)  # it went on from there, if slowly
    other = ["train", "--out", "other", "--start-from", "run", *SMALL, "policy:set-mlp", "--policy.width", "9"]
    assert main(other) == 2
    assert "its network is another one than that to start" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--levels", "suite:s"], "needs the folder of a run, --from RUN, got none."),
        (["--from", "none", "--levels", "suite:s"], "none: is not the folder of a run: there is no config.json in it."),
    ],
)
def test_finetune_requires_a_run(args: list[str], told: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["finetune", *args]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
