"""One episode of a policy, step by step; batched by `jax.vmap`.

An episode depends only on its own key: step t uses `fold_in(key, t)`. So neither the batch nor the number of devices
affects it, except through the rounding of a network's matrix products, which may depend on the batch size. The policy
is applied to a batch of one, which `jax.vmap` turns into products over the whole batch."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray, Shaped

from kinetix_env import EnvState, KinetixEnv, Level
from kinetix_env.protocols import Policy

__all__ = ["Episode", "advance", "begin", "decide", "episode_key"]


class Episode(eqx.Module):
    """The state of an episode and its outcome so far."""

    state: EnvState
    obs: Any
    carry: Any  # of the policy, a batch of one
    solved: Bool[Array, ""]
    failed: Bool[Array, ""]
    length: Int[Array, ""]  # environment steps
    returns: Float[Array, ""]  # sum of the rewards


def episode_key(key: PRNGKeyArray, level: int | Int[Array, ""], attempt: int | Int[Array, ""]) -> PRNGKeyArray:
    """Return the key of one attempt at one level in an evaluation."""
    return jax.random.fold_in(jax.random.fold_in(key, level), attempt)


def begin(env: KinetixEnv, policy: Policy, level: Level, key: PRNGKeyArray) -> Episode:
    """Start an episode of a level."""
    obs, state = env.reset(key, level)
    no = jnp.zeros((), bool)
    return Episode(
        state=state,
        obs=obs,
        carry=policy.initial_carry(1),
        solved=no,
        failed=no,
        length=jnp.zeros((), jnp.int32),
        returns=jnp.zeros(()),
    )


def decide(
    policy: Policy, greedy: bool, params: Any, key: PRNGKeyArray, episode: Episode
) -> tuple[Any, Shaped[Array, "..."]]:
    """Return the policy's carry after this step, and its action: sampled, or the most likely one if `greedy`."""
    time = episode.state.time
    alone = jax.tree.map(lambda leaf: leaf[None], episode.obs)
    carry, distribution, _ = policy.apply(params, episode.carry, alone, (time == 0)[None])
    action = distribution.mode() if greedy else distribution.sample(_step_keys(key, time)[0])
    return carry, action[0]


def advance(env: KinetixEnv, policy: Policy, greedy: bool, params: Any, key: PRNGKeyArray, episode: Episode) -> Episode:
    """Take one environment step, with a sampled or the most likely action. A finished episode keeps its outcome."""
    before = episode.state
    carry, action = decide(policy, greedy, params, key, episode)
    obs, state, reward, _, info = env.step(_step_keys(key, before.time)[1], before, action)
    going = ~before.done
    return Episode(
        state=state,
        obs=obs,
        carry=carry,
        solved=episode.solved | (going & info.solved),
        failed=episode.failed | (going & info.failed),
        length=episode.length + going.astype(jnp.int32),
        returns=episode.returns + jnp.where(going, reward, 0.0),
    )


def _step_keys(key: PRNGKeyArray, time: Int[Array, ""]) -> Key[Array, " 2"]:
    """Return the keys of the policy and of the environment for one step of an episode."""
    return jax.random.split(jax.random.fold_in(key, time))
