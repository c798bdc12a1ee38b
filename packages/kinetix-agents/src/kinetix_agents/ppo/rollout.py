"""Rollouts: plays a batch of environments with a policy and records the transitions.

Environment i is reset to level i whenever its episode ends. The states in which episodes were truncated by the time
limit are kept in slots, since an environment can be truncated only every `horizon` steps; their values are computed
once, at the end, and added to the rewards of those steps."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray

from kinetix_env import EnvState, KinetixEnv, Level
from kinetix_env.protocols import Policy
from kinetix_env.task import replace_done

from .bounds import bounded

__all__ = ["RolloutState", "Trajectory", "play", "start_rollout"]


class RolloutState(eqx.Module):
    """A batch of environments in the middle of their episodes."""

    state: EnvState
    obs: Any
    carry: Any  # of the policy
    is_first: Bool[Array, " env"]  # the next step is the first of its episode
    episode_return: Float[Array, " env"]  # sum of the episode's rewards so far


class Trajectory(eqx.Module):
    """The transitions of a rollout, [time, env], or of a single step, [env]."""

    obs: Any  # () if observations are not kept
    action: Any
    log_prob: Float[Array, "*time env"]
    value: Float[Array, "*time env"]
    reward: Float[Array, "*time env"]  # including the bootstrapped value where an episode was truncated
    is_first: Bool[Array, "*time env"]  # whether the step is the first of its episode
    done: Bool[Array, "*time env"]
    solved: Bool[Array, "*time env"]
    episode_return: Float[Array, "*time env"]  # up to and including the step
    length: Int[Array, "*time env"]  # of the episode, up to and including the step


class TruncationSlots(eqx.Module):
    """The states in which episodes were truncated, [slot, env]."""

    state: EnvState
    carry: Any  # of the policy
    time: Int[Array, "slot env"]  # step of the rollout; -1 if the slot is empty


def start_rollout(env: KinetixEnv, policy: Policy, levels: Level) -> RolloutState:
    """Start an episode of each level."""
    state = jax.vmap(env.start)(levels)
    count = state.time.shape[0]
    return RolloutState(
        state=state,
        obs=jax.vmap(env.observation)(state),
        carry=policy.initial_carry(count),
        is_first=jnp.ones(count, bool),
        episode_return=jnp.zeros(count),
    )


def play(
    env: KinetixEnv,
    policy: Policy,
    params: Any,
    rollout: RolloutState,
    levels: Level,
    key: Key[Array, "*group"],
    *,
    steps: int,
    discount: float,
    keep_obs: bool,
    bootstrap_timeouts: bool = True,
    bound_values: bool = False,
) -> tuple[RolloutState, Trajectory, Float[Array, " env"]]:
    """Play `steps` steps; return the final rollout state, the trajectory, and the values after the last step.

    `bootstrap_timeouts` adds the value of the last state of an episode that the time limit cuts off to its last reward;
    without, a time-out is an end like any other. `bound_values` clips the values after the last step and those to what
    the reward allows (`ppo.bounds`).

    With one key per group, the environments of each group are contiguous and sample their actions with the group's key,
    so the actions do not depend on the device that a group is on.
    """
    count = -(-steps // env.horizon)
    slots = TruncationSlots(
        state=jax.tree.map(lambda leaf: jnp.repeat(leaf[None], count, axis=0), rollout.state),
        carry=jax.tree.map(lambda leaf: jnp.repeat(leaf[None], count, axis=0), rollout.carry),
        time=jnp.full((count, rollout.is_first.shape[0]), -1, jnp.int32),
    )

    def step(
        loop: tuple[RolloutState, TruncationSlots], now: tuple[Array, Array]
    ) -> tuple[tuple[RolloutState, TruncationSlots], Trajectory]:
        rollout, slots = loop
        key, time = now
        carry, action, log_prob, value = _act(policy, params, rollout, key)
        state, reward, info = jax.vmap(env.advance)(rollout.state, action)
        done = state.done
        episode_return = rollout.episode_return + reward
        transition = Trajectory(
            obs=rollout.obs if keep_obs else (),
            action=action,
            log_prob=log_prob,
            value=value,
            reward=reward,
            is_first=rollout.is_first,
            done=done,
            solved=info.solved,
            episode_return=episode_return,
            length=state.time,
        )
        slots = _store_truncated(slots, state, carry, info.truncated, time)
        state = _reset_done(env, levels, done, state)
        after = RolloutState(
            state=state,
            obs=jax.vmap(env.observation)(state),
            carry=carry,
            is_first=done,
            episode_return=jnp.where(done, 0.0, episode_return),
        )
        return (after, slots), transition

    keys = _split(key, steps)
    (rollout, slots), played = jax.lax.scan(step, (rollout, slots), (keys, jnp.arange(steps, dtype=jnp.int32)))
    last_value, slot_values = _final_values(env, policy, params, rollout, slots, bound_values)
    if not bootstrap_timeouts:
        return rollout, played, last_value
    at = slots.time[:, None] == jnp.arange(steps)[:, None]  # [slot, time, env]
    rest = discount * jnp.where(at, slot_values[:, None], 0.0).sum(0)
    return rollout, eqx.tree_at(lambda t: t.reward, played, played.reward + rest), last_value


def _split(key: Key[Array, "*group"], steps: int) -> Array:
    """Return the keys of all steps, [time, *group]."""
    if key.ndim == 0:
        return jax.random.split(key, steps)
    keys: Array = jax.vmap(lambda one: jax.random.split(one, steps), out_axes=1)(key)
    return keys


def _act(
    policy: Policy, params: Any, rollout: RolloutState, key: Key[Array, "*group"]
) -> tuple[Any, Any, Array, Array]:
    """Return carry, action, log-probability and value of the policy; computed by groups if each has a key."""

    def act(carry: Any, obs: Any, is_first: Array, key: PRNGKeyArray) -> tuple[Any, Any, Array, Array]:
        carry, distribution, value = policy.apply(params, carry, obs, is_first)
        action = distribution.sample(key)
        return carry, action, distribution.log_prob(action), value

    if key.ndim == 0:
        return act(rollout.carry, rollout.obs, rollout.is_first, key)
    groups = key.shape[0]
    carry, obs, is_first = jax.tree.map(
        lambda leaf: leaf.reshape(groups, leaf.shape[0] // groups, *leaf.shape[1:]),
        (rollout.carry, rollout.obs, rollout.is_first),
    )
    acted = jax.vmap(act)(carry, obs, is_first, key)
    flat: tuple[Any, Any, Array, Array] = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), acted)
    return flat


def _reset_done(env: KinetixEnv, levels: Level, done: Bool[Array, " env"], state: EnvState) -> EnvState:
    """Reset environment i to level i where it is done."""

    def fresh(levels: Level, row: Array) -> EnvState:
        return env.start(jax.tree.map(lambda leaf: leaf[row], levels))

    def one(done: Array, row: Array, state: EnvState) -> EnvState:
        return replace_done(fresh, levels, done, row, state)

    return jax.vmap(one)(done, jnp.arange(done.shape[0], dtype=jnp.int32), state)


def _store_truncated(
    slots: TruncationSlots, state: EnvState, carry: Any, truncated: Array, time: Array
) -> TruncationSlots:
    """Store the truncated environments, each in its first empty slot."""
    used = (slots.time >= 0).sum(0)
    here = truncated & (jnp.arange(slots.time.shape[0])[:, None] == used)

    def put(slots: Array, rows: Array) -> Array:
        return jnp.where(here.reshape(here.shape + (1,) * (rows.ndim - 1)), rows[None], slots)

    return TruncationSlots(
        state=jax.tree.map(put, slots.state, state),
        carry=jax.tree.map(put, slots.carry, carry),
        time=jnp.where(here, time, slots.time),
    )


def _final_values(
    env: KinetixEnv, policy: Policy, params: Any, rollout: RolloutState, slots: TruncationSlots, bound_values: bool
) -> tuple[Float[Array, " env"], Float[Array, "slot env"]]:
    """Return the values after the last step and in the truncated states, computed as one batch."""
    slot_count, count = slots.time.shape
    state, carry = jax.tree.map(
        lambda last, kept: jnp.concatenate([last, kept.reshape(slot_count * count, *kept.shape[2:])]),
        (rollout.state, rollout.carry),
        (slots.state, slots.carry),
    )
    is_first = jnp.concatenate([rollout.is_first, jnp.zeros(slot_count * count, bool)])
    value = policy.apply(params, carry, jax.vmap(env.observation)(state), is_first)[2]
    if bound_values:
        value = bounded(env, state, value)
    return value[:count], value[count:].reshape(slot_count, count)
