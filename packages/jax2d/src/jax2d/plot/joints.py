"""Joints: a ring (revolute) or a square (fixed), with the marks of limits and motors.

The joint angle is angle_b - angle_a - rotation. The needle of the limits points from the joint to the centre of
mass of b (along b's x axis if that is the joint itself), and the sector is where the needle may be: seen from a
it spans min to max, turned so that the needle of a joint angle of zero lies at zero."""

import math

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch, Polygon, Rectangle, Wedge
from matplotlib.transforms import Affine2D

from ..geometry import rotate
from ..scene import Scene
from ..state import State
from . import style
from .pose import set_pose

__all__ = ["Joints"]

# Lengths in m in a window of 5 m; they grow with the window.
_RING, _SQUARE, _SECTOR, _DRIVE = 0.06, 0.055, 0.3, 0.17
_WIDTH, _HEAD = 0.045, 0.11  # of the drive's arrow and of its head
_SWEEP = 1.4 * math.pi  # rad, the arrow's length at action 1


class Joints:
    """The joints of one scene on one Axes; `scale` is the window's size in units of 5 m."""

    def __init__(self, axes: Axes, scene: Scene, scale: float) -> None:
        self._scene = scene
        self._scale = scale
        self._active = [int(index) for index in np.flatnonzero(scene.joints.active)]
        self._places = {index: Affine2D() for index in self._active}  # at the joint, turned with body a
        self._needles = {index: Affine2D() for index in self._active if _limited(scene, index)}
        self._drives: dict[int, Polygon] = {}
        self.artists: list[Artist] = []
        for index in self._active:
            self._add(axes, index)

    def _add(self, axes: Axes, index: int) -> None:
        place, size = self._places[index] + axes.transData, self._scale
        if index in self._needles:
            self._add_limits(axes, index)
        half = _SQUARE * size
        fixed = bool(self._scene.joints.fixed[index])
        mark: Patch = Rectangle((-half, -half), 2 * half, 2 * half) if fixed else Circle((0.0, 0.0), _RING * size)
        mark.set(facecolor=style.MARK, edgecolor=style.MARK_LINE, linewidth=style.LINE_WIDTH)
        mark.set(transform=place, zorder=4.2, gid=f"joint {index}")
        self.artists.append(axes.add_patch(mark))
        if _motor(self._scene, index):
            hub = Circle((0.0, 0.0), 0.4 * _RING * size, facecolor=style.MARK_LINE, edgecolor="none")
            hub.set(transform=place, zorder=4.3, gid=f"motor {index}")
            drive = Polygon(np.zeros((1, 2)), facecolor=style.ARROW, edgecolor=style.MARK, linewidth=0.5)
            drive.set(transform=place, zorder=4.1, gid=f"drive {index}", visible=False)
            self._drives[index] = drive
            self.artists += [axes.add_patch(hub), axes.add_patch(drive)]

    def _add_limits(self, axes: Axes, index: int) -> None:
        joints, length = self._scene.joints, _SECTOR * self._scale
        low, high = math.degrees(joints.min_angle[index]), math.degrees(joints.max_angle[index])
        low, high = (0.0, 360.0) if high - low >= 360.0 else (low, high)
        sector = Wedge((0.0, 0.0), length, low, high)
        sector.set(facecolor=style.LIMIT, edgecolor=style.LIMIT_LINE, linewidth=0.8 * style.LINE_WIDTH)
        sector.set(zorder=3.8, alpha=0.85, gid=f"limits {index}", transform=self._places[index] + axes.transData)
        needle = Line2D([0.0, 1.15 * length], [0.0, 0.0], color=style.LIMIT_LINE, linewidth=1.4 * style.LINE_WIDTH)
        needle.set(zorder=3.9, gid=f"needle {index}", transform=self._needles[index] + axes.transData)
        self.artists += [axes.add_patch(sector), axes.add_artist(needle)]

    def show(self, state: State, action: Float[np.ndarray, " action"] | None) -> None:
        """Move the joints to where a state has them and show what the action drives."""
        joints = self._scene.joints
        for index in self._active:
            a, b = int(joints.body_a[index]), int(joints.body_b[index])
            angle_a, angle_b = float(state.angle[a]), float(state.angle[b])
            on_a = np.asarray(state.position[a]) + rotate(np.asarray(joints.anchor_a[index]), angle_a)
            on_b = np.asarray(state.position[b]) + rotate(np.asarray(joints.anchor_b[index]), angle_b)
            middle = (on_a + on_b) / 2  # the two are the same but for the joint's give
            to_b = -joints.anchor_b[index]
            needle = math.atan2(to_b[1], to_b[0])
            set_pose(self._places[index], middle, angle_a + float(joints.rotation[index]) + needle)
            if index in self._needles:
                set_pose(self._needles[index], middle, angle_b + needle)
            if index in self._drives:
                drive = 0.0 if action is None else float(action[index] * np.sign(joints.motor_speed[index]))
                self._show_drive(self._drives[index], drive)

    def _show_drive(self, arrow: Polygon, drive: float) -> None:
        arrow.set_visible(drive != 0.0 and math.isfinite(drive))
        if arrow.get_visible():
            arrow.set_xy(_turn_arrow(drive) * self._scale)


def _limited(scene: Scene, index: int) -> bool:
    return bool(scene.joints.limited[index] and not scene.joints.fixed[index])


def _motor(scene: Scene, index: int) -> bool:
    return bool(scene.joints.motor[index] and not scene.joints.fixed[index])


def _turn_arrow(drive: float) -> Float[np.ndarray, "corner 2"]:
    """The outline of an arrow bent around the origin, counter-clockwise for a positive drive."""
    sweep = _SWEEP * (0.35 + 0.65 * min(abs(drive), 1.0))
    head = _HEAD / _DRIVE
    turns = np.linspace(-sweep / 2, sweep / 2 - head, 24)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    tip = np.array([[math.cos(sweep / 2), math.sin(sweep / 2)]])
    outer, inner = _DRIVE + _WIDTH / 2, _DRIVE - _WIDTH / 2
    barb_out, barb_in = ring[-1:] * (_DRIVE + _WIDTH * 1.4), ring[-1:] * (_DRIVE - _WIDTH * 1.4)
    outline = np.concatenate([ring * outer, barb_out, tip * _DRIVE, barb_in, ring[::-1] * inner])
    return outline if drive > 0 else outline * (1.0, -1.0)
