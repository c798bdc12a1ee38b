"""Every curriculum trains every policy, through the same update, on two devices.

Curricula and policies meet in the update through protocols alone, so the usual tests train each curriculum and each
policy at least once; `hatch run soak` trains all pairs."""

from dataclasses import dataclass
from itertools import cycle
from typing import Any, ClassVar

import jax
import numpy as np
import pytest

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

CURRICULA: dict[str, dict[str, Any]] = {
    "random": {},
    "list": {"levels": ("suite:s",)},
    "sfl": {"buffer": 4, "candidates": 8, "refresh_every": 2},
    "plr": {"buffer": 8},
    "robust-plr": {"buffer": 8},
    "accel": {"buffer": 8, "edits": 1},
    "learning-progress": {"buffer": 8, "patience": 1},
}
POLICIES = {
    policy.name: policy
    for policy in (
        SetMLP(width=8, trunk=8),
        Transformer(width=16, layers=1, heads=2),
        FlatMLP(width=8, recurrent=True),
        PixelPolicy(channels=2, width=8),
        DeepSets(width=8, trunk=8),
    )
}
COVER = list(zip(CURRICULA, cycle(POLICIES), strict=False))  # each curriculum once, each policy at least once
REST = [(curriculum, policy) for curriculum in CURRICULA for policy in POLICIES if (curriculum, policy) not in COVER]
UPDATES = 3


@dataclass(frozen=True, kw_only=True)
class FromSuite:
    """A level generator that compiles in no time: it draws hand-made levels."""

    name: ClassVar[str] = "from-suite"

    def build(self, capacity: Any) -> LevelPool:
        """The ten levels of size S."""
        return LevelPool(stack([pad(one.level, capacity) for one in suite("s")]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("curriculum", "policy"), [*COVER, *(pytest.param(*pair, marks=pytest.mark.soak) for pair in REST)]
)
def test_updates_change_parameters_and_keep_them_finite(curriculum: str, policy: str) -> None:
    config = RunConfig(
        curriculum=registry().curricula[curriculum](**CURRICULA[curriculum]),
        policy=POLICIES[policy],
        generator=FromSuite(),
        observation=PixelsObservation(size=16) if policy == "pixels" else None,
        ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2, probe_steps=4),
    )
    ppo = build_ppo(config)
    state = ppo.init(jax.random.key(0))
    before = jax.device_get(state.params)
    for number in range(UPDATES):
        state, metrics = ppo.update(state, jax.random.key(number))
    after = jax.device_get(state.params)
    moved = jax.tree.map(lambda old, new: np.abs(new - old).max(), before, after)
    assert max(jax.tree.leaves(moved)) > 0
    for leaf in jax.tree.leaves((after, jax.device_get(metrics))):
        assert np.isfinite(leaf).all()
    assert int(state.updates) == UPDATES


def test_every_registered_curriculum_and_policy_is_covered() -> None:
    assert set(CURRICULA) == set(registry().curricula)
    assert set(POLICIES) == set(registry().policies) - {"uniform", "no-op"}
    assert {policy for _, policy in COVER} == set(POLICIES)
