"""A level as three tables of numbers while it is being made or changed: all bodies, all joints, all thrusters.

A table is one float32 array [field, row, *rest], flags and indices included (float32 holds them exactly), so that
writing or reading a row is a single operation: compile time and speed both depend on their number. `BodyRow` and its
like name the fields, of one row or of all of them. The rest is anything that is worked on at once: lanes, proposals."""

from typing import Any, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from jax2d import Joints, Thrusters, collision_groups

from ..level.level import Level

__all__ = ["BodyRow", "Draft", "JointRow", "ThrusterRow", "draft_of", "level_of", "put", "rows", "stacked", "the_row"]


class BodyRow(NamedTuple):
    """A body, or all of them."""

    active: Array
    x: Array  # m
    y: Array
    angle: Array  # rad
    role: Array
    inverse_mass: Array  # 1/kg
    inverse_inertia: Array
    radius: Array  # m, 0 for a polygon
    sides: Array  # of a polygon, 0 for a circle
    corner_x: tuple[Array, ...]  # m, in the body's frame; as many as the capacity has vertices
    corner_y: tuple[Array, ...]


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

    bodies: Array
    joints: Array
    thrusters: Array


Row = TypeVar("Row", bound=BodyRow | JointRow | ThrusterRow)


def rows(kind: type[Row], table: Array) -> Row:
    """The fields of a table [field, *rest] by name."""
    fields = [table[k] for k in range(len(table))]
    nested: list[Any]
    if kind is BodyRow:
        single = len(BodyRow._fields) - 2
        vertices = (len(fields) - single) // 2
        nested = [*fields[:single], tuple(fields[single : single + vertices]), tuple(fields[single + vertices :])]
    elif kind is JointRow:
        nested = [*fields[:3], tuple(fields[3:5]), tuple(fields[5:7]), *fields[7:]]
    else:
        nested = [*fields[:2], tuple(fields[2:4]), *fields[4:]]
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
    joints, thrusters = scene.joints, scene.thrusters
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
    links = JointRow(
        *(joints.active, joints.body_a, joints.body_b, _pair(joints.anchor_a), _pair(joints.anchor_b)),
        *(joints.rotation, joints.fixed, joints.motor, joints.motor_speed, joints.motor_power),
        *(joints.limited, joints.min_angle, joints.max_angle, level.motor_binding, level.motor_auto),
    )
    nozzles = ThrusterRow(
        *(thrusters.active, thrusters.body, _pair(thrusters.position)),
        *(thrusters.angle, thrusters.power, level.thruster_binding),
    )
    return Draft(stacked(bodies), stacked(links), stacked(nozzles))


def level_of(draft: Draft, old: Level) -> Level:
    """One level from its tables; `old` gives what they leave out: gravity, materials and velocities.

    Bodies that are not active in `old` get density 1, friction 1 and no restitution; those that are not active in the
    tables get nothing. Groups are those that the joints make.
    """
    body, polygons = rows(BodyRow, draft.bodies), old.capacity.polygons
    active = body.active > 0
    new, gone = active & ~old.scene.active, ~active
    material = jnp.where(new, 1.0, jnp.where(gone, 0.0, jnp.stack([old.scene.density, old.scene.friction])))
    still = new | gone
    corners = jnp.stack([jnp.stack(body.corner_x), jnp.stack(body.corner_y)])[:, :, :polygons]
    joints, binding, auto = _joints(rows(JointRow, draft.joints))
    thrusters, nozzle_binding = _thrusters(rows(ThrusterRow, draft.thrusters))
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
    return Level(scene, state, body.role.astype(jnp.int32), binding, auto, nozzle_binding)


def _joints(row: JointRow) -> tuple[Joints, Array, Array]:
    """The joints of a scene, the motors' bindings and which motors run by themselves."""
    joints = Joints(
        active=row.active > 0,
        body_a=row.body_a.astype(jnp.int32),
        body_b=row.body_b.astype(jnp.int32),
        anchor_a=jnp.stack(row.anchor_a, axis=-1),
        anchor_b=jnp.stack(row.anchor_b, axis=-1),
        rotation=row.rotation,
        fixed=row.fixed > 0,
        motor=row.motor > 0,
        motor_speed=row.motor_speed,
        motor_power=row.motor_power,
        limited=row.limited > 0,
        min_angle=row.min_angle,
        max_angle=row.max_angle,
    )
    return joints, row.binding.astype(jnp.int32), row.auto > 0


def _thrusters(row: ThrusterRow) -> tuple[Thrusters, Array]:
    """The thrusters of a scene and their bindings."""
    thrusters = Thrusters(
        active=row.active > 0,
        body=row.body.astype(jnp.int32),
        position=jnp.stack(row.position, axis=-1),
        angle=row.angle,
        power=row.power,
    )
    return thrusters, row.binding.astype(jnp.int32)
