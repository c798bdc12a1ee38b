"""Contacts: a dot at each point and a line along the normal, both larger for a larger impulse.

Impulses span orders of magnitude, from a small box at rest to a heavy ball in flight, so sizes grow with the
square root and stop growing at 1 N s. A contact without an impulse is a small ring. Contacts that cannot push, between
bodies that joints connect or between two immovable ones, are left out."""

import numpy as np
from jaxtyping import Bool
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection

from ..contacts import Contacts
from ..scene import Scene
from . import style

__all__ = ["ContactMarks"]

_LINE, _LEAST = 0.55, 0.07  # m in a window of 5 m: length of the normal at full size, and at least
_DOT, _RING = 3.6, 1.7  # points: radius of the dot at full size, and of a ring
_FULL = 1.0  # N s


class ContactMarks:
    """The contacts of one scene on one Axes; `scale` is the window's size in units of 5 m."""

    def __init__(self, axes: Axes, scene: Scene, scale: float) -> None:
        self._scene = scene
        self._scale = scale
        self._normals = LineCollection([], colors=style.CONTACT, linewidths=1.2 * style.LINE_WIDTH, zorder=5.0)
        self._points = axes.scatter([], [], linewidths=0.8 * style.LINE_WIDTH, edgecolors=style.CONTACT, zorder=5.1)
        self._normals.set(gid="contact normals", capstyle="round")
        self._points.set_gid("contact points")
        axes.add_collection(self._normals, autolim=False)
        self.artists: list[Artist] = [self._normals, self._points]

    @property
    def points(self) -> PathCollection:
        """The dots and rings."""
        return self._points

    def show(self, contacts: Contacts | None) -> None:
        """Show the contacts of a step."""
        if contacts is None:
            return
        rows = np.flatnonzero(contacts.active & self._pushing(contacts))
        point, normal = contacts.point[rows], contacts.normal[rows]
        impulse = contacts.normal_impulse[rows]
        size = np.sqrt(np.clip(impulse / _FULL, 0.0, 1.0))
        length = np.where(impulse > 0, np.maximum(_LINE * size, _LEAST), 0.0) * self._scale
        radius = np.where(impulse > 0, np.maximum(_DOT * size, _RING), _RING)
        self._normals.set_segments(list(np.stack([point, point + normal * length[:, None]], axis=1)))
        self._points.set_offsets(point)
        self._points.set_sizes((2 * radius) ** 2)
        self._points.set_facecolor([style.CONTACT if pushes else style.BACKGROUND for pushes in impulse > 0])

    def _pushing(self, contacts: Contacts) -> Bool[np.ndarray, " contact"]:
        a, b, scene = contacts.slots.body_a, contacts.slots.body_b, self._scene
        movable = (scene.inverse_mass[a] != 0) | (scene.inverse_mass[b] != 0)
        return np.asarray((scene.group[a] != scene.group[b]) & movable)
