"""Invalid levels are refused with the field and the row."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder
from kinetix_env import LevelError, empty_level
from kinetix_env.level import validate
from kinetix_env.level.layout import Arrays, from_level, to_level
from kinetix_env.levels import NamedLevel, dumps, export_published, stack
from tests.kinetix_env.levels.samples import CAPACITIES, random_level


@pytest.mark.parametrize("size", CAPACITIES)
def test_random_levels_can_be_played(size: str) -> None:
    for seed in range(8):
        named = random_level(seed, size)
        validate(named.level)


def put(path: str, row: Any, value: Any) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[path][row] = value

    return change


def floor_group(arrays: Arrays) -> None:
    arrays["scene.group"][1] = arrays["scene.group"][0]


BAD = [
    (put("scene.friction", 0, np.nan), "scene.friction[0] must be finite, got nan."),
    (put("state.normal_impulse", 0, np.inf), "state.normal_impulse[0] must be finite, got inf."),
    (put("role", 3, 4), "role[3] must be from 0 to 3, got 4."),
    (put("role", 3, -1), "role[3] must be from 0 to 3, got -1."),
    (put("scene.restitution", 1, 1.5), "scene.restitution[1] must be from 0 to 1, got 1.5."),
    (put("scene.inverse_mass", 0, 1), "scene.inverse_mass[0] must be 0 for a static polygon, got 1.0."),
    (put("scene.inverse_mass", 4, -1), "scene.inverse_mass[4] must be from 1e-20 to 1e+15 or 0, got -1.0."),
    (put("scene.ghost", 2, True), "scene.ghost[2] must be False for a static polygon, got True."),
    (put("scene.vertex_count", 4, 5), "scene.vertex_count[4] must be from 3 to 4, got 5."),
    (put("scene.vertices", (4, 1), (-9, 9)), "scene.vertices[4] must be strictly convex"),
    (put("scene.radius", 0, 0), "scene.radius[0] must be from 0.001 to 1e+06, got 0.0."),
    (put("state.velocity", 1, (0, 1)), "state.velocity[1] must be 0 for an immovable body, got [0.0, 1.0]."),
    (put("state.position", (4, 0), 2e6), "state.position[4][0] must be from -1e+06 to 1e+06, got 2000000.0."),
    (put("scene.joints.body_a", 0, 7), "scene.joints.body_a[0] must be from 0 to 6, got 7."),
    (put("scene.joints.body_b", 0, 4), "scene.joints.body_b[0] must be another body than body_a, got 4."),
    (put("scene.joints.min_angle", 0, 2), "scene.joints.min_angle[0] must not be above max_angle, got 2.0."),
    (put("motor_binding", 0, 4), "motor_binding[0] must be from 0 to 3, got 4."),
    (put("thruster_binding", 0, 2), "thruster_binding[0] must be from 0 to 1, got 2."),
    (put("scene.thrusters.power", 0, -1), "scene.thrusters.power[0] must be from 0 to 1e+06, got -1.0."),
    (put("scene.active", 5, False), "scene.joints.body_b[0] must be a body that exists, got 5."),
    (floor_group, "scene.group[1] must differ from scene.group[0], since no joint connects the two, got 0."),
    (put("scene.group", 5, 5), "scene.group[5] must equal scene.group[4], since joints connect the two, got 5."),
]


def jointed() -> Arrays:
    """A level in which body 4, a polygon, and body 5, a circle, are joined."""
    builder = SceneBuilder(Capacity.small())
    a, b = builder.box((1, 1), width=1, height=0.2), builder.circle((1, 1), radius=0.2)
    builder.revolute(a, b, anchor=(0, 0), limits=(-1, 1))
    builder.thruster(a)
    scene, state = builder.build()
    level = eqx.tree_at(lambda level: (level.scene, level.state), empty_level(Capacity.small()), (scene, state))
    return {path: array.copy() for path, array in from_level(level).items()}


def test_the_unmodified_level_is_valid() -> None:
    validate(to_level(jointed(), Capacity.small()))


@pytest.mark.parametrize(("change", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_invalid_fields_are_named(change: Callable[[Arrays], None], message: str) -> None:
    arrays = jointed()
    change(arrays)
    level = to_level(arrays, Capacity.small())
    with pytest.raises(LevelError) as caught:
        validate(level)
    assert str(caught.value).startswith(message)
    named = NamedLevel(name="bad", level=level)
    for write in (dumps, export_published):
        with pytest.raises(LevelError, match="must"):
            write(named)


def test_shapes_and_types_are_checked() -> None:
    level = empty_level(Capacity.small())
    with pytest.raises(LevelError, match=r"scene.vertices must have shape \(5, 4, 2\) .* got \(2, 5, 4, 2\)"):
        validate(stack([level, level]))
    bad = eqx.tree_at(lambda level: level.motor_auto, level, level.motor_binding)
    with pytest.raises(LevelError, match="motor_auto must have type bool, got int32"):
        validate(bad)


def test_rows_of_absent_entities_may_hold_any_finite_value() -> None:
    arrays = jointed()
    arrays["scene.radius"][1] = -5
    arrays["role"][6] = 77
    validate(to_level(arrays, Capacity.small()))
