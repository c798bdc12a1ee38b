"""Makes one scene, body by body, on the host: numpy in, the arrays of `Scene` and `State` out.

Every argument is checked as it is given. A call that raises `SceneError` leaves the builder as it was, and
nothing is ever dropped in silence: a scene that is full raises `CapacityError`.

Frames. A body's local frame is the one in which the user states it: for a box and a circle its origin is the
centre, for a polygon it is wherever the corners were measured from. `position` is where the origin of that
frame is in the world. Joint anchors and thruster positions of a body are in its local frame too. The scene
itself counts from the centre of mass (the area centroid), so all of them are shifted by the centroid."""

from collections.abc import Sequence
from typing import ClassVar, SupportsFloat, SupportsIndex, TypeVar, Unpack, no_type_check

import numpy as np
from numpy.typing import ArrayLike

from . import boundary
from .capacity import Capacity
from .checks import LEAST_LENGTH, corners, flag, interval, number, pair, shown
from .errors import CapacityError, SceneError
from .geometry import box_corners, clockwise
from .links import joint_row, thruster_row
from .options import BodyOptions, check_options
from .rows import BodyRow, LinkRow, assemble
from .scene import Scene
from .shapes import circle_row, polygon_row, wall_row
from .state import State

__all__ = ["SceneBuilder"]

Row = TypeVar("Row", BodyRow, LinkRow)


@no_type_check  # for run-time type checkers only: this class checks its arguments itself, and says more
class SceneBuilder:
    """A scene under construction.

    With `walls` the first four static polygons are the floor, walls and ceiling of a room with x in [0, 5] m
    and y in [0.4, 5] m; `FLOOR`, `LEFT_WALL`, `RIGHT_WALL` and `CEILING` are their body indices. Their local
    frames are those of `jax2d.boundary`.

    Bodies are numbered polygons first, then circles. An immovable polygon takes a free static slot if there
    is one, for it costs less there; not so a ghost, since static polygons meet everything.
    """

    FLOOR: ClassVar[int] = boundary.FLOOR
    LEFT_WALL: ClassVar[int] = boundary.LEFT_WALL
    RIGHT_WALL: ClassVar[int] = boundary.RIGHT_WALL
    CEILING: ClassVar[int] = boundary.CEILING

    def __init__(self, capacity: Capacity, *, walls: bool | np.bool_ = True, gravity: ArrayLike = (0.0, -9.81)) -> None:
        """Start a scene; `gravity` is in m/s^2."""
        if not isinstance(capacity, Capacity):
            raise SceneError(f"SceneBuilder: capacity must be a Capacity, got {shown(capacity)}.")
        self._capacity = capacity
        self._gravity = pair(gravity, "SceneBuilder: gravity")
        self._bodies = [BodyRow()] * capacity.bodies
        self._joints: list[LinkRow] = [{}] * capacity.joints
        self._thrusters: list[LinkRow] = [{}] * capacity.thrusters
        if flag(walls, "SceneBuilder: walls"):
            self._bodies[: len(boundary.WALLS)] = _walls(capacity)

    @property
    def capacity(self) -> Capacity:
        """How much the scene can hold."""
        return self._capacity

    def box(
        self, position: ArrayLike, *, width: SupportsFloat, height: SupportsFloat, **body: Unpack[BodyOptions]
    ) -> int:
        """Add a rectangle of a size in m, centred on `position`. Returns its body index.

        The options of all bodies are those of `jax2d.options.BodyOptions`.
        """
        name = "SceneBuilder.box"
        place = pair(position, f"{name}: position")
        wide = number(width, f"{name}: width", least=LEAST_LENGTH)
        high = number(height, f"{name}: height", least=LEAST_LENGTH)
        if self._capacity.vertices < 4:
            raise SceneError(f"{name} adds a polygon of 4 corners, but Capacity.vertices is {self._capacity.vertices}.")
        row = polygon_row(f"{name}: size", place, box_corners(wide, high), check_options(name, body))
        return self._add_polygon(name, row)

    def polygon(self, position: ArrayLike, vertices: ArrayLike, **body: Unpack[BodyOptions]) -> int:
        """Add a convex polygon with `vertices` (m, [corner, 2]) in any frame. Returns its body index.

        Corners may run either way round; those that run counter-clockwise are reversed, from the same first corner.

        `position` is where the origin of that frame is, and `angle` turns the body about that origin. Sides
        must be 1 mm or longer and the polygon strictly convex, see `jax2d.geometry.polygon_fault`.
        """
        name = "SceneBuilder.polygon"
        place = pair(position, f"{name}: position")
        points = clockwise(corners(vertices, f"{name}: vertices", self._capacity.vertices))
        row = polygon_row(f"{name}: vertices", place, points, check_options(name, body))
        return self._add_polygon(name, row)

    def circle(self, position: ArrayLike, *, radius: SupportsFloat, **body: Unpack[BodyOptions]) -> int:
        """Add a circle with a radius in m, centred on `position`. Returns its body index."""
        name = "SceneBuilder.circle"
        size = number(radius, f"{name}: radius", least=LEAST_LENGTH)
        row = circle_row(pair(position, f"{name}: position"), size, check_options(name, body))
        slots = range(self._capacity.polygons, self._capacity.bodies)
        return _take(self._bodies, slots, row, name, "circles (Capacity.circles)")

    def revolute(
        self,
        a: SupportsIndex,
        b: SupportsIndex,
        *,
        anchor: ArrayLike,
        anchor_b: ArrayLike | None = None,
        motor: bool | np.bool_ = False,
        motor_speed: SupportsFloat = 1.0,
        motor_power: SupportsFloat = 1.0,
        limits: ArrayLike | None = None,
        rotation: SupportsFloat | None = None,
    ) -> int:
        """Let bodies a and b share a point about which they turn freely. Returns the joint index.

        `anchor` is that point in a's local frame (m), `anchor_b` in b's; left out, it is where a's anchor is
        now. The joint angle is b's angle minus a's minus `rotation` (rad); left out, the joint angle is zero
        now. `limits` is (min, max) of the joint angle; it need not contain the present angle, since a joint
        outside its limits is pushed back. A motor has a speed and a power in units of `PhysicsParams`; a
        negative speed turns the other way.
        """
        name = "SceneBuilder.revolute"
        joint = joint_row(name, self._bodies, a, b, anchor, anchor_b, rotation)
        if limits is not None:
            low, high = interval(limits, f"{name}: limits")
            joint = {**joint, "limited": True, "min_angle": low, "max_angle": high}
        drive = {
            "motor": flag(motor, f"{name}: motor"),
            "motor_speed": number(motor_speed, f"{name}: motor_speed"),
            "motor_power": number(motor_power, f"{name}: motor_power", least=0.0),
        }
        return self._add_joint(name, {**joint, **drive})

    def fixed(
        self,
        a: SupportsIndex,
        b: SupportsIndex,
        *,
        anchor: ArrayLike,
        anchor_b: ArrayLike | None = None,
        rotation: SupportsFloat | None = None,
    ) -> int:
        """Weld bodies a and b together at a point, at the relative angle `rotation`. Returns the joint index.

        The arguments are those of `revolute`.
        """
        name = "SceneBuilder.fixed"
        joint = joint_row(name, self._bodies, a, b, anchor, anchor_b, rotation)
        return self._add_joint(name, {**joint, "fixed": True})

    def thruster(
        self,
        body: SupportsIndex,
        *,
        position: ArrayLike = (0.0, 0.0),
        angle: SupportsFloat = 0.0,
        power: SupportsFloat = 1.0,
    ) -> int:
        """Let a nozzle at `position` in the body's local frame (m) push the body. Returns the thruster index.

        It pushes along `angle` (rad) in the body's frame, with a power in units of
        `PhysicsParams.thruster_power`. The default position is the origin of the local frame, which is the
        centre of mass of a box and a circle, but not of each polygon.
        """
        name = "SceneBuilder.thruster"
        row = thruster_row(name, self._bodies, body, position, angle, power)
        slots = range(self._capacity.thrusters)
        return _take(self._thrusters, slots, row, name, "thrusters (Capacity.thrusters)")

    def build(self) -> tuple[Scene, State]:
        """The scene so far and how it starts, in new arrays. The builder can be extended and used again."""
        return assemble(self._capacity, self._bodies, self._joints, self._thrusters, self._gravity)

    def _add_polygon(self, name: str, row: BodyRow) -> int:
        static, polygons = self._capacity.static_polygons, self._capacity.polygons
        slots, what = range(static, polygons), "movable polygons (Capacity.polygons less Capacity.static_polygons)"
        if row.inverse_mass == 0 and not row.ghost:
            slots, what = range(polygons), "polygons (Capacity.polygons)"
        return _take(self._bodies, slots, row, name, what)

    def _add_joint(self, name: str, row: LinkRow) -> int:
        return _take(self._joints, range(self._capacity.joints), row, name, "joints (Capacity.joints)")


def _walls(capacity: Capacity) -> list[BodyRow]:
    """The rows of the boundary, if the capacity has room for it."""
    count, most = len(boundary.WALLS), max(len(wall.vertices) for wall in boundary.WALLS)
    if capacity.static_polygons < count or capacity.vertices < most:
        raise SceneError(
            f"SceneBuilder: walls=True needs {count} static polygons of {most} vertices, but the capacity has "
            f"static_polygons={capacity.static_polygons} and vertices={capacity.vertices}. "
            "Pass walls=False or a larger capacity."
        )
    return [wall_row(wall) for wall in boundary.WALLS]


def _take(rows: list[Row], slots: Sequence[int], row: Row, name: str, what: str) -> int:
    """Put a row into the first free one of `slots`; `what` says in plural what they hold."""
    for slot in slots:
        held = rows[slot]
        if not (held.active if isinstance(held, BodyRow) else held):
            rows[slot] = row
            return slot
    raise CapacityError(f"{name}: the scene is full, it already holds {len(slots)} of {len(slots)} {what}.")
