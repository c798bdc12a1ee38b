"""One step of a chunk of scenes: gravity, contacts, actuators, solver, integration."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..capacity import Capacity
from ..params import PhysicsParams
from ..scene import Scene
from ..slots import ContactSlots, contact_slots
from ..state import State
from .actuators import drive_motors, fire_thrusters
from .bodies import Bodies, Velocity
from .detect import ContactPoint, DetectedContacts, Impulses, detect
from .joints.common import JointImpulse, Position
from .joints.prepare import prepare
from .lowering import materialise
from .narrow import outline
from .room import confine, room_of
from .rows import join
from .solver import AbstractSolver, Problem, Solution
from .sweep import split

__all__ = ["ContactPoints", "find_contacts", "no_contacts", "step"]


class ContactPoints(NamedTuple):
    """All contact slots of a chunk, as `jax2d.Contacts` but batch last: [contact, lane]."""

    active: Array
    x: Array
    y: Array
    normal_x: Array
    normal_y: Array
    depth: Array


def _bodies(scene: Scene, state: State, gravity: Array, params: PhysicsParams) -> Bodies:
    """Gather what detection reads, after gravity has acted. Static polygons have no velocity."""
    static = scene.capacity.static_polygons
    falls = (scene.inverse_mass[static:] != 0).astype(jnp.float32) * params.dt
    still = jnp.zeros((static, falls.shape[-1]))
    friction = scene.friction * params.friction
    return materialise(
        Bodies(
            x=state.position[0],
            y=state.position[1],
            velocity_x=join(still, state.velocity[0, static:] + gravity[0] * falls),
            velocity_y=join(still, state.velocity[1, static:] + gravity[1] * falls),
            angular_velocity=join(still, state.angular_velocity[static:]),
            inverse_mass=scene.inverse_mass,
            inverse_inertia=scene.inverse_inertia,
            friction_squared=friction * friction,
            restitution=scene.restitution,
            active=scene.active,
            group=scene.group,
            ghost=scene.ghost,
        )
    )


def _detect(
    scene: Scene, state: State, bodies: Bodies, gravity: Array, params: PhysicsParams
) -> tuple[DetectedContacts, DetectedContacts, DetectedContacts]:
    capacity, polygons = scene.capacity, scene.capacity.polygons
    cos, sin = materialise((jnp.cos(state.angle[:polygons]), jnp.sin(state.angle[:polygons])))
    outlines = outline(scene.vertices, scene.vertex_count, cos, sin)
    slots, impulses = contact_slots(capacity), (state.normal_impulse, state.tangent_impulse)
    fall = materialise((gravity[0] * params.dt, gravity[1] * params.dt))
    return detect(slots, capacity.static_polygons, bodies, outlines, scene.radius, *impulses, fall, params)


def _contact_points(found: tuple[DetectedContacts, ...]) -> ContactPoints:
    contact_points: list[ContactPoint] = [contact_point for kind in found for contact_point in kind.contact_points]
    return ContactPoints(*(join(*fields) for fields in zip(*contact_points, strict=True)))


def no_contacts(capacity: Capacity, lanes: int) -> ContactPoints:
    """What `find_contacts` returns where nothing touches."""
    none = jnp.zeros((len(contact_slots(capacity)), lanes))
    return ContactPoints(none.astype(bool), none, none, none, none, none)


def find_contacts(scene: Scene, state: State, params: PhysicsParams) -> ContactPoints:
    """The contacts of the present poses."""
    none = jnp.zeros_like(scene.gravity)
    return _contact_points(_detect(scene, state, _bodies(scene, state, none, params), none, params))


def step(
    solver: AbstractSolver, scene: Scene, state: State,
    action: Float[Array, "action lane"], params: PhysicsParams, *, confined: bool = False,
) -> tuple[State, ContactPoints]:  # fmt: skip
    """Advance a chunk of scenes by dt. Scene, state and action are batch last, per-scene axes reversed.

    `confined` keeps bodies in the room between the walls.
    """
    capacity, static = scene.capacity, scene.capacity.static_polygons
    bodies = _bodies(scene, state, scene.gravity, params)
    found = _detect(scene, state, bodies, scene.gravity, params)

    velocity = Velocity(bodies.velocity_x[static:], bodies.velocity_y[static:], bodies.angular_velocity[static:])
    motors, nozzles = action[: capacity.joints], action[capacity.joints :]
    velocity = drive_motors(velocity, scene.joints, state.angle, bodies, static, motors, params)
    velocity = fire_thrusters(velocity, scene.thrusters, state.angle, bodies, static, nozzles, params)

    problem = _problem(scene, state, bodies, velocity, found, params)
    solution = solver.solve(problem, params)
    return _integrate(scene, state, solution, params, confined=confined), _contact_points(found)


def _problem(
    scene: Scene, state: State, bodies: Bodies, velocity: Velocity,
    found: tuple[DetectedContacts, DetectedContacts, DetectedContacts], params: PhysicsParams,
) -> Problem:  # fmt: skip
    capacity = scene.capacity
    static, slots = capacity.static_polygons, contact_slots(capacity)
    tables = (slots.polygon_polygon, slots.polygon_circle, slots.circle_circle)
    counts = (capacity.movable_polygons, capacity.circles, capacity.circles)
    parts = [split(kind, table, count) for kind, table, count in zip(found, tables, counts, strict=True)]
    kinds, impulses, static_impulses = zip(*parts, strict=True)
    joints, exists = prepare(scene.joints, state.angle, bodies, static, params)
    before = JointImpulse(
        state.joint_impulse[0] * exists, state.joint_impulse[1] * exists, state.joint_angular_impulse * exists
    )
    position = Position(state.position[0, static:], state.position[1, static:])
    polygons = capacity.movable_polygons
    return Problem(velocity, position, polygons, kinds, impulses, static_impulses, joints, materialise(before))


def _integrate(scene: Scene, state: State, solved: Solution, params: PhysicsParams, *, confined: bool) -> State:
    """Explicit pose update with the new velocities, then clip what is too far or too fast."""
    static, slots = scene.capacity.static_polygons, contact_slots(scene.capacity)

    def clip(x: Array, bound: Array | float) -> Array:
        return jnp.clip(x, -bound, bound)

    v, x, dt = solved.velocity, solved.position, params.dt
    normal, tangent = _accumulated(slots, solved.impulses, solved.static_impulses)
    still_x, still_y = state.position[0, :static], state.position[1, :static]
    still = jnp.zeros_like(still_x)
    position = clip(x.x + v.x * dt, params.max_position), clip(x.y + v.y * dt, params.max_position)
    velocity = clip(v.x, params.max_velocity), clip(v.y, params.max_velocity)
    if confined:
        position, velocity = confine(room_of(scene, state), position, velocity)
    joint = solved.joint_impulse
    stepped: State = eqx.tree_at(
        lambda s: (
            *(s.position, s.angle, s.velocity, s.angular_velocity),
            *(s.normal_impulse, s.tangent_impulse, s.joint_impulse, s.joint_angular_impulse),
        ),
        state,
        (
            jnp.stack([join(still_x, position[0]), join(still_y, position[1])]),
            join(state.angle[:static], state.angle[static:] + v.angular * dt),
            jnp.stack([join(still, part) for part in velocity]),
            join(still, clip(v.angular, params.max_angular_velocity)),
            normal,
            tangent,
            jnp.stack([joint.x, joint.y]),
            joint.angular,
        ),
    )
    return stepped


def _accumulated(
    slots: ContactSlots, impulses: tuple[Impulses, ...], static_impulses: tuple[Impulses, ...]
) -> tuple[Array, Array]:
    """Impulses of all contact slots, in slot order."""
    normal: list[Array] = []
    tangent: list[Array] = []
    for moving, static in zip(impulses, static_impulses, strict=True):
        for of_moving, of_static in zip(moving, static, strict=True):
            for part, into in ((0, normal), (1, tangent)):
                rows = [field[part].reshape(-1, field[part].shape[-1]) for field in (of_moving, of_static)]
                into.append(join(*rows))
    total = int(np.sum([len(rows) for rows in normal]))
    assert total == len(slots), f"{total} rows for {len(slots)} contact slots"
    return join(*normal), join(*tangent)
