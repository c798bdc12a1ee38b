"""What holds in every generated level, checked on a whole batch with NumPy."""

from typing import Any

import jax
import numpy as np

from jax2d import Capacity, collision_groups
from jax2d.geometry import circle_mass, polygon_mass
from kinetix_env.level import Level, Role

WALLS = 4
TOLERANCE = 1e-5  # m; positions are float32 numbers of a few metres


def as_numpy(levels: Level) -> Level:
    """The levels with NumPy arrays in place of JAX arrays."""
    converted: Level = jax.tree.map(np.asarray, levels)
    return converted


def check_numbers(levels: Level) -> None:
    """All numbers are finite, and nothing moves at the start."""
    for leaf in jax.tree.leaves(levels):
        assert np.isfinite(np.asarray(leaf, float)).all()
    state: Any = levels.state
    for memory in (state.velocity, state.angular_velocity, state.normal_impulse, state.joint_impulse):
        assert not np.asarray(memory).any()


def check_absent_rows(levels: Level, capacity: Capacity) -> None:
    """Rows of what does not exist are zero; the walls always exist and never move."""
    scene, state = levels.scene, levels.state
    absent = ~scene.active
    bodies = (scene.inverse_mass, scene.inverse_inertia, scene.density, scene.friction, state.angle, levels.role)
    for field in (*bodies, *np.moveaxis(state.position, -1, 0)):
        assert not field[absent].any()
    assert not scene.vertices[absent[:, : capacity.polygons]].any()
    assert not scene.radius[absent[:, capacity.polygons :]].any()
    for group, bindings in ((scene.joints, levels.motor_binding), (scene.thrusters, levels.thruster_binding)):
        for field in (*jax.tree.leaves(group), bindings):
            assert not field[~group.active].any()
    assert scene.active[:, :WALLS].all() and not scene.inverse_mass[:, :WALLS].any()


def check_masses(levels: Level, capacity: Capacity, some: int = 64) -> None:
    """Mass and inertia are those of the shape at its density, or it is immovable; corners surround the centre."""
    scene = levels.scene
    for level in range(min(some, len(scene.active))):
        for body in np.flatnonzero(scene.active[level])[WALLS:]:
            density = float(scene.density[level, body])
            if body < capacity.polygons:
                corners = scene.vertices[level, body, : scene.vertex_count[level, body]].astype(float)
                mass, inertia, centre = polygon_mass(corners, density)
                np.testing.assert_allclose(centre, 0, atol=TOLERANCE)
            else:
                mass, inertia = circle_mass(float(scene.radius[level, body - capacity.polygons]), density)
            found = scene.inverse_mass[level, body], scene.inverse_inertia[level, body]
            if found != (0, 0):
                np.testing.assert_allclose(found, (1 / mass, 1 / inertia), rtol=1e-4)


def ends(levels: Level) -> tuple[np.ndarray, np.ndarray]:
    """Where the two anchors of every joint are in the world, m, [level, joint, 2]."""
    joints, state = levels.scene.joints, levels.state
    points = []
    for body, anchor in ((joints.body_a, joints.anchor_a), (joints.body_b, joints.anchor_b)):
        angle = np.take_along_axis(state.angle, body, 1)
        cos, sin = np.cos(angle), np.sin(angle)
        arm = np.stack([cos * anchor[..., 0] - sin * anchor[..., 1], sin * anchor[..., 0] + cos * anchor[..., 1]], -1)
        points.append(np.take_along_axis(state.position, body[..., None], 1) + arm)
    return points[0], points[1]


def check_joints(levels: Level, capacity: Capacity) -> None:
    """Joints connect two bodies that exist, meet at their anchors, and decide the collision groups."""
    joints = levels.scene.joints
    here = joints.active
    for body in (joints.body_a, joints.body_b):
        assert np.take_along_axis(levels.scene.active, body, 1)[here].all()
    assert (joints.body_a != joints.body_b)[here].all()
    a, b = ends(levels)
    assert np.abs(a - b)[here].max(initial=0) < TOLERANCE
    groups = jax.vmap(lambda j: collision_groups(j.active, j.body_a, j.body_b, capacity.bodies))(joints)
    np.testing.assert_array_equal(levels.scene.group, groups)
    assert not (joints.fixed & (joints.motor | joints.limited))[here].any()
    assert (joints.min_angle <= joints.max_angle).all()
    assert ((levels.motor_binding >= 0) & (levels.motor_binding < 4)).all() and not levels.motor_auto.any()


def check_thrusters(levels: Level) -> None:
    """Thrusters sit on bodies that exist."""
    thrusters = levels.scene.thrusters
    assert np.take_along_axis(levels.scene.active, thrusters.body, 1)[thrusters.active].all()
    assert (thrusters.power[thrusters.active] > 0).all()
    assert ((levels.thruster_binding >= 0) & (levels.thruster_binding < 2)).all()


def check_valid(levels: Level, capacity: Capacity) -> None:
    """Check all laws of valid levels."""
    levels = as_numpy(levels)
    check_numbers(levels)
    check_absent_rows(levels, capacity)
    check_masses(levels, capacity)
    check_joints(levels, capacity)
    check_thrusters(levels)


def counts_of(levels: Level, role: Role) -> np.ndarray:
    """How many bodies of a role each level has, the floor included."""
    counts: np.ndarray = ((levels.role == role) & levels.scene.active).sum(1)
    return counts
