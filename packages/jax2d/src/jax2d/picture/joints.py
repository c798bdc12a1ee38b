"""Joints: a ring (revolute) or a cross (fixed), with the marks of limits and of running motors.

A motor that runs has an arrow around it, whose length grows with its control; it points the way in which the lighter of
its two bodies is turned.

Limits are a sector with a needle. The joint angle is `angle_b - angle_a - rotation`. The needle points from the joint
to the centre of mass of b (along b's x axis if that is the joint itself), and the sector is where the needle may be: it
spans the minimum to the maximum angle, turned so that the needle of a joint angle of zero lies at zero."""

import numpy as np
from jaxtyping import Float

from ..scene import Scene
from ..state import State
from .look import Mark
from .primitives import Circle, Group, Line, Points, Polygon, Shape, direction, in_world
from .style import BLACK, JOINT, LIMIT, LIMIT_LINE, LINE

__all__ = ["joint", "limits"]

ARROW_RADIUS, ARROW_WIDTH = 0.17, 0.05  # m
ARROW_HEAD, ARROW_SPREAD = 0.12, 0.075  # m, length and half the width of the head
ARROW_SWEEP = 1.5 * np.pi  # rad, at full speed; at least a third of that

SECTOR, NEEDLE = 0.3, 0.345  # m, radius and length
CORNERS = 48  # of the arc of a full circle


def joint(scene: Scene, state: State, row: int, mark: Mark, control: float, scale: float) -> Group:
    """The mark of a joint, and around it an arrow if its motor runs with a control, -1 to 1."""
    joints, place = scene.joints, _place(scene, state, row)
    if joints.fixed[row]:
        arms = [scale * JOINT * direction(angle) for angle in (np.pi / 4, -np.pi / 4)]
        width = 1.5 * LINE * scale
        cross = [Line(points=np.stack([place - arm, place + arm]), colour=mark.edge, width=width) for arm in arms]
        return Group(kind=f"joint joint-{row} fixed", shapes=tuple(cross))
    shapes: list[Shape] = []
    turn = control * _sense(scene, row) if joints.motor[row] else 0.0
    if turn:
        arrow = place + scale * _arrow(turn)
        shapes.append(Polygon(points=arrow, fill=mark.fill, outline=mark.edge, width=LINE / 2 * scale))
    radius, width = (JOINT - LINE / 2) * scale, LINE * scale
    shapes.append(Circle(centre=place, radius=radius, fill=mark.fill, outline=mark.edge, width=width))
    if mark.dot:
        shapes.append(Circle(centre=place, radius=JOINT / 3 * scale, fill=BLACK))
    words = [f"joint joint-{row} revolute", mark.words, "running" * bool(turn)]
    return Group(kind=" ".join(filter(None, words)), shapes=tuple(shapes))


def limits(scene: Scene, state: State, row: int, scale: float) -> Group | None:
    """The sector and the needle of a revolute joint with limits; None for any other joint."""
    joints = scene.joints
    if joints.fixed[row] or not joints.limited[row]:
        return None
    place = _place(scene, state, row)
    x, y = -np.asarray(joints.anchor_b[row], float)
    to_b = float(np.arctan2(y, x))  # in b's frame
    zero = float(state.angle[int(joints.body_a[row])]) + float(joints.rotation[row]) + to_b
    low, high = float(joints.min_angle[row]), float(joints.max_angle[row])
    whole = not high - low < 2 * np.pi
    turns = np.linspace(0.0, 2 * np.pi, CORNERS) if whole else zero + np.linspace(low, high, CORNERS)
    arc = place + SECTOR * scale * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    sector = arc if whole else np.concatenate([place[None], arc])
    tip = place + NEEDLE * scale * direction(float(state.angle[int(joints.body_b[row])]) + to_b)
    return Group(
        kind=f"limits limits-{row}",
        shapes=(
            Polygon(points=sector, fill=LIMIT, outline=LIMIT_LINE, width=0.8 * LINE * scale),
            Line(points=np.stack([place, tip]), colour=LIMIT_LINE, width=1.4 * LINE * scale),
        ),
    )


def _place(scene: Scene, state: State, row: int) -> Float[np.ndarray, "2"]:
    """The midpoint of the two anchors, m; they differ while the joint is being corrected."""
    joints = scene.joints
    a, b = (
        _anchor(state, int(body[row]), np.asarray(anchor[row]))
        for body, anchor in ((joints.body_a, joints.anchor_a), (joints.body_b, joints.anchor_b))
    )
    return np.asarray((a + b) / 2)


def _anchor(state: State, body: int, point: Float[np.ndarray, "2"]) -> Float[np.ndarray, "2"]:
    """A point of a body's frame in the world (m)."""
    return np.asarray(in_world(point[None], np.asarray(state.position[body]), float(state.angle[body]))[0])


def _sense(scene: Scene, row: int) -> float:
    """1 if a positive control turns the lighter body counter-clockwise, -1 if clockwise, 0 if it turns neither."""
    joints = scene.joints
    a, b = (float(scene.inverse_inertia[int(body)]) for body in (joints.body_a[row], joints.body_b[row]))
    if a == b == 0:
        return 0.0
    # a motor's impulse turns b its way, and a the other
    return float(np.sign(joints.motor_speed[row]) * (1 if b >= a else -1))


def _arrow(turn: float) -> Points:
    """The outline of an arrow bent around the origin, counter-clockwise for a positive turn."""
    sweep = ARROW_SWEEP * (1 / 3 + 2 / 3 * min(abs(turn), 1.0))
    start, end = np.pi / 2 - sweep / 2, np.pi / 2 + sweep / 2
    neck = end - ARROW_HEAD / ARROW_RADIUS
    ring = np.stack([np.cos(angles := np.linspace(start, neck, 24)), np.sin(angles)], axis=-1)
    outer, inner = ARROW_RADIUS + ARROW_WIDTH / 2, ARROW_RADIUS - ARROW_WIDTH / 2
    barbs = direction(neck) * np.array([[ARROW_RADIUS + ARROW_SPREAD], [ARROW_RADIUS - ARROW_SPREAD]])
    tip = ARROW_RADIUS * direction(end)
    outline = np.concatenate([ring * outer, barbs[:1], tip[None], barbs[1:], ring[::-1] * inner])
    return outline if turn > 0 else outline * np.array([-1.0, 1.0])
