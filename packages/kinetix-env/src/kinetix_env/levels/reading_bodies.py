"""Reads walls and bodies into the arrays of a level."""

from typing import Any

import numpy as np

from jax2d import Capacity
from jax2d.checks import shown
from jax2d.geometry import polygon_fault, rotate

from ..errors import LevelError
from ..level import bounds
from ..level.layout import Arrays
from ..level.named import check_name
from ..level.validate import ROUNDING
from .frames import body_mass, box_vertices, centroid
from .values import Fields, at, closest, fail, vector
from .words import BODY_FIELDS, ROLES, SHAPE_FIELDS, WALL_FIELDS, WALLS

__all__ = ["Bodies", "read_body", "read_walls", "walls_fit"]


class Bodies:
    """The arrays of a level under construction, and its bodies by name."""

    def __init__(self, arrays: Arrays, capacity: Capacity) -> None:
        self.arrays, self.capacity = arrays, capacity
        self.rows: dict[str, int] = {}
        self.centres: dict[int, np.ndarray] = {}  # m, of mass, in the frame in which the file states a body
        self._next = {"polygons": capacity.static_polygons, "circles": 0, "joints": 0, "thrusters": 0}

    def find(self, fields: Fields, key: str) -> int:
        """The row of the body that a field names."""
        name = fields.raw(key)
        if not isinstance(name, str) or name not in self.rows:
            hint = closest(name, self.rows) if isinstance(name, str) else ""
            raise LevelError(f"{fields.at(key)} must be the name of a body, got {shown(name)}.{hint}")
        return self.rows[name]

    def slot(self, fields: Fields, kind: str, active: np.ndarray) -> int:
        """The row of its kind that an entity takes: the one it names, or the one after the one before it."""
        room = getattr(self.capacity, kind)
        slot = fields.integer("slot", (0, room - 1)) if "slot" in fields else self._next[kind]
        if slot >= room:
            static = f", {self.capacity.static_polygons} of them static" if kind == "polygons" else ""
            raise LevelError(f"{fields.path} does not fit: the size has room for {room} {kind}{static}.")
        if active[slot]:
            raise LevelError(f"{fields.at('slot')} must be free, got {slot}, which another of the {kind} has.")
        self._next[kind] = slot + 1
        return slot

    def names_by_row(self) -> tuple[str, ...]:
        """The name of each row, "" where there is no body."""
        names = dict(zip(self.rows.values(), self.rows, strict=True))
        return tuple(names.get(row, "") for row in range(self.capacity.bodies))


def walls_fit(capacity: Capacity) -> bool:
    """Whether a capacity has room for the standard walls."""
    return capacity.static_polygons >= len(WALLS) and capacity.vertices >= 4


def read_walls(fields: Fields, bodies: Bodies) -> None:
    """The standard walls, save where the file says otherwise."""
    given = fields.raw("walls", {})
    if not walls_fit(bodies.capacity):
        if given is not False and given != {}:
            raise fail("walls", "be false, since the size has no room for four static polygons of four corners", given)
        return
    if given is False:
        given = dict.fromkeys(WALLS, False)
    walls = Fields(given, "walls", WALLS)
    for row, (name, wall) in enumerate(WALLS.items()):
        override = walls.raw(name, {})
        if override is False:
            continue
        part = Fields(override, walls.at(name), WALL_FIELDS)
        corners = np.array(wall.vertices)
        if "vertices" in part:
            corners = _corners(part, bodies.capacity.vertices)
        _put_polygon(bodies.arrays, row, corners)
        bodies.arrays["state.position"][row] = part.vector("position", wall.position)
        bodies.arrays["state.angle"][row] = part.number("angle", default=0.0)
        _put_material(bodies.arrays, row, part)
        bodies.arrays["scene.active"][row] = True
        bodies.rows[name], bodies.centres[row] = row, np.zeros(2)


def read_body(value: Any, path: str, bodies: Bodies) -> None:
    """One polygon, box or circle."""
    shape = Fields(value, path).choice("shape", {name: name for name in SHAPE_FIELDS})
    fields = Fields(value, path, (*BODY_FIELDS, *SHAPE_FIELDS[shape]))
    name = check_name(fields.raw("name"), fields.at("name"))
    if name in bodies.rows or name in WALLS:
        raise fail(fields.at("name"), "be a name that no other body or wall has", name)
    arrays, capacity = bodies.arrays, bodies.capacity
    kind, first = ("circles", capacity.polygons) if shape == "circle" else ("polygons", 0)
    existing = arrays["scene.active"]
    row = first + bodies.slot(fields, kind, existing[first:])
    centre = np.zeros(2)
    if shape == "circle":
        arrays["scene.radius"][row - first] = fields.number("radius", bounds.LENGTH)
    else:
        centre = _read_polygon(fields, shape, row, bodies)
    _put_pose(arrays, row, fields, centre, free_frame=shape == "polygon")
    _put_material(arrays, row, fields)
    existing[row] = True
    _put_mass(arrays, row, fields, capacity)
    bodies.rows[name], bodies.centres[row] = row, centre


def _read_polygon(fields: Fields, shape: str, row: int, bodies: Bodies) -> np.ndarray:
    """The corners of a box or a polygon; returns its centre of mass in the frame of the file."""
    if shape == "box":
        if bodies.capacity.vertices < 4:
            raise LevelError(f"{fields.path} is a box of 4 corners, but size.vertices is {bodies.capacity.vertices}.")
        corners = box_vertices(fields.number("width", bounds.LENGTH), fields.number("height", bounds.LENGTH))
        _put_polygon(bodies.arrays, row, corners)
        return np.zeros(2)
    corners = _corners(fields, bodies.capacity.vertices)
    centre = fields.vector("centre") if "centre" in fields else centroid(corners)
    if centre.any():
        rounded = (corners - centre).astype(np.float32).astype(np.float64)
        fault = polygon_fault(rounded, slack=ROUNDING)
        if fault or np.abs(rounded).max() > bounds.ANY[1]:
            far = f"lie within {bounds.ANY[1]:g} m of it"
            raise LevelError(f"{fields.at('vertices')}, counted from the centre of mass, must {fault or far}.")
    _put_polygon(bodies.arrays, row, corners - centre)
    return centre


def _corners(fields: Fields, most: int) -> np.ndarray:
    """The corners of a polygon as the file has them, rounded to float32."""
    path = fields.at("vertices")
    corners = np.array(
        [vector(item, at(path, index)) for index, item in enumerate(fields.items("vertices", most, least=3))]
    )
    rounded = corners.astype(np.float32).astype(np.float64)
    fault = polygon_fault(rounded, slack=ROUNDING)
    if fault:
        raise LevelError(f"{path} must {fault}.")
    return rounded


def _put_polygon(arrays: Arrays, row: int, corners: np.ndarray) -> None:
    arrays["scene.vertices"][row, : len(corners)] = corners
    arrays["scene.vertex_count"][row] = len(corners)


def _put_pose(arrays: Arrays, row: int, fields: Fields, centre: np.ndarray, free_frame: bool) -> None:
    """Corners in a frame of their own need no position: they may be corners in the world."""
    position = fields.vector("position", (0.0, 0.0)) if free_frame else fields.vector("position")
    arrays["state.angle"][row] = fields.number("angle", default=0.0)
    place = position + rotate(centre, float(arrays["state.angle"][row])) if centre.any() else position
    arrays["state.position"][row] = place
    arrays["state.velocity"][row] = fields.vector("velocity", (0.0, 0.0))
    arrays["state.angular_velocity"][row] = fields.number("angular_velocity", default=0.0)


def _put_material(arrays: Arrays, row: int, fields: Fields) -> None:
    arrays["role"][row] = fields.choice("role", ROLES, "none")
    arrays["scene.density"][row] = fields.number("density", bounds.DENSITY, 1.0)
    arrays["scene.friction"][row] = fields.number("friction", bounds.FRICTION, 1.0)
    arrays["scene.restitution"][row] = fields.number("restitution", bounds.RESTITUTION, 0.0)


def _put_mass(arrays: Arrays, row: int, fields: Fields, capacity: Capacity) -> None:
    immovable, ghost = fields.flag("immovable", False), fields.flag("ghost", False)
    static = row < capacity.static_polygons
    if static and (ghost or not immovable):
        raise LevelError(f"{fields.path} must be immovable and no ghost, since slot {row} holds a static polygon.")
    arrays["scene.ghost"][row] = ghost
    masses = body_mass(arrays, capacity.polygons, row)
    for key, default, limits in zip(("mass", "inertia"), masses, (bounds.MASS, bounds.INERTIA), strict=True):
        if immovable and key in fields:
            raise LevelError(f"{fields.at(key)} must be left out of an immovable body.")
        given = fields.raw(key, None)
        if immovable or given == "infinite":
            continue
        mass = fields.number(key, limits) if key in fields else default
        arrays[f"scene.inverse_{key}"][row] = 1 / mass
    if arrays["scene.inverse_mass"][row] == 0:
        _demand_rest(arrays, row, fields)


def _demand_rest(arrays: Arrays, row: int, fields: Fields) -> None:
    if arrays["state.velocity"][row].any():
        raise fail(fields.at("velocity"), "be [0, 0] for an immovable body", fields.raw("velocity"))
    if arrays["state.angular_velocity"][row] and arrays["scene.inverse_inertia"][row] == 0:
        raise fail(fields.at("angular_velocity"), "be 0 for an immovable body", fields.raw("angular_velocity"))
