"""Plays batches of levels for the tests of the environment.

Compiling a step takes seconds: all levels have one capacity, are played in batches of one size and for one
number of steps, and every observation is made in the same program."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity, Engine, Scene, SceneBuilder, State
from kinetix_env import EnvState, Info, KinetixEnv, Level
from kinetix_env.observations import EntityObservation, FlatObservation, PaddedObservation
from kinetix_env.task import Dense, MultiDiscrete

CAPACITY = Capacity(polygons=6, circles=2, joints=1, thrusters=1)
LANES, STEPS = 16, 30
POLYGON, CIRCLE = CAPACITY.static_polygons, CAPACITY.polygons  # body numbers of the first free ones


class Views(eqx.Module):
    """All observations at once."""

    parts: dict[str, Any]

    def __call__(self, state: EnvState) -> dict[str, Any]:
        return {name: part(state) for name, part in self.parts.items()}


class Episode(NamedTuple):
    """What happened in one level; rows of `obs` and `states` begin with the start, the others with the first step."""

    obs: Any
    states: EnvState
    reward: np.ndarray
    done: np.ndarray
    info: Info


def views(capacity: Capacity) -> Views:
    configs = (EntityObservation(), FlatObservation(), PaddedObservation())
    return Views({config.name: config.build(capacity) for config in configs})


def environment(capacity: Capacity = CAPACITY, **settings: Any) -> KinetixEnv:
    """With every observation, a dense reward and a short horizon."""
    settings = {"horizon": STEPS - 5, **settings}
    return KinetixEnv(Engine(capacity), MultiDiscrete().build(capacity), views(capacity), Dense().build(), **settings)


@cache
def _program(capacity: Capacity) -> Any:
    env = environment(capacity)

    @jax.jit
    def play(levels: Any, actions: Any) -> Any:
        obs, state = jax.vmap(env.reset, in_axes=(None, 0))(jax.random.key(0), levels)

        def step(state: Any, action: Any) -> Any:
            obs, state, reward, done, info = jax.vmap(env.step, in_axes=(None, 0, 0))(jax.random.key(0), state, action)
            return state, (obs, state, reward, done, info)

        _, (later, states, *rest) = jax.lax.scan(step, state, actions)
        both = [
            jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), *pair) for pair in ((obs, later), (state, states))
        ]
        return *both, *rest

    return play


def play(levels: Sequence[Level], actions: Any = None, capacity: Capacity = CAPACITY) -> list[Episode]:
    """Play up to LANES levels for STEPS steps; `actions` is [level, step, 6] or [level, 6], nothing without it."""
    count = len(levels)
    given = np.zeros((count, 1, 6), np.int32) if actions is None else np.asarray(actions, np.int32)
    given = given[:, None] if given.ndim == 2 else given
    given = np.broadcast_to(given, (count, STEPS, 6))
    fill = LANES - count
    batch = jax.tree.map(lambda *rows: jnp.stack(rows), *levels, *[levels[0]] * fill)
    acts = np.concatenate([given, np.zeros((fill, STEPS, 6), np.int32)]).swapaxes(0, 1)
    out = jax.tree.map(np.asarray, _program(capacity)(batch, jnp.asarray(acts)))
    return [Episode(*jax.tree.map(lambda x: x[:, lane], out)) for lane in range(count)]  # noqa: B023


def level(
    built: SceneBuilder | tuple[Scene, State],
    roles: dict[int, int] | None = None,
    *,
    auto: bool = False,
    motor: int = 0,
    thruster: int = 0,
) -> Level:
    """A level of what a builder holds, with the roles of some bodies."""
    scene, state = built.build() if isinstance(built, SceneBuilder) else built
    role = np.zeros(len(scene.active), np.int32)
    for body, what in (roles or {}).items():
        role[body] = what
    joints, thrusters = len(scene.joints.active), len(scene.thrusters.active)
    return Level(
        scene=scene,
        state=state,
        role=jnp.asarray(role),
        motor_binding=jnp.full(joints, motor, jnp.int32),
        motor_auto=jnp.full(joints, auto) & scene.joints.active,
        thruster_binding=jnp.full(thrusters, thruster, jnp.int32),
    )


def room() -> SceneBuilder:
    return SceneBuilder(CAPACITY)


def void() -> SceneBuilder:
    """No walls and no gravity."""
    return SceneBuilder(CAPACITY, walls=False, gravity=(0.0, 0.0))
