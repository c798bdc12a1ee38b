"""One moment of a level as a `Picture`: what is drawn, whatever it is drawn with."""

from typing import Any

import jax
import numpy as np

from jax2d import State
from jax2d.checks import shown

from ..errors import ActionError, LevelError
from ..level.level import Level
from .actuators import joint, thruster
from .bodies import areas, bodies, edges
from .primitives import Group, Picture, Polygon, Shape
from .style import ROLES, WHITE, dimmed

__all__ = ["describe"]

ROOM = 5.0  # m, along one side
MARGIN = 0.15  # m, how much of the walls is shown


def describe(level: Level, state: State | None = None, controls: Any = None) -> Picture:
    """A moment `state` of one level, or its start; with the `controls` that act, [control], or at rest without."""
    if np.ndim(level.role) != 1:
        raise LevelError(
            f"A picture is of one level, got roles of shape {np.shape(level.role)}. Take a row of each array first, "
            "such as jax.tree.map(lambda leaf: leaf[0], levels)."
        )
    host: Level
    host, state = jax.tree.map(np.asarray, jax.device_get((level, level.state if state is None else state)))
    if state.position.shape != host.state.position.shape:
        shapes = f"{host.state.position.shape}, got {state.position.shape}"
        raise LevelError(f"A picture's state must be one of its level: positions of shape {shapes}.")
    joints, thrusters = host.scene.joints.active, host.scene.thrusters.active
    acts = _controls(controls, len(joints), len(thrusters))
    low, high = -MARGIN, ROOM + MARGIN
    walls, free = bodies(host, state, ROOM)
    groups = [
        edges(walls),
        _surroundings(low, high),
        *areas(walls),
        *free,
        *(thruster(host, state, int(row), acts[len(joints) + row]) for row in np.flatnonzero(thrusters)),
        *(joint(host, state, int(row), acts[row]) for row in np.flatnonzero(joints)),
    ]
    seen = [group for group in groups if any(_is_seen(shape, low, high) for shape in group.shapes)]
    return Picture(groups=tuple(seen), low=low, high=high, background=WHITE)


def _surroundings(low: float, high: float) -> Group:
    """What is outside of the room."""
    sides = [(low, low, 0, high), (ROOM, low, high, high), (low, low, high, 0), (low, ROOM, high, high)]
    corners = [np.array([[x, y], [x, top], [right, top], [right, y]]) for x, y, right, top in sides]
    return Group(kind="outside", shapes=tuple(Polygon(points=points, fill=dimmed(ROLES[0])) for points in corners))


def _controls(controls: Any, joints: int, thrusters: int) -> list[float]:
    """A number for each joint and thruster; 0 where nothing acts."""
    count = joints + thrusters
    if controls is None:
        return [0.0] * count
    given = np.asarray(controls)
    if given.shape != (count,) or given.dtype.kind not in "fiub":
        takes = f"{count} numbers, one for each of {joints} joints and then {thrusters} thrusters"
        raise ActionError(f"controls must be {takes}, as ActionSpace.controls gives them, got {shown(controls)}.")
    return [float(part) if np.isfinite(part) else 0.0 for part in given]


def _is_seen(shape: Shape, low: float, high: float) -> bool:
    """Whether it can be seen at all. What is not finite cannot."""
    least, most = shape.outer()
    return bool(np.isfinite([least, most]).all() and (most >= low).all() and (least <= high).all())
