"""Thrusters: a nozzle at a random point of a movable body, mostly pointing to or from its centre of mass."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..level.sizes import THRUSTER_BINDINGS
from .draft import BodyRow, Draft, ThrusterRow, rows, the_row
from .draws import ThrusterDraws
from .lanes import pick, row_of
from .places import box_of, point_in
from .settings import Settings

__all__ = ["draw_thruster"]


def draw_thruster(settings: Settings, draft: Draft, draws: ThrusterDraws, among: Array) -> tuple[ThrusterRow, Array]:
    """Draw a thruster on one of the bodies that `among` [body, *rest] marks; and whether one of them can move."""
    bodies = rows(BodyRow, draft.bodies)
    able = among & (bodies.active > 0) & (bodies.inverse_mass != 0)
    chosen = pick(able.astype(jnp.float32), draws.body)
    body = the_row(BodyRow, draft.bodies, chosen)
    x, y = point_in(box_of(body), draws.place_x, draws.place_y)
    radius, around = draws.place_x * body.radius, draws.place_y * (2 * np.pi)  # the radius of a polygon is 0
    x, y = x + radius * jnp.cos(around), y + radius * jnp.sin(around)
    sign = jnp.where(draws.inwards < 0.5, -1.0, 1.0)
    aligned = jnp.arctan2(sign * y, jnp.where((x == 0) & (y == 0), 1.0, sign * x))
    low, high = settings.thruster_power
    possible = jnp.any(able, axis=0)
    row = ThrusterRow(
        active=jnp.ones_like(x),
        body=row_of(chosen),
        position=(x, y),
        angle=jnp.where(draws.aligned < settings.thruster_aligned_chance, aligned, draws.angle * (2 * np.pi)),
        power=(low + draws.power * (high - low)) / jnp.where(possible, body.inverse_mass, 1.0),
        binding=jnp.floor(draws.binding * THRUSTER_BINDINGS),
    )
    return row, possible
