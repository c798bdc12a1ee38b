"""Recurrent policies: the carry, its reset at episode starts, and a task that only recurrent policies can learn.

In this task the cue, the goal, is shown in the first step only."""

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.policies.pixels import PixelPolicy
from kinetix_agents.policies.recurrent import RecurrentPolicy
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.ppo import PPO, PPOConfig
from kinetix_env import EnvState, KinetixEnv, Level, make
from kinetix_env.errors import ConfigError
from kinetix_env.observations import PixelsObservation
from kinetix_env.protocols import Policy
from tests.kinetix_agents.toys import Ledger, slider_level, stacked

SIZES: list[Any] = [
    SetMLP(width=8, trunk=12, recurrent=True),
    FlatMLP(width=12, recurrent=True),
    PixelPolicy(channels=2, width=12, recurrent=True),
    Transformer(width=16, layers=1, heads=2, recurrent=True),
    Transformer(style="published", width=16, layers=1, heads=4, attention=8, recurrent=True),
]
NAMES = ["set-mlp", "flat-mlp", "pixels", "transformer", "published transformer"]
STEPS, ENVS = 6, 3


@pytest.fixture(scope="module")
def states() -> list[EnvState]:
    """A few steps of the toy level, a batch of environments each."""
    env = make("kinetix-s")
    state = jax.vmap(env.start)(stacked(slider_level(1), slider_level(-1), slider_level(1)))
    advance, visited = jax.jit(jax.vmap(env.advance)), []
    for number in range(STEPS):
        visited.append(state)
        actions = jax.vmap(env.action_space.sample)(jax.random.split(jax.random.key(number), ENVS))
        state = advance(state, actions)[0]
    return visited


@dataclass
class Case:
    """A policy with memory, parameters, and observations, [time, env, ...]."""

    policy: Policy
    params: Any
    obs: Any

    def __post_init__(self) -> None:
        self.apply = jax.jit(self.policy.apply)

    def numbers(self, obs: Any, reset: Array) -> tuple[Array, Array]:
        """Logits and values of all steps, one after another."""
        carry, out = self.policy.initial_carry(ENVS), []
        for step in range(STEPS):
            now = jax.tree.map(lambda leaf, step=step: leaf[step], obs)
            carry, distribution, value = self.apply(self.params, carry, now, reset[step])
            out.append((distribution.logits, value))
        return tuple(jnp.stack(parts) for parts in zip(*out, strict=True))  # type: ignore[return-value]


@pytest.fixture(scope="module", params=SIZES, ids=NAMES)
def case(request: pytest.FixtureRequest, states: list[EnvState]) -> Case:
    name = request.param.observation
    env = make("kinetix-s", observation=PixelsObservation(size=32) if name == "pixels" else name)
    policy = build_policy(request.param, env)
    params = jax.tree.map(
        lambda leaf: leaf + 0.3 * jax.random.normal(jax.random.key(1), leaf.shape), policy.init(jax.random.key(0))
    )
    look = jax.jit(jax.vmap(env.observation))
    return Case(policy, params, jax.tree.map(lambda *leaves: jnp.stack(leaves), *map(look, states)))


def test_the_carry_is_reset_at_episode_starts_only(case: Case) -> None:
    assert isinstance(case.policy, RecurrentPolicy)
    begins = jnp.zeros((STEPS, ENVS), bool)
    whole = case.numbers(case.obs, begins)
    # env 1 begins anew in step 3: from there it equals a fresh start, and the other environments are unaffected
    again = case.numbers(case.obs, begins.at[3, 1].set(True))
    later = jax.tree.map(lambda leaf: jnp.roll(leaf, -3, axis=0), case.obs)
    fresh = case.numbers(later, begins)
    for one, two, three in zip(whole, again, fresh, strict=True):
        np.testing.assert_array_equal(one[:, ::2], two[:, ::2])
        np.testing.assert_array_equal(one[:3], two[:3])
        np.testing.assert_allclose(two[3:, 1], three[: STEPS - 3, 1], rtol=1e-5, atol=1e-5)
        assert np.abs(one[3:, 1] - two[3:, 1]).max() > 1e-3


def blindfolded(env: KinetixEnv) -> KinetixEnv:
    """The environment in which the roles are seen in the first step of an episode only."""

    def look(state: Any) -> Any:
        rows = env.observation(state)
        seen = state.time == 0
        hide = [jnp.where(seen, part, part.at[..., 8:12].set(0.0)) for part in (rows.polygons, rows.circles)]
        return replace(rows, polygons=hide[0], circles=hide[1])

    return replace(env, observation=look)


def solve_rate(recurrent: bool) -> float:
    """Of the last updates of training in the memory game."""
    env = blindfolded(make("kinetix-s", reward="dense", horizon=64))
    config = PPOConfig(envs=64, steps=32, epochs=4, minibatches=4, learning_rate=2e-3)
    levels: Level = stacked(slider_level(1), slider_level(-1))
    policy = build_policy(SetMLP(width=16, trunk=32, recurrent=recurrent), env)
    ppo = PPO(config, env, policy, Ledger(levels, config.envs // len(jax.devices())))
    state, told = ppo.init(jax.random.key(0)), []
    for number in range(40):
        state, metrics = ppo.update(state, jax.random.key(number))
        told.append(float(metrics["solve_rate"]))
    return float(np.mean(told[-5:]))


@pytest.mark.slow
def test_recurrent_policies_recall_a_cue() -> None:
    assert solve_rate(recurrent=True) > 0.9
    assert solve_rate(recurrent=False) < 0.8  # one of two levels, and luck


@pytest.mark.parametrize("config", [SetMLP, FlatMLP, PixelPolicy, Transformer])
def test_recurrent_must_be_a_boolean(config: type[Any]) -> None:
    with pytest.raises(ConfigError, match="recurrent must be True or False, got 1"):
        config(recurrent=1)


def test_flat_networks_refuse_structured_observations() -> None:
    env = make("kinetix-s", observation="entity")
    with pytest.raises(ConfigError, match="reads the observation 'flat'"):
        build_policy(FlatMLP(), env)
    with pytest.raises(ConfigError, match="depth must be an integer of at least 1, got 0"):
        FlatMLP(depth=0)


def test_pixel_networks_refuse_other_observations() -> None:
    with pytest.raises(ConfigError, match="PixelPolicy reads the observation 'pixels', got"):
        build_policy(PixelPolicy(), make("kinetix-s", observation="flat"))
    with pytest.raises(ConfigError, match="channels must be an integer of at least 1, got 0"):
        PixelPolicy(channels=0)
