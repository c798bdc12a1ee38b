"""Writes walls and bodies: from the rows of a level to JSON values."""

from typing import Any

import numpy as np

from jax2d import Capacity

from ..level.layout import Arrays
from ..level.level import Role
from .frames import body_mass, box_vertices, centroid
from .text import number_out
from .words import WALLS

__all__ = ["same", "vector_out", "write_body", "write_wall"]


def same(value: Any, other: Any) -> bool:
    """Whether two numbers or arrays are the same float32 numbers, bit for bit."""
    return np.asarray(value, np.float32).tobytes() == np.asarray(other, np.float32).tobytes()


def vector_out(value: Any) -> list[int | float]:
    """A vector as a list of short numbers."""
    return [number_out(part) for part in np.asarray(value)]


def write_wall(arrays: Arrays, row: int) -> dict[str, Any]:
    """How a wall differs from the standard one; empty if it does not."""
    name, standard = list(WALLS.items())[row]
    del name
    part = _role(arrays, row) | _material(arrays, row)
    position, corners = arrays["state.position"][row], _corners(arrays, row)
    if not same(position, standard.position):
        part["position"] = vector_out(position)
    part |= _unless("angle", arrays["state.angle"][row], 0)
    if not same(corners, standard.vertices):
        part["vertices"] = [vector_out(corner) for corner in corners]
    return part


def write_body(arrays: Arrays, capacity: Capacity, row: int, name: str) -> dict[str, Any]:
    """A polygon, box or circle, without its slot."""
    body = {"name": name} | _shape(arrays, capacity, row) | _role(arrays, row)
    body["position"] = vector_out(arrays["state.position"][row])
    body |= _unless("angle", arrays["state.angle"][row], 0)
    velocity = arrays["state.velocity"][row]
    if not same(velocity, (0, 0)):
        body["velocity"] = vector_out(velocity)
    body |= _unless("angular_velocity", arrays["state.angular_velocity"][row], 0)
    return body | _mass(arrays, capacity, row) | _material(arrays, row)


def _corners(arrays: Arrays, row: int) -> np.ndarray:
    corners: np.ndarray = arrays["scene.vertices"][row, : arrays["scene.vertex_count"][row]]
    return corners


def _unless(key: str, value: Any, default: float | int) -> dict[str, Any]:
    return {} if same(value, default) else {key: number_out(value)}


def _role(arrays: Arrays, row: int) -> dict[str, Any]:
    role = Role(int(arrays["role"][row]))
    return {} if role is Role.NONE else {"role": role.name.lower()}


def _material(arrays: Arrays, row: int) -> dict[str, Any]:
    defaults = {"density": 1, "friction": 1, "restitution": 0}
    return {
        key: value
        for name, at in defaults.items()
        for key, value in _unless(name, arrays[f"scene.{name}"][row], at).items()
    }


def _shape(arrays: Arrays, capacity: Capacity, row: int) -> dict[str, Any]:
    if row >= capacity.polygons:
        return {"shape": "circle", "radius": number_out(arrays["scene.radius"][row - capacity.polygons])}
    corners = _corners(arrays, row)
    width, height = map(float, 2 * corners[0])
    if width >= 0.001 and height >= 0.001 and same(corners, box_vertices(width, height)):
        return {"shape": "box", "width": number_out(width), "height": number_out(height)}
    shape: dict[str, Any] = {"shape": "polygon", "vertices": [vector_out(corner) for corner in corners]}
    if centroid(corners.astype(np.float64)).any():
        shape["centre"] = [0, 0]
    return shape


def _mass(arrays: Arrays, capacity: Capacity, row: int) -> dict[str, Any]:
    inverses = arrays["scene.inverse_mass"][row], arrays["scene.inverse_inertia"][row]
    mass: dict[str, Any] = {}
    if inverses == (0, 0):
        mass["immovable"] = True
    else:
        for key, inverse, default in zip(
            ("mass", "inertia"), inverses, body_mass(arrays, capacity.polygons, row), strict=True
        ):
            if not same(inverse, 1 / default):
                mass[key] = "infinite" if inverse == 0 else _inverse_out(inverse)
    return mass | ({"ghost": True} if arrays["scene.ghost"][row] else {})


def _inverse_out(inverse: np.float32) -> float:
    """The shortest number whose inverse is this float32."""
    exact = 1 / float(inverse)
    return next(short for digits in range(1, 18) if same(1 / (short := float(f"{exact:.{digits}g}")), inverse))
