"""One episode of a policy, step by step; batched by `jax.vmap`.

An episode depends only on its own key: step t uses `fold_in(key, t)`. So neither the batch nor the number of devices
affects it, except through the rounding of a network's matrix products, which may depend on the batch size. The policy
is applied to a batch of one, which `jax.vmap` turns into products over the whole batch."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, Shaped

from jax2d.batching import default_settings
from kinetix_env import EnvState, Info, KinetixEnv, Level
from kinetix_env.protocols import Policy

__all__ = ["Episode", "begin", "episode_key", "take_step"]


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


@default_settings
def begin(env: KinetixEnv, policy: Policy, level: Level, key: PRNGKeyArray) -> Episode:
    """Start an episode of a level."""
    obs, state = env.reset(key, level)
    return Episode(
        state=state,
        obs=obs,
        carry=policy.initial_carry(1),
        solved=jnp.zeros((), bool),
        failed=jnp.zeros((), bool),
        length=jnp.zeros((), jnp.int32),
        returns=jnp.zeros(()),
    )


@default_settings
def take_step(
    env: KinetixEnv, policy: Policy, greedy: bool, params: Any, key: PRNGKeyArray, episode: Episode
) -> tuple[Episode, Shaped[Array, "..."], Info]:
    """Take one environment step, with a sampled action, or the most likely one if `greedy`.

    Returns the episode after it, the action and the step's info. A finished episode keeps its outcome.
    """
    before = episode.state
    policy_key, env_key = jax.random.split(jax.random.fold_in(key, before.time))
    alone = jax.tree.map(lambda leaf: leaf[None], episode.obs)
    carry, distribution, _ = policy.apply(params, episode.carry, alone, (before.time == 0)[None])
    action = (distribution.mode() if greedy else distribution.sample(policy_key))[0]
    obs, state, reward, _, info = env.step(env_key, before, action)
    going = ~before.done
    after = Episode(
        state=state,
        obs=obs,
        carry=carry,
        solved=episode.solved | (going & info.solved),
        failed=episode.failed | (going & info.failed),
        length=episode.length + going.astype(jnp.int32),
        returns=episode.returns + jnp.where(going, reward, 0.0),
    )
    return after, action, info
