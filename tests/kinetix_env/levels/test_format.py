"""The format `kinetix-level/1`: fields, defaults and errors."""

import json
from typing import Any

import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder, collision_groups
from jax2d.geometry import circle_mass, polygon_mass
from kinetix_env import LevelError, Role
from kinetix_env.level.layout import from_level
from kinetix_env.levels import NamedLevel, dumps, loads
from tests.kinetix_env.levels.samples import car

pytestmark = pytest.mark.versions

FLOAT32 = 1e-6  # relative error of a few roundings


def read(document: Any) -> NamedLevel:
    return loads(json.dumps(document), source="my.json")


def complaint(document: Any) -> str:
    with pytest.raises(LevelError) as caught:
        read(document)
    return str(caught.value)


def test_the_sample_file_loads_with_its_stated_values() -> None:
    named = read(car())
    assert (named.name, named.description, named.tags) == ("car", "Drive to the blue ball.", ("car",))
    assert named.capacity == Capacity.medium()
    assert named.solution == ((0, 1, 0, 0, 0, 0), (0, 1, 0, 0, 0, 1))
    assert named.body_names == (
        *("floor", "left-wall", "right-wall", "ceiling", "chassis", "wedge"),
        *("front", "back", "goal"),
    )
    level, scene = named.level, named.level.scene
    assert level.role.tolist() == [Role.RED, 0, 0, 0, Role.GREEN, 0, 0, 0, Role.BLUE]
    assert scene.friction.tolist() == [0.5, 1, 1, 1, 1, 1, 2, 1, 1]
    assert scene.joints.motor.tolist() == [True, False]
    assert level.motor_binding.tolist() == [1, 0]
    assert level.thruster_binding.tolist() == [1, 0]
    assert scene.joints.limited.tolist() == [False, True]
    np.testing.assert_allclose(scene.joints.anchor_a, [[0.4, -0.1], [-0.4, -0.1]], atol=FLOAT32)
    np.testing.assert_allclose(scene.joints.anchor_b, np.zeros((2, 2)), atol=FLOAT32)
    mass, inertia = circle_mass(0.2, 0.5)
    assert float(scene.inverse_mass[7]) == pytest.approx(1 / mass, rel=FLOAT32)
    assert float(scene.inverse_inertia[7]) == pytest.approx(1 / inertia, rel=FLOAT32)
    joints = scene.joints
    groups = collision_groups(joints.active, joints.body_a, joints.body_b, named.capacity.bodies)
    assert scene.group.tolist() == groups.tolist() == [0, 1, 2, 3, 4, 5, 4, 4, 8]


def test_actions_may_be_held_and_are_written_as_short_as_can_be() -> None:
    off, on = [0] * 6, [0, 1, 0, 0, 0, 0]
    named = read(car() | {"solution": [off, [off, 2], on, [on, 4], off]})
    assert named.solution == ((0,) * 6,) * 3 + (tuple(on),) * 5 + ((0,) * 6,)
    written = json.loads(dumps(named))["solution"]
    assert written == [[off, 3], [on, 5], off]
    assert read(car() | {"solution": written}).solution == named.solution


def test_a_minimal_file_is_the_empty_scene() -> None:
    named = loads('{"format": "kinetix-level/1", "size": "l"}', source="nothing")
    scene, state = SceneBuilder(Capacity.large()).build()
    assert named.name == "nothing"
    for path, array in from_level(named.level).items():
        part, _, name = path.rpartition(".")
        if part in ("scene", "state"):
            np.testing.assert_array_equal(array, getattr({"scene": scene, "state": state}[part], name), err_msg=path)


def test_a_polygon_in_world_coordinates_is_moved_to_its_centre_of_mass() -> None:
    corners = np.array([[3, 1], [3.6, 0.6], [3, 0.6]])
    _, _, centre = polygon_mass(corners, 1.0)
    named = read(car())
    np.testing.assert_allclose(named.level.state.position[5], centre, rtol=FLOAT32)
    np.testing.assert_allclose(named.level.scene.vertices[5, :3], corners - centre, atol=FLOAT32)
    assert named.level.scene.vertex_count[5] == 3
    assert not named.level.scene.vertices[5, 3].any()


def test_anchors_and_thrusters_count_from_the_frame_of_the_corners() -> None:
    document = car()
    wedge = document["bodies"][1]
    del wedge["immovable"]
    wedge["position"], wedge["angle"] = [-1, 0.5], 0.3
    document["joints"][1] |= {"b": "wedge", "anchor_b": [3, 1]}
    document["thrusters"] = [{"body": "wedge"}, {"body": "wedge", "position": [3.6, 0.6]}]
    level = read(document).level
    centre = polygon_mass(np.array(wedge["vertices"]), 1.0)[2]
    np.testing.assert_allclose(level.scene.joints.anchor_b[1], np.array([3, 1]) - centre, atol=FLOAT32)
    offsets = [[0, 0], np.array([3.6, 0.6]) - centre]
    np.testing.assert_allclose(level.scene.thrusters.position, offsets, atol=FLOAT32)
    turned = [np.cos(0.3) * centre[0] - np.sin(0.3) * centre[1], np.sin(0.3) * centre[0] + np.cos(0.3) * centre[1]]
    np.testing.assert_allclose(level.state.position[5], np.array([-1, 0.5]) + turned, rtol=FLOAT32)


def test_a_stated_centre_of_mass_is_kept() -> None:
    document = car()
    document["bodies"][1] |= {"centre": [3.1, 0.7], "position": [0, 0]}
    level = read(document).level
    np.testing.assert_allclose(level.state.position[5], [3.1, 0.7], rtol=FLOAT32)
    np.testing.assert_allclose(level.scene.vertices[5, 0], [-0.1, 0.3], rtol=1e-5)


def test_a_box_has_its_corners_in_the_published_order() -> None:
    corners = read(car()).level.scene.vertices[4]
    np.testing.assert_allclose(corners, [[0.5, 0.1], [0.5, -0.1], [-0.5, -0.1], [-0.5, 0.1]], rtol=FLOAT32)


def test_walls_can_be_removed_and_slots_chosen() -> None:
    document = car()
    document["walls"] = {"ceiling": False, "left-wall": {"position": [-1, 0]}}
    document["bodies"][2]["slot"] = 2
    document["bodies"][3]["slot"] = 0
    document["joints"][0]["slot"] = 1
    document["joints"][1]["slot"] = 0
    named = read(document)
    assert named.level.scene.active.tolist() == [True, True, True, False, True, True, True, True, True]
    assert named.level.state.position[1].tolist() == [-1, 0]
    assert (named.body_names[6], named.body_names[7], named.body_names[8]) == ("back", "goal", "front")
    assert named.level.motor_binding.tolist() == [0, 1]


def test_mass_and_inertia_can_be_set() -> None:
    document = car()
    document["bodies"][0] |= {"mass": 2, "inertia": "infinite"}
    scene = read(document).level.scene
    assert (float(scene.inverse_mass[4]), float(scene.inverse_inertia[4])) == (0.5, 0.0)


@pytest.mark.parametrize("size", [{"polygons": 4, "circles": 1, "joints": 0, "thrusters": 0}, "s"])
def test_sizes_are_letters_or_counts(size: Any) -> None:
    named = read({"format": "kinetix-level/1", "size": size})
    assert named.capacity == (Capacity.small() if size == "s" else Capacity(**size))
    assert json.loads(dumps(named))["size"] == size


def set_at(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    *parents, last = path
    for key in parents:
        document = document[key]
    if value is None:
        del document[last]
    else:
        document[last] = value
    return document


BAD = [
    (("format",), "kinetix-level/2", "format must be 'kinetix-level/1', got 'kinetix-level/2'."),
    (("size",), "xl", "size must be one of 's', 'm', 'l' or an object, got 'xl'. Did you mean 'l'?"),
    (("size",), {"polygons": 10**9, "circles": 1}, "size.polygons must be an integer from 0 to 128, got 1000000000."),
    (("bodies", 2, "radius"), -1, "bodies[2].radius must be a number from 0.001 to 1e+06, got -1."),
    (("bodies", 2, "radius"), True, "bodies[2].radius must be a number from 0.001 to 1e+06, got True."),
    (("bodies", 2, "radius"), "1", "bodies[2].radius must be a number from 0.001 to 1e+06, got '1'."),
    (("bodies", 2, "radius"), None, "bodies[2].radius is missing."),
    (("bodies", 0, "width"), 10**400, "bodies[0].width must be a number from 0.001 to 1e+06, got 1000"),
    (("bodies", 0, "position"), [1, 2, 3], "bodies[0].position must be two numbers [x, y], got [1, 2, 3]."),
    (("bodies", 0, "role"), "grean", "bodies[0].role must be one of 'none', 'green', 'blue', 'red', got 'grean'. Did"),
    (("bodies", 0, "name"), "floor", "bodies[0].name must be a name that no other body or wall has, got 'floor'."),
    (("bodies", 3, "name"), "front", "bodies[3].name must be a name that no other body or wall has, got 'front'."),
    (("bodies", 3, "name"), "a\nb", "bodies[3].name must be a string of 1 to 100 printable characters, got 'a\\nb'."),
    (("bodies", 1, "vertices"), [[0, 0], [1, 0], [0, 1]], "bodies[1].vertices must list its corners clockwise, but"),
    (("bodies", 1, "vertices"), [[0, 0], [1, 0]], "bodies[1].vertices must have 3 to 4 items, got 2."),
    (("bodies", 1, "mass"), 1, "bodies[1].mass must be left out of an immovable body."),
    (("bodies", 1, "velocity"), [1, 0], "bodies[1].velocity must be [0, 0] for an immovable body, got [1, 0]."),
    (("bodies", 1, "slot"), 2, "bodies[1].slot must be free, got 2, which another of the polygons has."),
    (("bodies", 4, "slot"), 3, "bodies[4].slot must be an integer from 0 to 2, got 3."),
    (("joints", 0, "a"), "chasis", "joints[0].a must be the name of a body, got 'chasis'. Did you mean 'chassis'?"),
    (("joints", 0, "b"), "chassis", "joints[0].b must be another body than a, got 'chassis'."),
    (("joints", 0, "anchor"), [0, 0], "joints[0] must have either at or anchor and anchor_b, not both."),
    (("joints", 0, "type"), "fixed", "joints[0] must not have a field 'motor'. Known: a, anchor, anchor_b, at, b, ro"),
    (("joints", 1, "limits"), [1, -1], "joints[1].limits must be [min, max] with min not above max, got [1, -1]."),
    (("joints", 0, "motor", "binding"), 4, "joints[0].motor.binding must be an integer from 0 to 3, got 4."),
    (("thrusters", 0, "power"), -1, "thrusters[0].power must be a number from 0 to 1e+06, got -1."),
    (("walls", "floor", "role"), "lava", "walls.floor.role must be one of 'none', 'green', 'blue', 'red', got 'lava'."),
    (("walls", "flor"), {}, "walls must not have a field 'flor'. Did you mean 'floor'?"),
    (("bodys",), [], "a level must not have a field 'bodys'. Did you mean 'bodies'?"),
    (("bodies", 0, "heigth"), 1, "bodies[0] must not have a field 'heigth'. Did you mean 'height'?"),
    (("tags",), ["a", 1], "tags[1] must be a string of 1 to 100 printable characters, got 1."),
    (("solution", 1), [3, 0, 0, 0, 0, 0], "solution[1] must be integers for 4 motors (0, 1 or 2) and 2 thrusters (0"),
    (("solution", 1), [[0, 0, 0, 0, 0, 3], 9], "solution[1][0] must be integers for 4 motors (0, 1 or 2) and 2 thru"),
    (("solution", 1), [[0, 0, 0, 0, 0, 0], -2], "solution[1][1] must be an integer from 1 to 10000, got -2."),
    (("solution",), [[[0] * 6, 9000]] * 2, "solution must have at most 10000 environment steps, got more."),
    (("gravity",), [0, 1e9], "gravity[1] must be a number from -1e+06 to 1e+06, got 1000000000.0."),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=lambda part: str(part)[:40])
def test_errors_name_file_field_and_value(path: tuple[Any, ...], value: Any, message: str) -> None:
    document = car()
    set_at(document, path, value)
    said = complaint(document)
    assert said.startswith(f"my.json: {message}")
    assert "\n" not in said
    assert len(said) < 400


def test_too_many_bodies_of_a_kind_are_refused() -> None:
    document = car()
    document["bodies"].insert(1, document["bodies"][0] | {"name": "one", "position": [2, 2]})
    assert "bodies[2] does not fit: the size has room for 6 polygons, 4 of them static." in complaint(document)
    document["bodies"] = [{}] * 1000
    assert "bodies must have 0 to 9 items, got 1000." in complaint(document)


def test_only_immovable_bodies_take_static_slots() -> None:
    document = car()
    document["walls"] = {"ceiling": False}
    document["bodies"][0]["slot"] = 3
    document["bodies"][1]["slot"] = 4
    assert "bodies[0].slot must be free" not in complaint(document)
    assert "bodies[0] must be immovable and no ghost, since slot 3 holds a static polygon." in complaint(document)


def test_written_files_are_short_and_readable() -> None:
    text = dumps(read(car()))
    assert max(map(len, text.splitlines())) <= 120
    again = json.loads(text)
    assert again["walls"] == {"floor": {"role": "red", "friction": 0.5}}
    assert again["bodies"][2] == {
        "name": "front", "shape": "circle", "radius": 0.2, "position": [1.4, 0.7], "friction": 2
    }  # fmt: skip
    assert again["joints"][1] | {"anchor": 0} == {
        "type": "revolute", "a": "chassis", "b": "back", "anchor": 0, "limits": [-1, 1]
    }  # fmt: skip
