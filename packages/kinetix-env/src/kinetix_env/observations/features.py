"""What each kind of entity looks like to an agent: one row of numbers per entity, zero where there is none.

The columns (columns.py) are those of Kinetix 3.0.2, whose agents read exactly these. Rows that are not active are zero
here; the published ones hold leftovers, which its networks mask."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from ..level.level import Level, Role
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS
from ..task.env_state import EnvState
from .columns import CIRCLE, JOINT, THRUSTER, polygon_columns

__all__ = ["circle_features", "joint_ends", "joint_features", "polygon_features", "thruster_features"]

GRAVITY_SCALE = 10.0  # m/s^2
SPIN_SCALE = 10.0  # rad/s, argument of the tanh that keeps spins in bounds
NO_VERTEX = -1.0  # stands in for corners that a polygon does not have


def _zero_unless(exists: Bool[Array, " row"], features: Float[Array, "row column"]) -> Float[Array, "row column"]:
    return jnp.where(exists[:, None], features, 0.0)


def _body_parts(state: EnvState, rows: slice) -> dict[str, Array]:
    """The columns `BODY` of some bodies."""
    scene, physics = state.level.scene, state.physics
    return {
        "position": physics.position[rows],
        "velocity": physics.velocity[rows],
        "inverse_mass": scene.inverse_mass[rows],
        "inverse_inertia": scene.inverse_inertia[rows],
        "density": scene.density[rows],
        "spin": jnp.tanh(physics.angular_velocity[rows] / SPIN_SCALE),
        "role": jax.nn.one_hot(state.level.role[rows], len(Role)),
        "angle": _sin_cos(physics.angle[rows]),
        "friction": scene.friction[rows],
        "restitution": scene.restitution[rows],
    }


def polygon_features(state: EnvState) -> Float[Array, "polygon column"]:
    """The columns `polygon_columns` of each polygon."""
    scene = state.level.scene
    count, corners = scene.vertices.shape[:2]
    exists = jnp.arange(corners) < scene.vertex_count[:, None]
    vertices = jnp.where(exists[..., None], scene.vertices, NO_VERTEX).reshape(count, 2 * corners)
    parts = {"radius": jnp.zeros(count), "corners": vertices, "triangle": scene.vertex_count <= 3}
    features = polygon_columns(corners).pack({**_body_parts(state, slice(count)), **parts})
    return _zero_unless(scene.active[:count], features)


def circle_features(state: EnvState) -> Float[Array, "circle 18"]:
    """The columns `CIRCLE` of each circle."""
    scene = state.level.scene
    first = scene.vertices.shape[0]
    parts = {"radius": scene.radius, "circle": jnp.ones_like(scene.radius)}
    return _zero_unless(scene.active[first:], CIRCLE.pack({**_body_parts(state, slice(first, None)), **parts}))


def gravity_feature(level: Level) -> Float[Array, ""]:
    """Vertical gravity in units of 10 m/s^2."""
    return level.scene.gravity[1] / GRAVITY_SCALE


def joint_features(level: Level) -> Float[Array, "row 22"]:
    """The columns `JOINT` in two rows per joint: all joints as seen from body b, then all as seen from body a."""
    joints = level.scene.joints
    kind = {"active": joints.active, "fixed": joints.fixed}
    turn = {"rotation": _sin_cos(joints.rotation)}
    motor = _motor_parts(level)
    ways = ((joints.anchor_b, joints.anchor_a), (joints.anchor_a, joints.anchor_b))
    rows = [{**kind, "anchor": here, "other_anchor": there, **turn, **motor} for here, there in ways]
    return jnp.concatenate([_zero_unless(joints.active, JOINT.pack(parts)) for parts in rows])


def _motor_parts(level: Level) -> dict[str, Array]:
    """The columns of a motor and of limits: zero for fixed joints, and those of limits also without any."""
    joints = level.scene.joints
    limited = joints.limited.astype(jnp.float32)
    parts = {
        "motor_speed": joints.motor_speed,
        "motor_power": joints.motor_power,
        "motor": joints.motor.astype(jnp.float32),
        "limited": limited,
        "binding": jax.nn.one_hot(level.motor_binding, MOTOR_BINDINGS),
        "min_angle": _sin_cos(joints.min_angle) * limited[:, None],
        "max_angle": _sin_cos(joints.max_angle) * limited[:, None],
        "min_from_rotation": (joints.min_angle - joints.rotation) * limited,
        "max_from_rotation": (joints.max_angle - joints.rotation) * limited,
    }
    fixed = joints.fixed
    return {name: jnp.where(fixed[:, None] if part.ndim == 2 else fixed, 0.0, part) for name, part in parts.items()}


def _sin_cos(angle: Float[Array, " row"]) -> Float[Array, "row 2"]:
    return jnp.stack([jnp.sin(angle), jnp.cos(angle)], axis=1)


def joint_ends(level: Level) -> Int[Array, "row 2"]:
    """The bodies of each row of `joint_features`: this side, the other side; zero where there is no joint."""
    joints = level.scene.joints
    a, b = (jnp.where(joints.active, body, 0) for body in (joints.body_a, joints.body_b))
    return jnp.concatenate([jnp.stack([b, a], axis=1), jnp.stack([a, b], axis=1)])


def thruster_features(level: Level) -> Float[Array, "thruster 8"]:
    """The columns `THRUSTER` of each thruster."""
    thrusters = level.scene.thrusters
    parts = {
        "active": thrusters.active,
        "position": thrusters.position,
        "binding": jax.nn.one_hot(level.thruster_binding, THRUSTER_BINDINGS),
        "direction": _sin_cos(thrusters.angle),
        "power": thrusters.power,
    }
    return _zero_unless(thrusters.active, THRUSTER.pack(parts))
