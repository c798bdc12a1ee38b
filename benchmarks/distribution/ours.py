"""Our random levels; see worker.py."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.distribution.columns import columns
from jax2d import Capacity, Contacts, Engine, Joints, State
from kinetix_env.generators import RandomGenerator, RandomLevels
from kinetix_env.level import MOTOR_BINDINGS, SIZES, Level, Role

__all__ = ["generator"]

WALLS = 4
FRAME_SKIP = 2


class Generator(eqx.Module):
    """Draws, names and plays levels."""

    random: RandomGenerator
    engine: Engine

    def filtered(self, key: jax.Array, count: int) -> Level:
        """Levels that doing nothing does not solve."""
        return self.random.sample_batch(key, count)

    def unfiltered(self, key: jax.Array, count: int) -> Level:
        """All levels."""
        return jax.vmap(self.random.sample_unfiltered)(jax.random.split(key, count))

    def columns(self, levels: Level) -> dict[str, np.ndarray]:
        """The numbers of levels under their common names."""
        return _columns(self.random.capacity, levels)

    def play(self, levels: Level, actions: jax.Array) -> jax.Array:
        """How plays end: 1 solved, -1 failed, 0 neither. Actions are multi-discrete, [step, level, number]."""
        goal, trap = _watched(self.engine.capacity, levels, Role.BLUE), _watched(self.engine.capacity, levels, Role.RED)

        def advance(carry: tuple[State, jax.Array], action: jax.Array) -> tuple[tuple[State, jax.Array], None]:
            state, ends = carry
            controls = jax.vmap(_controls)(levels, action)
            for _ in range(FRAME_SKIP):
                state, contacts = jax.vmap(self.engine.step)(levels.scene, state, controls)
                ends = jnp.where(ends == 0, _verdict(contacts, goal, trap), ends)
            return (state, ends), None

        start = (levels.state, jnp.zeros(actions.shape[1], jnp.int32))
        return jax.lax.scan(advance, start, actions)[0][1]


def generator(size: str) -> Generator:
    """The generator of a published size."""
    capacity = SIZES[size]
    return Generator(RandomLevels().build(capacity), Engine(capacity))


def _controls(level: Level, action: jax.Array) -> jax.Array:
    """The engine's action from a multi-discrete one: motors off, forwards or backwards, thrusters off or on."""
    motors = jnp.array([0.0, 1.0, -1.0])[action[:MOTOR_BINDINGS]][level.motor_binding]
    thrusters = action[MOTOR_BINDINGS:][level.thruster_binding].astype(jnp.float32)
    return jnp.concatenate([motors, thrusters])


def _watched(capacity: Capacity, levels: Level, other: Role) -> jax.Array:
    """Pairs of bodies [level, body, body] of which one is green and the other has another role."""
    role = jnp.where(levels.scene.active, levels.role, Role.NONE)
    green, others = role == Role.GREEN, role == other
    return green[:, :, None] & others[:, None]


def _verdict(contacts: Contacts, goal: jax.Array, trap: jax.Array) -> jax.Array:
    """1 where green touches blue, -1 where it touches red."""
    touching = contacts.touching
    solved, failed = ((touching & pairs).any((1, 2)) for pairs in (goal, trap))
    return jnp.where(failed, -1, jnp.where(solved, 1, 0))


def _columns(capacity: Capacity, levels: Level) -> dict[str, np.ndarray]:
    scene, state, joints, thrusters = levels.scene, levels.state, levels.scene.joints, levels.scene.thrusters
    polygons, circles = slice(WALLS, capacity.polygons), slice(capacity.polygons, None)
    used = (np.arange(scene.vertices.shape[2]) < np.asarray(scene.vertex_count)[:, polygons, None])[..., None]
    corners = np.asarray(scene.vertices)[:, polygons]
    extent = np.where(used, corners, -np.inf).max(2) - np.where(used, corners, np.inf).min(2)
    extent = np.where(np.isfinite(extent), extent, 0)

    def bodies(rows: slice) -> dict[str, Any]:
        return {
            "active": scene.active[:, rows],
            "role": levels.role[:, rows],
            "x": state.position[:, rows, 0],
            "y": state.position[:, rows, 1],
            "angle": state.angle[:, rows],
            "inverse_mass": scene.inverse_mass[:, rows],
        }

    sizes = {"width": extent[..., 0], "height": extent[..., 1], "corners": scene.vertex_count[:, polygons]}
    return columns(
        {
            "floor": {"role": levels.role[:, :1]},
            "polygon": bodies(polygons) | sizes,
            "circle": bodies(circles) | {"radius": scene.radius},
            "joint": _joint_columns(joints) | {"binding": levels.motor_binding},
            "thruster": {
                "active": thrusters.active,
                "body": thrusters.body,
                "x": thrusters.position[..., 0],
                "y": thrusters.position[..., 1],
                "angle": thrusters.angle,
                "power": thrusters.power,
                "binding": levels.thruster_binding,
            },
        }
    )


def _joint_columns(joints: Joints) -> dict[str, Any]:
    return {
        "active": joints.active,
        "a": joints.body_a,
        "b": joints.body_b,
        "fixed": joints.fixed,
        "motor": joints.motor,
        "speed": joints.motor_speed,
        "power": joints.motor_power,
        "limited": joints.limited,
        "least": joints.min_angle,
        "most": joints.max_angle,
        "rotation": joints.rotation,
        "ax": joints.anchor_a[..., 0],
        "ay": joints.anchor_a[..., 1],
        "bx": joints.anchor_b[..., 0],
        "by": joints.anchor_b[..., 1],
    }
