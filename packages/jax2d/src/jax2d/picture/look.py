"""How the parts of a scene are coloured: `plain_look` for any scene, or a look of your own, as by roles in a task."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from ..scene import Scene
from . import style
from .primitives import Colour

__all__ = ["Look", "Mark", "plain_look"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The colours of one body, joint or thruster."""

    fill: Colour | None  # None shows what lies below
    edge: Colour = style.BLACK  # colour of the outline
    words: str = ""  # further classes of its group in an SVG
    dot: bool = False  # in the middle of the ring of a revolute joint


@dataclass(frozen=True, kw_only=True)
class Look:
    """The colours of all parts of a scene, by their index. What has no mark is not drawn."""

    bodies: Mapping[int, Mark]  # marks by index of the body
    joints: Mapping[int, Mark]  # marks by index of the joint
    thrusters: Mapping[int, Mark]  # marks by index of the thruster
    limits: bool = True  # whether the limits of joints are drawn
    outside: Colour | None = None  # outside of the standard world; None paints nothing there
    background: Colour = style.WHITE  # inside the standard world


def plain_look(scene: Scene, walls: Bool[np.ndarray, " body"]) -> Look:
    """Movable and immovable bodies, ghosts and walls differ in fill and outline; motors differ from other joints."""
    joints = scene.joints
    return Look(
        bodies={int(body): _body(scene, int(body), bool(walls[body])) for body in np.flatnonzero(scene.active)},
        joints={
            int(row): Mark(fill=style.MOTOR, words="motor") if joints.motor[row] else Mark(fill=style.WHITE)
            for row in np.flatnonzero(joints.active)
        },
        thrusters={int(row): Mark(fill=style.NOZZLE) for row in np.flatnonzero(scene.thrusters.active)},
        outside=style.WALL if walls.any() else None,
    )


def _body(scene: Scene, body: int, wall: bool) -> Mark:
    if wall:
        return Mark(fill=style.WALL, edge=style.WALL_LINE, words="wall")
    if scene.ghost[body]:
        return Mark(fill=None, edge=style.GHOST_LINE, words="ghost")
    if scene.inverse_mass[body] == 0:
        return Mark(fill=style.IMMOVABLE, edge=style.IMMOVABLE_LINE, words="immovable")
    return Mark(fill=style.MOVABLE, edge=style.MOVABLE_LINE, words="movable")
