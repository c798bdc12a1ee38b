"""What each kind of entity looks like to an agent: one row of numbers an entity, zero where there is none.

The columns are those of Kinetix 3.0.2, whose agents read exactly these. Columns of rows that are not active
are zero here; the published ones hold leftovers, which its networks mask."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from ..level.level import Level, Role
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS
from ..task.env_state import EnvState

__all__ = ["circle_features", "joint_ends", "joint_features", "polygon_features", "thruster_features"]

GRAVITY_SCALE = 10.0  # m/s^2
SPIN_SCALE = 10.0  # rad/s, argument of the tanh that keeps spins in bounds
NO_VERTEX = -1.0  # stands in for corners that a polygon does not have


def _zero_unless(exists: Bool[Array, " row"], features: Float[Array, "row column"]) -> Float[Array, "row column"]:
    return jnp.where(exists[:, None], features, 0.0)


def _columns(*parts: Array) -> Float[Array, "row column"]:
    """Put parts of one or several columns beside each other."""
    wide = [part.astype(jnp.float32) if part.ndim == 2 else part.astype(jnp.float32)[:, None] for part in parts]
    return jnp.concatenate(wide, axis=1)


def _body_features(state: EnvState, rows: slice) -> Float[Array, "row 16"]:
    """Position, velocity, inverse mass and inertia, density, spin, role one-hot, sin, cos, friction, restitution."""
    scene, physics = state.level.scene, state.physics
    angle = physics.angle[rows]
    return _columns(
        physics.position[rows],
        physics.velocity[rows],
        scene.inverse_mass[rows],
        scene.inverse_inertia[rows],
        scene.density[rows],
        jnp.tanh(physics.angular_velocity[rows] / SPIN_SCALE),
        jax.nn.one_hot(state.level.role[rows], len(Role)),
        jnp.sin(angle),
        jnp.cos(angle),
        scene.friction[rows],
        scene.restitution[rows],
    )


def polygon_features(state: EnvState) -> Float[Array, "polygon column"]:
    """16 common numbers, 0, the corners (m, in the body's frame), whether it is a triangle."""
    scene = state.level.scene
    count, corners = scene.vertices.shape[:2]
    exists = jnp.arange(corners) < scene.vertex_count[:, None]
    vertices = jnp.where(exists[..., None], scene.vertices, NO_VERTEX).reshape(count, 2 * corners)
    base = _body_features(state, slice(count))
    features = _columns(base, jnp.zeros(count), vertices, scene.vertex_count <= 3)
    return _zero_unless(scene.active[:count], features)


def circle_features(state: EnvState) -> Float[Array, "circle 18"]:
    """16 common numbers, the radius (m), 1."""
    scene = state.level.scene
    first = scene.vertices.shape[0]
    base = _body_features(state, slice(first, None))
    return _zero_unless(scene.active[first:], _columns(base, scene.radius, jnp.ones_like(scene.radius)))


def gravity_feature(level: Level) -> Float[Array, ""]:
    """Vertical gravity in units of 10 m/s^2."""
    return level.scene.gravity[1] / GRAVITY_SCALE


def joint_features(level: Level) -> Float[Array, "row 22"]:
    """Two rows a joint: all as seen from body b, then all as seen from body a.

    Active, fixed, the anchor on this side, the one on the other side (m), sin and cos of the rotation; then
    for revolute joints motor speed, power and presence, whether there are limits, the binding one-hot, sin and
    cos of both limits and how far they are from the rotation (rad).
    """
    joints = level.scene.joints
    limited = joints.limited.astype(jnp.float32)
    motor = _columns(
        joints.motor_speed,
        joints.motor_power,
        joints.motor,
        limited,
        jax.nn.one_hot(level.motor_binding, MOTOR_BINDINGS),
        jnp.sin(joints.min_angle) * limited,
        jnp.cos(joints.min_angle) * limited,
        jnp.sin(joints.max_angle) * limited,
        jnp.cos(joints.max_angle) * limited,
        (joints.min_angle - joints.rotation) * limited,
        (joints.max_angle - joints.rotation) * limited,
    )
    motor = jnp.where(joints.fixed[:, None], 0.0, motor)
    kind = _columns(joints.active, joints.fixed)
    turn = _columns(jnp.sin(joints.rotation), jnp.cos(joints.rotation))
    ways = ((joints.anchor_b, joints.anchor_a), (joints.anchor_a, joints.anchor_b))
    rows = [_zero_unless(joints.active, _columns(kind, here, there, turn, motor)) for here, there in ways]
    return jnp.concatenate(rows)


def joint_ends(level: Level) -> Int[Array, "row 2"]:
    """The bodies of each row of `joint_features`: this side, the other side; zero where there is no joint."""
    joints = level.scene.joints
    a, b = (jnp.where(joints.active, body, 0) for body in (joints.body_a, joints.body_b))
    return jnp.concatenate([jnp.stack([b, a], axis=1), jnp.stack([a, b], axis=1)])


def thruster_features(level: Level) -> Float[Array, "thruster 8"]:
    """Active, position on the body (m), binding one-hot, sin and cos of the direction, power."""
    thrusters = level.scene.thrusters
    features = _columns(
        thrusters.active,
        thrusters.position,
        jax.nn.one_hot(level.thruster_binding, THRUSTER_BINDINGS),
        jnp.sin(thrusters.angle),
        jnp.cos(thrusters.angle),
        thrusters.power,
    )
    return _zero_unless(thrusters.active, features)
