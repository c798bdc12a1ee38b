"""Mass and inertia of shapes of any outline, by the formulas of `jax2d.geometry`, in JAX."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..generators.draft import BodyRow

__all__ = ["inverse_mass_of"]


def inverse_mass_of(body: BodyRow, density: Array) -> tuple[Array, Array]:
    """1 / mass and 1 / inertia of bodies, as if they could move, from corners or radius; 0 for what has neither."""
    twice_area = inertia = jnp.zeros_like(body.radius)
    vertices = len(body.corner_x)
    for k in range(vertices):
        last = body.sides == k + 1
        following = (k + 1) % vertices
        next_x = jnp.where(last, body.corner_x[0], body.corner_x[following])
        next_y = jnp.where(last, body.corner_y[0], body.corner_y[following])
        x, y = body.corner_x[k], body.corner_y[k]
        cross = jnp.where(body.sides > k, next_x * y - next_y * x, 0.0)
        twice_area = twice_area + cross
        inertia = inertia + cross * (x * x + y * y + x * next_x + y * next_y + next_x * next_x + next_y * next_y)
    disc = np.pi * body.radius**2
    polygon = body.sides > 0
    mass = density * jnp.where(polygon, twice_area / 2, disc)
    turning = density * jnp.where(polygon, inertia / 12, disc * body.radius**2 / 4)
    return _inverse(mass), _inverse(turning)


def _inverse(value: Array) -> Array:
    return jnp.where(value > 0, 1 / jnp.where(value > 0, value, 1.0), 0.0)
