"""What `SceneBuilder` keeps of each body, joint and thruster, and how rows become the arrays of a scene.

An unused slot is an empty row: all zero. Everything is in the terms of `Scene` and `State`, that
is, from the centre of mass, whatever frame the user spoke in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Float

from .capacity import Capacity
from .groups import collision_groups
from .layout import from_arrays, layout, shapes
from .scene import Joints, Scene, Thrusters
from .state import State

__all__ = ["BodyRow", "LinkRow", "assemble"]

_groups = jax.jit(collision_groups, static_argnames="bodies")


def _dtype(kind: type[eqx.Module], names: Sequence[str]) -> np.dtype[np.void]:
    """One row of the fields of a class that have these names."""
    table, vectors = layout(kind), {"2": (2,)}
    return np.dtype([(name, table[name].dtype, vectors.get(table[name].axes[-1], ())) for name in names])


def _per_body(kind: type[eqx.Module]) -> list[str]:
    """The fields that have one row per body and are given by the user."""
    return [name for name, field in layout(kind).items() if field.axes[0] == "body" and name != "group"]


_BODY, _POSE = _dtype(Scene, _per_body(Scene)), _dtype(State, _per_body(State))
_JOINT, _THRUSTER = _dtype(Joints, list(layout(Joints))), _dtype(Thrusters, list(layout(Thrusters)))


def _origin() -> np.ndarray:
    return np.zeros(2)


@dataclass(frozen=True, eq=False, kw_only=True)
class BodyRow:
    """One polygon or circle; fields as in `Scene` and `State`."""

    active: bool = False
    position: np.ndarray = field(default_factory=_origin)
    angle: float = 0.0
    velocity: np.ndarray = field(default_factory=_origin)
    angular_velocity: float = 0.0
    inverse_mass: float = 0.0
    inverse_inertia: float = 0.0
    density: float = 0.0
    friction: float = 0.0
    restitution: float = 0.0
    ghost: bool = False
    vertices: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # a polygon's, else empty
    radius: float = 0.0  # a circle's, else 0
    centre: np.ndarray = field(default_factory=_origin)  # m, centre of mass in the frame of the user's corners


LinkRow = Mapping[str, Any]  # one joint or thruster: fields of `Joints` or `Thrusters`; those left out are zero


def _table(rows: Sequence[LinkRow], dtype: np.dtype[np.void]) -> dict[str, np.ndarray]:
    """The fields of all rows, each as an array [row] or [row, 2]."""
    table = np.zeros(len(rows), dtype)
    for index, row in enumerate(rows):
        for name, value in row.items():
            table[name][index] = value
    return {name: np.ascontiguousarray(table[name]) for name in dtype.names or ()}


def _some(bodies: Sequence[BodyRow], dtype: np.dtype[np.void]) -> list[LinkRow]:
    """Of all bodies the fields that a type has."""
    return [{name: getattr(body, name) for name in dtype.names or ()} for body in bodies]


def assemble(
    capacity: Capacity,
    bodies: Sequence[BodyRow],
    joints: Sequence[LinkRow],
    thrusters: Sequence[LinkRow],
    gravity: Float[np.ndarray, "2"],
) -> tuple[Scene, State]:
    """The arrays of a scene that has a row for each slot of its capacity."""
    polygons = bodies[: capacity.polygons]
    outlines = {
        "vertices": _vertices(capacity, polygons),
        "vertex_count": np.array([len(polygon.vertices) for polygon in polygons], np.int32),
        "radius": np.array([circle.radius for circle in bodies[capacity.polygons :]], np.float32),
        "gravity": gravity.astype(np.float32),
    }
    state = layout(State)
    memory = {  # each array with memory of its own, so that a caller may donate the whole state
        name: np.zeros(shape, state[name].dtype)
        for name, shape in shapes(State, capacity).items()
        if state[name].axes[0] != "body"
    }
    arrays = {
        "scene": _table(_some(bodies, _BODY), _BODY)
        | outlines
        | {f"joints.{name}": column for name, column in _table(joints, _JOINT).items()}
        | {f"thrusters.{name}": column for name, column in _table(thrusters, _THRUSTER).items()},
        "state": _table(_some(bodies, _POSE), _POSE) | memory,
    }
    arrays = jax.device_put(arrays)  # all at once, for one by one takes far longer
    ends = (arrays["scene"][f"joints.{name}"] for name in ("active", "body_a", "body_b"))
    group = _groups(*ends, bodies=capacity.bodies)
    scene = from_arrays(Scene, arrays["scene"] | {"group": group}, capacity)
    return scene, from_arrays(State, arrays["state"], capacity)


def _vertices(capacity: Capacity, polygons: Sequence[BodyRow]) -> Float[np.ndarray, "polygon vertex 2"]:
    table = np.zeros((capacity.polygons, capacity.vertices, 2), np.float32)
    for row, polygon in zip(table, polygons, strict=True):
        row[: len(polygon.vertices)] = polygon.vertices
    return table
