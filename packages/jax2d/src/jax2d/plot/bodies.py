"""Shapes. Each body has a pose, a transform that its outline and all that is attached to it share, so that a
new state moves the body's artists by setting three numbers."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch, Polygon
from matplotlib.transforms import Affine2D

from ..capacity import Capacity
from ..scene import Scene
from ..state import State
from . import style
from .pose import set_pose

__all__ = ["Bodies"]


class Bodies:
    """The bodies of one scene on one Axes."""

    def __init__(self, axes: Axes, capacity: Capacity, scene: Scene) -> None:
        self.poses = [Affine2D() for _ in range(capacity.bodies)]
        self._artists: dict[int, list[Artist]] = {}
        for index in np.flatnonzero(scene.active).tolist():
            look = _look(capacity, scene, index)
            patch = _outline(capacity, scene, index)
            patch.set(facecolor=look.fill, edgecolor=look.line, linestyle=look.dashes, linewidth=style.LINE_WIDTH)
            patch.set(transform=self.poses[index] + axes.transData, zorder=look.order, gid=f"body {index}")
            self._artists[index] = [axes.add_patch(patch)]
            if isinstance(patch, Circle):
                hand = Line2D([0.0, patch.radius], [0.0, 0.0], color=look.line, linewidth=style.LINE_WIDTH)
                hand.set(transform=self.poses[index] + axes.transData, zorder=look.order, gid=f"radius {index}")
                hand.set_solid_capstyle("butt")
                self._artists[index].append(axes.add_artist(hand))

    def moving(self, still: Bool[np.ndarray, " body"]) -> list[Artist]:
        """The artists of all bodies but those that stand still behind all others, as walls do."""
        return [
            artist
            for index, artists in self._artists.items()
            for artist in artists
            if not (still[index] and artist.get_zorder() <= _IMMOVABLE.order)
        ]

    def show(self, state: State) -> None:
        """Move the bodies to where a state has them; those that are nowhere vanish."""
        for index in self._artists:
            set_pose(self.poses[index], np.asarray(state.position[index]), float(state.angle[index]))


class _Look(NamedTuple):
    """How a body is painted."""

    fill: str
    line: str
    order: float  # of painting; larger is later
    dashes: str | tuple[float, tuple[float, float]] = "-"


_WALL = _Look(style.BOUNDARY, style.BOUNDARY_LINE, 1.0)
_IMMOVABLE = _Look(style.IMMOVABLE, style.IMMOVABLE_LINE, 2.0)
_MOVABLE = _Look(style.MOVABLE, style.MOVABLE_LINE, 3.0)
_GHOST = _Look("none", style.GHOST_LINE, 3.5, dashes=(0.0, (3.0, 1.5)))


def _look(capacity: Capacity, scene: Scene, index: int) -> _Look:
    if index < capacity.static_polygons:
        return _WALL
    if scene.ghost[index]:
        return _GHOST
    return _IMMOVABLE if scene.inverse_mass[index] == 0 else _MOVABLE


def _outline(capacity: Capacity, scene: Scene, index: int) -> Patch:
    """The shape of a body in its own frame."""
    if index >= capacity.polygons:
        return Circle((0.0, 0.0), float(scene.radius[index - capacity.polygons]))
    corners = scene.vertices[index, : scene.vertex_count[index]]
    return Polygon(np.asarray(corners), closed=True, joinstyle="round")
