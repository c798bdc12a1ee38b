"""Reads the level JSON that Kinetix 3 (arXiv:2410.23208) publishes.

It lists every slot of every kind, whether or not anything is in it, vectors as {"0": x, "1": y}, and the
parameters of simulation and environment. Physics parameters that differ from the usual ones become those that the
level states for itself; the solver's settings and those of the episode belong to the environment here, and a
`KinetixWarning` names those that the file has otherwise. Row order is kept. Masses are taken as they are, not worked
out again.

Dropped: everything that a step works out anew (global positions, the collision matrix, accumulated impulses) and what
only the original's editor and pictures use (highlights, pixels). The original forgets which motors are automatic when
it writes a file; `export_published` adds that, and what people say about a level, where the original does not look."""

import warnings
from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any

import numpy as np

from jax2d import Capacity, PhysicsParams, SceneError
from jax2d.checks import shown

from ..errors import KinetixWarning, LevelError
from ..level import bounds
from ..level.layout import Arrays, blank, groups
from ..level.level import Role
from ..level.named import LONGEST_SOLUTION, MOST_TAGS, NamedLevel
from ..level.physics import PHYSICS, physics_row
from ..level.sizes import MOTOR_BINDINGS, THRUSTER_BINDINGS
from .reading import named_level
from .values import Fields, at, fail

__all__ = [
    "BINDINGS",
    "COUNTS",
    "EPISODE",
    "GHOST",
    "PARAMETERS",
    "PHYSICS_NAMES",
    "ROLES",
    "SOLID",
    "SOLVER",
    "STATIC",
    "STATIC_EPISODE",
    "import_published",
]

COUNTS = {  # names of the original's counts, and ours
    "num_polygons": "polygons",
    "num_circles": "circles",
    "num_joints": "joints",
    "num_thrusters": "thrusters",
    "num_static_fixated_polys": "static_polygons",
    "max_polygon_vertices": "vertices",
}
PHYSICS_NAMES = {  # names of the original's parameters, and ours
    "dt": "dt",
    "slop": "slop",
    "baumgarte_coefficient_joints_v": "joint_bias",
    "baumgarte_coefficient_joints_p": "joint_correction",
    "baumgarte_coefficient_fjoint_av": "fixed_joint_bias",
    "baumgarte_coefficient_rjoint_limit_av": "limit_bias",
    "baumgarte_coefficient_collision": "contact_bias",
    "joint_stiffness": "joint_stiffness",
    "clip_position": "max_position",
    "clip_velocity": "max_velocity",
    "clip_angular_velocity": "max_angular_velocity",
    "base_motor_speed": "motor_speed",
    "base_motor_power": "motor_power",
    "base_thruster_power": "thruster_power",
    "motor_decay_coefficient": "motor_response",
    "motor_joint_limit": "motor_fade",
    "base_friction": "friction",
}
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields_of(PhysicsParams)}
PARAMETERS: dict[str, float | int] = {theirs: float(_DEFAULTS[ours]) for theirs, ours in PHYSICS_NAMES.items()}
ROLES = {"num_shape_roles": len(Role)}  # these and the bindings are what the task is made of
BINDINGS = {"num_motor_bindings": MOTOR_BINDINGS, "num_thruster_bindings": THRUSTER_BINDINGS}
SOLVER: dict[str, float | int] = {"num_solver_iterations": 10, "do_warm_starting": True}
EPISODE = {"max_timesteps": 256}
STATIC_EPISODE = {"frame_skip": 2}
_SETTINGS = {  # how an environment is given what a level cannot carry
    "num_solver_iterations": "physics.iterations",
    "do_warm_starting": "physics.warm_starting",
    "max_timesteps": "horizon",
    "frame_skip": "frame_skip",
}
MARGIN = 1e-6  # relative: numbers may have been written from float32 or from float64
GHOST, SOLID, STATIC = 0, 1, 2  # collision modes: two of them meet if one is static or both are solid


def import_published(document: Any, *, name: str) -> NamedLevel:
    """The level of a document of the published format; `name` is its name if it does not say one."""
    top = Fields(document, "")
    state, static = Fields(top.raw("env_state"), "env_state"), Fields(top.raw("static_env_params"), "static_env_params")
    params = Fields(top.raw("env_params", {}), "env_params")
    _demand_defaults(params, ROLES)
    _demand_defaults(static, BINDINGS)
    _warn_of_others(name, params, EPISODE)
    _warn_of_others(name, static, SOLVER | STATIC_EPISODE)
    counts = {ours: static.integer(theirs, bounds.COUNTS[ours]) for theirs, ours in COUNTS.items()}
    try:
        capacity = Capacity(**counts)
    except SceneError as error:
        raise LevelError(f"static_env_params cannot be a capacity: {error}") from None
    arrays = blank(capacity)
    arrays["scene.gravity"][:] = _vector(state, "gravity")
    arrays[PHYSICS] = _physics(params, Fields(top.raw("metadata", {}), "metadata"))
    modes = np.full(capacity.bodies, SOLID)
    for kind, first in (("polygon", 0), ("circle", capacity.polygons)):
        for index, fields in _active(state, kind, getattr(capacity, f"{kind}s")):
            modes[first + index] = _read_body(arrays, capacity, first + index, fields)
    for index, fields in _active(state, "joint", capacity.joints):
        _read_joint(arrays, capacity, index, fields)
    for index, fields in _active(state, "thruster", capacity.thrusters):
        _read_thruster(arrays, capacity, index, fields)
    _read_auto(arrays, state, capacity)
    _put_ghosts(arrays, capacity, modes)
    return named_level(arrays, capacity, **_metadata(top, name))


def _demand_defaults(fields: Fields, defaults: Mapping[str, float | int]) -> None:
    """What the task itself is made of must be there with its default, or not at all."""
    for key, default in defaults.items():
        value = fields.raw(key, default)
        if not _usual(value, default):
            raise fail(fields.at(key), f"be {default}, as in every level here", value)


def _warn_of_others(name: str, fields: Fields, defaults: Mapping[str, float | int]) -> None:
    """Name what an environment decides here, where the file has another value than usual."""
    for key, default in defaults.items():
        value = fields.raw(key, default)
        if _usual(value, default):
            continue
        if isinstance(value, bool) != isinstance(default, bool) or not isinstance(value, (int, float)):
            raise fail(fields.at(key), "be true or false" if isinstance(default, bool) else "be a number", value)
        warnings.warn(
            f"{shown(name)}: {fields.at(key)} is {shown(value)}, which a level cannot carry: the environment decides, "
            f"by its setting {_SETTINGS[key]}, {default} by default.",
            KinetixWarning,
            stacklevel=2,
        )


def _usual(value: Any, default: float | int) -> bool:
    """Whether a parameter has its usual value."""
    like = isinstance(value, bool) == isinstance(default, bool) and isinstance(value, (int, float))
    margin = MARGIN * abs(default)
    return like and default - margin <= value <= default + margin  # in this form for integers of any size


def _physics(params: Fields, metadata: Fields) -> np.ndarray:
    """The row of the physics parameters that are not the usual ones, or that an export of ours marks as stated."""
    stated = metadata.items("physics", len(PHYSICS_NAMES), [])
    row: dict[str, float] = {}
    for theirs, ours in PHYSICS_NAMES.items():
        if theirs in params and (ours in stated or not _usual(params.raw(theirs), PARAMETERS[theirs])):
            row[ours] = params.number(theirs, bounds.PHYSICS[ours])
    return physics_row(row)


def _active(state: Fields, kind: str, count: int) -> list[tuple[int, Fields]]:
    """The rows of a kind in which there is something."""
    items = state.items(kind, count, least=count)
    rows = [(index, Fields(item, at(state.at(kind), index))) for index, item in enumerate(items)]
    return [(index, fields) for index, fields in rows if fields.flag("active")]


def _vector(fields: Fields, key: str) -> list[float]:
    part = Fields(fields.raw(key), fields.at(key))
    return [part.number("0"), part.number("1")]


def _read_body(arrays: Arrays, capacity: Capacity, row: int, fields: Fields) -> int:
    """Put a body into the arrays; returns its collision mode."""
    if row < capacity.polygons:
        count = fields.integer("n_vertices", (3, capacity.vertices))
        corners = Fields(fields.raw("vertices"), fields.at("vertices"))
        arrays["scene.vertices"][row, :count] = [_vector(corners, str(index)) for index in range(count)]
        arrays["scene.vertex_count"][row] = count
    else:
        arrays["scene.radius"][row - capacity.polygons] = fields.number("radius", bounds.LENGTH)
    arrays["scene.active"][row] = True
    arrays["state.position"][row] = _vector(fields, "position")
    arrays["state.velocity"][row] = _vector(fields, "velocity")
    arrays["state.angle"][row] = fields.number("rotation")
    arrays["state.angular_velocity"][row] = fields.number("angular_velocity")
    arrays["scene.inverse_mass"][row] = fields.number("inverse_mass", (0, bounds.INVERSE_MASS[1]))
    arrays["scene.inverse_inertia"][row] = fields.number("inverse_inertia", (0, bounds.INVERSE_INERTIA[1]))
    arrays["scene.density"][row] = fields.number("density", bounds.DENSITY)
    arrays["scene.friction"][row] = fields.number("friction", bounds.FRICTION)
    arrays["scene.restitution"][row] = fields.number("restitution", bounds.RESTITUTION)
    arrays["role"][row] = fields.integer("role", (min(Role), max(Role)))
    return fields.integer("collision_mode", (GHOST, STATIC))


def _body(arrays: Arrays, capacity: Capacity, fields: Fields, key: str) -> int:
    row = fields.integer(key, (0, capacity.bodies - 1))
    if not arrays["scene.active"][row]:
        raise fail(fields.at(key), "be a body that is active", row)
    return row


def _read_joint(arrays: Arrays, capacity: Capacity, row: int, fields: Fields) -> None:
    values = {
        "active": True,
        "body_a": _body(arrays, capacity, fields, "a_index"),
        "body_b": _body(arrays, capacity, fields, "b_index"),
        "anchor_a": _vector(fields, "a_relative_pos"),
        "anchor_b": _vector(fields, "b_relative_pos"),
        "rotation": fields.number("rotation"),
        "fixed": fields.flag("is_fixed_joint"),
        "motor": fields.flag("motor_on"),
        "motor_speed": fields.number("motor_speed"),
        "motor_power": fields.number("motor_power", bounds.POWER),
        "limited": fields.flag("motor_has_joint_limits"),
        "min_angle": fields.number("min_rotation"),
        "max_angle": fields.number("max_rotation"),
    }
    for key, value in values.items():
        arrays[f"scene.joints.{key}"][row] = value
    arrays["motor_binding"][row] = fields.integer("motor_binding", (0, MOTOR_BINDINGS - 1))


def _read_thruster(arrays: Arrays, capacity: Capacity, row: int, fields: Fields) -> None:
    values = {
        "active": True,
        "body": _body(arrays, capacity, fields, "object_index"),
        "position": _vector(fields, "relative_position"),
        "angle": fields.number("rotation"),
        "power": fields.number("power", bounds.POWER),
    }
    for key, value in values.items():
        arrays[f"scene.thrusters.{key}"][row] = value
    arrays["thruster_binding"][row] = fields.integer("thruster_binding", (0, THRUSTER_BINDINGS - 1))


def _read_auto(arrays: Arrays, state: Fields, capacity: Capacity) -> None:
    """Which motors run by themselves: only our own exports say."""
    if "motor_auto" in state:
        for row, value in enumerate(state.items("motor_auto", capacity.joints, least=capacity.joints)):
            if not isinstance(value, bool):
                raise fail(at(state.at("motor_auto"), row), "be true or false", value)
            arrays["motor_auto"][row] = value and arrays["scene.joints.active"][row]


def _put_ghosts(arrays: Arrays, capacity: Capacity, modes: np.ndarray) -> None:
    """Ghosts from collision modes, unless modes say what ghosts cannot: each pair must meet here as it does there."""
    static = np.arange(capacity.bodies) < capacity.static_polygons
    ghost = arrays["scene.active"] & (modes == GHOST) & ~static
    arrays["scene.ghost"] = ghost
    group = groups(arrays)
    theirs = (np.maximum.outer(modes, modes) == STATIC) | (np.multiply.outer(modes, modes) > 0)
    ours = ~np.logical_or.outer(ghost, ghost) | np.logical_or.outer(static, static)
    free = np.not_equal.outer(group, group) & ~np.logical_and.outer(static, static)
    differ = np.logical_and.outer(arrays["scene.active"], arrays["scene.active"]) & free & (theirs != ours)
    if differ.any():
        a, b = np.argwhere(differ)[0]
        raise LevelError(
            f"env_state: bodies {a} and {b} must have collision modes that {SOLID} (solid), {GHOST} (meets static "
            f"polygons only) and {STATIC} (a static polygon) can stand for here, got {modes[a]} and {modes[b]}."
        )


def _metadata(top: Fields, name: str) -> dict[str, Any]:
    """What people say about a level, if one of our exports carries it."""
    fields = Fields(top.raw("metadata", {}), "metadata")
    metadata = {key: fields.raw(key) for key in ("description", "family", "notes") if key in fields}
    metadata["name"] = fields.raw("name", name)
    metadata["tags"] = tuple(fields.items("tags", MOST_TAGS, []))
    if "solution" in fields:
        rows = fields.items("solution", LONGEST_SOLUTION)
        metadata["solution"] = tuple(tuple(row) if isinstance(row, list) else row for row in rows)
    return metadata
