"""The compiled programs behind both adapters. All arrays have a leading axis of rows, one episode each.

States go in and out as the list of their arrays: to take an `EnvState` apart in Python, in every step, takes a third of
the time of the step. Environments of the same settings share their programs, however many are made."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, UInt

from ..level.level import empty_level
from ..level.physics import with_physics
from ..level.pool import LevelPool
from ..levels import stack
from ..task.env import KinetixEnv
from ..task.env_state import EnvState
from ..task.protocols import LevelSource
from ..task.replace_rows import replace_done
from .spaces import plain

__all__ = ["Leaves", "Programs", "StepOutput", "draw", "programs_of"]

Leaves = Sequence[Any]  # the arrays of an `EnvState`, [row, ...]
Rows = Array | np.ndarray


class StepOutput(NamedTuple):
    """The results of a step, one row per environment. A row that has just been reset has no reward and no end."""

    obs: Any  # observations, [row, ...]
    reward: Any  # float, [row]
    terminated: Any  # bool, [row]
    truncated: Any  # bool, [row]
    solved: Any  # bool, [row]
    failed: Any  # bool, [row]
    distance: Any  # m, float, [row]


class Programs:
    """The programs of one environment: `step` and `restart`, compiled for each number of rows that they meet."""

    def __init__(self, env: KinetixEnv, physics: bool = False) -> None:
        """Compile nothing yet. With `physics` levels may state physics parameters."""
        self.env, self.physics = env, physics
        # of one level; others have its layout
        self.pool = LevelPool(stack([empty_level(env.engine.capacity)]), physics)
        shapes = eqx.filter_eval_shape(lambda: env.start(self.pool[0]))
        self._leaves, self._structure = jax.tree.flatten(shapes)
        # (pool, place [row], anew [row], leaves, action [row, ...]) to (leaves, StepOutput)
        self.step = jax.jit(self._step)
        # (pool, place [row], anew [row], leaves) to (leaves, observations, distance [row])
        self.restart = jax.jit(self._restart)

    def __reduce__(self) -> tuple[Any, ...]:
        # compiled programs cannot be copied; those of an equal environment serve
        return programs_of, (self.env, self.physics)

    def blank(self, rows: int) -> Leaves:
        """Uninitialised states of `rows` rows, for `restart` to fill."""
        return [jnp.zeros((rows, *leaf.shape), leaf.dtype) for leaf in self._leaves]

    def states_of(self, other: "Programs", leaves: Leaves) -> Leaves:
        """States of the programs without physics parameters as states of these."""
        states: EnvState = jax.tree.unflatten(other._structure, leaves)
        return jax.tree.leaves(eqx.tree_at(lambda states: states.level, states, with_physics(states.level)))

    def state(self, leaves: Leaves, row: int) -> EnvState:
        """The state of one row."""
        state: EnvState = jax.tree.unflatten(self._structure, [leaf[row] for leaf in leaves])
        return state

    def _step(self, pool: Array, place: Array, anew: Array, leaves: Leaves, action: Array) -> tuple[Leaves, StepOutput]:
        """Step every row by its action; where `anew` is set, begin an episode of the level at its place instead."""

        def one(place: Array, anew: Array, state: EnvState, action: Array) -> tuple[EnvState, StepOutput]:
            after, reward, info = self.env.advance(state, action)
            ended = after.done & ~state.done & ~anew
            after = self._begin(pool, place, anew, after)
            return after, StepOutput(
                obs=plain(self.env.observation(after)),
                reward=jnp.where(anew, 0.0, reward),
                terminated=ended & ~info.truncated,
                truncated=ended & info.truncated,
                solved=ended & info.solved,
                failed=ended & info.failed,
                distance=after.distance,
            )

        state, output = jax.vmap(one)(place, anew, jax.tree.unflatten(self._structure, leaves), action)
        return jax.tree.leaves(state), output

    def _restart(self, pool: Array, place: Array, anew: Array, leaves: Leaves) -> tuple[Leaves, Any, Array]:
        """Begin an episode where `anew` is set; the states, observations and distances (m) of all rows."""

        def one(place: Array, anew: Array, state: EnvState) -> tuple[EnvState, Any]:
            state = self._begin(pool, place, anew, state)
            return state, plain(self.env.observation(state))

        state, obs = jax.vmap(one)(place, anew, jax.tree.unflatten(self._structure, leaves))
        return jax.tree.leaves(state), obs, state.distance

    def _begin(self, pool: Array, place: Array, anew: Array, state: EnvState) -> EnvState:
        levels = eqx.tree_at(lambda pool: pool.rows, self.pool, pool)
        return replace_done(lambda levels, place: self.env.start(levels[place]), levels, anew, place, state)


def programs_of(env: KinetixEnv, physics: bool = False) -> Programs:
    """The programs of an environment; the same for an equal one, if its parts can be compared."""
    try:
        hash(env)
    except TypeError:  # some part of a plugin
        return Programs(env, physics)
    return _programs_of(env, physics)


_programs_of = lru_cache(maxsize=64)(Programs)


@eqx.filter_jit
def draw(
    source: LevelSource,
    pool: LevelPool,
    places: Int[Rows, " level"],
    seeds: UInt[Rows, " level"],
    numbers: UInt[Rows, " level"],
) -> LevelPool:
    """The pool with new levels at these places: each is a function of its stream's seed and its number in it."""

    def level(seed: Any, number: Any) -> Any:
        return source.sample(jax.random.fold_in(jax.random.key(seed), number))

    drawn = LevelPool(jax.vmap(level)(seeds, numbers), pool.physics)
    filled: LevelPool = eqx.tree_at(lambda pool: pool.rows, pool, pool.rows.at[places].set(drawn.rows))
    return filled
