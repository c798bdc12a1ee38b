"""What a creature is made of, in a frame of its own: boxes, discs and hinges between them.

A plan lists as many of each as it may have; those that this level does not have are not active. Bodies are named by
their number in the level, polygons first."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array

from jax2d import Capacity

from ..draft import BodyRow

__all__ = ["Box", "Creature", "Disc", "Hinge", "Reach", "box_body", "flag", "off", "on", "padded", "reach_of"]

_MARGIN = 1e-3  # m that a creature stands above the floor at the start


class Box(NamedTuple):
    """A rectangle. Fields [] or [box]."""

    active: Array
    x: Array  # m, its centre
    y: Array
    angle: Array  # rad
    half_x: Array  # m
    half_y: Array


class Disc(NamedTuple):
    """A circle. Fields [] or [disc]."""

    active: Array
    x: Array  # m
    y: Array
    radius: Array


class Hinge(NamedTuple):
    """A revolute joint of two bodies at a point; its angle is zero at the start. Fields [] or [hinge]."""

    active: Array
    a: Array  # the body's number in the level
    b: Array
    x: Array  # m
    y: Array
    motor: Array
    limited: Array
    least: Array  # rad, at most 0
    most: Array  # rad, at least 0
    wheel: Array  # whether b rolls, which decides the motor's power
    binding: Array


class Creature(NamedTuple):
    """All parts; the first box is the body that has to reach the goal. Fields are padded to the capacity."""

    boxes: Box
    discs: Disc
    hinges: Hinge


class Reach(NamedTuple):
    """The bounding box of a creature, m."""

    left: Array
    right: Array
    bottom: Array
    top: Array


Part = TypeVar("Part", Box, Disc, Hinge)


def flag(true: ArrayLike) -> Array:
    """1 for True and 0 for False; float32, as all numbers of a draft."""
    return jnp.asarray(true).astype(jnp.float32)


def on() -> Array:
    """The float32 array 1. A function, since a constant would initialise JAX on import, before devices are set."""
    return jnp.ones(())


def off() -> Array:
    """The float32 array 0."""
    return jnp.zeros(())


def padded(kind: type[Part], parts: Sequence[Part], count: int) -> Part:
    """Parts stacked, with parts that are not active up to a count. ValueError if there are more."""
    if len(parts) > count:
        raise ValueError(f"There is room for {count} parts of kind {kind.__name__}, got {len(parts)}.")
    width = len(kind._fields)
    absent = kind(*[jnp.zeros(())] * width)
    rows: list[Part] = list(parts) + [absent] * (count - len(parts))
    fields = [[jnp.asarray(row[k], jnp.float32) for row in rows] for k in range(width)]
    return kind(*(jnp.stack(field) if field else jnp.zeros((0,)) for field in fields))


def reach_of(creature: Creature) -> Reach:
    """The box around all active parts."""
    boxes, discs = creature.boxes, creature.discs
    sin, cos = jnp.abs(jnp.sin(boxes.angle)), jnp.abs(jnp.cos(boxes.angle))
    wide, high = cos * boxes.half_x + sin * boxes.half_y, sin * boxes.half_x + cos * boxes.half_y
    active = jnp.concatenate([boxes.active, discs.active]) > 0
    x, y = jnp.concatenate([boxes.x, discs.x]), jnp.concatenate([boxes.y, discs.y])
    wide, high = jnp.concatenate([wide, discs.radius]), jnp.concatenate([high, discs.radius])

    def least(values: Array) -> Array:
        return jnp.min(jnp.where(active, values, jnp.inf))

    return Reach(least(x - wide), -least(-x - wide), least(y - high) - _MARGIN, -least(-y - high))


def box_body(capacity: Capacity, boxes: Box) -> BodyRow:
    """Movable boxes of density 1 as bodies without a role, fields [box]."""
    zero, four = jnp.zeros_like(boxes.x), jnp.full_like(boxes.x, 4.0)
    mass = 4 * boxes.half_x * boxes.half_y
    inertia = mass * (boxes.half_x**2 + boxes.half_y**2) / 3
    signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))  # clockwise from the top right, as all generated shapes
    spare = [zero] * (capacity.vertices - len(signs))
    return BodyRow(
        *(boxes.active, boxes.x, boxes.y, boxes.angle, zero),
        *(1 / jnp.where(mass > 0, mass, 1.0), 1 / jnp.where(inertia > 0, inertia, 1.0), zero, four),
        (*(sign * boxes.half_x for sign, _ in signs), *spare),
        (*(sign * boxes.half_y for _, sign in signs), *spare),
    )
