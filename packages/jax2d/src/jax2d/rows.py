"""What `SceneBuilder` keeps of each body, joint and thruster, and how rows become the arrays of a scene.

A row without arguments is an unused slot: all zero. Everything is in the terms of `Scene` and `State`, that
is, from the centre of mass, whatever frame the user spoke in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import jax
import numpy as np
from jaxtyping import Float

from .capacity import Capacity
from .groups import collision_groups
from .scene import Joints, Scene, Thrusters
from .slots import contact_slots
from .state import State

__all__ = ["BodyRow", "JointRow", "ThrusterRow", "assemble"]

_groups = jax.jit(collision_groups, static_argnames="bodies")

_FLAG, _INDEX, _NUMBER, _VECTOR = np.bool_, np.int32, np.float32, (np.float32, 2)

# The fields that become arrays with a row for each body, joint or thruster.
_MATERIAL = [(name, _NUMBER) for name in ("inverse_mass", "inverse_inertia", "density", "friction", "restitution")]
_BODY = np.dtype([("active", _FLAG), *_MATERIAL, ("ghost", _FLAG)])
_POSE = np.dtype([("position", _VECTOR), ("angle", _NUMBER), ("velocity", _VECTOR), ("angular_velocity", _NUMBER)])
_JOINT = np.dtype(
    [
        ("active", _FLAG),
        ("body_a", _INDEX),
        ("body_b", _INDEX),
        ("anchor_a", _VECTOR),
        ("anchor_b", _VECTOR),
        ("rotation", _NUMBER),
        ("fixed", _FLAG),
        ("motor", _FLAG),
        ("motor_speed", _NUMBER),
        ("motor_power", _NUMBER),
        ("limited", _FLAG),
        ("min_angle", _NUMBER),
        ("max_angle", _NUMBER),
    ]
)
_THRUSTER = np.dtype(
    [("active", _FLAG), ("body", _INDEX), ("position", _VECTOR), ("angle", _NUMBER), ("power", _NUMBER)]
)


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


@dataclass(frozen=True, eq=False, kw_only=True)
class JointRow:
    """One joint; fields as in `Joints`."""

    active: bool = False
    body_a: int = 0
    body_b: int = 0
    anchor_a: np.ndarray = field(default_factory=_origin)
    anchor_b: np.ndarray = field(default_factory=_origin)
    rotation: float = 0.0
    fixed: bool = False
    motor: bool = False
    motor_speed: float = 0.0
    motor_power: float = 0.0
    limited: bool = False
    min_angle: float = 0.0
    max_angle: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class ThrusterRow:
    """One thruster; fields as in `Thrusters`."""

    active: bool = False
    body: int = 0
    position: np.ndarray = field(default_factory=_origin)
    angle: float = 0.0
    power: float = 0.0


def _table(rows: Sequence[object], kind: np.dtype[np.void]) -> dict[str, np.ndarray]:
    """The fields of all rows, each as an array [row] or [row, 2]."""
    names = kind.names or ()
    table = np.array([tuple(getattr(row, name) for name in names) for row in rows], kind)
    return {name: np.ascontiguousarray(table[name]) for name in names}


def assemble(
    capacity: Capacity,
    bodies: Sequence[BodyRow],
    joints: Sequence[JointRow],
    thrusters: Sequence[ThrusterRow],
    gravity: Float[np.ndarray, "2"],
) -> tuple[Scene, State]:
    """The arrays of a scene that has a row for each slot of its capacity."""
    polygons = bodies[: capacity.polygons]
    shapes = {
        "vertices": _vertices(capacity, polygons),
        "vertex_count": np.array([len(polygon.vertices) for polygon in polygons], np.int32),
        "radius": np.array([circle.radius for circle in bodies[capacity.polygons :]], np.float32),
        "gravity": gravity.astype(np.float32),
    }
    contacts = len(contact_slots(capacity))
    memory = {  # each with memory of its own, so that a caller may donate the whole state
        "normal_impulse": np.zeros(contacts, np.float32),
        "tangent_impulse": np.zeros(contacts, np.float32),
        "joint_impulse": np.zeros((capacity.joints, 2), np.float32),
        "joint_angular_impulse": np.zeros(capacity.joints, np.float32),
    }
    arrays = {
        "scene": _table(bodies, _BODY) | shapes,
        "joints": _table(joints, _JOINT),
        "thrusters": _table(thrusters, _THRUSTER),
        "state": _table(bodies, _POSE) | memory,
    }
    arrays = jax.device_put(arrays)  # all at once, for one by one takes far longer
    links = arrays["joints"]
    scene = Scene(
        **arrays["scene"],
        group=_groups(links["active"], links["body_a"], links["body_b"], bodies=capacity.bodies),
        joints=Joints(**links),
        thrusters=Thrusters(**arrays["thrusters"]),
    )
    return scene, State(**arrays["state"])


def _vertices(capacity: Capacity, polygons: Sequence[BodyRow]) -> Float[np.ndarray, "polygon vertex 2"]:
    table = np.zeros((capacity.polygons, capacity.vertices, 2), np.float32)
    for row, polygon in zip(table, polygons, strict=True):
        row[: len(polygon.vertices)] = polygon.vertices
    return table
