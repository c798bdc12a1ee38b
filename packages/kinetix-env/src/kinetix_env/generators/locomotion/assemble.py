"""A creature and its course as the tables of a level."""

import jax.numpy as jnp
from jaxtyping import Array

from jax2d.boundary import FLOOR_TOP, WORLD_SIZE

from ...level.level import Role, empty_level
from ...level.sizes import THRUSTER_BINDINGS
from ..draft import BodyRow, Draft, JointRow, ThrusterRow, draft_of, rows, stacked
from .course import Block, Course, lay_course
from .dice import Dice
from .parts import Creature, Disc, Hinge, box_body, reach_of
from .room import Room
from .settings import LocomotionSettings

__all__ = ["assemble"]

_WEDGE_X, _WEDGE_Y = (1, -1, 0), (-1 / 3, -1 / 3, 2 / 3)  # clockwise, in half widths and in heights


def assemble(settings: LocomotionSettings, room: Room, dice: Dice, creature: Creature) -> Draft:
    """Put a creature on the floor in front of a course; tables [field, row] of one level."""
    placed, course = _placed(settings, room, dice, creature)
    side = 1 - 2 * dice.chance(settings.left_chance)
    boxes = _with_blocks(_named(box_body(room.capacity, placed.boxes)), course.boxes)
    discs = _with_spheres(_discs(boxes, placed.discs), course.discs)
    bodies = jnp.concatenate([stacked(boxes), stacked(discs)], axis=1)
    joints, thrusters = _joints(settings, room, dice, placed), _thrusters(settings, room, dice, boxes)
    walls = draft_of(empty_level(room.capacity)).bodies[:, : room.capacity.static_polygons]
    return Draft(
        bodies=jnp.concatenate([walls, _present(stacked(_seen_from(side, rows(BodyRow, bodies))))], axis=1),
        joints=_present(stacked(_hinges_seen_from(side, joints))),
        thrusters=_present(stacked(_thrusters_seen_from(side, thrusters))),
    )


def _present(table: Array) -> Array:
    """Zero in every row that is not active; the first field says which are."""
    return jnp.where(table[0] > 0, table, 0.0)


def _placed(settings: LocomotionSettings, room: Room, dice: Dice, creature: Creature) -> tuple[Creature, Course]:
    """A creature that stands on the floor, near the wall behind it, and its course."""
    reach = reach_of(creature)
    right = dice.number(0.1, 0.6) - reach.left
    up = FLOOR_TOP - reach.bottom
    boxes, discs, hinges = creature
    placed = Creature(
        boxes._replace(x=boxes.x + right, y=boxes.y + up),
        discs._replace(x=discs.x + right, y=discs.y + up),
        hinges._replace(x=hinges.x + right, y=hinges.y + up),
    )
    return placed, lay_course(settings, room, dice, placed, reach_of(placed))


def _named(boxes: BodyRow) -> BodyRow:
    """The bodies with the first one green."""
    first = jnp.arange(len(boxes.x)) == 0
    return boxes._replace(role=jnp.where(first, float(Role.GREEN), 0.0))


def _with_blocks(boxes: BodyRow, blocks: Block) -> BodyRow:
    """Rectangles and wedges in the rows of polygons that they take."""
    here, wedge = blocks.active > 0, blocks.wedge > 0
    corners: list[tuple[Array, ...]] = []
    for old, half, box, tip in (
        (boxes.corner_x, blocks.half_x, (1, 1, -1, -1), _WEDGE_X),
        (boxes.corner_y, blocks.half_y, (1, -1, -1, 1), tuple(2 * y for y in _WEDGE_Y)),
    ):
        own = [jnp.where(wedge, (*tip, 0)[k] * half, box[k] * half) for k in range(4)]
        own += [jnp.zeros_like(half)] * (len(old) - 4)
        corners.append(tuple(jnp.where(here, new, was) for new, was in zip(own, old, strict=True)))
    immovable = _immovable(boxes, blocks)
    return immovable._replace(
        sides=jnp.where(here, jnp.where(wedge, 3.0, 4.0), boxes.sides), corner_x=corners[0], corner_y=corners[1]
    )


def _immovable(bodies: BodyRow, blocks: Block) -> BodyRow:
    """The place and role of blocks in the rows that they take."""
    here = blocks.active > 0
    return bodies._replace(
        active=jnp.where(here, 1.0, bodies.active),
        x=jnp.where(here, blocks.x, bodies.x),
        y=jnp.where(here, blocks.y, bodies.y),
        angle=jnp.where(here, 0.0, bodies.angle),
        role=jnp.where(here, blocks.role, bodies.role),
        inverse_mass=jnp.where(here, 0.0, bodies.inverse_mass),
        inverse_inertia=jnp.where(here, 0.0, bodies.inverse_inertia),
    )


def _discs(like: BodyRow, discs: Disc) -> BodyRow:
    """Discs of density 1 as bodies with as many corners as `like` has."""
    zero, mass = jnp.zeros_like(discs.x), jnp.pi * discs.radius**2
    inertia = jnp.pi * discs.radius**4 / 4
    return BodyRow(
        *(discs.active, discs.x, discs.y, zero, zero),
        *(1 / jnp.where(mass > 0, mass, 1.0), 1 / jnp.where(inertia > 0, inertia, 1.0), discs.radius, zero),
        *((zero,) * len(like.corner_x), (zero,) * len(like.corner_x)),
    )


def _with_spheres(discs: BodyRow, spheres: Block) -> BodyRow:
    here = spheres.active > 0
    return _immovable(discs, spheres)._replace(radius=jnp.where(here, spheres.half_x, discs.radius))


def _joints(settings: LocomotionSettings, room: Room, dice: Dice, creature: Creature) -> JointRow:
    """Hinges with their motors; anchors in the frames of the two bodies."""
    hinges = creature.hinges
    poses = _poses(room, creature)
    (anchor_a, angle_a), (anchor_b, angle_b) = (_anchor(poses, body, hinges) for body in (hinges.a, hinges.b))
    zero = jnp.zeros_like(hinges.x)
    speed = jnp.stack([dice.number(*settings.motor_speed) for _ in range(len(hinges.x))] or [zero[:0]]).reshape(-1)
    power = [
        jnp.where(wheel > 0, dice.number(*settings.wheel_power), dice.number(*settings.motor_power))
        for wheel in hinges.wheel
    ]
    return JointRow(
        *(hinges.active, hinges.a, hinges.b, anchor_a, anchor_b, angle_b - angle_a, zero),
        *(hinges.motor, speed, jnp.stack(power or [zero[:0]]).reshape(-1)),
        *(hinges.limited, hinges.least, hinges.most, hinges.binding, zero),
    )


def _poses(room: Room, creature: Creature) -> tuple[Array, Array, Array]:
    """x, y and angle of every body of the level; those of the walls are not asked for."""
    walls, boxes, discs = jnp.zeros(room.capacity.static_polygons), creature.boxes, creature.discs
    return (
        jnp.concatenate([walls, boxes.x, discs.x]),
        jnp.concatenate([walls, boxes.y, discs.y]),
        jnp.concatenate([walls, boxes.angle, jnp.zeros_like(discs.x)]),
    )


def _anchor(poses: tuple[Array, Array, Array], body: Array, hinges: Hinge) -> tuple[tuple[Array, Array], Array]:
    """Where the hinges are in the frames of their bodies, m, and the bodies' angles."""
    number = body.astype(jnp.int32)
    x, y, angle = (pose[number] for pose in poses)
    cos, sin, dx, dy = jnp.cos(angle), jnp.sin(angle), hinges.x - x, hinges.y - y
    return (cos * dx + sin * dy, cos * dy - sin * dx), angle


def _thrusters(settings: LocomotionSettings, room: Room, dice: Dice, boxes: BodyRow) -> ThrusterRow:
    """Nozzles in the middle of the first body that push it up or forwards."""
    nozzles = []
    for _ in range(room.capacity.thrusters):
        there = dice.chance(settings.thruster_chance)
        zero = jnp.zeros(())
        angle = dice.number(0.0, 0.75 * jnp.pi)
        power = dice.number(*settings.thruster_power) / boxes.inverse_mass[0]
        binding = dice.whole(0, THRUSTER_BINDINGS - 1)
        body = jnp.asarray(float(room.box(0)))
        nozzles.append(ThrusterRow(there, body, (zero, zero), angle, power, binding))
    if not nozzles:
        none = jnp.zeros((0,))
        return ThrusterRow(none, none, (none, none), none, none, none)
    return rows(ThrusterRow, jnp.stack([stacked(nozzle) for nozzle in nozzles], axis=-1))


def _seen_from(side: Array, bodies: BodyRow) -> BodyRow:
    """The world as it is (side 1), or mirrored (-1): shapes are symmetric, so that only their places change."""
    middle = WORLD_SIZE / 2
    return bodies._replace(x=middle + side * (bodies.x - middle), angle=side * bodies.angle)


def _hinges_seen_from(side: Array, joints: JointRow) -> JointRow:
    low, high = side * joints.min_angle, side * joints.max_angle
    return joints._replace(
        anchor_a=(side * joints.anchor_a[0], joints.anchor_a[1]),
        anchor_b=(side * joints.anchor_b[0], joints.anchor_b[1]),
        rotation=side * joints.rotation,
        min_angle=jnp.minimum(low, high),
        max_angle=jnp.maximum(low, high),
    )


def _thrusters_seen_from(side: Array, thrusters: ThrusterRow) -> ThrusterRow:
    return thrusters._replace(angle=jnp.where(side > 0, thrusters.angle, jnp.pi - thrusters.angle))
