"""A level as three tables of numbers while it is being made or changed: all bodies, all joints, all thrusters.

A table is one float32 array [field, row, *rest], flags and indices included (float32 holds them exactly), so that
writing or reading a row is a single operation: compile time and speed both depend on their number. `BodyRow` and its
like name the fields, of one row or of all of them. The rest is anything that is worked on at once: lanes, proposals."""

from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from jax2d import Joints, Thrusters, collision_groups
from jax2d.layout import from_arrays, layout

from ..level.layout import FIELDS
from ..level.level import Level
from ..level.physics import put_physics

__all__ = ["BodyRow", "Draft", "JointRow", "ThrusterRow", "draft_of", "level_of", "put", "rows", "stacked", "the_row"]


class BodyRow(NamedTuple):
    """A body, or all of them."""

    active: Array  # 0 or 1
    x: Array  # m
    y: Array  # m
    angle: Array  # rad
    role: Array  # a `Role`
    inverse_mass: Array  # 1/kg
    inverse_inertia: Array  # 1/(kg m^2)
    radius: Array  # m, 0 for a polygon
    sides: Array  # of a polygon, 0 for a circle
    corner_x: tuple[Array, ...]  # m, in the body's frame; as many as the capacity has vertices
    corner_y: tuple[Array, ...]  # m


class JointRow(NamedTuple):
    """A joint, or all of them; the fields of `jax2d.Joints`, then those of the level."""

    active: Array
    body_a: Array
    body_b: Array
    anchor_a: tuple[Array, Array]
    anchor_b: tuple[Array, Array]
    rotation: Array
    fixed: Array
    motor: Array
    motor_speed: Array
    motor_power: Array
    limited: Array
    min_angle: Array
    max_angle: Array
    binding: Array
    auto: Array


class ThrusterRow(NamedTuple):
    """A thruster, or all of them; the fields of `jax2d.Thrusters`, then that of the level."""

    active: Array
    body: Array
    position: tuple[Array, Array]
    angle: Array
    power: Array
    binding: Array


class Draft(NamedTuple):
    """The tables of a level, each [field, row, *rest]."""

    bodies: Array  # see `BodyRow`
    joints: Array  # see `JointRow`
    thrusters: Array  # see `ThrusterRow`


Row = TypeVar("Row", bound=BodyRow | JointRow | ThrusterRow)


_PATHS: dict[type, dict[str, str]] = {  # where in a level the fields of a row are, in their order
    JointRow: {
        **{name: f"scene.joints.{name}" for name in layout(Joints)},
        "binding": "motor_binding",
        "auto": "motor_auto",
    },
    ThrusterRow: {
        **{name: f"scene.thrusters.{name}" for name in layout(Thrusters)},
        "binding": "thruster_binding",
    },
}


def _is_vector(path: str) -> bool:
    return FIELDS[path].axes[-1] == "2"


def rows(kind: type[Row], table: Array) -> Row:
    """The fields of a table [field, *rest] by name."""
    fields = [table[k] for k in range(len(table))]
    nested: list[Any]
    if kind is BodyRow:
        single = len(BodyRow._fields) - 2
        vertices = (len(fields) - single) // 2
        nested = [*fields[:single], tuple(fields[single : single + vertices]), tuple(fields[single + vertices :])]
    else:
        column = iter(fields)
        nested = [(next(column), next(column)) if _is_vector(path) else next(column) for path in _PATHS[kind].values()]
    named: Row = kind(*nested)
    return named


def stacked(row: Row) -> Array:
    """The table [field, *rest] of named fields; the inverse of `rows`."""
    fields = [jnp.asarray(field).astype(jnp.float32) for field in jax.tree.leaves(row)]
    return jnp.stack(jnp.broadcast_arrays(*fields))


def the_row(kind: type[Row], table: Array, mask: Array) -> Row:
    """The row that a mask [row, *rest] marks; all zero if it marks none."""
    return rows(kind, jnp.sum(jnp.where(mask, table, 0.0), axis=1))


def put(table: Array, mask: Array, row: Row) -> Array:
    """The table with a row in the place that a mask [row, *rest] marks."""
    return jnp.where(mask, stacked(row)[:, None], table)


def _pair(points: Array) -> tuple[Array, Array]:
    return points[..., 0], points[..., 1]


def draft_of(level: Level) -> Draft:
    """The tables of one level."""
    scene, state, circles = level.scene, level.state, len(level.scene.radius)
    polygons = len(scene.vertices)
    corners = [jnp.pad(axis.T, ((0, 0), (0, circles))) for axis in _pair(scene.vertices)]
    bodies = BodyRow(
        active=scene.active,
        x=state.position[:, 0],
        y=state.position[:, 1],
        angle=state.angle,
        role=level.role,
        inverse_mass=scene.inverse_mass,
        inverse_inertia=scene.inverse_inertia,
        radius=jnp.pad(scene.radius, (polygons, 0)),
        sides=jnp.pad(scene.vertex_count, (0, circles)),
        corner_x=tuple(corners[0]),
        corner_y=tuple(corners[1]),
    )
    return Draft(stacked(bodies), stacked(_row_of(JointRow, level)), stacked(_row_of(ThrusterRow, level)))


def _row_of(kind: type[Row], level: Level) -> Row:
    """All joints or thrusters of a level."""
    fields: dict[str, Any] = {}
    for name, path in _PATHS[kind].items():
        array = attrgetter(path)(level)
        fields[name] = _pair(array) if _is_vector(path) else array
    return kind(**fields)


def _arrays_of(row: JointRow | ThrusterRow) -> dict[str, Array]:
    """The arrays of a level that hold these joints or thrusters, by path; the inverse of `_row_of`."""
    arrays: dict[str, Array] = {}
    for name, path in _PATHS[type(row)].items():
        value, dtype = getattr(row, name), FIELDS[path].dtype
        value = jnp.stack(value, axis=-1) if _is_vector(path) else value
        if dtype == jnp.bool_:
            value = value > 0
        arrays[path] = value.astype(dtype) if dtype == jnp.int32 else value
    return arrays


def level_of(draft: Draft, old: Level) -> Level:
    """One level from its tables; `old` gives what they leave out: gravity, materials, velocities
    and physics parameters.

    Bodies that are not active in `old` get density 1, friction 1 and no restitution; those that are not active in the
    tables get nothing. Groups are those that the joints make.
    """
    body, polygons = rows(BodyRow, draft.bodies), old.capacity.polygons
    active = body.active > 0
    new, gone = active & ~old.scene.active, ~active
    material = jnp.where(new, 1.0, jnp.where(gone, 0.0, jnp.stack([old.scene.density, old.scene.friction])))
    still = new | gone
    corners = jnp.stack([jnp.stack(body.corner_x), jnp.stack(body.corner_y)])[:, :, :polygons]
    links = _arrays_of(rows(JointRow, draft.joints)) | _arrays_of(rows(ThrusterRow, draft.thrusters))
    joints = from_arrays(Joints, links, old.capacity, "scene.joints.")
    thrusters = from_arrays(Thrusters, links, old.capacity, "scene.thrusters.")
    scene = eqx.tree_at(
        lambda s: (
            *(s.vertices, s.vertex_count, s.radius, s.active, s.inverse_mass, s.inverse_inertia),
            *(s.density, s.friction, s.restitution, s.ghost, s.group, s.joints, s.thrusters),
        ),
        old.scene,
        (
            *(corners.T, body.sides[:polygons].astype(jnp.int32), body.radius[polygons:], active),
            *(body.inverse_mass, body.inverse_inertia, material[0], material[1]),
            *(jnp.where(still, 0.0, old.scene.restitution), old.scene.ghost & ~still),
            collision_groups(joints.active, joints.body_a, joints.body_b, len(active)),
            *(joints, thrusters),
        ),
    )
    state = eqx.tree_at(
        lambda s: (s.position, s.angle, s.velocity, s.angular_velocity),
        old.state,
        (
            *(jnp.stack([body.x, body.y], axis=-1), body.angle),
            jnp.where(still[:, None], 0.0, old.state.velocity),
            jnp.where(still, 0.0, old.state.angular_velocity),
        ),
    )
    level = Level(
        scene=scene,
        state=state,
        role=body.role.astype(jnp.int32),
        **{path: array for path, array in links.items() if "." not in path},
    )
    return put_physics(level, old.physics)
