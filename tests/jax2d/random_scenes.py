"""Random valid scenes with every feature of the builder, made by one choice after the other."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jax2d.builder import SceneBuilder
from jax2d.capacity import Capacity
from jax2d.geometry import rotate
from tests.jax2d.choices import Choice

PINNED = 0.1  # fraction of the bodies that hang on a wall


def random_builder(
    capacity: Capacity, choice: Choice, *, overlapping: bool | None = None, full: bool = False, wild: bool = False
) -> SceneBuilder:
    """A builder with random contents.

    `overlapping` places bodies without regard for each other (True), all that joints connect in a grid cell
    of its own (False), or either by chance (None). `full` uses every movable slot and thruster and as many
    joints as it can. Joints form trees and start closed, with anchors on both bodies, as a person would make
    them; `wild` adds joints that no motion satisfies: loops, several between two bodies, anchors far apart.
    """
    room = capacity.static_polygons >= 4 and capacity.vertices >= 4
    walls = room and choice.chance(0.9)
    gravity = (choice.number(-10, 10), choice.number(-10, 10)) if choice.chance(0.2) else (0.0, -9.81)
    builder = SceneBuilder(capacity, walls=walls, gravity=gravity)
    crowd = Crowd(builder, choice, walls, choice.chance(0.5) if overlapping is None else overlapping, full)
    polygons = capacity.movable_polygons if full else choice.integer(0, capacity.movable_polygons)
    circles = capacity.circles if full else choice.integer(0, capacity.circles)
    kinds = [crowd.add_polygon] * polygons + [crowd.add_circle] * circles
    while kinds:
        kinds.pop(choice.integer(0, len(kinds) - 1))()
    if wild:
        crowd.add_wild_joints()
    if any(body.moves for body in crowd.bodies):
        for _ in range(capacity.thrusters if full else choice.integer(0, capacity.thrusters)):
            crowd.add_thruster()
    return builder


def random_corners(choice: Choice, vertices: int, reach: float) -> np.ndarray:
    """A strictly convex clockwise polygon of 3 to `vertices` corners within `reach` (m) of the origin."""
    count = choice.integer(3, vertices)
    gap = 2 * math.pi / count
    angles = [-gap * (k + choice.number(-0.3, 0.3)) for k in range(count)]  # on an ellipse, so convex
    axes = (choice.number(0.3 * reach, reach), choice.number(0.3 * reach, reach))
    return np.array([(axes[0] * math.cos(angle), axes[1] * math.sin(angle)) for angle in angles])


@dataclass(frozen=True, eq=False)
class Body:
    """What is in the builder, in the user's terms."""

    index: int
    frame: np.ndarray  # m, where the origin of its local frame is
    angle: float
    middle: np.ndarray  # m, of the shape, in its local frame
    reach: float  # m, radius of the shape about its middle
    moves: bool
    first: bool  # not joined to a body that was there before


class Crowd:
    """Puts bodies into a builder one after the other and joins some to one that is there already."""

    def __init__(self, builder: SceneBuilder, choice: Choice, walls: bool, overlapping: bool, full: bool) -> None:
        self._builder, self._choice = builder, choice
        self._walls, self._overlapping, self._full = walls, overlapping, full
        self._joints_left = builder.capacity.joints
        self.bodies: list[Body] = []
        side = math.ceil(math.sqrt(builder.capacity.bodies))
        self._cells = [(x, y) for x in range(side) for y in range(side)]
        self._pitch = np.array([5.0, 4.6]) / side
        self._reach = 0.5 if overlapping else 0.45 * float(self._pitch.min()) / 2.2  # a cell holds two that are joined

    def add_circle(self) -> None:
        radius = self._choice.number(0.3 * self._reach, self._reach)
        self._add(lambda place, options: self._builder.circle(place, radius=radius, **options), np.zeros(2), radius)

    def add_polygon(self) -> None:
        choice, builder, reach = self._choice, self._builder, self._reach
        if builder.capacity.vertices >= 4 and choice.chance(0.5):
            wide, high = (choice.number(0.2 * reach, 1.4 * reach) for _ in range(2))
            self._add(lambda place, options: builder.box(place, width=wide, height=high, **options), np.zeros(2), reach)
            return
        shift = self._within(1.0) if choice.chance(0.2) else np.zeros(2)
        corners = random_corners(choice, builder.capacity.vertices, reach) + shift
        self._add(lambda place, options: builder.polygon(place, corners, **options), shift, reach)

    def _add(self, make: Callable[[np.ndarray, dict[str, Any]], int], middle: np.ndarray, reach: float) -> None:
        options = _body_options(self._choice)
        angle, moves = options.get("angle", 0.0), not options.get("immovable", False)
        known = [body for body in self.bodies if (body.moves or moves) and (body.first or self._overlapping)]
        if not (self._joints_left and known and (self._full or self._choice.chance(0.5))):
            frame = self._free_place() - rotate(middle, angle)
            body = Body(make(frame, options), frame, angle, middle, reach, moves, first=True)
            self.bodies.append(body)
            if self._walls and moves and self._joints_left and self._choice.chance(PINNED):
                wall = self._choice.integer(0, 3)
                self._join(body.index, wall, anchor=self._on(body))  # where the body is now
            return
        target = known[self._choice.integer(0, len(known) - 1)]
        there, here = self._on(target), middle + self._within(0.4 * reach)
        frame = target.frame + rotate(there, target.angle) - rotate(here, angle)
        body = Body(make(frame, options), frame, angle, middle, reach, moves, first=False)
        self.bodies.append(body)
        if self._choice.chance(0.5):
            self._join(target.index, body.index, anchor=there)
        else:
            self._join(body.index, target.index, anchor=here, anchor_b=there)

    def _free_place(self) -> np.ndarray:
        if self._overlapping:
            return np.array([self._choice.number(0.3, 4.7), self._choice.number(0.7, 4.7)])
        x, y = self._cells.pop(self._choice.integer(0, len(self._cells) - 1))
        return np.array([x + 0.5, y + 0.5]) * self._pitch + (0.0, 0.4)

    def _within(self, size: float) -> np.ndarray:
        return np.array([self._choice.number(-size, size) for _ in range(2)])

    def _on(self, body: Body) -> np.ndarray:
        """A point of the body, in its local frame."""
        return body.middle + self._within(0.4 * body.reach)

    def _join(self, a: int, b: int, **options: Any) -> None:
        choice = self._choice
        self._joints_left -= 1
        if choice.chance(0.2):
            options["rotation"] = choice.number(-0.5, 0.5)
        if choice.chance(0.3):
            self._builder.fixed(a, b, **options)
            return
        if choice.chance(0.7):
            options |= {"motor": True, "motor_speed": choice.number(-3, 3), "motor_power": choice.number(0, 3)}
        if choice.chance(0.4):
            options["limits"] = (choice.number(-math.pi, -0.05), choice.number(0.05, math.pi))
        self._builder.revolute(a, b, **options)

    def _mover(self) -> Body:
        movers = [body for body in self.bodies if body.moves]
        return movers[self._choice.integer(0, len(movers) - 1)]

    def add_wild_joints(self) -> None:
        """Use the joints that are left for any two bodies, anywhere."""
        if len(self.bodies) < 2 or not any(body.moves for body in self.bodies):
            return
        while self._joints_left:
            a = self._mover()
            others = [body for body in self.bodies if body is not a]
            b = others[self._choice.integer(0, len(others) - 1)]
            far = {"anchor_b": self._on(b)} if self._choice.chance(0.7) else {}
            self._join(a.index, b.index, anchor=self._on(a), **far)

    def add_thruster(self) -> None:
        body = self._mover()
        angle, power = self._choice.number(-math.pi, math.pi), self._choice.number(0, 2)
        self._builder.thruster(body.index, position=self._on(body), angle=angle, power=power)


def _body_options(choice: Choice) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if choice.chance(0.8):
        options["angle"] = choice.number(-math.pi, math.pi)
    if choice.chance(0.1):
        options["immovable"] = True
    elif choice.chance(0.6):
        options["velocity"] = (choice.number(-3, 3), choice.number(-3, 3))
        options["angular_velocity"] = choice.number(-5, 5)
    if choice.chance(0.4):
        options["density"] = choice.number(0.1, 5)
        options["friction"] = choice.number(0, 2)
        options["restitution"] = choice.number(0, 1)
    if choice.chance(0.1):
        options["ghost"] = True
    return options
