"""The one form of the arrays of a level that all levels which play and look the same share.

A level means nothing by its rows that are not active, by corners beyond a polygon's count, by the angles of
limits that are off, and by motors and limits of fixed joints: neither simulation nor observation reads them. Here
they are zero. The impulses of an earlier step are forgotten, and groups have the numbers of
`jax2d.collision_groups`. A row of physics parameters that states none is left out."""

import numpy as np

from jax2d import Capacity

from .layout import FIELDS, Arrays, blank, groups
from .physics import PHYSICS, stated

__all__ = ["canonical"]

_LIMITS = ("scene.joints.min_angle", "scene.joints.max_angle")
_MOTOR = (
    *("scene.joints.motor", "scene.joints.motor_speed", "scene.joints.motor_power"),
    *("motor_binding", "motor_auto", "scene.joints.limited"),
)


def canonical(arrays: Arrays, capacity: Capacity) -> Arrays:
    """New arrays in that form, of a level that has been checked."""
    active = arrays["scene.active"]
    exists = {
        "body": active,
        "polygon": active[: capacity.polygons],
        "circle": active[capacity.polygons :],
        "joint": arrays["scene.joints.active"],
        "thruster": arrays["scene.thrusters.active"],
        "2": np.ones(2, bool),
    }
    form = blank(capacity)
    for path, (_, axes) in FIELDS.items():
        if not path.endswith("impulse") and path != "scene.group":
            form[path][exists[axes[0]]] = arrays[path][exists[axes[0]]]
    form["scene.vertices"][np.arange(capacity.vertices) >= form["scene.vertex_count"][:, None]] = 0
    for path in _MOTOR:
        form[path][form["scene.joints.fixed"]] = 0
    for path in _LIMITS:
        form[path][~form["scene.joints.limited"]] = 0
    form["scene.group"] = groups(form)
    if stated(arrays.get(PHYSICS)):
        form[PHYSICS] = arrays[PHYSICS]
    return form
