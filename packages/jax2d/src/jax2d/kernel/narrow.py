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
CORNER = 1e-6  # m^2, difference of two squared distances to one corner
LEVEL = 1e-5  # m, how far the second corner may be above the face: both carry a body that lies on it with no overlap

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


class Motion(NamedTuple):
    """How b moves relative to a, which distinguishes sliding from bumping: [lane]."""

    x: Lanes  # m, over some steps at the present velocities
    y: Lanes
    step: Lanes | float  # m, height of a step that a body slides over

    def back(self) -> "Motion":
        """The motion of a relative to b."""
        return Motion(-self.x, -self.y, self.step)


class Face(NamedTuple):
    """The reference face of one polygon: [lane]."""

    gap: Lanes  # m, separation of the other polygon from it, negative for an overlap
    score: Lanes  # m, the gap less the approach
    widest: Lanes  # m, the largest gap of any face: above 0 the polygons are apart
    which: Array  # its number
    height: Corners  # m, of the other polygon's corners above the face's normal through the centre


def _reference_face(face: Outline, x: Corners, y: Corners, real: Bool[Array, "vertex lane"], motion: Motion) -> Face:
    """The face that separates best from corners (x, y), with sliding preferred to bumping.

    Of two faces with nearly the same overlap the one counts along which the bodies slide, not the one that they
    approach: otherwise a body that slides over flush blocks is caught at the seams.
    """
    height = face.normal_x[:, None] * x + face.normal_y[:, None] * y  # [face, corner, lane]
    height = materialise(jnp.where(real, height, FAR))
    gap = least([height[:, k] for k in range(len(x))]) - face.offset
    gap = materialise(jnp.where(face.real, gap, -FAR))
    approach = -(face.normal_x * motion.x + face.normal_y * motion.y)
    score = materialise(gap - jnp.clip(approach, 0.0, motion.step))
    best = most(score)
    which = first_true([score[k] >= best for k in range(len(score))])
    best, which, widest = materialise((best, which, most(gap)))
    return Face(gap=choose(which, gap), score=best, widest=widest, which=which, height=choose(which, height))


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


def polygon_polygon(a: Outline, b: Outline, dx: Lanes, dy: Lanes, motion: Motion) -> FaceManifold:
    """Two polygons, b's centre at (dx, dy) from a's."""
    bx, by = materialise((b.x + dx, b.y + dy))
    of_a = _reference_face(a, bx, by, b.real, motion)
    of_b = _reference_face(b, a.x - dx, a.y - dy, a.real, motion.back())
    flip = of_a.score + FACE_BIAS < of_b.score  # b's face is the reference
    active = jnp.maximum(of_a.widest, of_b.widest) < 0
    flip, active, face, height = materialise(
        (flip, active, jnp.where(flip, of_b.which, of_a.which), jnp.where(flip, of_b.height, of_a.height))
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
            active=(active, active & (shallow > -LEVEL)),
            x=(start_x + along_deep * ny - deep * nx, start_x + along_shallow * ny - shallow * nx),
            y=(start_y - along_deep * nx - deep * ny, start_y - along_shallow * nx - shallow * ny),
            normal_x=sign * nx,
            normal_y=sign * ny,
            depth=-jnp.maximum(of_a.gap, of_b.gap),
        )
    )


def _slides_onto(
    a: Outline, radius: Lanes, height: Corners, along: Corners, nearest: Bool[Array, "vertex lane"], motion: Motion
) -> Bool[Array, "vertex lane"]:
    """The edges whose end is nearest to a circle that slides towards them, nearly at the level of their surface."""
    ahead = jnp.where(along < 0, 1.0, jnp.where(along > a.length, -1.0, 0.0))
    towards = ahead * (a.normal_y * motion.x - a.normal_x * motion.y) > 0
    level = radius - height
    return nearest & towards & (level > 0) & (level < motion.step)


def polygon_circle(a: Outline, radius: Lanes, dx: Lanes, dy: Lanes, motion: Motion) -> PointManifold:
    """A polygon and a circle whose centre is at (dx, dy) from the polygon's.

    A circle that slides over flush blocks meets the corner of the next one nearly at the level of its surface. There
    the normal is that of the surface: the one from the corner to the centre would hold the circle back.
    """
    from_x, from_y = dx - a.x, dy - a.y
    along_x, along_y = a.normal_y, -a.normal_x
    place = along_x * from_x + along_y * from_y
    along = materialise(jnp.clip(place, 0.0, a.length))
    gap_x, gap_y = along * along_x - from_x, along * along_y - from_y
    square = jnp.where(a.real, gap_x * gap_x + gap_y * gap_y, FAR)
    behind = (along_x * from_y - along_y * from_x < 0) | ~a.real
    square, behind = materialise((square, behind))
    nearest = least(square)
    which = first_true([square[k] <= nearest for k in range(len(square))])
    inside = behind[0]
    for k in range(1, len(behind)):
        inside = inside & behind[k]
    height = a.normal_x * from_x + a.normal_y * from_y
    at_corner = square <= nearest + CORNER
    slides = materialise(_slides_onto(a, radius, height, place, at_corner, motion))
    sliding = slides[0]
    for k in range(1, len(slides)):
        sliding = sliding | slides[k]
    which = jnp.where(sliding, first_true([slides[k] for k in range(len(slides))]), which)
    which, inside, sliding = materialise((which, inside, sliding))
    corner_x, corner_y, way_x, way_y = (choose(which, field) for field in (a.x, a.y, along_x, along_y))
    nearest_along = choose(which, along)
    near_x, near_y = materialise((corner_x + nearest_along * way_x, corner_y + nearest_along * way_y))
    distance = materialise(norm(dx - near_x, dy - near_y))
    # a circle that slides has its point on the surface as if that went on, so that the normal meets the centre
    sliding = sliding & ~inside
    beyond = jnp.where(sliding, choose(which, place) - nearest_along, 0.0)
    x, y = materialise((near_x + beyond * way_x, near_y + beyond * way_y))
    outwards = jnp.where(inside, -1.0, 1.0) * inverse(distance)
    # a centre on the outline itself is pushed along the edge's normal
    on_edge = (distance == 0) | sliding
    return materialise(
        PointManifold(
            active=(distance <= radius) | inside,
            x=x,
            y=y,
            normal_x=jnp.where(on_edge, choose(which, a.normal_x), (dx - near_x) * outwards),
            normal_y=jnp.where(on_edge, choose(which, a.normal_y), (dy - near_y) * outwards),
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
