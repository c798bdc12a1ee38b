"""What a picture consists of: a few shapes in metres, y upwards, in named groups. Raster and SVG show the same."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

__all__ = [
    "Circle", "Colour", "Group", "Line", "Picture", "Points", "Polygon", "Shape", "Window", "direction", "in_world",
    "turned",
]  # fmt: skip

Colour: TypeAlias = tuple[int, int, int]  # red, green, blue, 0 to 255
Points: TypeAlias = Float[np.ndarray, "point 2"]  # m


@dataclass(frozen=True, kw_only=True, eq=False)
class Polygon:
    """A filled polygon; a line of some width (m) runs along its border, half of it inside."""

    points: Points  # m, corners in order
    fill: Colour | None  # None: not filled
    outline: Colour | None = None  # None: no line
    width: float = 0.0  # m, of the line

    def outer(self) -> Points:
        """The lowest and highest x and y of the polygon without its border (m), [2, 2]."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])


@dataclass(frozen=True, kw_only=True, eq=False)
class Circle:
    """A filled circle; a line of some width (m) runs along its border, half of it inside."""

    centre: Float[np.ndarray, "2"]  # m
    radius: float  # m
    fill: Colour | None  # None: not filled
    outline: Colour | None = None  # None: no line
    width: float = 0.0  # m, of the line

    def outer(self) -> Points:
        """The lowest and highest x and y of the circle without its border (m), [2, 2]."""
        return np.stack([self.centre - self.radius, self.centre + self.radius])


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A line of some width (m) through points."""

    points: Points  # m
    colour: Colour  # of the line
    width: float  # m

    def outer(self) -> Points:
        """The lowest and highest x and y of the points of the line (m), [2, 2]."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])


Shape: TypeAlias = Polygon | Circle | Line


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Shapes that belong together. `kind` is words for programs that read an SVG, such as "body body-4 green"."""

    kind: str  # classes in an SVG
    shapes: tuple[Shape, ...]  # from the lowest to the highest


@dataclass(frozen=True)
class Window:
    """The rectangle of the world that a picture shows, in m."""

    left: float  # m, x of the left border
    right: float  # m, x of the right border
    bottom: float  # m, y of the lower border
    top: float  # m, y of the upper border

    @property
    def width(self) -> float:
        """Width of the window in m."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height of the window in m."""
        return self.top - self.bottom

    def pixels(self, size: int) -> tuple[int, int]:
        """Width and height in pixels of an image whose longer side has `size` pixels."""
        longest = max(self.width, self.height)
        return max(round(size * self.width / longest), 1), max(round(size * self.height / longest), 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A part of the world as groups of shapes; later groups lie above earlier ones."""

    groups: tuple[Group, ...]  # from the lowest to the highest
    window: Window  # the part of the world that is shown
    background: Colour  # colour behind all shapes

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, from the lowest to the highest."""
        return tuple(shape for group in self.groups for shape in group.shapes)


def turned(points: Points, angle: float) -> Points:
    """Points turned counter-clockwise around the origin by an angle in rad."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(np.asarray(points, float) @ np.array([[cos, sin], [-sin, cos]]))


def in_world(point: Points, position: Float[np.ndarray, "2"], angle: float) -> Points:
    """Points (m) of a body's frame in the world, where the body is at a position (m) and an angle (rad)."""
    return np.asarray(position + turned(point, angle))


def direction(angle: float) -> Float[np.ndarray, "2"]:
    """The unit vector of an angle in rad, counter-clockwise from x."""
    return np.array([np.cos(angle), np.sin(angle)])
