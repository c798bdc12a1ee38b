"""How much a proposed shape overlaps with the bodies of a level: the number of contact points that it would have.

Two polygons have a contact if no side of either separates them, and a second one if two corners of one lie below the
reference side of the other, the side of least overlap (see `jax2d.kernel.narrow` for the manifolds themselves). A pair
with a circle has at most one. Bodies that joints connect count as well: that adds the same to every proposal, or
nearly so."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from jax2d import Capacity

from .draft import BodyRow, Draft, rows
from .propose import Proposal

__all__ = ["overlaps"]

_FAR = 1e6  # m
_BIAS = 0.01  # m by which the second polygon's side must separate better to be the reference side


class Outline(NamedTuple):
    """Corners of polygons in the world, m, [*rest]; the last one of a triangle is its third again."""

    x: tuple[Array, ...]
    y: tuple[Array, ...]
    quad: Array  # bool, has four different corners


class Disc(NamedTuple):
    """Circles in the world, m, [*rest]."""

    x: Array
    y: Array
    radius: Array


def overlaps(capacity: Capacity, draft: Draft, proposal: Proposal) -> Array:
    """Contact points [proposal, lane] that each proposal would have in a draft with rest [lane]."""
    bodies, polygons = rows(BodyRow, draft.bodies[:, None]), capacity.polygons
    active = bodies.active > 0
    existing = _outline(_part(bodies, slice(None, polygons)))
    discs = _disc(_part(bodies, slice(polygons, None)))
    body = _part(proposal.body, (slice(None), None))
    new, new_disc, is_polygon = _outline(body), _disc(body), proposal.polygon[:, None]
    by_polygons = jnp.where(is_polygon, _polygon_polygon(existing, new), _disc_polygon(new_disc, existing))
    by_circles = jnp.where(is_polygon, _disc_polygon(discs, new), _disc_disc(discs, new_disc))
    count = jnp.sum(jnp.where(active[:, :polygons], by_polygons, 0), axis=1)
    return count + jnp.sum(jnp.where(active[:, polygons:], by_circles, 0), axis=1)


def _part(body: BodyRow, index: Any) -> BodyRow:
    """Some rows: `index` applies to axis 1 of tables, [1, body, lane], and to all axes of proposals."""
    at = (slice(None), index) if isinstance(index, slice) else index
    return jax.tree.map(lambda x: x[at], body)


def _outline(body: BodyRow) -> Outline:
    """Polygons in the world. More than four corners are not generated, nor looked at."""
    cos, sin, quad = jnp.cos(body.angle), jnp.sin(body.angle), body.sides > 3
    x, y = [], []
    for k in range(4):
        last = k == 3
        corner_x = jnp.where(quad, body.corner_x[3], body.corner_x[2]) if last else body.corner_x[k]
        corner_y = jnp.where(quad, body.corner_y[3], body.corner_y[2]) if last else body.corner_y[k]
        x.append(body.x + cos * corner_x - sin * corner_y)
        y.append(body.y + sin * corner_x + cos * corner_y)
    return Outline(tuple(x), tuple(y), quad)


def _disc(body: BodyRow) -> Disc:
    return Disc(body.x, body.y, body.radius)


def _side(outline: Outline, k: int) -> tuple[Array, Array, Array, Array]:
    """Unit normal, offset and whether side k exists: points p with normal . p > offset lie outside of it."""
    following = (k + 1) % 4
    along_x = outline.x[following] - outline.x[k]
    along_y = outline.y[following] - outline.y[k]
    length = jnp.sqrt(along_x * along_x + along_y * along_y)
    exists = outline.quad if k == 2 else jnp.ones_like(outline.quad)
    inverse = 1 / jnp.where(length == 0, 1.0, length)
    normal_x, normal_y = -along_y * inverse, along_x * inverse
    return normal_x, normal_y, normal_x * outline.x[k] + normal_y * outline.y[k], exists


def _reference(faces: Outline, points: Outline) -> tuple[Array, Array]:
    """The best separation (m) by a side of one polygon, and how far outside of it the second-deepest corner lies."""
    best = second = jnp.asarray(-_FAR)
    for k in range(4):
        normal_x, normal_y, offset, exists = _side(faces, k)
        a, b, c, d = (normal_x * points.x[j] + normal_y * points.y[j] for j in range(4))
        d = jnp.where(points.quad, d, _FAR)
        low_ab, high_ab, low_cd, high_cd = jnp.minimum(a, b), jnp.maximum(a, b), jnp.minimum(c, d), jnp.maximum(c, d)
        deepest = jnp.minimum(low_ab, low_cd) - offset
        next_deepest = jnp.minimum(jnp.maximum(low_ab, low_cd), jnp.minimum(high_ab, high_cd)) - offset
        better = exists & (deepest > best)
        best, second = jnp.where(better, deepest, best), jnp.where(better, next_deepest, second)
    return best, second


def _polygon_polygon(first: Outline, other: Outline) -> Array:
    """Contact points of two polygons: 0, 1 or 2."""
    by_first, second_of_other = _reference(first, other)
    by_other, second_of_first = _reference(other, first)
    apart = jnp.maximum(by_first, by_other) >= 0
    second = jnp.where(by_first + _BIAS < by_other, second_of_first, second_of_other)
    return jnp.where(apart, 0, 1 + (second < 0).astype(jnp.int32))


def _disc_polygon(disc: Disc, polygon: Outline) -> Array:
    """1 if a circle and a polygon overlap, else 0: the centre is inside, or a side is closer than the radius."""
    inside = jnp.asarray(True)
    near = jnp.asarray(False)
    for k in range(4):
        normal_x, normal_y, offset, exists = _side(polygon, k)
        following = (k + 1) % 4
        from_x, from_y = disc.x - polygon.x[k], disc.y - polygon.y[k]
        along_x, along_y = normal_y, -normal_x
        side_x, side_y = polygon.x[following] - polygon.x[k], polygon.y[following] - polygon.y[k]
        length = jnp.sqrt(side_x * side_x + side_y * side_y)
        share = jnp.clip(along_x * from_x + along_y * from_y, 0.0, length)
        gap_x, gap_y = from_x - share * along_x, from_y - share * along_y
        near = near | (exists & (gap_x * gap_x + gap_y * gap_y <= disc.radius * disc.radius))
        inside = inside & (~exists | (normal_x * disc.x + normal_y * disc.y < offset))
    return (inside | near).astype(jnp.int32)


def _disc_disc(first: Disc, other: Disc) -> Array:
    """1 if two circles overlap, else 0."""
    reach = first.radius + other.radius
    return ((first.x - other.x) ** 2 + (first.y - other.y) ** 2 < reach * reach).astype(jnp.int32)
