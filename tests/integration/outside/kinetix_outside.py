"""A plugin with an environment, an observation and an action space of its own, which the built-in policies train in."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from kinetix_env import KinetixEnv
from kinetix_env.environments import KinetixS
from kinetix_env.observations import FlatObservation
from kinetix_env.plugins import hookimpl
from kinetix_env.task import ActionHeads, MultiDiscreteActions

STEPS = 5  # of a motor, from backward to forward; the first is off


class WindyEnv(KinetixEnv):
    """The task in a wind that blows to the right."""

    wind: float = eqx.field(static=True, default=0.0)  # m/s^2

    def advance(self, state: Any, action: Any) -> Any:
        """One step, after a gust that lasts as long."""
        movable = state.level.scene.inverse_mass > 0
        gust = self.wind * self.engine.params.dt * self.frame_skip
        velocity = state.physics.velocity.at[:, 0].add(jnp.where(movable, gust, 0.0))
        return super().advance(eqx.tree_at(lambda s: s.physics.velocity, state, velocity), action)


@dataclass(frozen=True, kw_only=True)
class Windy(KinetixS):
    """Small levels in a wind."""

    name: ClassVar[str] = "windy"
    wind: float = 0.0  # m/s^2, to the right

    def build(self, observation, action_space, reward):
        calm = super().build(observation, action_space, reward)
        return WindyEnv(**vars(calm), wind=self.wind)


@dataclass(frozen=True, kw_only=True)
class FlatPlus(FlatObservation):
    """The flat observation, and the time."""

    name: ClassVar[str] = "flat-plus"

    def build(self, capacity):
        see = super().build(capacity)
        return lambda state: jnp.append(see(state), state.time / 256)


class ThrottleActions:
    """Six integers: each motor off or at one of four speeds, each thruster off or on."""

    shape = (6,)
    dtype = jnp.int32
    bounds = (0, (STEPS - 1,) * 4 + (1,) * 2)

    def heads(self):
        return ActionHeads(choices=(STEPS,) * 4 + (2,) * 2, motor=STEPS, thruster=2)

    def controls(self, level, action):
        half = jnp.concatenate([(action[:4] + 1) // 2, action[4:]])  # two speeds each way become one
        return MultiDiscreteActions().controls(level, half)

    def sample(self, key):
        return jax.random.randint(key, self.shape, 0, jnp.array(self.bounds[1]) + 1)


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Motors in five steps."""

    name: ClassVar[str] = "throttle"

    def build(self, capacity):
        return ThrottleActions()


@hookimpl
def kinetix_environments():
    return [Windy]


@hookimpl
def kinetix_observations():
    return [FlatPlus]


@hookimpl
def kinetix_action_spaces():
    return [Throttle]
