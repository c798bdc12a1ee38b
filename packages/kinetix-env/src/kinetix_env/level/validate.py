"""Whether a level can be played at all: a check on the host of every number that the engine will use.

Rows that are not active are not looked at, save that they must be finite: the engine multiplies them by zero."""

import numpy as np

from jax2d import Capacity
from jax2d.checks import shown
from jax2d.geometry import polygon_fault

from ..errors import LevelError
from . import bounds
from .layout import FIELDS, Arrays, from_level, groups, shapes
from .level import Level, Role
from .physics import NAMES, PHYSICS, stated
from .sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS

__all__ = ["check_arrays", "check_shapes", "validate"]

ROUNDING = 0.5  # corners were checked before they were rounded to float32; see `jax2d.geometry.polygon_fault`


def validate(level: Level) -> None:
    """Raise a `LevelError` that names the field and the row, unless this one level can be played."""
    if not isinstance(level, Level):
        raise LevelError(f"level must be a Level, got {type(level).__name__}.")
    arrays = from_level(level)
    check_shapes(arrays, level.capacity)
    check_arrays(arrays, level.capacity)


def check_shapes(arrays: Arrays, capacity: Capacity) -> None:
    """Raise a `LevelError` unless every array has the shape and type that it has in this capacity."""
    for path, shape in shapes(capacity).items():
        array, kind = np.asarray(arrays[path]), FIELDS[path].dtype
        if array.shape != shape:
            raise LevelError(f"{path} must have shape {shape} in this capacity, got {array.shape}.")
        if array.dtype != kind:
            raise LevelError(f"{path} must have type {kind}, got {array.dtype}.")
    physics = np.asarray(arrays.get(PHYSICS, np.zeros(len(NAMES), np.float32)))
    if physics.shape != (len(NAMES),) or physics.dtype != np.float32:
        raise LevelError(
            f"{PHYSICS} must be {len(NAMES)} numbers of type float32, got {physics.dtype} of shape {physics.shape}."
        )


def check_arrays(arrays: Arrays, capacity: Capacity) -> None:
    """Raise a `LevelError` unless the values can be played. The shapes must be right."""
    for path, field in FIELDS.items():
        if field.dtype == np.float32:
            _demand(np.isfinite(arrays[path]), arrays, path, "be finite")
    _check_bodies(arrays, capacity)
    _check_polygons(arrays, capacity)
    _check_joints(arrays, capacity)
    _check_thrusters(arrays, capacity)
    _check_groups(arrays)
    for name, value in stated(arrays.get(PHYSICS)).items():
        least, most = bounds.PHYSICS[name]
        if not np.float32(least) <= value <= np.float32(most):
            raise LevelError(f"{PHYSICS}.{name} must be from {least:g} to {most:g}, got {shown(float(value))}.")


def _demand(good: np.ndarray, arrays: Arrays, path: str, must: str) -> None:
    """Raise unless `good` is true everywhere; its axes are the leading ones of the array that `path` names."""
    if not good.all():
        row = tuple(int(index) for index in np.argwhere(~good)[0])
        place = "".join(f"[{index}]" for index in row)
        raise LevelError(f"{path}{place} must {must}, got {shown(arrays[path][row].tolist())}.")


def _within(arrays: Arrays, rows: np.ndarray, path: str, limits: bounds.Limits, also_zero: bool = False) -> None:
    """Demand that the active rows lie in [least, most], as rounded to float32, or are zero if they may."""
    array = arrays[path]
    least, most = (np.asarray(limit, array.dtype) for limit in limits)
    good = (array >= least) & (array <= most) | (also_zero & (array == 0))
    inactive = ~rows.reshape(rows.shape + (1,) * (array.ndim - 1))
    zero = " or 0" if also_zero else ""
    _demand(good | inactive, arrays, path, f"be from {limits[0]:g} to {limits[1]:g}{zero}")


def _check_bodies(arrays: Arrays, capacity: Capacity) -> None:
    active, static = arrays["scene.active"], np.arange(capacity.bodies) < capacity.static_polygons
    for name in ("state.position", "state.angle", "state.velocity", "state.angular_velocity"):
        _within(arrays, active, name, bounds.ANY)
    _within(arrays, np.ones(2, bool), "scene.gravity", bounds.ANY)
    _within(arrays, active, "scene.density", bounds.DENSITY)
    _within(arrays, active, "scene.friction", bounds.FRICTION)
    _within(arrays, active, "scene.restitution", bounds.RESTITUTION)
    _within(arrays, active, "role", (min(Role), max(Role)))
    for name, limits in (
        ("scene.inverse_mass", bounds.INVERSE_MASS),
        ("scene.inverse_inertia", bounds.INVERSE_INERTIA),
    ):
        _within(arrays, active, name, limits, also_zero=True)
        _demand((arrays[name] == 0) | ~(active & static), arrays, name, "be 0 for a static polygon")
    _demand(~(arrays["scene.ghost"] & active & static), arrays, "scene.ghost", "be False for a static polygon")
    _within(arrays, active[capacity.polygons :], "scene.radius", bounds.LENGTH)
    immovable = active & (arrays["scene.inverse_mass"] == 0)
    still = (arrays["state.velocity"] == 0).all(axis=1)
    _demand(still | ~immovable, arrays, "state.velocity", "be 0 for an immovable body")
    unturnable = immovable & (arrays["scene.inverse_inertia"] == 0)
    turns = arrays["state.angular_velocity"] != 0
    _demand(~(turns & unturnable), arrays, "state.angular_velocity", "be 0 for an immovable body")


def _check_polygons(arrays: Arrays, capacity: Capacity) -> None:
    active = arrays["scene.active"][: capacity.polygons]
    _within(arrays, active, "scene.vertex_count", (3, capacity.vertices))
    for row in np.flatnonzero(active):
        corners = arrays["scene.vertices"][row, : arrays["scene.vertex_count"][row]].astype(np.float64)
        if np.abs(corners).max() > bounds.ANY[1]:
            raise LevelError(
                f"scene.vertices[{row}] must be within {bounds.ANY[1]:g} m, got {shown(corners.tolist())}."
            )
        fault = polygon_fault(corners, slack=ROUNDING)
        if fault:
            raise LevelError(f"scene.vertices[{row}] must {fault}. Got {shown(corners.tolist())}.")


def _check_ends(arrays: Arrays, capacity: Capacity, rows: np.ndarray, path: str) -> None:
    _within(arrays, rows, path, (0, capacity.bodies - 1))
    exists = arrays["scene.active"][np.clip(arrays[path], 0, capacity.bodies - 1)]
    _demand(exists | ~rows, arrays, path, "be a body that exists")


def _check_joints(arrays: Arrays, capacity: Capacity) -> None:
    prefix = "scene.joints."
    active = arrays[prefix + "active"]
    _check_ends(arrays, capacity, active, prefix + "body_a")
    _check_ends(arrays, capacity, active, prefix + "body_b")
    different = arrays[prefix + "body_a"] != arrays[prefix + "body_b"]
    _demand(different | ~active, arrays, prefix + "body_b", "be another body than body_a")
    for name in ("anchor_a", "anchor_b", "rotation", "motor_speed", "min_angle", "max_angle"):
        _within(arrays, active, prefix + name, bounds.ANY)
    _within(arrays, active, prefix + "motor_power", bounds.POWER)
    ordered = arrays[prefix + "min_angle"] <= arrays[prefix + "max_angle"]
    limited = active & arrays[prefix + "limited"]
    _demand(ordered | ~limited, arrays, prefix + "min_angle", "not be above max_angle")
    _within(arrays, active, "motor_binding", (0, MOTOR_BINDINGS - 1))


def _check_thrusters(arrays: Arrays, capacity: Capacity) -> None:
    prefix = "scene.thrusters."
    active = arrays[prefix + "active"]
    _check_ends(arrays, capacity, active, prefix + "body")
    _within(arrays, active, prefix + "position", bounds.ANY)
    _within(arrays, active, prefix + "angle", bounds.ANY)
    _within(arrays, active, prefix + "power", bounds.POWER)
    _within(arrays, active, "thruster_binding", (0, THRUSTER_BINDINGS - 1))


def _check_groups(arrays: Arrays) -> None:
    """Which bodies share a group is what counts; the numbers themselves are free."""
    active, given = arrays["scene.active"], arrays["scene.group"]
    expected = groups(arrays)
    together = given[:, None] == given
    pairs = active[:, None] & active & (together != (expected[:, None] == expected))
    if pairs.any():
        a, b = np.argwhere(pairs)[0]
        fact = "no joint connects" if together[a, b] else "joints connect"
        differ = "differ from" if together[a, b] else "equal"
        raise LevelError(f"scene.group[{b}] must {differ} scene.group[{a}], since {fact} the two, got {given[b]}.")
