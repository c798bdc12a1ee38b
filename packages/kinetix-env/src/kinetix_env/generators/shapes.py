"""Sizes, corners and masses of new shapes.

A rectangle has half sides h_x, h_y, mass 4 h_x h_y and inertia m (h_x^2 + h_y^2) / 3; a right triangle is half of it,
about its own centroid with inertia 2 m (h_x^2 + h_y^2) / 9. A circle has mass pi r^2 and inertia pi r^4 / 4
(see `jax2d.geometry` for that one). All at density 1 kg/m^2. Corners run clockwise from the top right, the order of
the published generator: agents see them in that order."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .draft import BodyRow
from .draws import ShapeDraws
from .settings import Settings

__all__ = ["CORNERS", "Form", "Size", "draw_size", "form_of"]

CORNERS = 4
_SIGN_X = (1.0, 1.0, -1.0, -1.0)
_SIGN_Y = (1.0, -1.0, -1.0, 1.0)


class Size(NamedTuple):
    """The size of a shape, m, [*rest]. A circle has the least half sides, a rectangle the least radius."""

    half_x: Array
    half_y: Array
    radius: Array


class Form(NamedTuple):
    """The outline of a shape and its mass, as if it could move."""

    polygon: Array  # bool
    corners: BodyRow  # outline, inverse mass and inverse inertia; the rest is zero
    mass: Array  # kg


def draw_size(settings: Settings, draws: ShapeDraws, polygon: Array, factor: Array) -> Size:
    """Half sides or radius of a new shape; `factor` scales the largest size."""
    largest = settings.max_size * factor / 2
    least = settings.min_half_side
    span = jnp.where(polygon, largest / np.sqrt(2).item() - least, 0.0)
    stretch = jnp.where(draws.long < settings.long_side_chance, settings.long_side_scale, 1.0)
    first = draws.long_axis < 0.5
    radius = jnp.where(polygon, 0.0, draws.radius * (largest * settings.circle_size - settings.min_radius))
    return Size(
        half_x=(draws.side_x * span + least) * jnp.where(first, stretch, 1.0),
        half_y=(draws.side_y * span + least) * jnp.where(first, 1.0, stretch),
        radius=radius + settings.min_radius,
    )


def form_of(settings: Settings, draws: ShapeDraws, polygon: Array, size: Size, vertices: int) -> Form:
    """Outline and mass of a new shape, with room for this number of vertices."""
    triangle = polygon & (draws.corners < 0.5) if settings.triangles else jnp.zeros_like(polygon)
    half, zero = (size.half_x, size.half_y), jnp.zeros_like(size.half_x)
    area, squares = 4 * half[0] * half[1], half[0] * half[0] + half[1] * half[1]
    disc = np.pi * size.radius * size.radius
    mass = jnp.where(polygon, jnp.where(triangle, area / 2, area), disc)
    inertia = jnp.where(polygon, area * squares * jnp.where(triangle, 1 / 9, 1 / 3), disc * size.radius**2 / 4)
    corners = []
    for axis, signs in enumerate((_SIGN_X, _SIGN_Y)):
        centre = jnp.where(triangle, half[axis] * (sum(signs[:3]) / 3), 0.0)
        points = [jnp.where(polygon, sign * half[axis] - centre, 0.0) for sign in signs]
        points[3] = jnp.where(triangle, 0.0, points[3])
        corners.append((*points, *[zero] * (vertices - CORNERS)))
    outline = BodyRow(
        active=zero,
        x=zero,
        y=zero,
        angle=zero,
        role=zero,
        inverse_mass=1 / mass,
        inverse_inertia=1 / inertia,
        radius=jnp.where(polygon, 0.0, size.radius),
        sides=jnp.where(polygon, jnp.where(triangle, 3, 4), 0),
        corner_x=corners[0],
        corner_y=corners[1],
    )
    return Form(polygon, outline, mass)
