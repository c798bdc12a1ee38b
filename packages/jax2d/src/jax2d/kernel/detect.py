"""Find all contacts of a chunk of scenes and prepare them for the solver.

One loop per class of pairs, one pair per iteration, in solving order. Everything that stays the same over the
solver's iterations is computed here, once per step (docs/physics.md derives the terms):
  normal mass  1 / (1/m_a + 1/m_b + (r_a x n)^2 / I_a + (r_b x n)^2 / I_b), the same along the tangent
  target       the larger of the bias velocity, which removes overlap beyond the slop, and the bounce
  coupling     change of the tangential velocity per unit of normal impulse
Contact points stay where they are over the iterations of a step."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ..params import PhysicsParams
from ..slots import ContactSlots, PairTable
from .bodies import Bodies
from .lowering import loop, materialise
from .narrow import Motion, Outline, circle_circle, polygon_circle, polygon_polygon
from .rows import inverse, root, row

__all__ = ["ConstraintPoint", "ContactConstraint", "ContactPoint", "DetectedContacts", "Impulses", "detect"]


SLIDES_OVER = 2.0  # times the slop: the height of a step that does not stop a body that slides
SLIDING = 8.0  # steps of motion that count, so that slow bodies slide as well

Impulses = tuple[tuple[Array, Array], ...]  # per point: normal and tangential
Fall = tuple[Array, Array]  # m/s, what gravity adds to the velocity of a movable body in this step: [lane]


class ContactConstraint(NamedTuple):
    """The part of a contact constraint that all points of a pair have in common; body b is always movable."""

    normal_x: Array
    normal_y: Array
    friction: Array  # coefficient of the pair
    inverse_mass_a: Array
    inverse_mass_b: Array
    inverse_inertia_a: Array
    inverse_inertia_b: Array


class ConstraintPoint(NamedTuple):
    """One point of a contact constraint, as the solver reads it. With both masses 0 it has no effect."""

    arm_a: Array  # m, r_a x n
    arm_b: Array
    turn_a: Array  # m, r_a x t, with the tangent t the normal turned clockwise
    turn_b: Array
    normal_mass: Array  # kg
    tangent_mass: Array  # kg
    target: Array  # m/s, wanted relative velocity along the normal
    coupling: Array  # 1/kg


class ContactPoint(NamedTuple):
    """One contact point, as tasks and pictures read it; zero where not active."""

    active: Array
    x: Array  # m, world frame
    y: Array
    normal_x: Array
    normal_y: Array
    depth: Array


class DetectedContacts(NamedTuple):
    """The contacts of one class of pairs, in solving order: [pair, lane] in every field."""

    constraint: ContactConstraint
    points: tuple[ConstraintPoint, ...]
    impulses: Impulses  # to start from
    contact_points: tuple[ContactPoint, ...]


def _prepare(
    a: Bodies, b: Bodies, active: Bool[Array, "*point lane"], x: Array, y: Array, nx: Array, ny: Array, depth: Array,
    fall: Fall, params: PhysicsParams,
) -> tuple[ConstraintPoint, Bool[Array, "*point lane"]]:  # fmt: skip
    """The solver's terms of contact points at (x, y) from the centre of a, and which points push."""
    ax, ay = x, y
    bx, by = x - (b.x - a.x), y - (b.y - a.y)
    relative_x = (b.velocity_x - b.angular_velocity * by) - (a.velocity_x - a.angular_velocity * ay)
    relative_y = (b.velocity_y + b.angular_velocity * bx) - (a.velocity_y + a.angular_velocity * ax)
    # before gravity acted: then a full bounce retraces the fall step by step, and a body at rest does not hop
    fall_x, fall_y = _relative_fall(a, b, fall)
    approach_x, approach_y = relative_x - fall_x, relative_y - fall_y
    bounce = -(approach_x * nx + approach_y * ny) * jnp.minimum(a.restitution, b.restitution)
    pushes = active & (a.group != b.group) & ((a.inverse_mass != 0) | (b.inverse_mass != 0))
    arm_a, arm_b = ax * ny - ay * nx, bx * ny - by * nx
    turn_a, turn_b = -(ax * nx + ay * ny), -(bx * nx + by * ny)
    pushes, bounce, arm_a, arm_b, turn_a, turn_b = materialise((pushes, bounce, arm_a, arm_b, turn_a, turn_b))
    linear = a.inverse_mass + b.inverse_mass
    along_normal = linear + a.inverse_inertia * arm_a * arm_a + b.inverse_inertia * arm_b * arm_b
    along_tangent = linear + a.inverse_inertia * turn_a * turn_a + b.inverse_inertia * turn_b * turn_b
    point = ConstraintPoint(
        arm_a=arm_a,
        arm_b=arm_b,
        turn_a=turn_a,
        turn_b=turn_b,
        normal_mass=jnp.where(pushes, inverse(along_normal), 0.0),
        tangent_mass=jnp.where(pushes, inverse(along_tangent), 0.0),
        target=jnp.maximum(params.contact_bias / params.dt * jnp.maximum(0.0, depth - params.slop), bounce),
        coupling=a.inverse_inertia * arm_a * turn_a + b.inverse_inertia * arm_b * turn_b,
    )
    return point, pushes


def _relative_fall(a: Bodies, b: Bodies, fall: Fall) -> Fall:
    """What gravity has added to the velocity of b relative to a: nothing between bodies that both fall."""
    falls = (b.inverse_mass != 0).astype(jnp.float32) - (a.inverse_mass != 0).astype(jnp.float32)
    return falls * fall[0], falls * fall[1]


def _motion(a: Bodies, b: Bodies, fall: Fall, params: PhysicsParams) -> Motion:
    """How b slides along a. Without gravity, which presses a body at rest against what it lies on."""
    fall_x, fall_y = _relative_fall(a, b, fall)
    scale = SLIDING * params.dt
    x, y = (b.velocity_x - a.velocity_x - fall_x) * scale, (b.velocity_y - a.velocity_y - fall_y) * scale
    return Motion(*materialise((x, y)), step=SLIDES_OVER * params.slop)


def _constraint(a: Bodies, b: Bodies, nx: Array, ny: Array) -> ContactConstraint:
    return ContactConstraint(
        normal_x=nx,
        normal_y=ny,
        friction=root(a.friction_squared + b.friction_squared),
        inverse_mass_a=a.inverse_mass,
        inverse_mass_b=b.inverse_mass,
        inverse_inertia_a=a.inverse_inertia,
        inverse_inertia_b=b.inverse_inertia,
    )


def _contact_point(a: Bodies, active: Array, x: Array, y: Array, nx: Array, ny: Array, depth: Array) -> ContactPoint:
    rows = (a.x + x, a.y + y, nx, ny, depth)
    return ContactPoint(active, *(jnp.where(active, field, 0.0) for field in rows))


# active, x, y, normal_x, normal_y, depth; of a polygon pair with a leading axis of two points
Manifold = tuple[Array, Array, Array, Array, Array, Array]


def _loop(
    table: PairTable,
    static: int,
    bodies: Bodies,
    impulses: Impulses,
    fall: Fall,
    params: PhysicsParams,
    collide: Callable[[Int[Array, " 2"], Array, Array, Motion], Manifold],
) -> DetectedContacts:
    """Run `collide` over the pairs of a table; its points lead the lanes where a manifold has several."""
    if not len(table):
        none = jnp.zeros((0, bodies.x.shape[-1]), bodies.x.dtype)
        contact_point = ContactPoint(none.astype(bool), *[none] * 5)
        points = tuple(ConstraintPoint(*[none] * len(ConstraintPoint._fields)) for _ in impulses)
        return DetectedContacts(
            ContactConstraint(*[none] * len(ContactConstraint._fields)),
            points,
            impulses,
            tuple(contact_point for _ in impulses),
        )

    def one(_: None, xs: tuple[Int[Array, " 2"], Impulses]) -> tuple[None, DetectedContacts]:
        pair, before = xs
        a, b = bodies.at(pair[0]), bodies.at(pair[1])
        dx, dy = materialise((b.x - a.x, b.y - a.y))
        motion = _motion(a, b, fall, params)
        near, x, y, nx, ny, depth = collide(pair, dx, dy, motion)
        exist = a.active & b.active & (pair[0] != pair[1])
        active = materialise(near & exist & (~(a.ghost | b.ghost) | (pair[0] < static)))
        point, pushes = _prepare(a, b, active, x, y, nx, ny, depth, fall, params)
        normal, tangent = (jnp.where(pushes, _stack([point_before[k] for point_before in before]), 0.0) for k in (0, 1))
        contact_point = _contact_point(a, active, x, y, nx, ny, depth)
        constraint, point, normal, tangent, contact_point = materialise(
            (_constraint(a, b, nx, ny), point, normal, tangent, contact_point)
        )
        return None, DetectedContacts(
            constraint=constraint,
            points=tuple(ConstraintPoint(*fields) for fields in _unstack(point, len(impulses))),
            impulses=tuple((p[0], p[1]) for p in _unstack((normal, tangent), len(impulses))),
            contact_points=tuple(ContactPoint(*fields) for fields in _unstack(contact_point, len(impulses))),
        )

    found: DetectedContacts = loop(one, None, (jnp.asarray(table.bodies), impulses))[1]
    return found


def _stack(points: list[Array]) -> Array:
    return points[0] if len(points) == 1 else jnp.stack(points)


def _unstack(fields: tuple[Array, ...], points: int) -> list[tuple[Array, ...]]:
    """Split the fields of several points into one tuple of fields per point."""
    if points == 1:
        return [tuple(fields)]
    return [tuple(jnp.broadcast_to(f, (points, f.shape[-1]))[k] for f in fields) for k in range(points)]


def detect(
    slots: ContactSlots,
    static: int,
    bodies: Bodies,
    outlines: Outline,
    radius: Float[Array, "circle lane"],
    normal: Float[Array, "contact lane"],
    tangent: Float[Array, "contact lane"],
    fall: Fall,
    params: PhysicsParams,
) -> tuple[DetectedContacts, DetectedContacts, DetectedContacts]:
    """Contacts of polygons, of polygons with circles, and of circles."""
    polygons = outlines.x.shape[1]

    def two_polygons(pair: Int[Array, " 2"], dx: Array, dy: Array, motion: Motion) -> Manifold:
        found = polygon_polygon(outlines.at(pair[0]), outlines.at(pair[1]), dx, dy, motion)
        active, x, y = jnp.stack(found.active), jnp.stack(found.x), jnp.stack(found.y)
        return active, x, y, found.normal_x, found.normal_y, found.depth

    def polygon_and_circle(pair: Int[Array, " 2"], dx: Array, dy: Array, motion: Motion) -> Manifold:
        return polygon_circle(outlines.at(pair[0]), row(radius, pair[1] - polygons), dx, dy, motion)

    def two_circles(pair: Int[Array, " 2"], dx: Array, dy: Array, motion: Motion) -> Manifold:
        del motion
        return circle_circle(row(radius, pair[0] - polygons), row(radius, pair[1] - polygons), dx, dy)

    sizes = [len(slots.polygon_polygon)] * 2 + [len(slots.polygon_circle), len(slots.circle_circle)]
    ends = np.cumsum(sizes)
    first, second, with_circle, circles = (
        (normal[end - size : end], tangent[end - size : end]) for size, end in zip(sizes, ends, strict=True)
    )
    return (
        _loop(slots.polygon_polygon, static, bodies, (first, second), fall, params, two_polygons),
        _loop(slots.polygon_circle, static, bodies, (with_circle,), fall, params, polygon_and_circle),
        _loop(slots.circle_circle, static, bodies, (circles,), fall, params, two_circles),
    )
