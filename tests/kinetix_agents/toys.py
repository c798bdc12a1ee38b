"""Toy levels, environments and policies that compile quickly."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from jax2d import Capacity, SceneBuilder
from kinetix_agents.distributions import head_of
from kinetix_env import Level, Outcome, Role, empty_level
from kinetix_env.protocols import ActionSpace, Distribution, Probe

CAPACITY = Capacity.small()


def slider_level(side: int) -> Level:
    """A green box drifts to the left, without gravity, between a blue and a red ball; its thruster pushes to the right.

    With blue on the right (`side` 1) it has to push, with blue on the left (-1) it has to let go.
    """
    builder = SceneBuilder(CAPACITY, gravity=(0.0, 0.0))
    green = builder.box((2.5, 2.5), width=0.3, height=0.3, velocity=(-0.6, 0.0))
    blue = builder.circle((2.5 + 0.8 * side, 2.5), radius=0.2, immovable=True)
    red = builder.circle((2.5 - 0.8 * side, 2.5), radius=0.2, immovable=True)
    builder.thruster(green, power=1.0, angle=0.0)
    scene, state = builder.build()
    base = empty_level(CAPACITY)
    role = base.role.at[jnp.array([green, blue, red])].set(jnp.array([Role.GREEN, Role.BLUE, Role.RED]))
    return eqx.tree_at(lambda level: (level.scene, level.state, level.role), base, (scene, state, role))


def hopeless_level() -> Level:
    """A green ball that rests, and a blue one out of reach."""
    builder = SceneBuilder(CAPACITY)
    green = builder.circle((1.0, 0.6), radius=0.2)
    blue = builder.circle((4.0, 3.0), radius=0.2, immovable=True)
    scene, state = builder.build()
    base = empty_level(CAPACITY)
    role = base.role.at[jnp.array([green, blue])].set(jnp.array([Role.GREEN, Role.BLUE]))
    return eqx.tree_at(lambda level: (level.scene, level.state, level.role), base, (scene, state, role))


def stacked(*levels: Level) -> Level:
    """Levels along one leading axis."""
    rows: Level = jax.tree.map(lambda *leaves: jnp.stack(leaves), *levels)
    return rows


def repeated(level: Level, count: int) -> Level:
    """`count` copies of a level, stacked."""
    return stacked(*[level] * count)


class Ledger(eqx.Module):
    """A curriculum that selects its levels in turn and adds up the outcomes reported for each."""

    levels: Level  # stacked
    count: int = eqx.field(static=True)  # selected at a time

    def init(self, key: PRNGKeyArray) -> dict[str, Array]:
        """Nothing was played yet."""
        del key
        kinds = len(self.levels.role)
        return {"told": jnp.zeros(kinds), "solved": jnp.zeros(kinds), "turn": jnp.zeros((), jnp.int32)}

    def select(
        self, state: dict[str, Array], key: PRNGKeyArray, probe: Probe
    ) -> tuple[Level, Int[Array, " level"], dict[str, Array]]:
        """Select the next levels; a level id is an index into `levels`."""
        del key, probe
        level_ids = (jnp.arange(self.count, dtype=jnp.int32) + state["turn"]) % len(self.levels.role)
        chosen = jax.tree.map(lambda leaf: leaf[level_ids], self.levels)
        return chosen, level_ids, state | {"turn": state["turn"] + 1}

    def report(self, state: dict[str, Array], level_ids: Int[Array, " level"], outcome: Outcome) -> dict[str, Array]:
        """Add up episodes, and those that were solved."""
        whose = jax.nn.one_hot(level_ids, len(self.levels.role))
        episodes = outcome.episodes.astype(jnp.float32)
        return state | {
            "told": state["told"] + episodes @ whose,
            "solved": state["solved"] + (episodes * outcome.success_rate) @ whose,
        }


class Counter(eqx.Module):
    """A policy with memory: it counts the steps of its episode, and expects to gain `params` times their number.

    All actions are equally likely to it.
    """

    space: ActionSpace

    def init(self, key: PRNGKeyArray) -> Array:
        """What it expects a step."""
        del key
        return jnp.ones(())

    def initial_carry(self, batch: int) -> Float[Array, " batch"]:
        """It has counted nothing."""
        return jnp.full(batch, -100.0)  # so that a forgotten reset is seen

    def apply(
        self, params: Array, carry: Float[Array, " batch"], obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[Array, Distribution, Array]:
        """The first observation of an episode is number 0."""
        del obs
        number = jnp.where(reset, 0.0, carry)
        head = head_of(self.space)
        return number + 1, head.distribution(jnp.zeros((len(reset), head.size))), params * number
