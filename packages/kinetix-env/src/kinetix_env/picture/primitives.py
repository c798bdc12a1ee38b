"""What a picture consists of: a few shapes in metres, y upwards, in named groups. Raster and SVG paint the same."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

__all__ = ["Circle", "Colour", "Group", "Line", "Picture", "Points", "Polygon", "Shape", "direction", "turned"]

Colour: TypeAlias = tuple[int, int, int]  # red, green, blue, 0 to 255
Points: TypeAlias = Float[np.ndarray, "point 2"]  # m


@dataclass(frozen=True, kw_only=True, eq=False)
class Polygon:
    """A filled polygon; a line of some width (m) runs along its border, half of it inside."""

    points: Points
    fill: Colour | None
    outline: Colour | None = None
    width: float = 0.0

    def outer(self) -> Points:
        """The corners of a box around it."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])


@dataclass(frozen=True, kw_only=True, eq=False)
class Circle:
    """A filled circle; a line of some width (m) runs along its border, half of it inside."""

    centre: Float[np.ndarray, "2"]
    radius: float
    fill: Colour | None
    outline: Colour | None = None
    width: float = 0.0

    def outer(self) -> Points:
        """The corners of a box around it."""
        return np.stack([self.centre - self.radius, self.centre + self.radius])


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A line of some width (m) through points."""

    points: Points
    colour: Colour
    width: float

    def outer(self) -> Points:
        """The corners of a box around it."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])


Shape: TypeAlias = Polygon | Circle | Line


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Shapes that belong together. `kind` is words for programs that read an SVG, such as "body body-4 green"."""

    kind: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """The square of the world from `low` to `high` (m) in both directions; later groups lie above earlier ones."""

    groups: tuple[Group, ...]
    low: float
    high: float
    background: Colour

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, from the lowest to the highest."""
        return tuple(shape for group in self.groups for shape in group.shapes)


def turned(points: Points, angle: float) -> Points:
    """Points turned counter-clockwise around the origin by an angle in rad."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(np.asarray(points, float) @ np.array([[cos, sin], [-sin, cos]]))


def direction(angle: float) -> Float[np.ndarray, "2"]:
    """The unit vector of an angle in rad, counter-clockwise from x."""
    return np.array([np.cos(angle), np.sin(angle)])
