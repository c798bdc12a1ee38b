"""The state behind an entity or a flat observation, for models of the world that predict them and for planning in them.

The observation determines shapes, masses, materials, roles, joints, motors, limits, thrusters, poses and velocities, to
the precision of float32. It does not determine the following, for which the state has:

- how often a body or a joint has turned round: angles lie in (-pi, pi], plus what whole turns it takes for fixed joints
  to be at their angle and for limited ones to be nearest to the middle of their limits
- the solver's memory, the impulses of the step before: none, so that bodies in contact go on a little differently
- motors that run by themselves, ghosts, and gravity to the side: none
- the second point of a contact, the time, and whether the episode is over: no, unless you say so
- spins beyond about 80 rad/s, where tanh(spin / 10) is 1 in float32: 80 rad/s
- of a flat observation also numbers beyond [-10, 10], such as the inverse mass of small bodies: the nearest of these
  bounds; the left and right wall and the ceiling: those of an empty level; which bodies touch: none"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int
from numpy import pi

from jax2d import Capacity, Joints, Scene, Thrusters, collision_groups, contact_slots, initial_state

from ..level.level import Level
from ..task.env_state import EnvState
from ..task.verdict import goal_distance, present_roles
from .columns import BODY, CIRCLE, JOINT, THRUSTER, polygon_columns
from .entity import Entities
from .features import GRAVITY_SCALE, NO_VERTEX, SPIN_SCALE
from .rows import Rows, rows_of

__all__ = ["state_from_observation"]

_STEEPEST = float(np.tanh(np.float32(8.0)))  # the largest tanh that is inverted


def state_from_observation(
    capacity: Capacity, observation: Entities | Float[Array, " number"], *, time: int | Int[Array, ""] = 0
) -> EnvState:
    """The state in which the entity or the flat observation of a level of this capacity is this one.

    Its level starts with what is seen, so that `env.reset` of it, or planning from it, needs nothing else. For a batch
    use `jax.vmap`. A `LevelError` if the arrays do not have the shapes of the capacity.
    """
    seen = rows_of(capacity, observation)
    bodies = _bodies(seen)
    joints = _joints(seen.joints, seen.joint_bodies)
    vertices, count = _corners(capacity, seen.polygons)
    group = collision_groups(joints.active, joints.body_a, joints.body_b, capacity.bodies)
    scene = Scene(
        vertices=vertices,
        vertex_count=jnp.where(seen.exists[: capacity.polygons], count, 0),
        radius=seen.circles[:, CIRCLE["radius"].start],
        active=seen.exists,
        inverse_mass=bodies["inverse_mass"][:, 0],
        inverse_inertia=bodies["inverse_inertia"][:, 0],
        density=bodies["density"][:, 0],
        friction=bodies["friction"][:, 0],
        restitution=bodies["restitution"][:, 0],
        group=group,
        ghost=jnp.zeros(capacity.bodies, bool),
        joints=joints,
        thrusters=_thrusters(seen),
        gravity=jnp.stack([jnp.zeros(()), seen.gravity * GRAVITY_SCALE]),
        capacity=capacity,
    )
    angle = _whole_turns(joints, _angle(bodies["angle"]), capacity.bodies)
    spin = SPIN_SCALE * jnp.arctanh(jnp.clip(bodies["spin"][:, 0], -_STEEPEST, _STEEPEST))
    physics = initial_state(capacity, bodies["position"], angle, bodies["velocity"], spin)
    level = Level(
        scene=scene,
        state=physics,
        role=_which(bodies["role"]),
        motor_binding=_which(seen.joints[:, JOINT["binding"]]),
        motor_auto=jnp.zeros(capacity.joints, bool),
        thruster_binding=_which(seen.thrusters[:, THRUSTER["binding"]]),
    )
    return EnvState(
        level=level,
        physics=physics,
        touching=_touching(capacity, seen.touching),
        time=jnp.asarray(time, jnp.int32),
        distance=goal_distance(present_roles(level), physics.position),
        done=jnp.zeros((), bool),
    )


def _bodies(seen: Rows) -> dict[str, Float[Array, "body column"]]:
    rows = jnp.concatenate([seen.polygons[:, : BODY.width], seen.circles[:, : BODY.width]])
    return {name: rows[:, place] for name, place in BODY.items()}


def _angle(sin_cos: Float[Array, "row 2"]) -> Float[Array, " row"]:
    return jnp.arctan2(sin_cos[:, 0], sin_cos[:, 1])


def _which(one_hot: Float[Array, "row choice"]) -> Int[Array, " row"]:
    return jnp.argmax(one_hot, axis=1).astype(jnp.int32)


def _corners(
    capacity: Capacity, polygons: Float[Array, "polygon column"]
) -> tuple[Float[Array, "polygon vertex 2"], Int[Array, " polygon"]]:
    """Corners, zero where there is none, and their number.

    Four corners or more end where (-1, -1) stands in for all further ones.
    """
    columns = polygon_columns(capacity.vertices)
    triangle = polygons[:, columns["triangle"].start] > 0
    corners = polygons[:, columns["corners"]].reshape(len(polygons), -1, 2)
    number = jnp.arange(1, corners.shape[1] + 1, dtype=jnp.int32)
    last = jnp.max(jnp.where(jnp.any(corners != NO_VERTEX, axis=-1), number, 0), axis=1)
    least = min(4, corners.shape[1])
    count = jnp.where(triangle, 3, jnp.maximum(last, least)).astype(jnp.int32)
    return jnp.where((number <= count[:, None])[..., None], corners, 0.0), count


def _joints(rows: Float[Array, "joint 22"], bodies: Int[Array, "joint 2"]) -> Joints:
    """Joints from their rows as seen from body b, and their bodies b and a."""
    seen = {name: rows[:, place] for name, place in JOINT.items()}
    limited, rotation = seen["limited"][:, 0] > 0, _angle(seen["rotation"])
    return Joints(
        active=seen["active"][:, 0] > 0,
        body_a=bodies[:, 1],
        body_b=bodies[:, 0],
        anchor_a=seen["other_anchor"],
        anchor_b=seen["anchor"],
        rotation=rotation,
        fixed=seen["fixed"][:, 0] > 0,
        motor=seen["motor"][:, 0] > 0,
        motor_speed=seen["motor_speed"][:, 0],
        motor_power=seen["motor_power"][:, 0],
        limited=limited,
        min_angle=jnp.where(limited, seen["min_from_rotation"][:, 0] + rotation, 0.0),
        max_angle=jnp.where(limited, seen["max_from_rotation"][:, 0] + rotation, 0.0),
    )


def _thrusters(seen: Rows) -> Thrusters:
    rows = {name: seen.thrusters[:, place] for name, place in THRUSTER.items()}
    return Thrusters(
        active=rows["active"][:, 0] > 0,
        body=seen.thruster_bodies,
        position=rows["position"],
        angle=_angle(rows["direction"]),
        power=rows["power"][:, 0],
    )


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
