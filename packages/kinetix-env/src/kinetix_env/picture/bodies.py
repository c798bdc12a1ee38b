"""Bodies in the colours of their roles, the immovable ones darker. Larger ones lie below smaller ones.

The floor, the walls and the ceiling have no seam where they meet: their lines lie below their areas."""

from dataclasses import replace

import numpy as np

from jax2d import State

from ..level.level import Level
from .primitives import Circle, Group, Line, Points, Polygon, Shape, direction, turned
from .style import LINE, ROLES, dimmed

__all__ = ["areas", "bodies", "edges"]

ROLE_NAMES = ("grey", "green", "blue", "red")


def bodies(level: Level, state: State, room: float) -> tuple[list[Group], list[Group]]:
    """What bounds the room (the square from 0 to `room` m), and all other bodies in the order of painting."""
    groups = [_group(level, state, int(body)) for body in np.flatnonzero(level.scene.active)]
    walls = [group for group in groups if _bounds(group, room)]
    free = [group for group in groups if not _bounds(group, room)]
    return walls, sorted(free, key=lambda group: -_area(group.shapes[0]))


def edges(walls: list[Group]) -> Group:
    """The lines of walls, as wide as if half of them were not hidden by the areas."""
    return Group(
        kind="edges",
        shapes=tuple(replace(shape, fill=None, width=2 * LINE) for group in walls for shape in _polygons(group)),
    )


def areas(walls: list[Group]) -> list[Group]:
    """The walls without lines."""
    return [
        Group(kind=group.kind, shapes=tuple(replace(shape, outline=None) for shape in _polygons(group)))
        for group in walls
    ]


def _polygons(group: Group) -> list[Polygon]:
    return [shape for shape in group.shapes if isinstance(shape, Polygon)]


def _bounds(group: Group, room: float) -> bool:
    """Whether it is an immovable polygon that reaches out of the room: the floor, a wall, the ceiling."""
    low, high = group.shapes[0].outer()
    beyond = bool((low < 0).any() or (high > room).any())
    return beyond and "immovable" in group.kind and isinstance(group.shapes[0], Polygon)


def _group(level: Level, state: State, body: int) -> Group:
    """A body as it is drawn; a circle has a spoke, so that its angle is seen."""
    scene, polygons = level.scene, level.scene.vertices.shape[0]
    role, movable = int(level.role[body]), bool(scene.inverse_mass[body])
    colour = ROLES[role] if movable else dimmed(ROLES[role])
    angle, centre, edge = float(state.angle[body]), np.asarray(state.position[body], float), dimmed(colour)
    shapes: tuple[Shape, ...]
    if body < polygons:
        corners = np.asarray(scene.vertices[body, : scene.vertex_count[body]])
        shapes = (Polygon(points=centre + turned(corners, angle), fill=colour, outline=edge, width=LINE),)
    else:
        radius = float(scene.radius[body - polygons])
        spoke: Points = np.stack([centre, centre + radius * direction(angle)])
        circle = Circle(centre=centre, radius=radius, fill=colour, outline=edge, width=LINE)
        shapes = (circle, Line(points=spoke, colour=edge, width=LINE))
    moves = "movable" if movable else "immovable"
    return Group(kind=f"body body-{body} {ROLE_NAMES[role]} {moves}", shapes=shapes)


def _area(shape: Shape) -> float:
    """m^2."""
    if isinstance(shape, Circle):
        return float(np.pi * shape.radius**2)
    x, y = (shape.points - shape.points.mean(axis=0)).T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)
