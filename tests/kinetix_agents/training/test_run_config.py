"""A run's configuration survives saving and loading; errors in a file name the field."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinetix_agents.agent import agent_of
from kinetix_agents.policies.build import build_policy, observation_of
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training.build import build_env
from kinetix_agents.training.config import RunConfig, read_config, write_config
from kinetix_env.environments import KinetixM, make
from kinetix_env.errors import ConfigError
from kinetix_env.generators import RandomLevels
from kinetix_env.observations import EntityObservation, FlatObservation
from kinetix_env.plugins import registry
from kinetix_env.sources import ListCurriculum
from kinetix_env.task import Continuous, Sparse


def test_every_setting_survives_saving_and_loading(tmp_path: Path) -> None:
    config = RunConfig(
        environment=KinetixM(horizon=100),
        observation=EntityObservation(),
        action_space=Continuous(),
        reward=Sparse(),
        generator=RandomLevels(motor_speed=(0.5, 2.0), triangles=True),
        curriculum=ListCurriculum(levels=("suite:s", "random:s")),
        ppo=PPOConfig(learning_rate=1e-4, clip_value=True),
        minutes=1.5,
        seed=3,
        sinks=("csv",),
    )
    write_config(tmp_path / "config.json", config)
    assert read_config(tmp_path / "config.json") == config
    write_config(tmp_path / "config.json", RunConfig())
    assert read_config(tmp_path / "config.json") == RunConfig()


def test_the_agent_of_a_saved_run_has_the_settings_of_its_environment(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    environment = {"name": "kinetix-m", "frame_skip": 4, "horizon": 9}
    path.write_text(json.dumps({"format": "kinetix-run/1", "versions": {}, "environment": environment}))
    agent = agent_of(read_config(path), None)
    assert agent.environment == KinetixM(frame_skip=4, horizon=9)
    for env in (agent.make_env(), agent.make_env("kinetix-s")):
        assert (env.frame_skip, env.horizon) == (4, 9)


def test_a_policy_refuses_an_observation_that_it_cannot_read() -> None:
    env = build_env(RunConfig(observation=FlatObservation(), policy=FlatMLP()))
    assert len(observation_of(env).shape) == 1
    with pytest.raises(ConfigError, match=r"SetMLP reads the observation 'entity' or .*, got .* ShapeDtypeStruct"):
        build_policy(SetMLP(), env)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "kinetix-run/9"}, 'must be an object with "format": "kinetix-run/1", got \'kinetix-run/9\''),
        ({"stepz": 3}, "No setting of a run called 'stepz'. Did you mean 'steps'?"),
        ({"steps": 0}, "steps must be an integer from 1 to"),
        ({"minutes": -1.0}, "minutes must be a finite number above 0, got -1.0"),
        ({"policy": {"name": "set-mlq"}}, "No policy called 'set-mlq'. Did you mean 'set-mlp'?"),
        ({"policy": "set-mlp"}, "policy must be an object with a \"name\", got 'set-mlp'"),
        ({"policy": {"name": "set-mlp", "widht": 3}}, "No setting of policy called 'widht'. Did you mean 'width'?"),
        ({"ppo": {"epochs": 0}}, "PPOConfig.epochs must be an integer of at least 1, got 0"),
        ({"ppo": []}, "ppo must be an object, got []"),
        ({"sinks": ["tsv"]}, "No metric sink called 'tsv'."),
    ],
)
def test_invalid_configuration_files_are_refused_by_field(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    write_config(path, RunConfig())
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: ") and told in str(caught.value)


def test_files_without_a_configuration_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('{"format": ')
    with pytest.raises(ConfigError, match="is not JSON"):
        read_config(tmp_path / "bad.json")


KINDS = ("environments", "observations", "action_spaces", "rewards", "level_generators", "curricula", "policies")
CONFIGS = [PPOConfig, RunConfig, *(cls for kind in KINDS for cls in registry().catalogue(kind).values())]


@pytest.mark.parametrize("cls", CONFIGS)
def test_numpy_numbers_are_accepted_as_python_numbers(cls: type[Any]) -> None:
    default = cls()
    numbers = {part.name: getattr(default, part.name) for part in fields(cls)}
    numbers = {name: value for name, value in numbers.items() if isinstance(value, (bool, int, float))}
    found = cls(**{name: np.asarray(value)[()] for name, value in numbers.items()})
    assert found == default and repr(found) == repr(default)
    for name, value in numbers.items():
        if isinstance(value, int) and not isinstance(value, bool) and name != "steps":
            for wrong in (2**31, "3", 2.5, None, True) if name != "seed" else (2**32, "3"):
                with pytest.raises(ConfigError, match=name):
                    cls(**{name: wrong})


def test_a_horizon_is_a_number_of_32_bits() -> None:
    with pytest.raises(ConfigError, match=r"horizon must be an integer from 1 to 2147483647, got 2147483648\."):
        make("kinetix-s", horizon=2**31)
    assert make("kinetix-s", horizon=np.int64(5)).horizon == 5
