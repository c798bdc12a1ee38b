"""Trains with one curriculum and every policy for a few updates, and prints what came of it as JSON.

Run as `python train_combinations.py CURRICULUM`, as a process of its own so that XLA can be told to compile quickly
instead of well: combinations.py does."""

import json
import sys
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import numpy as np

from kinetix_agents import PPOConfig, RunConfig
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.policies.pixels import PixelPolicy
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.training.build import build_ppo
from kinetix_env import LevelPool
from kinetix_env.levels import pad, stack
from kinetix_env.observations import PixelsObservation
from kinetix_env.plugins import registry
from kinetix_env.sources import suite
from kinetix_policy_equinox import DeepSets

SMALL: dict[str, dict[str, Any]] = {
    "random": {},
    "list": {"levels": ("suite:s",)},
    "sfl": {"buffer": 4, "candidates": 8, "refresh_every": 2},
    "plr": {"buffer": 8},
    "robust-plr": {"buffer": 8},
    "accel": {"buffer": 8, "edits": 1},
    "learning-progress": {"buffer": 8, "patience": 1},
}
REPLAY = ("accel", "plr", "robust-plr")  # these replay levels
POLICIES = (
    SetMLP(width=8, trunk=8),
    Transformer(width=16, layers=1, heads=2),
    FlatMLP(width=8, recurrent=True),
    PixelPolicy(channels=2, width=8),
    DeepSets(width=8, trunk=8),
)
UPDATES = 3


@dataclass(frozen=True, kw_only=True)
class FromSuite:
    """A level generator that compiles in no time: it draws hand-made levels."""

    name: ClassVar[str] = "from-suite"

    def build(self, capacity: Any) -> LevelPool:
        """The ten levels of size S."""
        return LevelPool(stack([pad(one.level, one.capacity, capacity) for one in suite("s")]), capacity)


def run(curriculum: str, policy: Any) -> dict[str, Any]:
    """What a few updates did."""
    config = RunConfig(
        curriculum=registry().curricula[curriculum](**SMALL[curriculum]),
        policy=policy,
        generator=FromSuite(),
        observation=PixelsObservation(size=16) if policy.observation == "pixels" else None,
        ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2, probe_steps=4),
    )
    ppo = build_ppo(config)
    state = ppo.init(jax.random.key(0))
    before = jax.device_get(state.params)
    for number in range(UPDATES):
        state, told = ppo.update(state, jax.random.key(number))
    after = jax.device_get(state.params)
    moved = [float(np.abs(a - b).max()) for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(after), strict=True)]
    finite = all(np.isfinite(leaf).all() for leaf in jax.tree.leaves((after, jax.device_get(told))))
    return {"policy": policy.name, "moved": max(moved), "finite": bool(finite), "updates": int(state.updates)}


if __name__ == "__main__":
    print(json.dumps([run(sys.argv[1], policy) for policy in POLICIES]))
