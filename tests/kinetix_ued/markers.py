"""Levels that compile quickly: one scene, with a number per level that determines the agent's outcome on it."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity, SceneBuilder
from kinetix_env.level import Level, Role, empty_level
from kinetix_env.protocols import Outcome

CAPACITY = Capacity(polygons=6, circles=2, joints=1, thrusters=1)
BODY = CAPACITY.static_polygons  # the first body that moves; where it is along x is the level's number


def world() -> Level:
    """A green box and a blue ball."""
    builder = SceneBuilder(CAPACITY)
    box = builder.box((1.0, 1.0), width=0.4, height=0.3)
    ball = builder.circle((3.0, 3.0), radius=0.3)
    assert box == BODY
    scene, state = builder.build()
    role = jnp.zeros(CAPACITY.bodies, jnp.int32).at[box].set(Role.GREEN).at[ball].set(Role.BLUE)
    return eqx.tree_at(
        lambda level: (level.scene, level.state, level.role), empty_level(CAPACITY), (scene, state, role)
    )


class Marked(eqx.Module):
    """Draws the world with a number in [0, 1): any, or one of `choices`."""

    base: Level
    choices: int | None = eqx.field(static=True, default=None)
    capacity: Capacity = eqx.field(static=True, default=CAPACITY)

    def sample(self, key):
        number = jax.random.uniform(key)
        if self.choices is not None:
            number = jnp.floor(number * self.choices) / self.choices
        return self.numbered(number)

    def numbered(self, number) -> Level:
        """The level marked with this number."""
        position = self.base.state.position.at[BODY, 0].set(number)
        return eqx.tree_at(lambda level: level.state.position, self.base, position)


def marked(choices: int | None = None) -> Marked:
    return Marked(world(), choices)


def numbers(levels: Level):
    """The number of each of some stacked levels."""
    return levels.state.position[:, BODY, 0]


def outcome(values, episodes=8, max_return=None) -> Outcome:
    """An outcome whose success rates and positive value losses are both `values`."""
    values = jnp.asarray(values, jnp.float32)
    return Outcome(
        success_rate=values,
        episodes=jnp.broadcast_to(jnp.asarray(episodes, jnp.int32), values.shape),
        mean_return=values,
        max_return=jnp.ones_like(values) if max_return is None else jnp.asarray(max_return, jnp.float32),
        mean_value=1 - values,
        positive_value_loss=values,
    )


class Player:
    """A probe that records the levels it plays; `result` computes its outcome from the levels' numbers."""

    def __init__(self, result: Callable = outcome) -> None:
        self.result = result
        self.played: list[np.ndarray] = []

    def __call__(self, levels, key):
        found = numbers(levels)
        jax.debug.callback(lambda values: self.played.append(np.asarray(values)), found)
        return self.result(found)

    def take(self) -> np.ndarray:
        """The numbers of all levels played since the last time."""
        jax.effects_barrier()
        taken = np.concatenate(self.played) if self.played else np.zeros(0, np.float32)
        self.played.clear()
        return taken
