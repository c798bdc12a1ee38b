"""Thrusters: a nozzle on the body and, while the thruster acts, a flame.

Both are made in a frame whose x axis is the direction of the push, so the nozzle opens towards -x. A
negative action pulls: its flame leaves through the front."""

import math

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.transforms import Affine2D

from ..scene import Scene
from . import style

__all__ = ["Thrusters"]

# Lengths in m in a window of 5 m; they grow with the window.
_NOZZLE = np.array([[0.0, 0.035], [0.0, -0.035], [-0.12, -0.075], [-0.12, 0.075]])
_EXIT, _HALF, _LENGTH = -0.12, 0.06, 0.5  # where the flame starts, half its width, its length at action 1
_OUTLINE = np.array([[0.0, 1.0], [0.25, 1.1], [0.6, 0.55], [1.0, 0.0], [0.6, -0.55], [0.25, -1.1], [0.0, -1.0]])


class Thrusters:
    """The thrusters of one scene on one Axes; `scale` is the window's size in units of 5 m."""

    def __init__(self, axes: Axes, scene: Scene, poses: list[Affine2D], scale: float) -> None:
        self._scale = scale
        self._flames: dict[int, tuple[Polygon, Polygon]] = {}
        self.artists: list[Artist] = []
        thrusters = scene.thrusters
        for index in map(int, np.flatnonzero(thrusters.active)):
            x, y = (float(part) for part in thrusters.position[index])
            mount = Affine2D().rotate(float(thrusters.angle[index])).translate(x, y)
            place = mount + poses[int(thrusters.body[index])] + axes.transData
            nozzle = Polygon(_NOZZLE * scale, facecolor=style.NOZZLE, edgecolor=style.NOZZLE, linewidth=0.5)
            nozzle.set(transform=place, zorder=4.0, gid=f"thruster {index}")
            flame, core = (Polygon(np.zeros((1, 2)), linewidth=0.0, transform=place) for _ in range(2))
            flame.set(facecolor=style.FLAME, zorder=3.9, gid=f"flame {index}", visible=False)
            core.set(facecolor=style.FLAME_CORE, zorder=3.95, gid=f"core {index}", visible=False)
            self._flames[index] = flame, core
            self.artists += [axes.add_patch(patch) for patch in (nozzle, flame, core)]

    def show(self, action: Float[np.ndarray, " thruster"] | None) -> None:
        """Show what the thrusters' part of an action fires."""
        for index, flames in self._flames.items():
            power = 0.0 if action is None else float(action[index])
            acts = power != 0.0 and math.isfinite(power)
            for flame, share in zip(flames, (1.0, 0.55), strict=True):
                flame.set_visible(acts)
                if acts:
                    flame.set_xy(_flame(power, share) * self._scale)


def _flame(power: float, share: float) -> Float[np.ndarray, "corner 2"]:
    """The outline of a flame; `share` of the full size is for its core."""
    length = _LENGTH * min(abs(power), 1.0) * share
    outline = _OUTLINE * (-length, _HALF * share) + (_EXIT, 0.0)
    return outline if power > 0 else outline * (-1.0, 1.0) + (_EXIT, 0.0)
