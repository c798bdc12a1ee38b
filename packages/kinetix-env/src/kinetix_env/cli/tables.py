"""Levels as tables."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import jax
import numpy as np

from ..level.level import Role
from ..level.physics import stated
from ..levels import NamedLevel
from .output import print_table

__all__ = ["counts", "level_document", "level_rows", "print_level", "print_levels"]

# columns
BODY = ("body", "shape", "role", "movable", "x", "y", "angle", "size")
JOINT = ("joint", "from", "to", "kind", "motor", "speed", "power", "limits")
THRUSTER = ("thruster", "on", "number", "power")


def counts(named: NamedLevel) -> dict[str, int]:
    """How many of everything exist, without the static polygons (floor, walls, ceiling)."""
    capacity, scene = named.capacity, named.level.scene
    active = np.asarray(scene.active)
    return {
        "polygons": int(active[capacity.static_polygons : capacity.polygons].sum()),
        "circles": int(active[capacity.polygons :].sum()),
        "joints": int(np.asarray(scene.joints.active).sum()),
        "thrusters": int(np.asarray(scene.thrusters.active).sum()),
    }


def on_host(named: NamedLevel) -> NamedLevel:
    """The same level in arrays of NumPy: looking at one of their elements compiles nothing."""
    return replace(named, level=jax.device_get(named.level))


def level_rows(levels: Sequence[NamedLevel]) -> list[dict[str, object]]:
    """A row for each level, by column."""
    return [{"level": named.name, **counts(named), "description": named.description} for named in levels]


def print_levels(levels: Sequence[NamedLevel]) -> None:
    """Print a row for each level."""
    rows = level_rows(levels)
    print_table(list(rows[0]), [list(row.values()) for row in rows])


def level_document(named: NamedLevel) -> dict[str, object]:
    """What `print_level` prints, by name."""
    named = on_host(named)
    gravity = np.asarray(named.level.scene.gravity)
    about = {"level": named.name, "description": named.description, "notes": named.notes, "gravity": gravity}
    joints, thrusters = _by_column(JOINT, _joints(named)), _by_column(THRUSTER, _thrusters(named))
    parts = {"bodies": _by_column(BODY, _bodies(named)), "joints": joints, "thrusters": thrusters}
    return {**about, "physics": dict(stated(named.level.physics)), **parts}


def _by_column(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[dict[str, object]]:
    return [dict(zip(header, row, strict=True)) for row in rows]


def print_level(named: NamedLevel) -> None:
    """Everything that exists in a level, and where."""
    named = on_host(named)
    print(named.name)
    for text in (named.description, named.notes):
        if text:
            print(text)
    gravity = np.asarray(named.level.scene.gravity)
    print(f"Gravity ({gravity[0]:g}, {gravity[1]:g}) m/s^2. Lengths in m, angles in degrees.")
    if own := stated(named.level.physics):
        print(f"Physics of its own: {', '.join(f'{name} {value:g}' for name, value in own.items())}.")
    print()
    print_table(BODY, _bodies(named))
    joints, thrusters = list(_joints(named)), list(_thrusters(named))
    if joints:
        print()
        print_table(JOINT, joints)
    if thrusters:
        print()
        print_table(THRUSTER, thrusters)


def _body(named: NamedLevel, body: int) -> str:
    """What a body is called."""
    names = named.body_names
    return (names[body] if names else "") or str(body)


def _bodies(named: NamedLevel) -> Iterable[Sequence[object]]:
    level, polygons = named.level, named.capacity.polygons
    position, angle = np.asarray(level.state.position), np.degrees(np.asarray(level.state.angle))
    for body in np.flatnonzero(np.asarray(level.scene.active)):
        if body >= polygons:
            shape, size = "circle", f"radius {float(level.scene.radius[body - polygons]):.2f}"
        else:
            corners = np.asarray(level.scene.vertices[body])[: int(level.scene.vertex_count[body])]
            wide, high = np.ptp(corners, axis=0)
            shape, size = f"{len(corners)} corners", f"{wide:.2f} x {high:.2f}"
        role = Role(int(level.role[body])).name.lower()
        movable = "yes" if level.scene.inverse_mass[body] > 0 else "no"
        place = [f"{position[body, 0]:.2f}", f"{position[body, 1]:.2f}", f"{angle[body]:.0f}"]
        yield [_body(named, int(body)), shape, role, movable, *place, size]


def _joints(named: NamedLevel) -> Iterable[Sequence[object]]:
    level, joints = named.level, named.level.scene.joints
    for row in np.flatnonzero(np.asarray(joints.active)):
        ends = [_body(named, int(joints.body_a[row])), _body(named, int(joints.body_b[row]))]
        if joints.fixed[row]:
            yield [row, *ends, "fixed", "", "", "", ""]
            continue
        motor, speed, power, limits = "", "", "", ""
        if joints.motor[row]:
            motor = "by itself" if level.motor_auto[row] else str(int(level.motor_binding[row]))
            speed, power = f"{float(joints.motor_speed[row]):.2f}", f"{float(joints.motor_power[row]):.2f}"
        if joints.limited[row]:
            least, most = (float(np.degrees(np.asarray(part[row]))) for part in (joints.min_angle, joints.max_angle))
            limits = f"{least:.0f} to {most:.0f}"
        yield [row, *ends, "revolute", motor, speed, power, limits]


def _thrusters(named: NamedLevel) -> Iterable[Sequence[object]]:
    thrusters, binding = named.level.scene.thrusters, named.level.thruster_binding
    for row in np.flatnonzero(np.asarray(thrusters.active)):
        power = f"{float(thrusters.power[row]):.2f}"
        yield [row, _body(named, int(thrusters.body[row])), int(binding[row]), power]
