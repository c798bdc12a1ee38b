"""Third-party trainers train on the Gymnasium environments, each in an environment of its own.

skrl needs nothing but JAX. Stable-Baselines3 stands on PyTorch, which on Linux comes with 3 GB of CUDA libraries unless
uv reaches PyTorch's own index, with builds for CPUs: where it does not, and `KINETIX_SB3_PYTHON` names no interpreter
that has Stable-Baselines3, that test is left out."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.common.peers import NoEnvironmentError, PeerEnvironment, jax_requirement

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
UNREACHABLE = ("resolve", "connect", "network", "Could not fetch", "timed out", "Temporary failure", "dns error")


def environment(*needs: str, indexes: Mapping[str, str] | None = None) -> str:
    """The interpreter of an environment with these requirements and with our packages from this checkout."""
    ours = {name: ROOT / "packages" / name for name in ("jax2d", "kinetix-env")}
    every = (*needs, jax_requirement(), "jax2d", "kinetix-env[gym]")
    try:
        return PeerEnvironment(needs=every, editable=ours, indexes=indexes or {}).python()
    except NoEnvironmentError as error:
        if any(word in str(error) for word in UNREACHABLE):
            pytest.skip(f"no package index can be reached for an environment with {needs[0]}: {error}")
        raise


def run(python: str, script: str, *arguments: str) -> dict[str, Any]:
    """The output of a training script."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    del variables["JAX_NUMPY_DTYPE_PROMOTION"]  # strictness is for our code
    command = [python, str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def check(result: dict[str, Any], steps: int, envs: int) -> None:
    """Every step was counted, every episode ended in one of three ways and paid what that pays, and it learnt."""
    assert result["steps"] == steps
    assert result["episodes"] == result["solved"] + result["failed"] + result["truncated"] > 0
    assert result["return"] == result["solved"] - result["failed"]
    assert steps - 256 * envs <= result["length"] <= steps  # no episode under way is longer
    assert 0 < result["moved"] < 1


def test_skrl_trains_on_a_batch() -> None:
    python = environment("skrl[jax]==2.1.1")
    result = run(python, "train_with_skrl.py", "--steps", "320", "--envs", "16", "--levels", "suite:s")
    check(result, 320 * 16, 16)


@pytest.mark.parametrize("single", [False, True])
def test_stable_baselines3_trains_on_single_environments_and_on_a_batch(single: bool) -> None:
    cpu = {"torch": "https://download.pytorch.org/whl/cpu"}
    python = os.environ.get("KINETIX_SB3_PYTHON") or environment("stable-baselines3==2.9.2", "torch", indexes=cpu)
    arguments = ["--steps", "2560", "--envs", "8", "--levels", "suite:s", *(["--single"] if single else [])]
    result = run(python, "train_with_sb3.py", *arguments)
    check(result, 2560, 8)
    assert result["environments"] == ("single" if single else "KinetixVectorEnv")
