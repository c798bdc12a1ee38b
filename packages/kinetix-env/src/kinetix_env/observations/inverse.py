"""The state behind an entity observation, for models of the world that predict observations and for planning in them.

The observation determines shapes, masses, materials, roles, joints, motors, limits, thrusters, poses and velocities, to
the precision of float32. It does not tell, and the state has instead:

- how often a body or a joint has turned round: angles lie in (-pi, pi], plus what whole turns it takes for fixed joints
  to be at their angle and for limited ones to be nearest to the middle of their limits
- the solver's memory, the impulses of the step before: none, so that bodies in contact go on a little differently
- motors that run by themselves, ghosts, and gravity to the side: none
- the second point of a contact, the time, and whether the episode is over: no, unless you say so
- spins beyond about 80 rad/s, where tanh(spin / 10) is 1 in float32: 80 rad/s"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int
from numpy import pi

from jax2d import Capacity, Joints, Scene, Thrusters, collision_groups, contact_slots, initial_state

from ..errors import LevelError
from ..level.level import Level
from ..task.env_state import EnvState
from ..task.verdict import goal_distance, present_roles
from .entity import Entities
from .features import GRAVITY_SCALE, NO_VERTEX, SPIN_SCALE

__all__ = ["state_from_observation"]

_COMMON = 16  # columns of both kinds of bodies
_STEEPEST = float(np.tanh(np.float32(8.0)))  # the largest tanh that is inverted


def state_from_observation(capacity: Capacity, entities: Entities, *, time: int | Int[Array, ""] = 0) -> EnvState:
    """The state in which the entity observation of a level of this capacity is this one.

    Its level starts with what is seen, so that `env.reset` of it, or planning from it, needs nothing else. For a batch
    use `jax.vmap`. A `LevelError` if the arrays do not have the shapes of the capacity.
    """
    _check(capacity, entities)
    bodies = _bodies(entities)
    joints = _joints(entities.joints[: capacity.joints], entities.joint_indexes[: capacity.joints])
    thrusters = _thrusters(entities)
    group = collision_groups(joints.joints.active, joints.joints.body_a, joints.joints.body_b, capacity.bodies)
    vertices, count = _corners(entities.polygons)
    exists = jnp.concatenate([entities.polygon_mask, entities.circle_mask])
    seen = jnp.concatenate([entities.polygons[:, -1], entities.circles[:, -1]])
    gravity = jnp.where(exists, seen, 0.0)[jnp.argmax(exists)] * GRAVITY_SCALE
    scene = Scene(
        vertices=vertices,
        vertex_count=jnp.where(entities.polygon_mask, count, 0),
        radius=entities.circles[:, _COMMON],
        active=exists,
        inverse_mass=bodies[:, 4],
        inverse_inertia=bodies[:, 5],
        density=bodies[:, 6],
        friction=bodies[:, 14],
        restitution=bodies[:, 15],
        group=group,
        ghost=jnp.zeros(capacity.bodies, bool),
        joints=joints.joints,
        thrusters=thrusters.thrusters,
        gravity=jnp.stack([jnp.zeros(()), gravity]),
    )
    angle = _whole_turns(joints.joints, jnp.arctan2(bodies[:, 12], bodies[:, 13]), capacity.bodies)
    spin = SPIN_SCALE * jnp.arctanh(jnp.clip(bodies[:, 7], -_STEEPEST, _STEEPEST))
    physics = initial_state(capacity, bodies[:, 0:2], angle, bodies[:, 2:4], spin)
    level = Level(
        scene=scene,
        state=physics,
        role=jnp.argmax(bodies[:, 8:12], axis=1).astype(jnp.int32),
        motor_binding=joints.binding,
        motor_auto=jnp.zeros(capacity.joints, bool),
        thruster_binding=thrusters.binding,
    )
    return EnvState(
        level=level,
        physics=physics,
        touching=_touching(capacity, entities.attention_mask[3]),
        time=jnp.asarray(time, jnp.int32),
        distance=goal_distance(present_roles(level), physics.position),
        done=jnp.zeros((), bool),
    )


def _check(capacity: Capacity, entities: Entities) -> None:
    """Raise a `LevelError` unless this is one observation of the capacity."""
    if not isinstance(entities, Entities):
        raise LevelError(f"state_from_observation: takes the entity observation, got {type(entities).__name__}.")
    wanted = {
        "polygons": (capacity.polygons, _COMMON + 3 + 2 * capacity.vertices),
        "circles": (capacity.circles, _COMMON + 3),
        "joints": (2 * capacity.joints, 22),
        "thrusters": (capacity.thrusters, 8),
    }
    for name, shape in wanted.items():
        if (got := getattr(entities, name).shape) != shape:
            raise LevelError(
                f"state_from_observation: {name} must have shape {shape} for {capacity}, got {got}. For a batch use "
                "jax.vmap."
            )


def _bodies(entities: Entities) -> Float[Array, "body 16"]:
    return jnp.concatenate([entities.polygons[:, :_COMMON], entities.circles[:, :_COMMON]])


def _corners(
    polygons: Float[Array, "polygon column"],
) -> tuple[Float[Array, "polygon vertex 2"], Int[Array, " polygon"]]:
    """Corners, zero where there is none, and how many there are.

    Four corners or more end where (-1, -1) stands in for all further ones.
    """
    triangle = polygons[:, -2] > 0
    corners = polygons[:, _COMMON + 1 : -2].reshape(len(polygons), -1, 2)
    number = jnp.arange(1, corners.shape[1] + 1, dtype=jnp.int32)
    last = jnp.max(jnp.where(jnp.any(corners != NO_VERTEX, axis=-1), number, 0), axis=1)
    least = min(4, corners.shape[1])
    count = jnp.where(triangle, 3, jnp.maximum(last, least)).astype(jnp.int32)
    return jnp.where((number <= count[:, None])[..., None], corners, 0.0), count


class _Joints(NamedTuple):
    joints: Joints
    binding: Int[Array, " joint"]


def _joints(rows: Float[Array, "joint 22"], ends: Int[Array, "joint 2"]) -> _Joints:
    """Joints from their rows as seen from body b."""
    active, fixed, limited = rows[:, 0] > 0, rows[:, 1] > 0, rows[:, 11] > 0
    rotation = jnp.arctan2(rows[:, 6], rows[:, 7])
    joints = Joints(
        active=active,
        body_a=ends[:, 1],
        body_b=ends[:, 0],
        anchor_a=rows[:, 4:6],
        anchor_b=rows[:, 2:4],
        rotation=rotation,
        fixed=fixed,
        motor=rows[:, 10] > 0,
        motor_speed=rows[:, 8],
        motor_power=rows[:, 9],
        limited=limited,
        min_angle=jnp.where(limited, rows[:, 20] + rotation, 0.0),
        max_angle=jnp.where(limited, rows[:, 21] + rotation, 0.0),
    )
    return _Joints(joints, jnp.argmax(rows[:, 12:16], axis=1).astype(jnp.int32))


class _Thrusters(NamedTuple):
    thrusters: Thrusters
    binding: Int[Array, " thruster"]


def _thrusters(entities: Entities) -> _Thrusters:
    rows = entities.thrusters
    thrusters = Thrusters(
        active=entities.thruster_mask,
        body=entities.thruster_indexes,
        position=rows[:, 1:3],
        angle=jnp.arctan2(rows[:, 5], rows[:, 6]),
        power=rows[:, 7],
    )
    return _Thrusters(thrusters, jnp.argmax(rows[:, 3:5], axis=1).astype(jnp.int32))


def _whole_turns(joints: Joints, angle: Float[Array, " body"], bodies: int) -> Float[Array, " body"]:
    """Angles with whole turns added where fixed and limited joints need them.

    Joint by joint: the bodies on side b, with all that hangs on them so far, turn until the joint is nearest its place.
    """
    held = joints.active & (joints.fixed | joints.limited)
    place = jnp.where(joints.fixed, 0.0, (joints.min_angle + joints.max_angle) / 2)

    def settle(
        now: tuple[Float[Array, " body"], Int[Array, " body"]], joint: Array
    ) -> tuple[tuple[Float[Array, " body"], Int[Array, " body"]], None]:
        turned, group = now
        a, b = joints.body_a[joint], joints.body_b[joint]
        off = place[joint] - (turned[b] - turned[a] - joints.rotation[joint])
        apart = held[joint] & (group[a] != group[b])
        turns = jnp.where(apart, jnp.round(off / (2 * pi)), 0.0)
        turned = turned + jnp.where(group == group[b], 2 * pi * turns, 0.0)
        return (turned, jnp.where(apart & (group == group[b]), group[a], group)), None

    if len(joints.active) == 0:
        return angle
    start = angle, jnp.arange(bodies, dtype=jnp.int32)
    return jax.lax.scan(settle, start, jnp.arange(len(joints.active)))[0][0]


def _touching(capacity: Capacity, touching: Bool[Array, "body body"]) -> Bool[Array, " contact"]:
    """The first contact of each pair of bodies that touch."""
    slots = contact_slots(capacity)
    first = slots.first[slots.body_a, slots.body_b] == np.arange(len(slots))
    by_slot: Bool[Array, " contact"] = (touching | touching.T)[slots.body_a, slots.body_b] & first
    return by_slot
