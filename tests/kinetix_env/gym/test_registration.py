"""The registered names of Gymnasium environments, and when they are registered."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium
import pytest

import kinetix_env.gym
from jax2d import Capacity
from kinetix_env.gym import IDS, KinetixGymEnv, KinetixVectorEnv
from scripts.readme_example import python_blocks

ROOT = Path(__file__).parents[3]


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, warnings being errors, and return what it printed."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_names_are_registered_without_jax() -> None:
    code = """
import sys, gymnasium
assert "kinetix/S-v0" not in gymnasium.registry
import kinetix_env.gym
gymnasium.register_envs(kinetix_env.gym)
print(*sorted(name for name in gymnasium.registry if name.startswith("kinetix/")))
print(gymnasium.spec("kinetix/M-v0").kwargs, "jax" in sys.modules)
"""
    assert run_python(code) == "kinetix/L-v0 kinetix/M-v0 kinetix/S-v0\n{'size': 'kinetix-m'} False\n"


def test_a_name_with_its_module_needs_no_import() -> None:
    code = """
import gymnasium
env = gymnasium.make("kinetix_env.gym:kinetix/S-v0", levels="suite:s")
print(type(env.unwrapped).__name__, env.observation_space == gymnasium.make("kinetix/S-v0").observation_space)
"""
    assert run_python(code) == "KinetixGymEnv True\n"


@pytest.mark.parametrize("name", IDS)
def test_every_name_makes_one_environment_and_a_batch(name: str) -> None:
    one, many = gymnasium.make(name), gymnasium.make_vec(name, num_envs=5)
    assert isinstance(one.unwrapped, KinetixGymEnv) and isinstance(many, KinetixVectorEnv)
    assert one.spec is not None and one.spec.id == name
    assert many.num_envs == 5 and many.single_observation_space == one.observation_space
    size = name.split("/")[1][0].lower()
    assert one.observation_space == KinetixGymEnv(size).observation_space


def test_sizes_are_names_letters_or_capacities() -> None:
    spaces = [KinetixGymEnv(size).observation_space for size in ("s", "kinetix-s", Capacity.small())]
    assert spaces[0] == spaces[1] == spaces[2]
    assert kinetix_env.gym.__all__ == ["IDS", "KinetixGymEnv", "KinetixVectorEnv"]
    with pytest.raises(AttributeError, match="has no attribute 'KinetixGymEnvs'"):
        _ = kinetix_env.gym.KinetixGymEnvs


@pytest.mark.slow
def test_the_first_example_of_the_documentation_runs() -> None:
    block = python_blocks(ROOT / "docs" / "gymnasium.md")[0]
    names: dict[str, Any] = {}
    exec(block, names)
    assert names["rewards"].shape == (256,) and names["obs"] in names["envs"].observation_space
