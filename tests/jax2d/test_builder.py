"""Scenes that `SceneBuilder` builds: slots, frames, masses, joints, collision groups, arrays."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax2d.boundary import WALLS
from jax2d.builder import SceneBuilder
from jax2d.capacity import Capacity
from jax2d.geometry import rotate
from jax2d.scene import Scene, empty_scene
from jax2d.slots import contact_slots
from jax2d.state import State, initial_state
from tests.jax2d.strategies import CAPACITIES, builders, capacities, random_scene, same, to_world

pytestmark = pytest.mark.versions

SINGLE = 1e-6  # m, float32 rounding of numbers of a few metres
WEDGE = [(0.0, 0.9), (0.5, -0.3), (-0.2, -0.3)]  # a triangle whose centroid, (0.1, 0.1), is not its origin


@pytest.mark.parametrize("capacity", CAPACITIES, ids=str)
def test_an_empty_builder_makes_an_empty_scene(capacity: Capacity) -> None:
    def nothing() -> tuple[Scene, State]:
        return empty_scene(capacity), initial_state(
            capacity, jnp.zeros((capacity.bodies, 2)), jnp.zeros(capacity.bodies)
        )

    assert same(SceneBuilder(capacity, walls=False, gravity=(0, 0)).build(), jax.jit(nothing)())


@pytest.mark.parametrize("capacity", CAPACITIES, ids=str)
def test_every_scene_has_the_types_and_shapes_of_the_empty_one(capacity: Capacity) -> None:
    expected = jax.eval_shape(lambda: empty_scene(capacity))
    for seed in range(3):
        scene, state = random_scene(capacity, seed, full=True)
        shapes = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), scene)
        assert jax.tree.leaves(shapes) == jax.tree.leaves(expected)
        assert state.normal_impulse.shape == (len(contact_slots(capacity)),)
        assert all(leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(state))


def test_walls_equal_the_published_walls() -> None:
    scene, state = SceneBuilder(Capacity.small()).build()
    assert scene.vertices[:4].tolist() == np.array([wall.vertices for wall in WALLS], np.float32).tolist()
    assert state.position[:4].tolist() == np.array([[2.5, -4.8], [0, 0], [0, 0], [2.5, 10.2]], np.float32).tolist()
    assert scene.active.tolist() == [True] * 4 + [False] * 3
    for field, value in (
        ("inverse_mass", 0),
        ("inverse_inertia", 0),
        ("friction", 1),
        ("restitution", 0),
        ("density", 1),
    ):
        assert getattr(scene, field)[:4].tolist() == [value] * 4
    assert not np.any(state.velocity) and not np.any(state.angle)
    assert scene.gravity.tolist() == [0.0, float(np.float32(-9.81))]


def test_the_walls_enclose_the_room() -> None:
    """Inside is x in [0, 5] and y in [0.4, 5], and the walls leave no gap."""
    scene_state = SceneBuilder(Capacity.small()).build()
    corners = [to_world(scene_state, k, np.asarray(scene_state[0].vertices[k])) for k in range(4)]
    floor, left, right, ceiling = corners
    assert floor[:, 1].max() == pytest.approx(0.4, abs=SINGLE)
    assert left[:, 0].max() == pytest.approx(0.0, abs=SINGLE)
    assert right[:, 0].min() == pytest.approx(5.0, abs=SINGLE)
    assert ceiling[:, 1].min() == pytest.approx(5.0, abs=SINGLE)
    for side in (floor, ceiling):
        assert side[:, 0].min() <= SINGLE and side[:, 0].max() >= 5.0 - SINGLE


def test_wall_indices() -> None:
    names = (SceneBuilder.FLOOR, SceneBuilder.LEFT_WALL, SceneBuilder.RIGHT_WALL, SceneBuilder.CEILING)
    assert names == (0, 1, 2, 3)


def test_bodies_are_numbered_polygons_first() -> None:
    builder = SceneBuilder(Capacity.medium())
    added = [
        builder.circle((1, 1), radius=0.2),
        builder.box((2, 2), width=1, height=1),
        builder.circle((3, 3), radius=0.3),
    ]
    added.append(builder.polygon((4, 4), WEDGE))
    assert added == [6, 4, 7, 5]
    scene, _ = builder.build()
    assert scene.active.tolist() == [True] * 8 + [False]
    assert scene.radius.tolist() == np.array([0.2, 0.3, 0], np.float32).tolist()
    assert scene.vertex_count.tolist() == [4, 4, 4, 4, 4, 3]


def test_immovable_polygons_take_static_slots_first() -> None:
    capacity = Capacity(polygons=4, circles=1, joints=0, thrusters=0, static_polygons=2)
    builder = SceneBuilder(capacity, walls=False)
    size: dict[str, Any] = {"width": 1, "height": 1}
    assert builder.box((0, 0), **size) == 2  # a static slot never takes a movable body
    assert builder.box((0, 0), **size, immovable=True) == 0
    assert builder.polygon((0, 0), WEDGE, immovable=True) == 1
    assert builder.box((0, 0), **size, immovable=True) == 3  # the static slots are full
    assert builder.circle((0, 0), radius=1, immovable=True) == 4
    scene, _ = builder.build()
    assert np.flatnonzero(scene.inverse_mass).tolist() == [2]


def test_an_immovable_ghost_occupies_a_movable_slot() -> None:
    """In a static slot it would meet everything."""
    capacity = Capacity(polygons=4, circles=0, joints=0, thrusters=0, static_polygons=2)
    builder = SceneBuilder(capacity, walls=False)
    assert builder.box((0, 0), width=1, height=1, immovable=True, ghost=True) == 2
    assert builder.build()[0].ghost.tolist() == [False, False, True, False]


def test_static_slots_beyond_the_walls_are_used() -> None:
    builder = SceneBuilder(Capacity(polygons=6, circles=0, joints=0, thrusters=0, static_polygons=5))
    assert builder.box((2, 2), width=1, height=1, immovable=True) == 4


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.floats(0.01, 10), st.floats(-7, 7))
@settings(max_examples=30, deadline=None)
def test_mass_and_inertia_of_bodies(width: float, height: float, density: float, angle: float) -> None:
    builder = SceneBuilder(Capacity.small())
    box = builder.box((1, 1), width=width, height=height, density=density, angle=angle)
    circle = builder.circle((1, 1), radius=width, density=density)
    scene, _ = builder.build()
    mass = density * width * height
    assert scene.inverse_mass[box] == pytest.approx(1 / mass, rel=1e-6)
    assert scene.inverse_inertia[box] == pytest.approx(12 / (mass * (width**2 + height**2)), rel=1e-6)
    assert scene.inverse_mass[circle] == pytest.approx(1 / (density * math.pi * width**2), rel=1e-6)
    assert scene.inverse_inertia[circle] == pytest.approx(4 / (density * math.pi * width**4), rel=1e-6)


def test_body_options_are_stored() -> None:
    builder = SceneBuilder(Capacity.small())
    given_options: dict[str, Any] = {"angular_velocity": -2, "density": 3, "friction": 0.5, "restitution": 0.25}
    for body in (
        builder.box((1, 2), width=1, height=1, angle=0.5, velocity=(3, -4), ghost=True, **given_options),
        builder.circle((1, 2), radius=1, angle=0.5, velocity=np.array([3, -4]), ghost=np.bool_(True), **given_options),
    ):
        scene, state = builder.build()
        assert state.position[body].tolist() == [1, 2]
        assert state.velocity[body].tolist() == [3, -4]
        assert (float(state.angle[body]), float(state.angular_velocity[body])) == (0.5, -2)
        assert (float(scene.density[body]), float(scene.friction[body])) == (3, 0.5)
        assert (float(scene.restitution[body]), bool(scene.ghost[body])) == (0.25, True)


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(-7, 7))
@settings(max_examples=25, deadline=None)
def test_polygon_corners_keep_their_world_positions(x: float, y: float, angle: float) -> None:
    """The local frame may have any origin: position and angle are those of that frame, not of the centroid."""
    builder = SceneBuilder(Capacity.small())
    corners = np.array(WEDGE) + (x, y)
    body = builder.polygon((1.5, 2.5), corners, angle=angle)
    scene_state = builder.build()
    stored = np.asarray(scene_state[0].vertices[body][:3])
    assert to_world(scene_state, body, stored) == pytest.approx(rotate(corners, angle) + (1.5, 2.5), abs=2e-5)
    assert stored.mean(axis=0) == pytest.approx([0, 0], abs=SINGLE)  # a triangle's centroid
    assert np.asarray(scene_state[0].vertices[body][3]).tolist() == [0, 0]  # unused


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-7, 7), st.floats(-7, 7))
@settings(max_examples=25, deadline=None)
def test_a_joint_starts_closed_and_at_angle_zero(x: float, y: float, angle_a: float, angle_b: float) -> None:
    builder = SceneBuilder(Capacity.medium())
    wedge = builder.polygon((1.5, 2.5), np.array(WEDGE) + (x, y), angle=angle_a)
    box = builder.box((3.5, 2.0), width=1, height=0.5, angle=angle_b)
    for join, ends in ((builder.revolute, (wedge, box)), (builder.fixed, (box, wedge))):
        joint = join(*ends, anchor=(x, y))
        scene_state = builder.build()
        joints = scene_state[0].joints
        assert (int(joints.body_a[joint]), int(joints.body_b[joint])) == ends
        points = [
            to_world(scene_state, body, np.asarray(anchor[joint]))
            for body, anchor in zip(ends, (joints.anchor_a, joints.anchor_b), strict=True)
        ]
        assert points[0] == pytest.approx(points[1], abs=1e-5)
        frame, turned = ((1.5, 2.5), angle_a) if ends[0] == wedge else ((3.5, 2.0), angle_b)
        assert points[0] == pytest.approx(rotate(np.array([x, y]), turned) + frame, abs=1e-5)
        angles = scene_state[1].angle
        assert float(joints.rotation[joint]) == float(angles[ends[1]] - angles[ends[0]])  # as the engine computes it


def test_anchors_given_for_both_bodies_are_shifted_by_both_centroids() -> None:
    builder = SceneBuilder(Capacity.large())
    first, second = (builder.polygon((1, 1), WEDGE), builder.polygon((2, 2), np.array(WEDGE) + (1, 0)))
    builder.revolute(first, second, anchor=(0.1, 0.4), anchor_b=(1.3, 0.1))
    joints = builder.build()[0].joints
    assert np.asarray(joints.anchor_a[0]) == pytest.approx([0.0, 0.3], abs=SINGLE)
    assert np.asarray(joints.anchor_b[0]) == pytest.approx([0.2, 0.0], abs=SINGLE)


def test_walls_keep_their_own_frames() -> None:
    builder = SceneBuilder(Capacity.small())
    wheel = builder.circle((2.5, 0.9), radius=0.2)
    builder.revolute(builder.FLOOR, wheel, anchor=(0.0, 5.7))
    joints = builder.build()[0].joints
    assert np.asarray(joints.anchor_a[0]) == pytest.approx([0.0, 5.7], abs=SINGLE)
    assert np.asarray(joints.anchor_b[0]) == pytest.approx([0.0, 0.0], abs=SINGLE)


def test_joint_options_are_stored() -> None:
    builder = SceneBuilder(Capacity.large())
    a, b = builder.box((1, 1), width=1, height=1), builder.circle((2, 1), radius=0.5)
    builder.revolute(a, b, anchor=(0, 0))
    builder.revolute(
        a, b, anchor=(0, 0), motor=True, motor_speed=-2, motor_power=0, limits=(-0.5, 0.25), rotation=0.125
    )
    builder.fixed(b, a, anchor=(0, 0), rotation=-0.5)
    joints = builder.build()[0].joints
    pi = float(np.float32(math.pi))
    assert joints.active.tolist() == [True] * 3 + [False] * 3
    assert joints.fixed.tolist() == [False, False, True] + [False] * 3
    assert joints.motor.tolist() == [False, True, False] + [False] * 3
    assert joints.limited.tolist() == [False, True, False] + [False] * 3
    assert joints.motor_speed.tolist() == [1, -2, 0, 0, 0, 0]
    assert joints.motor_power.tolist() == [1, 0, 0, 0, 0, 0]
    assert joints.min_angle.tolist() == [-pi, -0.5, -pi, 0, 0, 0]
    assert joints.max_angle.tolist() == [pi, 0.25, pi, 0, 0, 0]
    assert joints.rotation.tolist() == [0, 0.125, -0.5, 0, 0, 0]


def test_thrusters_are_stored() -> None:
    builder = SceneBuilder(Capacity.large())
    wedge = builder.polygon((1, 1), WEDGE, angle=1.0)
    assert builder.thruster(wedge) == 0
    assert builder.thruster(wedge, position=(0.1, 0.4), angle=0.5, power=2) == 1
    thrusters = builder.build()[0].thrusters
    assert thrusters.active.tolist() == [True, True]
    assert thrusters.body.tolist() == [wedge, wedge]
    assert np.asarray(thrusters.position) == pytest.approx(np.array([[-0.1, -0.1], [0, 0.3]]), abs=SINGLE)
    assert thrusters.angle.tolist() == [0, 0.5]
    assert thrusters.power.tolist() == [1, 2]


def test_python_numpy_and_jax_numbers_are_accepted() -> None:
    builder = SceneBuilder(Capacity.large(), gravity=jnp.array([0.0, -1.0]))
    ones: list[Any] = [1, 1.0, np.int64(1), np.float32(1), np.array(1.0), jnp.float32(1), jnp.int32(1)]
    for one in ones:
        box = builder.box((one, one), width=one, height=one, angle=one)
        assert builder.build()[1].position[box].tolist() == [1, 1]
    builder.fixed(np.int64(box), jnp.int32(SceneBuilder.FLOOR), anchor=np.zeros(2, np.float32))
    assert builder.build()[0].joints.body_a[0] == box


def test_given_arrays_are_copied() -> None:
    builder = SceneBuilder(Capacity.small())
    corners, position = np.array(WEDGE), np.array([1.0, 1.0])
    builder.polygon(position, corners, velocity=position)
    before = builder.build()
    corners += 1
    position += 1
    assert same(builder.build(), before)


def test_build_returns_new_arrays_and_the_builder_stays_usable() -> None:
    builder = SceneBuilder(Capacity.small())
    first, again = builder.build(), builder.build()
    assert same(first, again)
    addresses = [leaf.unsafe_buffer_pointer() for leaf in jax.tree.leaves((first, again)) if leaf.size]
    assert len(set(addresses)) == len(addresses)
    builder.circle((1, 1), radius=0.5)
    later = builder.build()
    assert not same(later, first) and same(again, first)
    assert int(later[0].active.sum()) == 5


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_building_twice_gives_the_same_scene(data: st.DataObject) -> None:
    builder = data.draw(builders(data.draw(capacities())))
    assert same(builder.build(), builder.build())
