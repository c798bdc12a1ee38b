"""Train on Kinetix with Stable-Baselines3: PPO on CPU, over single environments or over the batch of them.

    uv pip install --torch-backend=cpu ./packages/jax2d './packages/kinetix-env[gym]' stable-baselines3
    python scripts/train_with_sb3.py --steps 100000           # the batch of environments, by KinetixVecEnv below
    python scripts/train_with_sb3.py --steps 20000 --single   # single environments, by SB3's own make_vec_env

A recipe to start from, and a check: what SB3 receives of every episode must add up."""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv, VecMonitor

import kinetix_env.gym  # noqa: F401  registers the environments
from kinetix_env.gym import KinetixVectorEnv

NAME = "kinetix/S-v0"


class KinetixVecEnv(VecEnv):  # type: ignore[misc]
    """The batch of environments as SB3 wants it: the next episode begins in the step that ends one (`SameStep`)."""

    def __init__(self, num_envs: int, **settings: Any) -> None:
        """Environments with the settings of `kinetix/S-v0`."""
        self.envs: Any = gymnasium.make_vec(NAME, num_envs=num_envs, autoreset_mode="SameStep", **settings)
        super().__init__(num_envs, self.envs.single_observation_space, self.envs.single_action_space)

    def reset(self) -> Any:
        """Begin an episode in each."""
        obs, _ = self.envs.reset(seed=self._seeds[0])
        self._reset_seeds()
        return obs

    def step_async(self, actions: np.ndarray) -> None:
        """Keep the actions."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Take the step."""
        obs, reward, terminated, truncated, info = self.envs.step(self._actions)
        over = terminated | truncated
        last = info["final_info"] if over.any() else info
        infos: list[dict[str, Any]] = [
            {"solved": bool(solved), "failed": bool(failed), "TimeLimit.truncated": bool(cut)}
            for solved, failed, cut in zip(last["solved"], last["failed"], truncated, strict=True)
        ]
        for row in np.flatnonzero(over):
            infos[row]["terminal_observation"] = info["final_obs"][row]
        return obs, reward.astype(np.float32), over, infos

    def close(self) -> None:
        """Let go of the environments."""
        self.envs.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute, which all have in common."""
        return [getattr(self.envs, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """There is one object for all environments."""
        raise NotImplementedError("The environments of a batch have no attributes of their own.")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """There is one object for all environments."""
        raise NotImplementedError("The environments of a batch have no methods of their own.")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """False for each environment: none is wrapped."""
        return [False for _ in self._get_indices(indices)]


class Tally(BaseCallback):  # type: ignore[misc]
    """Counts how the episodes ended, from the infos that SB3 receives."""

    def __init__(self) -> None:
        """Count nothing yet."""
        super().__init__()
        self.count = dict.fromkeys(("steps", "episodes", "solved", "failed", "truncated", "length"), 0)
        self.total_return = 0.0

    def _on_step(self) -> bool:
        infos: Sequence[dict[str, Any]] = self.locals["infos"]
        self.count["steps"] += len(infos)
        for info, done in zip(infos, self.locals["dones"], strict=True):
            if done:
                self.count["episodes"] += 1
                self.count["solved"] += info["solved"]
                self.count["failed"] += info["failed"]
                self.count["truncated"] += info["TimeLimit.truncated"]
                self.count["length"] += int(info["episode"]["l"])
                self.total_return += float(info["episode"]["r"])
        return True


def train(steps: int, num_envs: int, levels: str, seed: int, single: bool) -> dict[str, Any]:
    """Train for some steps, of all environments together; what came of it."""
    envs: Any
    if single:
        envs = make_vec_env(NAME, n_envs=num_envs, seed=seed, env_kwargs={"levels": levels})
    else:
        envs = VecMonitor(KinetixVecEnv(num_envs, levels=levels))
    model = PPO("MlpPolicy", envs, n_steps=64, batch_size=256, n_epochs=4, gamma=0.995, device="cpu", seed=seed)
    before = parameters(model)
    tally = Tally()
    start = time.perf_counter()
    model.learn(steps, callback=tally)
    kind = "single" if single else KinetixVectorEnv.__name__
    return {
        **tally.count,
        "environments": kind,
        "return": tally.total_return,
        "seconds": time.perf_counter() - start,
        "moved": float(np.abs(parameters(model) - before).max()),
    }


def parameters(model: Any) -> np.ndarray:
    """All parameters of the policy in a row."""
    return np.concatenate([part.detach().numpy().ravel().copy() for part in model.policy.parameters()])


def main() -> None:
    """Train and print what came of it, as JSON."""
    parser = argparse.ArgumentParser(description="Train by Stable-Baselines3's PPO on Kinetix levels of size S.")
    parser.add_argument("--steps", type=int, default=100_000, help="steps of all environments together")
    parser.add_argument("--envs", type=int, default=64, help="environments side by side")
    parser.add_argument("--levels", default="random", help="what to play: random, suite:s, a path")
    parser.add_argument("--single", action="store_true", help="single environments instead of the batch")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps(train(given.steps, given.envs, given.levels, given.seed, given.single)))


if __name__ == "__main__":
    main()
