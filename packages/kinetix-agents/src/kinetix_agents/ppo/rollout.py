"""Plays a batch of environments with a policy and notes what happened.

Environment i goes on with level i whenever its episode ends. The states in which episodes were cut off by time are
kept in slots, for an environment can be cut off only every `horizon` steps; what they were worth is asked once, at
the end, and added to the reward of that step."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PRNGKeyArray

from kinetix_env import EnvState, KinetixEnv, Level
from kinetix_env.protocols import Policy
from kinetix_env.task import replace_done

__all__ = ["Player", "Trajectory", "play", "start_player"]


class Player(eqx.Module):
    """A batch of environments under way."""

    state: EnvState
    obs: Any
    carry: Any
    begins: Bool[Array, " env"]  # the next step is the first of its episode
    episode_return: Float[Array, " env"]


class Trajectory(eqx.Module):
    """What happened, [time, env]; without the time it is one step."""

    obs: Any  # () if it was not kept
    action: Any
    log_prob: Float[Array, "*time env"]
    value: Float[Array, "*time env"]
    reward: Float[Array, "*time env"]  # with what a time-out cut off
    begins: Bool[Array, "*time env"]  # first steps of episodes
    done: Bool[Array, "*time env"]
    solved: Bool[Array, "*time env"]
    episode_return: Float[Array, "*time env"]  # up to and including the step
    length: Int[Array, "*time env"]  # of the episode, up to and including the step


class Cut(eqx.Module):
    """Where an episode ran out of time, [slot, env]."""

    state: EnvState
    carry: Any
    time: Int[Array, "slot env"]  # the step of the rollout; -1 if the slot is empty


def start_player(env: KinetixEnv, policy: Policy, levels: Level) -> Player:
    """The start of an episode of each level."""
    state = jax.vmap(env.start)(levels)
    count = state.time.shape[0]
    return Player(
        state=state,
        obs=jax.vmap(env.observation)(state),
        carry=policy.initial_carry(count),
        begins=jnp.ones(count, bool),
        episode_return=jnp.zeros(count),
    )


def play(
    env: KinetixEnv,
    policy: Policy,
    params: Any,
    player: Player,
    levels: Level,
    key: Key[Array, "*group"],
    *,
    steps: int,
    discount: float,
    keep_obs: bool,
) -> tuple[Player, Trajectory, Float[Array, " env"]]:
    """Play so many steps: where it ends, what happened, and the expected return after the last step.

    With a row of keys the environments are as many groups, one after the other, whose actions are drawn with their own:
    they are the same wherever a group lies.
    """
    slots = -(-steps // env.horizon)
    cut = Cut(
        state=jax.tree.map(lambda leaf: jnp.repeat(leaf[None], slots, axis=0), player.state),
        carry=jax.tree.map(lambda leaf: jnp.repeat(leaf[None], slots, axis=0), player.carry),
        time=jnp.full((slots, player.begins.shape[0]), -1, jnp.int32),
    )

    def step(carry: tuple[Player, Cut], now: tuple[Array, Array]) -> tuple[tuple[Player, Cut], Trajectory]:
        player, cut = carry
        key, time = now
        memory, action, log_prob, value = _act(policy, params, player, key)
        state, reward, info = jax.vmap(env.advance)(player.state, action)
        done = state.done
        episode_return = player.episode_return + reward
        happened = Trajectory(
            obs=player.obs if keep_obs else (),
            action=action,
            log_prob=log_prob,
            value=value,
            reward=reward,
            begins=player.begins,
            done=done,
            solved=info.solved,
            episode_return=episode_return,
            length=state.time,
        )
        cut = _note_cut(cut, state, memory, info.truncated, time)
        state = _start_again(env, levels, done, state)
        after = Player(
            state=state,
            obs=jax.vmap(env.observation)(state),
            carry=memory,
            begins=done,
            episode_return=jnp.where(done, 0.0, episode_return),
        )
        return (after, cut), happened

    keys = _split(key, steps)
    (player, cut), happened = jax.lax.scan(step, (player, cut), (keys, jnp.arange(steps, dtype=jnp.int32)))
    last_value, cut_values = _values_at_the_ends(env, policy, params, player, cut)
    at = cut.time[:, None] == jnp.arange(steps)[:, None]  # [slot, time, env]
    rest = discount * jnp.where(at, cut_values[:, None], 0.0).sum(0)
    return player, eqx.tree_at(lambda t: t.reward, happened, happened.reward + rest), last_value


def _split(key: Key[Array, "*group"], steps: int) -> Array:
    """Keys of all steps, [time, *group]."""
    if key.ndim == 0:
        return jax.random.split(key, steps)
    keys: Array = jax.vmap(lambda one: jax.random.split(one, steps), out_axes=1)(key)
    return keys


def _act(policy: Policy, params: Any, player: Player, key: Key[Array, "*group"]) -> tuple[Any, Any, Array, Array]:
    """What the policy remembers, does, how likely that was, and what it expects; by groups if each has a key."""

    def act(carry: Any, obs: Any, begins: Array, key: PRNGKeyArray) -> tuple[Any, Any, Array, Array]:
        memory, distribution, value = policy.apply(params, carry, obs, begins)
        action = distribution.sample(key)
        return memory, action, distribution.log_prob(action), value

    if key.ndim == 0:
        return act(player.carry, player.obs, player.begins, key)
    groups = key.shape[0]
    carry, obs, begins = jax.tree.map(
        lambda leaf: leaf.reshape(groups, leaf.shape[0] // groups, *leaf.shape[1:]),
        (player.carry, player.obs, player.begins),
    )
    acted = jax.vmap(act)(carry, obs, begins, key)
    flat: tuple[Any, Any, Array, Array] = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), acted)
    return flat


def _start_again(env: KinetixEnv, levels: Level, done: Bool[Array, " env"], state: EnvState) -> EnvState:
    """Level i where environment i is done."""

    def fresh(levels: Level, row: Array) -> EnvState:
        return env.start(jax.tree.map(lambda leaf: leaf[row], levels))

    def one(done: Array, row: Array, state: EnvState) -> EnvState:
        return replace_done(fresh, levels, done, row, state)

    return jax.vmap(one)(done, jnp.arange(done.shape[0], dtype=jnp.int32), state)


def _note_cut(cut: Cut, state: EnvState, memory: Any, truncated: Array, time: Array) -> Cut:
    """Put what ran out of time into the first empty slot of its environment."""
    used = (cut.time >= 0).sum(0)
    here = truncated & (jnp.arange(cut.time.shape[0])[:, None] == used)

    def put(slots: Array, rows: Array) -> Array:
        return jnp.where(here.reshape(here.shape + (1,) * (rows.ndim - 1)), rows[None], slots)

    return Cut(
        state=jax.tree.map(put, cut.state, state),
        carry=jax.tree.map(put, cut.carry, memory),
        time=jnp.where(here, time, cut.time),
    )


def _values_at_the_ends(
    env: KinetixEnv, policy: Policy, params: Any, player: Player, cut: Cut
) -> tuple[Float[Array, " env"], Float[Array, "slot env"]]:
    """The expected returns after the last step, and where time ran out; asked together, as one batch."""
    slots, count = cut.time.shape
    state, memory = jax.tree.map(
        lambda last, cut: jnp.concatenate([last, cut.reshape(slots * count, *cut.shape[2:])]),
        (player.state, player.carry),
        (cut.state, cut.carry),
    )
    begins = jnp.concatenate([player.begins, jnp.zeros(slots * count, bool)])
    value = policy.apply(params, memory, jax.vmap(env.observation)(state), begins)[2]
    return value[:count], value[count:].reshape(slots, count)
