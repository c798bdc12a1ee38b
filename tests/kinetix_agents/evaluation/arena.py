"""A small environment, and levels of known outcome: always solved, never ended, always failed, and random.

An environment step is eight engine steps, so that one action decides the random outcome."""

from functools import cache, partial
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from jax2d import SceneBuilder
from kinetix_agents.distributions import Categoricals, head_of
from kinetix_agents.policies.network import NetworkPolicy
from kinetix_env import KinetixEnv, Level, Role, make
from kinetix_env.level import SIZES
from tests.kinetix_env.episodes import level

CAPACITY = SIZES["s"]
HORIZON = 12


@cache
def env() -> KinetixEnv:
    return make(CAPACITY, horizon=HORIZON, frame_skip=8)


def _void() -> SceneBuilder:
    return SceneBuilder(CAPACITY, walls=False, gravity=(0.0, 0.0))


def _flight(gap: float, role: Role) -> Level:
    """A green circle flies at 3 m/s towards a circle `gap` m away."""
    builder = _void()
    green = builder.circle((1.0, 2.0), radius=0.2, velocity=(3.0, 0.0))
    other = builder.circle((1.4 + gap, 2.0), radius=0.2)
    return level(builder, {green: Role.GREEN, other: role})


def solved_at(step: int) -> Level:
    """A level that is solved in the given environment step, from 1, by any action; a step is 0.4 m."""
    return _flight(0.4 * step - 0.2, Role.BLUE)


def lost() -> Level:
    return _flight(0.6, Role.RED)


def endless() -> Level:
    """A level without actuators in which green and blue rest far from each other."""
    builder = _void()
    green, blue = (builder.circle((x, 2.0), radius=0.2) for x in (1.0, 3.0))
    return level(builder, {green: Role.GREEN, blue: Role.BLUE})


def coin() -> Level:
    """A level solved if its thruster is on in the first step, which pushes green into blue, and failed otherwise."""
    builder = _void()
    green = builder.circle((1.0, 2.0), radius=0.2, velocity=(-0.3, 0.0))
    red = builder.circle((0.58, 2.0), radius=0.2)
    blue = builder.box((1.35, 2.0), width=0.2, height=1.0)
    builder.thruster(green, power=2.0)
    return level(builder, {green: Role.GREEN, red: Role.RED, blue: Role.BLUE})


class Network(nnx.Module):
    """A network on the rows of polygons and circles."""

    def __init__(self, space: Any, width: int, rngs: nnx.Rngs) -> None:
        self.head = head_of(space)
        self.polygons = nnx.Linear(27, width, rngs=rngs)
        self.circles = nnx.Linear(19, width, rngs=rngs)
        self.out = nnx.Linear(width, self.head.size, rngs=rngs)

    def __call__(self, obs: Any) -> tuple[Any, Float[Array, " batch"]]:
        rows = self.polygons(obs.polygons).sum(1) + self.circles(obs.circles).sum(1)
        numbers = self.out(nnx.tanh(rows))
        return self.head.distribution(numbers), numbers.sum(-1)


class ActsOnce(eqx.Module):
    """A recurrent policy that uses its network in the first step of an episode only."""

    network: NetworkPolicy

    def init(self, key: Any) -> Any:
        return self.network.init(key)

    def initial_carry(self, batch: int) -> Bool[Array, " batch"]:
        return jnp.zeros(batch, bool)

    def apply(self, params: Any, carry: Bool[Array, " batch"], obs: Any, reset: Bool[Array, " batch"]) -> Any:
        _, distribution, value = self.network.apply(params, (), obs, reset)
        off = jnp.zeros_like(distribution.logits).at[:, jnp.array([0, 3, 6, 9, 12, 14])].set(100.0)
        logits = jnp.where(carry[:, None], off, distribution.logits)
        return jnp.ones_like(carry), Categoricals(logits, distribution.choices), value


@cache
def acts_once() -> ActsOnce:
    return ActsOnce(NetworkPolicy(partial(Network, env().action_space, 8)))
