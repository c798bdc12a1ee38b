"""Contact geometry of one pair of bodies in every lane: the narrow phase.

Points are relative to the centre of body a, and `dx, dy` is where the centre of body b lies from there, so
no precision is lost far from the origin. Normals point from a to b.

Polygon-polygon: separating axes of both; the reference face is a's unless b separates better by more than
`FACE_BIAS`; the two corners of the other body that reach deepest are clipped to the side planes of that
face (E. Catto, "Contact manifolds", GDC 2007, with the incident edge taken by depth). Polygon-circle: the
closest point on the outline. Circle-circle: along the line of centres."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from .lowering import materialise
from .rows import choose, first_true, inverse, least, most, norm, row

__all__ = ["FaceManifold", "Outline", "PointManifold", "circle_circle", "outline", "polygon_circle", "polygon_polygon"]

FACE_BIAS = 0.01  # m, keeps the reference face from alternating between two equally good ones
FAR = 3e8  # m, further than anything that can exist

Corners = Float[Array, "vertex lane"]
Lanes = Float[Array, " lane"]


class Outline(NamedTuple):
    """Corners and edges of polygons, turned to world axes, from their centres: [vertex, polygon, lane].

    Edge k runs from corner k to the next one, clockwise; its normal points outwards.
    """

    x: Array
    y: Array
    normal_x: Array
    normal_y: Array
    offset: Array  # m, distance of the edge's line from the centre
    length: Array  # m
    real: Array  # bool, false in unused rows

    def at(self, polygon: Int[Array, ""]) -> "Outline":
        """The outline of one polygon: [vertex, lane]."""
        return Outline(*(row(field, polygon, axis=1) for field in self))


class PointManifold(NamedTuple):
    """The overlap of two bodies at one point."""

    active: Bool[Array, " lane"]
    x: Lanes  # m, from the centre of a
    y: Lanes
    normal_x: Lanes
    normal_y: Lanes
    depth: Lanes  # m


class FaceManifold(NamedTuple):
    """The overlap of two polygons: two points with one normal and depth; the second is active only with the first."""

    active: tuple[Bool[Array, " lane"], Bool[Array, " lane"]]
    x: tuple[Lanes, Lanes]
    y: tuple[Lanes, Lanes]
    normal_x: Lanes
    normal_y: Lanes
    depth: Lanes


def outline(
    vertices: Float[Array, "2 vertex polygon lane"],
    count: Int[Array, "polygon lane"],
    cos: Float[Array, "polygon lane"],
    sin: Float[Array, "polygon lane"],
) -> Outline:
    """Turn all polygons by their angles and measure their edges."""
    x, y = vertices[0], vertices[1]
    index = jnp.arange(x.shape[0], dtype=count.dtype)[:, None, None]
    real, last = index < count, index == count - 1
    next_x = jnp.where(last, x[:1], jnp.concatenate([x[1:], x[:1]], axis=0))
    next_y = jnp.where(last, y[:1], jnp.concatenate([y[1:], y[:1]], axis=0))
    edge_x, edge_y = materialise((jnp.where(real, next_x - x, 0.0), jnp.where(real, next_y - y, 0.0)))
    length = materialise(norm(edge_x, edge_y))
    per_length = inverse(length)
    normal_x, normal_y = materialise((-edge_y * per_length, edge_x * per_length))
    return materialise(
        Outline(
            x=cos * x - sin * y,
            y=sin * x + cos * y,
            normal_x=cos * normal_x - sin * normal_y,
            normal_y=sin * normal_x + cos * normal_y,
            offset=normal_x * x + normal_y * y,
            length=length,
            real=jnp.broadcast_to(real, x.shape),
        )
    )


def _best_axis(face: Outline, x: Corners, y: Corners, real: Bool[Array, "vertex lane"]) -> tuple[Lanes, Array, Corners]:
    """The face that separates best from corners (x, y): the gap, which face, all corners' heights above it."""
    height = face.normal_x[:, None] * x + face.normal_y[:, None] * y  # [face, corner, lane]
    height = materialise(jnp.where(real, height, FAR))
    gap = least([height[:, k] for k in range(len(x))]) - face.offset
    gap = materialise(jnp.where(face.real, gap, -FAR))
    best = most(gap)
    which = first_true([gap[k] >= best for k in range(len(gap))])
    best, which = materialise((best, which))
    return best, which, choose(which, height)


def _deepest_two(height: Corners) -> tuple[Array, Array]:
    """Indices of the two lowest corners; the earlier corner wins a tie."""
    swap = height[1] < height[0]
    low, high = jnp.minimum(height[0], height[1]), jnp.maximum(height[0], height[1])
    first, second = jnp.where(swap, 1, 0), jnp.where(swap, 0, 1)
    for k in range(2, len(height)):
        lowest, lower = height[k] < low, height[k] < high
        second = jnp.where(lowest, first, jnp.where(lower, k, second))
        first = jnp.where(lowest, k, first)
        high = jnp.maximum(low, jnp.minimum(high, height[k]))
        low = jnp.minimum(low, height[k])
    return first, second


def polygon_polygon(a: Outline, b: Outline, dx: Lanes, dy: Lanes) -> FaceManifold:
    """Two polygons, b's centre at (dx, dy) from a's."""
    bx, by = materialise((b.x + dx, b.y + dy))
    gap_a, face_a, height_b = _best_axis(a, bx, by, b.real)
    gap_b, face_b, height_a = _best_axis(b, a.x - dx, a.y - dy, a.real)
    flip = gap_a + FACE_BIAS < gap_b  # b's face is the reference
    active = jnp.maximum(gap_a, gap_b) < 0
    flip, active, face, height = materialise(
        (flip, active, jnp.where(flip, face_b, face_a), jnp.where(flip, height_a, height_b))
    )
    first, second = materialise(_deepest_two(height))

    def of_reference(of_a: Corners, of_b: Corners) -> Lanes:
        return choose(face, jnp.where(flip, of_b, of_a))

    incident_x, incident_y = jnp.where(flip, a.x, bx), jnp.where(flip, a.y, by)
    nx, ny, start_x, start_y, length, x0, y0, x1, y1 = materialise(
        (
            of_reference(a.normal_x, b.normal_x),
            of_reference(a.normal_y, b.normal_y),
            of_reference(a.x, bx),
            of_reference(a.y, by),
            of_reference(a.length, b.length),
            choose(first, incident_x),
            choose(first, incident_y),
            choose(second, incident_x),
            choose(second, incident_y),
        )
    )
    # depth below the reference face, and place along it (clockwise, the normal turned right)
    depth0, depth1, along0, along1 = materialise(
        (
            -(nx * (x0 - start_x) + ny * (y0 - start_y)),
            -(nx * (x1 - start_x) + ny * (y1 - start_y)),
            jnp.clip(ny * (x0 - start_x) - nx * (y0 - start_y), 0.0, length),
            jnp.clip(ny * (x1 - start_x) - nx * (y1 - start_y), 0.0, length),
        )
    )
    ordered = depth0 >= depth1
    deep, shallow = jnp.maximum(depth0, depth1), jnp.minimum(depth0, depth1)
    along_deep, along_shallow = jnp.where(ordered, along0, along1), jnp.where(ordered, along1, along0)
    sign = jnp.where(flip, -1.0, 1.0)
    return materialise(
        FaceManifold(
            active=(active, active & (shallow > 0)),
            x=(start_x + along_deep * ny - deep * nx, start_x + along_shallow * ny - shallow * nx),
            y=(start_y - along_deep * nx - deep * ny, start_y - along_shallow * nx - shallow * ny),
            normal_x=sign * nx,
            normal_y=sign * ny,
            depth=-jnp.maximum(gap_a, gap_b),
        )
    )


def polygon_circle(a: Outline, radius: Lanes, dx: Lanes, dy: Lanes) -> PointManifold:
    """A polygon and a circle whose centre is at (dx, dy) from the polygon's."""
    from_x, from_y = dx - a.x, dy - a.y
    along_x, along_y = a.normal_y, -a.normal_x
    along = materialise(jnp.clip(along_x * from_x + along_y * from_y, 0.0, a.length))
    gap_x, gap_y = along * along_x - from_x, along * along_y - from_y
    square = jnp.where(a.real, gap_x * gap_x + gap_y * gap_y, FAR)
    behind = (along_x * from_y - along_y * from_x < 0) | ~a.real
    square, behind = materialise((square, behind))
    nearest = least(square)
    which = first_true([square[k] <= nearest for k in range(len(square))])
    inside = behind[0]
    for k in range(1, len(behind)):
        inside = inside & behind[k]
    which, inside = materialise((which, inside))
    x = choose(which, a.x) + choose(which, along) * choose(which, along_x)
    y = choose(which, a.y) + choose(which, along) * choose(which, along_y)
    x, y = materialise((x, y))
    distance = materialise(norm(dx - x, dy - y))
    outwards = jnp.where(inside, -1.0, 1.0) * inverse(distance)
    # a centre on the outline itself is pushed along the edge's normal
    on_edge = distance == 0
    return materialise(
        PointManifold(
            active=(distance <= radius) | inside,
            x=x,
            y=y,
            normal_x=jnp.where(on_edge, choose(which, a.normal_x), (dx - x) * outwards),
            normal_y=jnp.where(on_edge, choose(which, a.normal_y), (dy - y) * outwards),
            depth=jnp.where(inside, radius, radius - distance),
        )
    )


def circle_circle(radius_a: Lanes, radius_b: Lanes, dx: Lanes, dy: Lanes) -> PointManifold:
    """Two circles, b's centre at (dx, dy) from a's."""
    distance = materialise(norm(dx, dy))
    per_distance = inverse(distance)
    # of two circles on one spot, b is pushed up
    nx, ny = dx * per_distance, jnp.where(distance == 0, 1.0, dy * per_distance)
    return materialise(
        PointManifold(
            active=distance < radius_a + radius_b,
            x=nx * radius_a,
            y=ny * radius_a,
            normal_x=nx,
            normal_y=ny,
            depth=radius_a + radius_b - distance,
        )
    )
