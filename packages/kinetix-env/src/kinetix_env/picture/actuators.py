"""Joints, motors and thrusters, which light up while they act.

A ring is a revolute joint, in the colour of the number that drives its motor, with a dot if the motor runs by itself;
without a motor it is white. A cross is a fixed joint. A triangle is a thruster, in the colour of its number; its tip
points where it pushes. A thruster that fires has a flame, as long as it pushes hard. A motor that runs has an arrow
around it, as long as its control is large; it points the way in which the lighter of its two bodies is turned."""

import numpy as np
from jaxtyping import Float

from jax2d import State

from ..level.level import Level
from .primitives import Circle, Group, Line, Points, Polygon, Shape, direction, turned
from .style import BLACK, FLAME, FLAME_CORE, JOINT, LINE, MOTORS, THRUSTER, THRUSTERS, WHITE

__all__ = ["joint", "thruster"]

Controls = Float[np.ndarray, " control"]

FLAME_LENGTH = 0.42  # m, of full power
FLAME_HALF = 0.45 * THRUSTER  # m
# Along the flame and across it: wide behind the nozzle, with a tip at the end.
FLAME_OUTLINE = np.array([[0.0, 0.7], [0.22, 1.0], [0.55, 0.6], [1.0, 0.0], [0.55, -0.6], [0.22, -1.0], [0.0, -0.7]])

ARROW_RADIUS, ARROW_WIDTH = 0.17, 0.05  # m
ARROW_HEAD, ARROW_SPREAD = 0.12, 0.075  # m, length and half the width of the head
ARROW_SWEEP = 1.5 * np.pi  # rad, at full speed; at least a third of that


def joint(level: Level, state: State, row: int, control: float) -> Group:
    """The mark of a joint, and around it an arrow if its motor runs."""
    joints = level.scene.joints
    # between the anchors of both bodies, which are apart while the joint is being pulled together
    a = _in_world(state, int(joints.body_a[row]), np.asarray(joints.anchor_a[row]))
    b = _in_world(state, int(joints.body_b[row]), np.asarray(joints.anchor_b[row]))
    place = (a + b) / 2
    if joints.fixed[row]:
        arms = [JOINT * direction(angle) for angle in (np.pi / 4, -np.pi / 4)]
        cross = [Line(points=np.stack([place - arm, place + arm]), colour=BLACK, width=1.5 * LINE) for arm in arms]
        return Group(kind=f"joint joint-{row} fixed", shapes=tuple(cross))
    motor, auto = bool(joints.motor[row]), bool(joints.motor[row] and level.motor_auto[row])
    colour = MOTORS[int(level.motor_binding[row])] if motor else WHITE
    shapes: list[Shape] = []
    turn = control * _sense(level, row) if motor else 0.0
    if turn:
        points = place + _arrow(turn)
        shapes.append(Polygon(points=points, fill=colour, outline=BLACK, width=LINE / 2))
    shapes.append(Circle(centre=place, radius=JOINT - LINE / 2, fill=colour, outline=BLACK, width=LINE))
    if auto:
        shapes.append(Circle(centre=place, radius=JOINT / 3, fill=BLACK))
    words = [f"joint joint-{row} revolute", f"motor-{int(level.motor_binding[row])}" * motor, "auto" * auto]
    return Group(kind=" ".join(filter(None, [*words, "running" * bool(turn)])), shapes=tuple(shapes))


def thruster(level: Level, state: State, row: int, control: float) -> Group:
    """The mark of a thruster, and behind it a flame if it fires."""
    thrusters = level.scene.thrusters
    body, number = int(thrusters.body[row]), int(level.thruster_binding[row])
    tip = _in_world(state, body, np.asarray(thrusters.position[row]))
    angle = float(thrusters.angle[row]) + float(state.angle[body])
    shapes: list[Shape] = []
    if control:
        for share, colour in ((1.0, FLAME), (0.55, FLAME_CORE)):
            size = np.array([-share * FLAME_LENGTH * min(abs(control), 1.0), share * FLAME_HALF])
            outline = FLAME_OUTLINE * size - np.array([THRUSTER, 0.0])
            shapes.append(Polygon(points=tip + turned(outline, angle), fill=colour))
    triangle = THRUSTER * np.array([[0.0, 0.0], [-1.0, 0.5], [-1.0, -0.5]])
    mark = Polygon(points=tip + turned(triangle, angle), fill=THRUSTERS[number], outline=BLACK, width=LINE / 2)
    firing = " firing" * bool(control)
    return Group(kind=f"thruster thruster-{row} number-{number}{firing}", shapes=(*shapes, mark))


def _sense(level: Level, row: int) -> float:
    """1 if a positive control turns the lighter body counter-clockwise, -1 if clockwise, 0 if it turns none."""
    joints, turns = level.scene.joints, level.scene.inverse_inertia
    a, b = (float(turns[int(body)]) for body in (joints.body_a[row], joints.body_b[row]))
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


def _in_world(state: State, body: int, point: Float[np.ndarray, "2"]) -> Float[np.ndarray, "2"]:
    """A point (m) of a body's frame, in the world."""
    return np.asarray(state.position[body] + turned(point[None], float(state.angle[body]))[0])
