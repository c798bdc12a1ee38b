"""What stays the same while an episode runs: shapes, masses, materials, joints, thrusters, gravity.

All fields but the capacity are arrays of fixed size with an `active` flag, so any mix of scenes of one `Capacity` can
be stacked and simulated as one batch; `jax2d.layout` derives all else from their annotations. Build scenes with
`SceneBuilder`; generators may write the arrays."""

from enum import IntEnum

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from .capacity import Capacity
from .layout import from_arrays, layout, shapes

__all__ = ["JointKind", "Joints", "Scene", "Thrusters", "empty_scene"]


class JointKind(IntEnum):
    """How a joint lets its two bodies move. The equations of each kind are in `jax2d.kernel.joints`."""

    REVOLUTE = 0  # they turn freely about the shared point, by a motor and between limits if it has them
    FIXED = 1  # they keep their relative angle


class Joints(eqx.Module):
    """Revolute and fixed joints, one row each. A revolute joint may have a motor and limits.

    The joint angle is `angle_b - angle_a - rotation`, in radians.
    """

    active: Bool[Array, " joint"]
    body_a: Int[Array, " joint"]  # index into the bodies
    body_b: Int[Array, " joint"]
    anchor_a: Float[Array, "joint 2"]  # m, from a's centre of mass, in a's frame
    anchor_b: Float[Array, "joint 2"]  # m, from b's centre of mass, in b's frame
    rotation: Float[Array, " joint"]  # rad, relative angle at which the joint angle is zero
    fixed: Bool[Array, " joint"]  # holds the relative angle as well
    motor: Bool[Array, " joint"]
    motor_speed: Float[Array, " joint"]  # in units of PhysicsParams.motor_speed
    motor_power: Float[Array, " joint"]  # in units of PhysicsParams.motor_power
    limited: Bool[Array, " joint"]
    min_angle: Float[Array, " joint"]  # rad
    max_angle: Float[Array, " joint"]  # rad

    @property
    def kind(self) -> Int[Array, "*batch joint"]:
        """The `JointKind` of each joint. Works on a batch of joints as well."""
        return jnp.where(self.fixed, JointKind.FIXED.value, JointKind.REVOLUTE.value)


class Thrusters(eqx.Module):
    """Nozzles that push a body along their direction, one row each."""

    active: Bool[Array, " thruster"]
    body: Int[Array, " thruster"]  # index into the bodies
    position: Float[Array, "thruster 2"]  # m, from the centre of mass, in the body's frame
    angle: Float[Array, " thruster"]  # rad, direction of the push in the body's frame
    power: Float[Array, " thruster"]  # in units of PhysicsParams.thruster_power


class Scene(eqx.Module):
    """One scene. Bodies are indexed polygons first, then circles; SI units."""

    vertices: Float[Array, "polygon vertex 2"]  # m, clockwise, from the centre of mass, in the body's frame
    vertex_count: Int[Array, " polygon"]  # rows of `vertices` beyond it are unused
    radius: Float[Array, " circle"]  # m
    active: Bool[Array, " body"]  # an inactive body does not exist
    inverse_mass: Float[Array, " body"]  # 1/kg; 0 means immovable
    inverse_inertia: Float[Array, " body"]  # 1/(kg m^2); 0 means that it never turns by itself
    density: Float[Array, " body"]  # kg/m^2, what the two above were made from
    friction: Float[Array, " body"]  # in units of PhysicsParams.friction
    restitution: Float[Array, " body"]  # 0 no bounce, 1 full bounce; a contact has the smaller of both
    group: Int[Array, " body"]  # bodies with the same number overlap freely: those that joints connect
    ghost: Bool[Array, " body"]  # meets the static polygons only
    joints: Joints
    thrusters: Thrusters
    gravity: Float[Array, "2"]  # m/s^2
    capacity: Capacity = eqx.field(static=True)


def empty_scene(capacity: Capacity) -> Scene:
    """A scene of this capacity in which nothing exists, without gravity: a start for generators."""
    table = layout(Scene)
    arrays = {path: jnp.zeros(shape, table[path].dtype) for path, shape in shapes(Scene, capacity).items()}
    arrays["group"] = jnp.arange(capacity.bodies, dtype=jnp.int32)
    return from_arrays(Scene, arrays, capacity)
