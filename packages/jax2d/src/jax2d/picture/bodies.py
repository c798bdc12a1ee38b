"""Bodies. Larger ones lie below smaller ones; walls have no seam where they meet: their lines lie below their areas."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from ..boundary import WORLD_SIZE
from ..scene import Scene
from ..state import State
from .look import Look, Mark
from .primitives import Circle, Group, Line, Points, Polygon, Shape, direction, in_world
from .style import LINE

__all__ = ["areas", "bodies", "edges", "find_walls", "reaches"]


def find_walls(
    scene: Scene, position: Float[np.ndarray, "body 2"], angle: Float[np.ndarray, " body"]
) -> Bool[np.ndarray, " body"]:
    """Mask of the bodies that bound the standard world: immovable polygons that extend beyond it, as the floor does."""
    walls = np.zeros(len(scene.active), bool)
    for body in np.flatnonzero(scene.active[: len(scene.vertices)]):
        points = _outline(scene, int(body), position[body], float(angle[body]))
        beyond = bool((points.min(axis=0) < 0).any() or (points.max(axis=0) > WORLD_SIZE).any())
        walls[body] = beyond and not scene.inverse_mass[body]
    return walls


def bodies(
    scene: Scene, state: State, look: Look, walls: Bool[np.ndarray, " body"], scale: float
) -> tuple[list[Group], list[Group]]:
    """The groups of the walls, and those of all other bodies in the order of painting; lines are widened by `scale`."""
    groups = {body: _group(scene, state, body, mark, LINE * scale) for body, mark in look.bodies.items()}
    free = [group for body, group in groups.items() if not walls[body]]
    return (
        [group for body, group in groups.items() if walls[body]],
        sorted(free, key=lambda group: -_area(group.shapes[0])),
    )


def edges(walls: Sequence[Group]) -> Group:
    """The outlines of walls, twice as wide, since the areas hide the inner half."""
    shapes = [replace(shape, fill=None, width=2 * shape.width) for group in walls for shape in _polygons(group)]
    return Group(kind="edges", shapes=tuple(shapes))


def areas(walls: Sequence[Group]) -> list[Group]:
    """The walls without lines."""
    return [
        Group(kind=group.kind, shapes=tuple(replace(shape, outline=None) for shape in _polygons(group)))
        for group in walls
    ]


def reaches(scene: Scene) -> Float[np.ndarray, " body"]:
    """The largest distance of a point of each body from its centre of mass, m: [body]."""
    used = np.arange(scene.vertices.shape[1]) < np.asarray(scene.vertex_count)[:, None]
    polygons = np.where(used, np.linalg.norm(scene.vertices, axis=-1), 0.0).max(axis=1, initial=0.0)
    return np.concatenate([polygons, np.asarray(scene.radius)])


def _polygons(group: Group) -> list[Polygon]:
    return [shape for shape in group.shapes if isinstance(shape, Polygon)]


def _outline(scene: Scene, body: int, position: Float[np.ndarray, "2"], angle: float) -> Points:
    """The corners of a polygon, in the world."""
    return in_world(np.asarray(scene.vertices[body, : scene.vertex_count[body]]), position.astype(float), angle)


def _group(scene: Scene, state: State, body: int, mark: Mark, width: float) -> Group:
    """The shapes of a body; a circle has a spoke, so that its angle is seen."""
    shapes: tuple[Shape, ...]
    centre, angle = np.asarray(state.position[body], float), float(state.angle[body])
    if body < len(scene.vertices):
        points = _outline(scene, body, centre, angle)
        shapes = (Polygon(points=points, fill=mark.fill, outline=mark.edge, width=width),)
    else:
        radius = float(scene.radius[body - len(scene.vertices)])
        spoke: Points = np.stack([centre, centre + radius * direction(angle)])
        circle = Circle(centre=centre, radius=radius, fill=mark.fill, outline=mark.edge, width=width)
        shapes = (circle, Line(points=spoke, colour=mark.edge, width=width))
    return Group(kind=" ".join(filter(None, [f"body body-{body}", mark.words])), shapes=shapes)


def _area(shape: Shape) -> float:
    """The area of a shape, m^2."""
    if isinstance(shape, Circle):
        return float(np.pi * shape.radius**2)
    x, y = (shape.points - shape.points.mean(axis=0)).T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)
