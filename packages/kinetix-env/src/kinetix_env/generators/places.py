"""Random points of bodies, where joints and thrusters are put."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from .draft import BodyRow

__all__ = ["Box", "box_of", "point_in"]


class Box(NamedTuple):
    """The region of a body in which points are drawn: its bounding box in its frame (m), or its corners if a triangle.

    A circle's box is its centre.
    """

    low: tuple[Array, Array]  # x and y
    high: tuple[Array, Array]
    triangle: Array  # bool
    corners: tuple[tuple[Array, ...], tuple[Array, ...]]  # the first three, x and y


def box_of(body: BodyRow) -> Box:
    """The box of a body."""
    ends = [_ends(axis, body.sides) for axis in (body.corner_x, body.corner_y)]
    low, high = (ends[0][0], ends[1][0]), (ends[0][1], ends[1][1])
    return Box(low, high, body.sides == 3, (body.corner_x[:3], body.corner_y[:3]))


def _ends(axis: tuple[Array, ...], count: Array) -> tuple[Array, Array]:
    """Least and largest coordinate of the corners that count."""
    low = high = axis[0]
    for k in range(1, len(axis)):
        low = jnp.where(count > k, jnp.minimum(low, axis[k]), low)
        high = jnp.where(count > k, jnp.maximum(high, axis[k]), high)
    return low, high


def point_in(box: Box, number_x: Array, number_y: Array) -> tuple[Array, Array]:
    """A random point of a box (m), evenly distributed over a rectangle, from two numbers in [0, 1).

    In a triangle it lies at the fraction sqrt(number_x) of the way from the first corner to a random point of the
    opposite side, which is evenly distributed as well.
    """
    share, point = jnp.sqrt(number_x), []
    for axis, number in enumerate((number_x, number_y)):
        a, b, c = box.corners[axis]
        in_triangle = a + share * (b - a + number_y * (c - b))
        in_box = box.low[axis] + number * (box.high[axis] - box.low[axis])
        point.append(jnp.where(box.triangle, in_triangle, in_box))
    return point[0], point[1]
