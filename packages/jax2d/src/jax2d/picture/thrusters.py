"""Thrusters: a triangle whose tip points where it pushes, and a flame while it fires, longer for more power.

The flame leaves against the push. A thruster that pulls has a negative control: its flame leaves through the tip."""

import numpy as np

from ..scene import Scene
from ..state import State
from .look import Mark
from .primitives import Group, Polygon, Shape, in_world, turned
from .style import FLAME, FLAME_CORE, LINE, THRUSTER

__all__ = ["thruster"]

TRIANGLE = THRUSTER * np.array([[0.0, 0.0], [-1.0, 0.5], [-1.0, -0.5]])
FLAME_LENGTH = 0.42  # m, of full power
FLAME_HALF = 0.45 * THRUSTER  # m
# Along the flame and across it: wide behind the nozzle, with a tip at the end.
FLAME_OUTLINE = np.array([[0.0, 0.7], [0.22, 1.0], [0.55, 0.6], [1.0, 0.0], [0.55, -0.6], [0.22, -1.0], [0.0, -0.7]])


def thruster(scene: Scene, state: State, row: int, mark: Mark, control: float, scale: float) -> Group:
    """The mark of a thruster, and its flame if it fires with a control, 0 to 1."""
    thrusters, body = scene.thrusters, int(scene.thrusters.body[row])
    turn = float(state.angle[body])
    tip = in_world(np.asarray(thrusters.position[row])[None], np.asarray(state.position[body]), turn)[0]
    angle = float(thrusters.angle[row]) + turn
    shapes: list[Shape] = []
    if control:
        back, start = (-1.0, THRUSTER) if control > 0 else (1.0, 0.0)
        for fraction, colour in ((1.0, FLAME), (0.55, FLAME_CORE)):
            size = np.array([back * fraction * FLAME_LENGTH * min(abs(control), 1.0), fraction * FLAME_HALF])
            outline = FLAME_OUTLINE * size - np.array([start, 0.0])
            shapes.append(Polygon(points=tip + turned(scale * outline, angle), fill=colour))
    points = tip + turned(scale * TRIANGLE, angle)
    shapes.append(Polygon(points=points, fill=mark.fill, outline=mark.edge, width=LINE / 2 * scale))
    words = [f"thruster thruster-{row}", mark.words, "firing" * bool(control)]
    return Group(kind=" ".join(filter(None, words)), shapes=tuple(shapes))
