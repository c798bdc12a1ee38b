"""Connected shapes: what a new shape is joined to, where, and how.

A new polygon or circle is joined to a body of the level at a random point of each; a circle always at its centre,
so that it turns like a wheel. Polygons take two joints at most, circles one.

Hidden pairs. A joined pair of which one could vanish inside the other at every angle counts as overlapping: a body
of the pair shows if it reaches further from the joint than the other one covers in all directions, and both must
show. The published generator exchanges the two anchors in this test unless a polygon is joined to a circle. That
favours wheels that are larger than half the thickness of their polygon, so `exchanged_anchors` keeps it by default."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from jax2d import Capacity

from ..level.sizes import MOTOR_BINDINGS
from .draft import BodyRow, Draft, JointRow, rows, the_row
from .draws import ShapeDraws
from .lanes import pick, row_of, rows_from
from .places import box_of, point_in
from .settings import Settings
from .shapes import Form

__all__ = ["Link", "Target", "choose_target", "draw_link"]

_MOST_JOINTS = 2  # of a polygon

Point = tuple[Array, Array]


class Target(NamedTuple):
    """The body that a new shape is joined to. Fields [*rest]."""

    possible: Array  # bool, whether a shape can be connected at all
    polygon: Array  # bool
    row: Array  # its index
    body: BodyRow  # its fields


class Link(NamedTuple):
    """The joint between a new shape and its target. Fields [*rest]; `joint` lacks the new shape's index."""

    joint: JointRow  # its fields
    target_first: Array  # whether the target is body a of the joint
    own: Point  # m, anchor on the new shape
    targets: Point  # m, anchor on the target
    hidden: Array  # bool, whether one of the two bodies cannot stick out of the other


def _connections(draft: Draft) -> Array:
    """The number of joints per body, float32 [body, *rest]."""
    joints, active = rows(JointRow, draft.joints), draft.bodies[0]
    index = jnp.arange(len(active), dtype=jnp.float32).reshape(-1, *[1] * (active.ndim - 1))
    count = jnp.zeros_like(active)
    for k in range(len(joints.active)):
        ends = (index == joints.body_a[k]) | (index == joints.body_b[k])
        count = count + jnp.where(ends, joints.active[k], 0.0)
    return count


def choose_target(
    settings: Settings, capacity: Capacity, draft: Draft, draws: ShapeDraws, room: tuple[Array, Array]
) -> Target:
    """Draw the body to join. `room` says whether there is a free slot for a polygon, and for a circle."""
    bodies = rows(BodyRow, draft.bodies)
    active = bodies.active > 0
    movable = active & rows_from(capacity.static_polygons, active)
    is_circle = rows_from(capacity.polygons, active)
    joints = _connections(draft)
    free = jnp.where(is_circle, (joints == 0).astype(jnp.float32), jnp.maximum(1 - joints / _MOST_JOINTS, 0.0))
    weight = (
        free * jnp.where(bodies.inverse_mass == 0, settings.connect_immovable_weight, 1.0) * movable.astype(jnp.float32)
    )
    some_polygon = jnp.any(movable & ~is_circle, axis=0)
    some_circle = jnp.any(is_circle & (weight > 0), axis=0)
    polygon = ~some_circle | ~room[0] | (some_polygon & (draws.target_kind < 0.5))
    # If a polygon must be taken but none has a joint to spare, any of them will do, the walls included.
    spare = jnp.any(~is_circle & (weight > 0), axis=0)
    of_polygons = jnp.where(is_circle, 0.0, jnp.where(spare, weight, bodies.active))
    chosen = pick(jnp.where(polygon, of_polygons, jnp.where(is_circle, weight, 0.0)), draws.target)
    joint_left = jnp.any(draft.joints[0] == 0, axis=0)
    return Target(
        possible=jnp.any(movable, axis=0) & joint_left & (room[0] | room[1]),
        polygon=polygon,
        row=row_of(chosen),
        body=the_row(BodyRow, draft.bodies, chosen),
    )


def draw_link(
    settings: Settings, draft: Draft, target: Target, form: Form, angle: Array, draws: ShapeDraws, revolute: Array
) -> Link:
    """Draw the joint between a form at an angle and its target; `revolute` rules out a fixed one."""
    own = point_in(box_of(form.corners), draws.place_x, draws.place_y)
    there = point_in(box_of(target.body), draws.target_x, draws.target_y)
    joints = rows(JointRow, draft.joints)
    count = jnp.sum(joints.active * (1 - joints.fixed), axis=0)
    turns = revolute | (count < settings.revolute_first) | (draws.fixed >= settings.fixed_chance)
    polygons = form.polygon & target.polygon
    limited = turns & polygons & (draws.limited < settings.limit_chance)
    target_first = ~(form.polygon & ~target.polygon)
    twist = jnp.where(target_first, angle - target.body.angle, target.body.angle - angle)
    power = jnp.where(
        polygons, _between(settings.motor_power, draws.power), _between(settings.wheel_power, draws.power)
    )
    joint = JointRow(
        active=jnp.ones_like(angle),
        body_a=target.row,  # one of the two will be the new shape's
        body_b=target.row,
        anchor_a=_select(target_first, there, own),
        anchor_b=_select(target_first, own, there),
        rotation=jnp.where(turns, 0.0, twist),
        fixed=~turns,
        motor=turns & (draws.motor < settings.motor_chance),
        motor_speed=jnp.where(turns, _between(settings.motor_speed, draws.speed), 0.0),
        motor_power=jnp.where(turns, power, 0.0),
        limited=limited,
        min_angle=jnp.where(limited, (draws.least - 1) * settings.limit_angle, 0.0),
        max_angle=jnp.where(limited, draws.most * settings.limit_angle, 0.0),
        binding=jnp.floor(draws.binding * MOTOR_BINDINGS),
        auto=jnp.zeros_like(angle),
    )
    return Link(joint, target_first, own, there, _hidden(settings, form, target, own, there, exchange=target_first))


def _select(condition: Array, yes: Point, no: Point) -> Point:
    return jnp.where(condition, yes[0], no[0]), jnp.where(condition, yes[1], no[1])


def _between(ends: tuple[float | Array, float | Array], number: Array) -> Array:
    return ends[0] + (ends[1] - ends[0]) * number


def _hidden(settings: Settings, form: Form, target: Target, own: Point, there: Point, exchange: Array) -> Array:
    """Whether one of the two bodies cannot stick out of the other."""
    exchange = exchange & settings.exchanged_anchors
    mine, theirs = _select(exchange, there, own), _select(exchange, own, there)
    reach, cover = _reach_and_cover(form.polygon, form.corners, mine)
    target_reach, target_cover = _reach_and_cover(target.polygon, target.body, theirs)
    least = settings.visible_least
    return ~((reach > target_cover + least) & (target_reach > cover + least))


def _reach_and_cover(polygon: Array, body: BodyRow, point: Point) -> tuple[Array, Array]:
    """Distance (m) from a point to the farthest corner of a body's box, and to its nearest side; a circle's radius."""
    box, (x, y) = box_of(body), (jnp.abs(point[0]), jnp.abs(point[1]))
    half_x, half_y = (box.high[0] - box.low[0]) / 2, (box.high[1] - box.low[1]) / 2
    farthest = jnp.sqrt((half_x + x) ** 2 + (half_y + y) ** 2)
    nearest = jnp.minimum(half_x - x, half_y - y)
    return jnp.where(polygon, farthest, body.radius), jnp.where(polygon, nearest, body.radius)
