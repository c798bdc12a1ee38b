"""One level as a picture: its shapes in the colours of their roles, joints, motors and thrusters.

Immovable shapes are darker. A ring is a revolute joint, in the colour of the number that drives its motor, with
a dot if the motor runs by itself; without a motor it is white. A cross is a fixed joint. A triangle is a
thruster, in the colour of its number; its tip points where it pushes. Larger shapes lie below smaller ones."""

from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Float
from PIL import Image

from jax2d import State

from ..errors import ConfigError
from ..level import Level
from .canvas import Canvas, Colour

__all__ = ["draw"]

WHITE, BLACK = (255, 255, 255), (40, 40, 40)
ROLES = ((160, 160, 160), (0, 204, 0), (0, 102, 204), (255, 102, 102))  # none, green, blue, red
MOTORS = ((255, 210, 0), (0, 205, 230), (225, 60, 225), (255, 130, 0))  # by motor number
THRUSTERS = ((125, 40, 175), (140, 85, 30))  # by thruster number

DARKER = 0.6  # what is left of the light of an immovable shape
ROOM = 5.0  # m, along one side
MARGIN = 0.15  # m, how much of the walls is shown
LARGEST = 4096  # pixels along one side

LINE = 0.025  # m, the widths of lines
JOINT = 0.075  # m, the radius of a joint's mark
THRUSTER = 0.13  # m, the length of a thruster's mark

Points = Float[np.ndarray, "point 2"]


def draw(level: Level, state: State | None = None, size: int = 500) -> Image.Image:
    """A picture of one level, `size` pixels wide and high; of the moment `state` if given, else of its start."""
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST:
        raise ConfigError(f"A picture's size must be an integer from 1 to {LARGEST} pixels, got {size!r}.")
    host: Level
    host, state = jax.tree.map(np.asarray, jax.device_get((level, level.state if state is None else state)))
    canvas = Canvas(size, -MARGIN, ROOM + MARGIN, _dimmed(ROLES[0], DARKER))
    canvas.polygon(ROOM * np.array([[0, 0], [0, 1], [1, 1], [1, 0]]), WHITE)
    shapes = _shapes(host, state)
    for shape in sorted(shapes.values(), key=lambda shape: -shape.area):
        shape.paint(canvas)
    scene = host.scene
    for row in np.flatnonzero(scene.joints.active):
        _joint(canvas, host, state, int(row))
    for row in np.flatnonzero(scene.thrusters.active):
        _thruster(canvas, host, state, int(row))
    return canvas.image()


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """A body in the world: corners in m, or a circle's centre [1, 2] and radius."""

    points: Points
    radius: float | None
    angle: float  # rad
    fill: Colour

    @property
    def area(self) -> float:
        """m^2."""
        if self.radius is not None:
            return float(np.pi * self.radius**2)
        x, y = (self.points - self.points.mean(axis=0)).T
        return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)

    def paint(self, canvas: Canvas) -> None:
        """Draw it; a circle has a spoke, so that its angle is seen."""
        edge = _dimmed(self.fill, DARKER)
        if self.radius is None:
            canvas.polygon(self.points, self.fill, edge, LINE)
            return
        canvas.circle(self.points, self.radius, self.fill, edge, LINE)
        rim = self.points[0] + self.radius * _direction(self.angle)
        canvas.line(np.stack([self.points[0], rim]), edge, LINE)


def _shapes(level: Level, state: State) -> dict[int, _Shape]:
    """The bodies that exist, by index."""
    scene, polygons = level.scene, level.scene.vertices.shape[0]
    shapes = {}
    for body in np.flatnonzero(scene.active):
        colour = ROLES[int(level.role[body])]
        angle, centre = float(state.angle[body]), np.asarray(state.position[body], float)
        if body < polygons:
            corners = np.asarray(scene.vertices[body, : scene.vertex_count[body]])
            points, radius = centre + _turned(corners, angle), None
        else:
            points, radius = centre[None], float(scene.radius[body - polygons])
        fill = colour if scene.inverse_mass[body] else _dimmed(colour, DARKER)
        shapes[int(body)] = _Shape(points=points, radius=radius, angle=angle, fill=fill)
    return shapes


def _joint(canvas: Canvas, level: Level, state: State, row: int) -> None:
    joints = level.scene.joints
    # between the anchors of both bodies, which are apart while the joint is being pulled together
    a = _in_world(state, int(joints.body_a[row]), np.asarray(joints.anchor_a[row]))
    b = _in_world(state, int(joints.body_b[row]), np.asarray(joints.anchor_b[row]))
    place = (a + b) / 2
    if joints.fixed[row]:
        for angle in (np.pi / 4, -np.pi / 4):
            arm = JOINT * _direction(angle)
            canvas.line(np.concatenate([place - arm, place + arm]), BLACK, 1.5 * LINE)
        return
    colour = MOTORS[int(level.motor_binding[row])] if joints.motor[row] else WHITE
    canvas.circle(place, JOINT, BLACK)
    canvas.circle(place, JOINT - LINE, colour)
    if joints.motor[row] and level.motor_auto[row]:
        canvas.circle(place, JOINT / 3, BLACK)


def _thruster(canvas: Canvas, level: Level, state: State, row: int) -> None:
    thrusters = level.scene.thrusters
    body = int(thrusters.body[row])
    tip = _in_world(state, body, np.asarray(thrusters.position[row]))
    along = _direction(float(thrusters.angle[row]) + float(state.angle[body]))
    across = np.array([-along[1], along[0]])
    back = tip - THRUSTER * along
    corners = np.concatenate([tip, back + THRUSTER / 2 * across, back - THRUSTER / 2 * across])
    canvas.polygon(corners, THRUSTERS[int(level.thruster_binding[row])], BLACK, LINE / 2)


def _in_world(state: State, body: int, point: Float[np.ndarray, "2"]) -> Points:
    """A point (m) of a body's frame, in the world, as [1, 2]."""
    return np.asarray(state.position[body] + _turned(point[None], float(state.angle[body])))


def _turned(points: Points, angle: float) -> Points:
    """Points turned counter-clockwise by an angle in rad."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def _direction(angle: float) -> Float[np.ndarray, "2"]:
    return np.array([np.cos(angle), np.sin(angle)])


def _dimmed(colour: Colour, left: float) -> Colour:
    red, green, blue = (round(left * part) for part in colour)
    return red, green, blue
