"""Layers to an image.

Every pixel goes through all layers, the highest first: a layer adds its colour as far as those above let it be seen,
and lets less of those below be seen. There is nothing but arithmetic on one pixel at a time, so that all becomes one
loop over the pixels of all images, which keeps the colours in registers. XLA's loops have one output: the three colours
leave this one as the bytes of one number."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, UInt8

from jax2d.batching import hints, materialise

from ...picture.describe import ROOM
from ...picture.style import DARKER, ROLES, WHITE
from .layers import Layers
from .scenery import Scenery
from .shapes import SPAN

__all__ = ["paint"]

BACKGROUND = tuple(map(float, WHITE))
OUTSIDE = tuple(DARKER * part for part in ROLES[0])  # the colour of what is outside of the room
VECTOR = 8  # numbers that are computed at a time: rows are padded to a multiple, for the rest would be done one by one
Plane = Float[Array, "height width"]


class _Canvas(NamedTuple):
    """What is painted so far."""

    light: list[Plane]  # red, green, blue, 0 to 255
    left: Plane  # how much of what lies below is seen, 0 to 1


class _Grid(NamedTuple):
    """The middles of all pixels, px from the image's."""

    x: Float[Array, " width"]
    y: Float[Array, "height 1"]


def paint(scenery: Scenery, size: int) -> UInt8[Array, "height width 3"]:
    """The image, `size` pixels wide and high, the top row first."""
    middle, width = (size - 1) / 2, -(-size // VECTOR) * VECTOR
    x, y = jnp.arange(width, dtype=jnp.float32) - middle, middle - jnp.arange(size, dtype=jnp.float32)
    grid = _Grid(x, y[:, None])
    canvas = _Canvas([jnp.zeros((size, width))] * 3, jnp.ones((size, width)))
    for layers, bent in ((scenery.joints, True), (scenery.thrusters, False), (scenery.bodies, True)):
        for one in _downwards(layers):
            canvas = _shape(canvas, one, _depth(one, grid, bent))
    boundary = [(one, _depth(one, grid, bent=False)) for one in _downwards(scenery.boundary)]
    for one, depth in boundary:
        canvas = _flat(canvas, one.inner_opacity * _unit(one.gain * depth - one.sink), one.fill)
    half = size * ROOM / SPAN / 2  # a side of the room
    room = _unit(half + 0.5 - jnp.abs(grid.x)) * _unit(half + 0.5 - jnp.abs(grid.y))
    canvas = _flat(canvas, 1.0 - room, OUTSIDE)
    for one, depth in boundary:
        canvas = _flat(canvas, one.opacity * _unit(depth), one.edge)
    return _bytes(_flat(canvas, 1.0, BACKGROUND).light)[:, :size]


def _downwards(layers: Layers) -> Iterator[Layers]:
    """The layers one by one, the highest first."""
    for layer in reversed(range(len(layers))):
        yield jax.tree.map(lambda leaf, layer=layer: leaf[layer], layers)


def _depth(one: Layers, grid: _Grid, bent: bool) -> Plane:
    """How deep pixels lie in a layer, plus 1/2; it is no disc unless it is `bent`."""
    x, y = grid
    sides = zip(one.normal, one.offset, strict=True)
    planes = [
        normal[0] * x + (normal[1] * y + (offset - one.bend * y**2 if bent else offset)) for normal, offset in sides
    ]
    depth: Array = reduce(_lesser, planes)
    return depth - one.bend * x**2 if bent else depth


def _shape(canvas: _Canvas, one: Layers, depth: Plane) -> _Canvas:
    """Paint a layer with its line below the others."""
    cover = canvas.left * _unit(depth)
    inner = canvas.left * _unit(one.gain * depth - one.sink)
    edge, more = one.opacity * one.edge, one.inner_opacity * (one.fill - one.edge)
    light = [part + (cover * edge[k] + inner * more[k]) for k, part in enumerate(canvas.light)]
    return _Canvas(light, canvas.left - one.opacity * cover)


def _flat(canvas: _Canvas, cover: Plane | float, colour: Sequence[float] | Float[Array, "3"]) -> _Canvas:
    """Paint one colour below the others."""
    seen = canvas.left * cover
    return _Canvas([part + seen * colour[k] for k, part in enumerate(canvas.light)], canvas.left - seen)


def _bytes(light: list[Plane]) -> UInt8[Array, "height width 3"]:
    """Colours as bytes."""
    # where a shape is thinner than a pixel, its area may be lighter by a bit than its line is transparent
    red, green, blue = ((_clip(part, 255.0) + 0.5).astype(jnp.int32) for part in light)
    packed = red | (green << 8) | (blue << 16)
    # stored here, or the loop would run over bytes
    with hints(materialise=jax.default_backend() == "cpu", one_function=False, recompute=False):
        packed = materialise(packed)
    image: Array = jax.lax.bitcast_convert_type(packed, jnp.uint8)[..., :3]
    return image


# A comparison and a choice is one instruction. `jnp.minimum` and `jnp.clip` are five, since they pass NaN on.


def _lesser(a: Plane, b: Plane) -> Plane:
    return jnp.where(a < b, a, b)


def _clip(a: Array, most: float) -> Array:
    """Between 0 and `most`."""
    positive = jnp.where(a > 0.0, a, 0.0)
    return jnp.where(positive < most, positive, most)


def _unit(a: Array) -> Array:
    return _clip(a, 1.0)
