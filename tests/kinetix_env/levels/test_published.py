"""The published levels: imported as they are, and what cannot be imported is refused."""

import copy
import json
from typing import Any

import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env import LevelError
from kinetix_env.level import validate
from kinetix_env.levels import export_published, import_published, load, loads
from tests.kinetix_env.levels.samples import (
    CAPACITIES,
    NAMES,
    car,
    published_document,
    random_level,
)
from tests.kinetix_env.levels.test_format import set_at
from tests.kinetix_env.reference import episode_path, level_path

pytestmark = pytest.mark.versions

SIZES = {"s": Capacity.small(), "m": Capacity.medium(), "l": Capacity.large()}


def unkeyed(value: Any) -> Any:
    """Convert {"0": x, "1": y} to [x, y]."""
    if isinstance(value, dict) and "0" in value:
        return [unkeyed(value[str(index)]) for index in range(len(value))]
    return value


@pytest.mark.parametrize("name", NAMES)
def test_every_body_field_is_imported_into_its_row(name: str) -> None:
    state = published_document(name)["env_state"]
    named = load(level_path(name))
    assert named.name == name.split("/")[1]
    assert named.capacity == SIZES[name[0]]
    validate(named.level)
    level, scene = named.level, named.level.scene
    bodies = state["polygon"] + state["circle"]
    assert scene.active.tolist() == [body["active"] for body in bodies]
    for row, body in enumerate(bodies):
        if not body["active"]:
            continue
        assert level.state.position[row].tolist() == unkeyed(body["position"])
        assert level.state.angle[row].item() == body["rotation"]
        assert level.role[row].item() == body["role"]
        for key in ("inverse_mass", "inverse_inertia", "density", "friction", "restitution"):
            assert getattr(scene, key)[row].item() == body[key]
        if row < named.capacity.polygons:
            count = scene.vertex_count[row].item()
            assert count == body["n_vertices"]
            assert scene.vertices[row, :count].tolist() == unkeyed(body["vertices"])[:count]
        else:
            assert scene.radius[row - named.capacity.polygons].item() == body["radius"]
    np.testing.assert_array_equal(scene.gravity, np.asarray(unkeyed(state["gravity"]), np.float32))


@pytest.mark.parametrize("name", NAMES)
def test_every_joint_and_thruster_field_is_imported_into_its_row(name: str) -> None:
    state = published_document(name)["env_state"]
    level = load(level_path(name)).level
    joints, thrusters = level.scene.joints, level.scene.thrusters
    assert joints.active.tolist() == [joint["active"] for joint in state["joint"]]
    assert thrusters.active.tolist() == [thruster["active"] for thruster in state["thruster"]]
    for row, joint in enumerate(state["joint"]):
        if not joint["active"]:
            continue
        names = {"body_a": "a_index", "body_b": "b_index", "anchor_a": "a_relative_pos", "anchor_b": "b_relative_pos"}
        names |= {"rotation": "rotation", "fixed": "is_fixed_joint"}
        if not joint["is_fixed_joint"]:
            names |= {"motor": "motor_on", "motor_speed": "motor_speed", "motor_power": "motor_power"}
            names |= {"limited": "motor_has_joint_limits"}
            assert level.motor_binding[row].item() == joint["motor_binding"]
        if joint["motor_has_joint_limits"]:
            names |= {"min_angle": "min_rotation", "max_angle": "max_rotation"}
        for ours, theirs in names.items():
            assert getattr(joints, ours)[row].tolist() == unkeyed(joint[theirs])
    for row, thruster in enumerate(state["thruster"]):
        if thruster["active"]:
            assert thrusters.body[row].item() == thruster["object_index"]
            assert thrusters.position[row].tolist() == unkeyed(thruster["relative_position"])
            assert thrusters.angle[row].item() == thruster["rotation"]
            assert thrusters.power[row].item() == thruster["power"]
            assert level.thruster_binding[row].item() == thruster["thruster_binding"]


@pytest.mark.parametrize("name", NAMES)
def test_the_collision_filter_is_that_of_the_file(name: str) -> None:
    matrix = np.array(unkeyed(published_document(name)["env_state"]["collision_matrix"]))
    group = np.asarray(load(level_path(name)).level.scene.group)
    np.testing.assert_array_equal(group[:, None] != group, matrix)


@pytest.mark.parametrize("name", NAMES)
def test_a_level_starts_as_the_recorded_episode_does(name: str) -> None:
    level = load(level_path(name)).level
    start = np.load(episode_path(name))["states"][0]
    state, active = level.state, np.asarray(level.scene.active)
    ours = np.column_stack([state.position, state.angle, state.velocity, state.angular_velocity])
    np.testing.assert_array_equal(ours[active], start[active])


def test_rows_of_absent_entities_are_zero() -> None:
    named = load(level_path("m/arm_up"))  # its second thruster, which is off, still has numbers
    thrusters = named.level.scene.thrusters
    assert not thrusters.active[1]
    assert not any(np.asarray(field)[1].any() for field in (thrusters.body, thrusters.position, thrusters.power))


def document() -> Any:
    """A published document that needs no files, with a ghost in it."""
    sample = car()
    sample["bodies"][2]["ghost"] = True
    return copy.deepcopy(export_published(loads(json.dumps(sample))))


def test_exported_manifolds_have_the_sizes_of_the_capacity() -> None:
    for size, capacity in CAPACITIES.items():
        state = export_published(random_level(0, size))["env_state"]
        static, polygons, circles = capacity.static_polygons, capacity.polygons, capacity.circles
        pairs = polygons * (polygons - 1) // 2 - static * (static - 1) // 2
        assert len(state["acc_rr_manifolds"]) == 2 * pairs
        assert len(state["acc_cr_manifolds"]) == circles * polygons
        assert len(state["acc_cc_manifolds"]) == circles * (circles - 1) // 2


@pytest.mark.parametrize("name", NAMES)
def test_exports_have_the_fields_of_the_published_files(name: str) -> None:
    theirs, ours = published_document(name), export_published(load(level_path(name)))
    for table in ("polygon", "circle", "joint", "thruster", "acc_rr_manifolds", "acc_cr_manifolds", "acc_cc_manifolds"):
        assert len(ours["env_state"][table]) == len(theirs["env_state"][table])
        assert set(ours["env_state"][table][0]) == set(theirs["env_state"][table][0])
    assert ours["env_state"]["collision_matrix"] == theirs["env_state"]["collision_matrix"]
    assert ours["env_params"] == theirs["env_params"]
    assert ours["static_env_params"] == theirs["static_env_params"]


def test_automatic_motors_survive() -> None:
    sample = car()
    sample["joints"][0]["motor"]["auto"] = True
    named = import_published(export_published(loads(json.dumps(sample))), name="x")
    assert named.level.motor_auto.tolist() == [True, False]


BAD = [
    (("env_params", "dt"), 0, "env_params.dt must be a number from 1e-05 to 1, got 0."),
    (("env_params", "dt"), 10**400, "env_params.dt must be a number from 1e-05 to 1, got 1000"),
    (("env_params", "base_friction"), True, "env_params.base_friction must be a number from 0 to 1e+06, got True."),
    (("env_params", "num_shape_roles"), 5, "env_params.num_shape_roles must be 4, as in every level here, got 5."),
    (("static_env_params", "num_motor_bindings"), 5, "static_env_params.num_motor_bindings must be 4, as in every"),
    (("static_env_params", "num_solver_iterations"), "5", "static_env_params.num_solver_iterations must be a number"),
    (("static_env_params", "do_warm_starting"), 0, "static_env_params.do_warm_starting must be true or false, got 0"),
    (("metadata", "physics"), "dt", "metadata.physics must be a list, got 'dt'."),
    (("static_env_params", "num_polygons"), 7, "env_state.polygon must have 7 to 7 items, got 6."),
    (("static_env_params", "num_polygons"), 3, "static_env_params cannot be a capacity: Capacity.static_polygons cou"),
    (("static_env_params", "num_polygons"), 10**7, "static_env_params.num_polygons must be an integer from 0 to 128"),
    (("env_state",), [], "env_state must be an object, got []."),
    (("env_state", "polygon", 4, "position", "0"), "1", "env_state.polygon[4].position.0 must be a number from"),
    (("env_state", "polygon", 4, "vertices", "2"), None, "env_state.polygon[4].vertices.2 is missing."),
    (("env_state", "polygon", 4, "n_vertices"), 5, "env_state.polygon[4].n_vertices must be an integer from 3 to 4"),
    (("env_state", "polygon", 4, "active"), 1, "env_state.polygon[4].active must be true or false, got 1."),
    (("env_state", "polygon", 4, "role"), 4, "env_state.polygon[4].role must be an integer from 0 to 3, got 4."),
    (("env_state", "polygon", 0, "inverse_mass"), 1, "scene.inverse_mass[0] must be 0 for a static polygon, got 1.0."),
    (("env_state", "circle", 0, "radius"), -1, "env_state.circle[0].radius must be a number from 0.001 to 1e+06, got"),
    (("env_state", "circle", 2, "collision_mode"), 2, "env_state: bodies 6 and 8 must have collision modes that 1"),
    (("env_state", "joint", 0, "b_index"), 9, "env_state.joint[0].b_index must be an integer from 0 to 8, got 9."),
    (("env_state", "joint", 0, "b_index"), 4, "scene.joints.body_b[0] must be another body than body_a, got 4."),
    (("env_state", "circle", 0, "active"), False, "env_state.joint[0].b_index must be a body that is active, got 6."),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=lambda part: str(part)[:40])
def test_errors_name_file_field_and_value(path: tuple[Any, ...], value: Any, message: str) -> None:
    bad = document()
    set_at(bad, path, value)
    with pytest.raises(LevelError) as caught:
        loads(json.dumps(bad), source="old.json")
    assert str(caught.value).startswith(f"old.json: {message}")
    assert "\n" not in str(caught.value)


def test_solid_bodies_in_static_mode_are_imported_unless_a_ghost_can_touch_them() -> None:
    """Published levels have such bodies: they would stop ghosts, but there are none, or joints connect them."""
    sample = document()
    sample["env_state"]["circle"][1]["collision_mode"] = 2  # the other wheel of the same car
    assert import_published(sample, name="x").level.scene.ghost.tolist() == [False] * 6 + [True, False, False]
    sample["env_state"]["circle"][0]["collision_mode"] = 1
    sample["env_state"]["circle"][2]["collision_mode"] = 2
    assert not import_published(sample, name="x").level.scene.ghost.any()
