"""A moment of an episode as layers in the order in which they are painted.

All polygons are made into layers in one go, and so are all discs: that compiles several times faster."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from jax2d import Capacity, Scene

from ...task.env_state import EnvState
from .layers import Discs, Layers, Polygons
from .shapes import SPAN, View

__all__ = ["Scenery", "scenery"]

T = TypeVar("T")


class Scenery(eqx.Module):
    """What is painted, from the lowest to the highest."""

    boundary: Layers  # its areas lie above all of its lines, so that there are hardly any seams
    bodies: Layers  # two a circle: the disc, and the spoke that shows how it is turned
    thrusters: Layers
    joints: Layers  # two each: a ring and a dot, or the two bars of a cross


def scenery(capacity: Capacity, state: EnvState, size: int) -> Scenery:
    """What is to be seen of a level of the capacity in an image, `size` pixels wide and high."""
    view, scene = View(state, size / SPAN), state.level.scene
    polygons = [
        view.boundary(capacity.static_polygons),
        view.free(capacity.static_polygons),
        view.spokes(),
        *view.crosses(),
        view.thrusters(),
    ]
    discs = [view.circles(), *view.rings()]
    boundary, shapes, spokes, one_arm, other_arm, triangles = _cut(_joined(polygons).layers(), polygons)
    rounds, rings, dots = _cut(_joined(discs).layers(sides=shapes.offset.shape[1]), discs)
    return Scenery(
        boundary=boundary,
        bodies=_largest_first(_joined([shapes, _alternating(rounds, spokes)]), _areas(capacity, scene)),
        thrusters=triangles,
        joints=_joined([_either(scene.joints.fixed, one_arm, rings), _either(scene.joints.fixed, other_arm, dots)]),
    )


def _joined(parts: Sequence[T]) -> T:
    """The rows of all, one after another."""
    rows: T = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *parts)
    return rows


def _cut(layers: Layers, parts: Sequence[Polygons | Discs]) -> list[Layers]:
    """The layers that were made of each of the parts."""
    ends = np.cumsum([0, *(len(part.visible) for part in parts)])
    return [jax.tree.map(lambda leaf, a=a, b=b: leaf[a:b], layers) for a, b in pairwise(ends)]


def _alternating(one: Layers, other: Layers) -> Layers:
    """A row of one, a row of the other, and so on."""
    rows: Layers = jax.tree.map(lambda a, b: jnp.stack([a, b], axis=1).reshape(-1, *a.shape[1:]), one, other)
    return rows


def _either(first: Bool[Array, " layer"], one: Layers, other: Layers) -> Layers:
    """In each row `one` or the other."""
    rows: Layers = jax.tree.map(lambda a, b: jnp.where(first.reshape(-1, *[1] * (a.ndim - 1)), a, b), one, other)
    return rows


def _largest_first(layers: Layers, area: Float[Array, " layer"]) -> Layers:
    """Larger bodies below smaller ones; of equal ones the first is below."""
    order = jnp.argsort(-area, stable=True)
    rows: Layers = jax.tree.map(lambda leaf: leaf[order], layers)
    return rows


def _areas(capacity: Capacity, scene: Scene) -> Float[Array, " layer"]:
    """m^2 of free polygons and of circles, twice, since a spoke goes with its disc."""
    rows = slice(capacity.static_polygons, None)
    exists = jnp.arange(capacity.vertices) < scene.vertex_count[rows, None]
    corners = jnp.where(exists[..., None], scene.vertices[rows], scene.vertices[rows, :1])
    following = jnp.roll(corners, -1, axis=1)
    twice = (corners[..., 0] * following[..., 1] - corners[..., 1] * following[..., 0]).sum(axis=1)
    return jnp.concatenate([jnp.abs(twice) / 2, jnp.repeat(jnp.pi * scene.radius**2, 2)])
