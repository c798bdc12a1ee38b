"""A level as numpy arrays by name, so that files are read and checked without a single JAX call a number.

`FIELDS` lists every array of a `Level` by the path to it, with its type and axes; an axis is a count of
`Capacity`, `contacts`, or a plain number. The paths are also what messages about a level call its parts."""

from operator import attrgetter
from typing import Any

import jax
import numpy as np

from jax2d import Capacity, Joints, Scene, State, Thrusters, contact_slots

from .level import Level

__all__ = ["FIELDS", "Arrays", "blank", "from_level", "groups", "shapes", "to_level"]

Arrays = dict[str, np.ndarray]

_F, _I, _B = np.float32, np.int32, np.bool_

_AXES: dict[type, dict[str, str]] = {  # one word a type and a row axis; a trailing 2 is a vector
    _F: {
        "bodies": "scene.inverse_mass scene.inverse_inertia scene.density scene.friction scene.restitution "
        "state.angle state.angular_velocity",
        "bodies 2": "state.position state.velocity",
        "polygons vertices 2": "scene.vertices",
        "circles": "scene.radius",
        "joints": "scene.joints.rotation scene.joints.motor_speed scene.joints.motor_power scene.joints.min_angle "
        "scene.joints.max_angle state.joint_angular_impulse",
        "joints 2": "scene.joints.anchor_a scene.joints.anchor_b state.joint_impulse",
        "thrusters": "scene.thrusters.angle scene.thrusters.power",
        "thrusters 2": "scene.thrusters.position",
        "contacts": "state.normal_impulse state.tangent_impulse",
        "2": "scene.gravity",
    },
    _I: {
        "polygons": "scene.vertex_count",
        "bodies": "scene.group role",
        "joints": "scene.joints.body_a scene.joints.body_b motor_binding",
        "thrusters": "scene.thrusters.body thruster_binding",
    },
    _B: {
        "bodies": "scene.active scene.ghost",
        "joints": "scene.joints.active scene.joints.fixed scene.joints.motor scene.joints.limited motor_auto",
        "thrusters": "scene.thrusters.active",
    },
}

FIELDS: dict[str, tuple[type, tuple[str, ...]]] = {
    path: (kind, tuple(axes.split()))
    for kind, by_axes in _AXES.items()
    for axes, paths in by_axes.items()
    for path in paths.split()
}

_leaves = attrgetter(*FIELDS)


def shapes(capacity: Capacity) -> dict[str, tuple[int, ...]]:
    """The shape of every field of a level of this capacity."""
    sizes = {
        **{name: getattr(capacity, name) for name in ("polygons", "circles", "bodies", "joints", "thrusters")},
        "vertices": capacity.vertices,
        "contacts": len(contact_slots(capacity)),
        "2": 2,
    }
    return {path: tuple(sizes[axis] for axis in axes) for path, (_, axes) in FIELDS.items()}


def blank(capacity: Capacity) -> Arrays:
    """The arrays of a level in which nothing exists, not even the walls or gravity."""
    arrays: Arrays = {path: np.zeros(shape, FIELDS[path][0]) for path, shape in shapes(capacity).items()}
    arrays["scene.group"] = np.arange(capacity.bodies, dtype=np.int32)
    return arrays


def to_level(arrays: Arrays) -> Level:
    """The level of these arrays, which are handed to JAX all at once."""
    device: dict[str, Any] = jax.device_put(arrays)

    def part(prefix: str) -> dict[str, Any]:
        return {path[len(prefix) :]: array for path, array in device.items() if path.rpartition(".")[0] + "." == prefix}

    scene = Scene(
        **part("scene."), joints=Joints(**part("scene.joints.")), thrusters=Thrusters(**part("scene.thrusters."))
    )
    rest = {path: array for path, array in device.items() if "." not in path}
    return Level(scene=scene, state=State(**part("state.")), **rest)


def from_level(level: Level) -> Arrays:
    """The arrays of a level, on the host."""
    return dict(zip(FIELDS, jax.device_get(_leaves(level)), strict=True))


def groups(arrays: Arrays) -> np.ndarray:
    """What `jax2d.collision_groups` returns, computed on the host: [body], the smallest index of each chain."""
    group = np.arange(len(arrays["scene.group"]), dtype=np.int32)
    for joint in np.flatnonzero(arrays["scene.joints.active"]):
        one, other = group[arrays["scene.joints.body_a"][joint]], group[arrays["scene.joints.body_b"][joint]]
        group[group == max(one, other)] = min(one, other)
    return group
