"""Mass properties of flat shapes of uniform density, and what makes a polygon fit to collide.

With corners p_i listed clockwise and c_i = p_(i+1) x p_i (twice the area of the triangle with the origin):
  area = sum(c_i) / 2
  centroid = sum(c_i (p_i + p_(i+1))) / (6 area)
  inertia = density / 12 sum(c_i (p_i.p_i + p_i.p_(i+1) + p_(i+1).p_(i+1))), taken about the centroid.
These are Green's theorem applied to 1, (x, y) and x^2 + y^2 (see Wikipedia, "Centroid" and "Second moment of
area"). All in float64, from corners measured from their mean, so that a far origin costs no digits.

A circle's inertia is density pi r^4 / 4. That is half of a real disc's m r^2 / 2: the published Jax2D has it
so, and levels made for it roll and spin accordingly."""

import numpy as np
from jaxtyping import Float

from .checks import LEAST_LENGTH

__all__ = [
    "LEAST_AREA",
    "LEAST_TURN",
    "box_corners",
    "circle_mass",
    "clockwise",
    "polygon_fault",
    "polygon_mass",
    "rotate",
]

LEAST_AREA = 1e-7  # m^2
LEAST_TURN = 1e-3  # sine of the angle between the two sides at a corner, so that no corner lies on a side

Points = Float[np.ndarray, "corner 2"]


def rotate(vector: Float[np.ndarray, "*point 2"], angle: float) -> Float[np.ndarray, "*point 2"]:
    """Turn vectors counter-clockwise by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)


def box_corners(width: float, height: float) -> Float[np.ndarray, "4 2"]:
    """The corners of a rectangle (m) about its centre, clockwise from the top left."""
    return np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]]) * (width / 2, height / 2)


def circle_mass(radius: float, density: float) -> tuple[float, float]:
    """Mass (kg) and moment of inertia (kg m^2) of a circle of a radius in m."""
    return density * np.pi * radius**2, density * np.pi * radius**4 / 4


def _clockwise_cross(points: Points) -> tuple[Float[np.ndarray, " corner"], Points]:
    """The terms c_i of the module's sums, and the corner after each corner."""
    following = np.roll(points, -1, axis=0)
    return following[:, 0] * points[:, 1] - following[:, 1] * points[:, 0], following


def _area(points: Points) -> float:
    """Signed area in m^2, positive when clockwise."""
    return float(_clockwise_cross(points - points.mean(axis=0))[0].sum() / 2)


def polygon_mass(points: Points, density: float) -> tuple[float, float, Float[np.ndarray, "2"]]:
    """Mass (kg), moment of inertia about the centroid (kg m^2) and centroid (m) of a clockwise polygon."""
    middle = points.mean(axis=0)
    cross, following = _clockwise_cross(points - middle)
    centroid = middle + cross @ (points - middle + following) / (3 * cross.sum())
    arms = points - centroid
    cross, following = _clockwise_cross(arms)
    squares = (arms * arms + arms * following + following * following).sum(axis=1)
    return density * float(cross.sum()) / 2, density * float((cross * squares).sum()) / 12, centroid


def clockwise(points: Points) -> Points:
    """The same corners in clockwise order, from the same first corner."""
    return np.roll(points[::-1], 1, axis=0) if _area(points) < 0 else points


def polygon_fault(points: Points, slack: float = 1.0) -> str | None:
    """Why a polygon cannot be simulated, as the end of a sentence that starts with "must"; None if it can.

    It must have sides of at least `LEAST_LENGTH`, an area of at least `LEAST_AREA`, run clockwise, and be
    strictly convex: at each corner it turns right, with the sine of the turn at least `LEAST_TURN`. `slack`
    scales these three, for corners that have been rounded since they were checked.
    """
    sides = np.roll(points, -1, axis=0) - points
    lengths, least = np.hypot(sides[:, 0], sides[:, 1]), slack * LEAST_LENGTH
    short = int(np.argmin(lengths))
    if lengths[short] < least:
        ends = f"corners {short} and {(short + 1) % len(points)} are {lengths[short]:g} m apart"
        return f"have sides of at least {least:g} m, but {ends}"
    area, least = _area(points), slack * LEAST_AREA
    if abs(area) < least:
        return f"enclose an area of at least {least:g} m^2, but it encloses {abs(area):g} m^2"
    if area < 0:
        return "list its corners clockwise, but they run counter-clockwise; reverse the list"
    return _bend_fault(points, sides, lengths, slack * LEAST_TURN)


def _bend_fault(points: Points, sides: Points, lengths: Float[np.ndarray, " corner"], least: float) -> str | None:
    """The part of `polygon_fault` about convexity."""
    before = np.roll(sides, 1, axis=0)
    cross = before[:, 1] * sides[:, 0] - before[:, 0] * sides[:, 1]
    sines = cross / (np.roll(lengths, 1) * lengths)
    flat = int(np.argmin(sines))
    if sines[flat] < least:
        where = f"at corner {flat}, ({points[flat, 0]:g}, {points[flat, 1]:g}), the sine of its right turn is"
        return f"be strictly convex (turn right by a sine of at least {least:g}), but {where} {sines[flat]:g}"
    rounds = np.arctan2(cross, (before * sides).sum(axis=1)).sum() / (2 * np.pi)
    if rounds > 1.5:  # a star turns right everywhere as well
        return f"be convex, but it crosses itself: its sides go round {rounds:.0f} times"
    return None
