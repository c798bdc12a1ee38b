"""Runs scenes for the tests of physical laws.

Compiling a step takes seconds and running it microseconds. So the scenes of all laws have one capacity, are
run in batches of one size and for whole numbers of one count of steps: the step is compiled once a session.
Physics parameters are numbers of each scene for the same reason; `test_params.py` shows that this gives what
an engine with these constants gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Capacity, Contacts, Engine, PhysicsParams, Scene, SceneBuilder, State

CAPACITY = Capacity(polygons=10, circles=4, joints=4, thrusters=2)
LANES, BLOCK = 32, 60  # scenes per batch, steps per call
DT = PhysicsParams().dt  # s


@dataclass(frozen=True)
class Case:
    """A scene, its initial state, the actions and the physics parameters of its simulation."""

    scene: Scene
    state: State
    actions: np.ndarray  # [action] in every step, or [time, action]
    params: PhysicsParams


@dataclass(frozen=True)
class Trajectory:
    """The trajectory of a scene in NumPy arrays. `state` has the start in row 0, `contacts` the first step."""

    scene: Scene
    state: State  # [time + 1, ...]
    contacts: Contacts  # [time, ...]


def room(**options: Any) -> SceneBuilder:
    """A builder with floor (its top at y = 0.4 m), walls, ceiling and gravity."""
    return SceneBuilder(CAPACITY, **options)


def void(**options: Any) -> SceneBuilder:
    """A builder without walls and gravity."""
    return SceneBuilder(CAPACITY, **{"walls": False, "gravity": (0.0, 0.0), **options})


def case(builder: SceneBuilder, motors: Any = 0.0, thrusters: Any = 0.0, **params: float) -> Case:
    """The scene in the builder under a constant action; `params` are fields of `PhysicsParams`."""
    action = Engine(builder.capacity).action(motors=motors, thrusters=thrusters)
    return Case(*builder.build(), np.asarray(action), PhysicsParams(**params))


@cache
def _program(capacity: Capacity) -> Callable[..., Any]:
    engine = Engine(capacity)

    @jax.jit
    def run(scene: Scene, state: State, actions: jax.Array, params: PhysicsParams) -> Any:
        def one(state: State, action: jax.Array) -> tuple[State, tuple[State, Contacts]]:
            state, contacts = jax.vmap(engine.step)(scene, state, action, params)
            return state, (state, contacts)

        return jax.lax.scan(one, state, actions)

    return run


def simulate(cases: Sequence[Case], steps: int) -> list[Trajectory]:
    """Take `steps` steps of every case; all must have the same capacity as the first scene's builder."""
    found: list[Trajectory] = []
    for start in range(0, len(cases), LANES):
        found += _simulate_batch(list(cases[start : start + LANES]), steps)
    return found


def stack(trees: Sequence[Any]) -> Any:
    """Trees of arrays as one tree with a leading axis."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def _simulate_batch(cases: list[Case], steps: int) -> list[Trajectory]:
    padded = cases + cases[-1:] * (LANES - len(cases))
    scene, state = stack([case.scene for case in padded]), stack([case.state for case in padded])
    params = stack([jax.tree.map(jnp.float32, case.params) for case in padded])
    length = -(-steps // BLOCK) * BLOCK
    actions = np.zeros((length, LANES, cases[0].actions.shape[-1]), np.float32)
    for lane, entry in enumerate(padded):
        actions[:steps, lane] = entry.actions
    run = _program(CAPACITY)
    parts = [(jax.tree.map(lambda x: np.asarray(x)[None], state), None)]
    for block in np.split(actions, length // BLOCK):
        state, after = run(scene, state, jnp.asarray(block), params)
        parts.append(jax.tree.map(np.asarray, after))
    states = jax.tree.map(lambda *blocks: np.concatenate(blocks)[: steps + 1], *(part[0] for part in parts))
    contacts = jax.tree.map(lambda *blocks: np.concatenate(blocks)[:steps], *(part[1] for part in parts[1:]))

    def of_lane(tree: Any, lane: int) -> Any:
        return jax.tree.map(lambda x: x[:, lane], tree)

    return [
        Trajectory(jax.tree.map(np.asarray, entry.scene), of_lane(states, lane), of_lane(contacts, lane))
        for lane, entry in enumerate(cases)
    ]
