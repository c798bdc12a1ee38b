"""Layers to an image.

Every pixel goes through all layers, the lowest first. There is nothing but arithmetic on one pixel at a time, so that
all becomes one loop over the pixels of all images, which keeps the colours in registers. XLA's loops have one output:
the three colours leave this one as the bytes of one number."""

from functools import reduce
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, UInt8

from jax2d.kernel.lowering import hints, materialise

from ...picture.describe import ROOM
from ...picture.style import DARKER, ROLES, WHITE
from .layers import Layers
from .scenery import Scenery
from .shapes import SPAN

__all__ = ["paint"]

OUTSIDE = tuple(DARKER * part for part in ROLES[0])  # the colour of what is outside of the room
VECTOR = 8  # numbers that are computed at a time: rows are padded to a multiple, for the rest would be done one by one
Plane = Float[Array, "height width"]
Canvas = list[Plane]  # red, green, blue, 0 to 255


def paint(scenery: Scenery, size: int) -> UInt8[Array, "height width 3"]:
    """The image, `size` pixels wide and high, the top row first."""
    middle, width = (size - 1) / 2, -(-size // VECTOR) * VECTOR
    grid = _Grid(
        x=jnp.arange(width, dtype=jnp.float32) - middle, y=middle - jnp.arange(size, dtype=jnp.float32)[:, None]
    )
    canvas = [jnp.full((size, width), float(part)) for part in WHITE]
    canvas = _add(canvas, grid, scenery.edges, plain=True)
    canvas = _surround(canvas, grid, size * ROOM / SPAN / 2)
    canvas = _add(canvas, grid, scenery.areas, plain=True)
    canvas = _add(canvas, grid, scenery.bodies, bent=True)
    canvas = _add(canvas, grid, scenery.thrusters)
    canvas = _add(canvas, grid, scenery.joints, bent=True)
    # where a shape is thinner than a pixel, its area may be lighter by a bit than its line is transparent
    red, green, blue = ((255.0 * _unit(part / 255.0) + 0.5).astype(jnp.int32) for part in canvas)
    packed = red | (green << 8) | (blue << 16)
    # stored here, or the loop would run over bytes
    with hints(materialise=jax.default_backend() == "cpu", one_function=False, recompute=False):
        packed = materialise(packed)
    return jax.lax.bitcast_convert_type(packed, jnp.uint8)[:, :size, :3]


class _Grid(NamedTuple):
    """The middles of all pixels, px from the image's."""

    x: Float[Array, " width"]
    y: Float[Array, "height 1"]


def _surround(canvas: Canvas, grid: _Grid, half: float) -> Canvas:
    """Paint all but the room, of which this is half a side in pixels."""
    room = _unit(half + 0.5 - jnp.abs(grid.x)) * _unit(half + 0.5 - jnp.abs(grid.y))
    return [colour + (part - colour) * room for part, colour in zip(canvas, OUTSIDE, strict=True)]


def _add(canvas: Canvas, grid: _Grid, layers: Layers, *, plain: bool = False, bent: bool = False) -> Canvas:
    """Paint layers over it. Those that are all `plain` have no line, and if none is `bent` there are no discs."""
    x, y = grid
    for layer in range(len(layers)):
        one: Layers = jax.tree.map(lambda leaf, layer=layer: leaf[layer], layers)
        sides = zip(one.normal, one.offset, strict=True)
        high = [normal[1] * y + (offset - one.bend * y**2 if bent else offset) for normal, offset in sides]
        depth = reduce(_lesser, [normal[0] * x + part for normal, part in zip(one.normal, high, strict=True)])
        depth = depth - one.bend * x**2 if bent else depth
        cover = _unit(depth)
        rest = 1.0 - one.opacity * cover
        if plain:
            canvas = [part * rest + cover * one.edge[k] for k, part in enumerate(canvas)]
        else:
            inner = _unit(one.gain * depth - one.sink)
            canvas = [part * rest + (cover * one.edge[k] + inner * one.fill[k]) for k, part in enumerate(canvas)]
    return canvas


# A comparison and a choice is one instruction. `jnp.minimum` and `jnp.clip` are five, since they pass NaN on.


def _lesser(a: Plane, b: Plane) -> Plane:
    return jnp.where(a < b, a, b)


def _unit(a: Array) -> Array:
    """Clipped to [0, 1]."""
    positive = jnp.where(a > 0.0, a, 0.0)
    return jnp.where(positive < 1.0, positive, 1.0)
