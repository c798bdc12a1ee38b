"""The random scenes that other tests use are valid, have every feature, and depend on the seed only."""

import itertools

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax2d.capacity import Capacity
from jax2d.geometry import polygon_fault
from jax2d.scene import Scene
from jax2d.state import State
from tests.jax2d.strategies import CAPACITIES, capacities, random_scene, same, scenes, to_world


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_random_scene_is_valid(data: st.DataObject) -> None:
    capacity = data.draw(capacities())
    scene, state = data.draw(scenes(capacity, wild=data.draw(st.booleans())))
    active, inverse_mass = np.asarray(scene.active), np.asarray(scene.inverse_mass)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves((scene, state)))
    assert not inverse_mass[: capacity.static_polygons].any()
    assert not inverse_mass[~active].any() and ((inverse_mass != 0) == (np.asarray(scene.inverse_inertia) != 0)).all()
    assert not np.asarray(state.velocity)[inverse_mass == 0].any()
    for body, count in enumerate(np.asarray(scene.vertex_count).tolist()):
        assert (count >= 3) == bool(active[body])
        if count:
            vertices = np.asarray(scene.vertices[body][:count], np.float64)
            assert polygon_fault(vertices, slack=0.9) is None
    joints = scene.joints
    exists, body_a, body_b = (np.asarray(field) for field in (joints.active, joints.body_a, joints.body_b))
    for a, b in zip(body_a[exists], body_b[exists], strict=True):
        assert a != b and active[a] and active[b] and inverse_mass[a] + inverse_mass[b] > 0


@pytest.mark.parametrize("capacity", CAPACITIES, ids=str)
def test_a_seed_determines_the_scene(capacity: Capacity) -> None:
    assert same(random_scene(capacity, 3), random_scene(capacity, 3))
    assert not same(random_scene(capacity, 3), random_scene(capacity, 4))


def extent(scene_state: tuple[Scene, State], body: int) -> np.ndarray:
    """The lowest and the highest x and y of a body in the world (m), [2, 2]."""
    scene, state = scene_state
    polygons = len(scene.vertices)
    if body < polygons:
        points = to_world(scene_state, body, np.asarray(scene.vertices[body][: int(scene.vertex_count[body])]))
        return np.stack([points.min(axis=0), points.max(axis=0)])
    return np.asarray(state.position[body]) + float(scene.radius[body - polygons]) * np.array([[-1.0], [1.0]])


@pytest.mark.parametrize("seed", range(10))
def test_spread_out_scenes_do_not_overlap_at_the_start(seed: int) -> None:
    scene_state = random_scene(Capacity.large(), seed, overlapping=False, full=True)
    scene, _ = scene_state
    walls = 4 if scene.vertices[0, 0, 0] == 2.5 else 0
    bodies = [int(body) for body in np.flatnonzero(scene.active) if body >= walls]
    assert len(bodies) == 12
    free = [(a, b) for a, b in itertools.combinations(bodies, 2) if scene.group[a] != scene.group[b]]
    assert len(free) > 20
    for (low, high), (other_low, other_high) in ((extent(scene_state, a), extent(scene_state, b)) for a, b in free):
        assert (low > other_high).any() or (other_low > high).any()


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_joints_start_closed_unless_wild(data: st.DataObject) -> None:
    scene_state = data.draw(scenes(data.draw(capacities())))
    joints = scene_state[0].joints
    for k in np.flatnonzero(joints.active).tolist():
        ends = ((joints.body_a, joints.anchor_a), (joints.body_b, joints.anchor_b))
        here, there = (to_world(scene_state, int(body[k]), np.asarray(anchor[k])) for body, anchor in ends)
        assert here == pytest.approx(there, abs=1e-5)


def test_wild_scenes_use_all_joints() -> None:
    for seed in range(5):
        scene_state = random_scene(Capacity.large(), seed, full=True, wild=True)
        joints = scene_state[0].joints
        assert joints.active.all()


def test_random_scenes_have_every_feature() -> None:
    """Tests that use these scenes rely on these features."""
    made = [random_scene(Capacity.large(), seed) for seed in range(40)]
    movable = [np.asarray(scene.inverse_mass) != 0 for scene, _ in made]
    features = {
        "immovable circle": [
            (np.asarray(scene.active) & ~moves)[12:].any() for (scene, _), moves in zip(made, movable, strict=True)
        ],
        "immovable polygon": [
            (np.asarray(scene.active) & ~moves)[4:12].any() for (scene, _), moves in zip(made, movable, strict=True)
        ],
        "ghost": [np.asarray(scene.ghost).any() for scene, _ in made],
        "motor": [np.asarray(scene.joints.motor).any() for scene, _ in made],
        "limits": [np.asarray(scene.joints.limited).any() for scene, _ in made],
        "fixed joint": [np.asarray(scene.joints.fixed).any() for scene, _ in made],
        "joint to a wall": [(np.asarray(scene.group)[4:] < 4).any() for scene, _ in made],
        "thruster": [np.asarray(scene.thrusters.active).any() for scene, _ in made],
        "triangle": [(np.asarray(scene.vertex_count) == 3).any() for scene, _ in made],
        "no walls": [not bool(scene.active[0]) for scene, _ in made],
    }
    assert {name for name, found in features.items() if sum(found) < 2} == set()
