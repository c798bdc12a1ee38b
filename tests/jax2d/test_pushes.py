"""Impulses from outside, trajectories, the impulse between two bodies, and polygons that run counter-clockwise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax2d
from jax2d import Capacity, Engine, PhysicsParams, SceneBuilder, push, set_motion

pytestmark = pytest.mark.optimized

CAPACITY = Capacity(polygons=5, circles=1, joints=0, thrusters=0)
ENGINE = Engine(CAPACITY)
DT = PhysicsParams().dt
BALL = CAPACITY.polygons


def ball(*, y=2.0, gravity=(0.0, -10.0)):
    builder = SceneBuilder(CAPACITY, gravity=gravity)
    builder.circle((2.5, y), radius=0.2)
    return builder.build()


@pytest.fixture(scope="module")
def trajectory():
    return jax.jit(ENGINE.trajectory)


def test_a_force_that_balances_gravity_holds_a_ball(trajectory):
    scene, state = ball()
    weight = 10.0 / scene.inverse_mass[BALL]
    for _ in range(3):
        state, _ = jax.jit(ENGINE.step)(scene, push(scene, state, BALL, (0.0, weight * DT)), ENGINE.action())
    assert np.allclose(state.position[BALL], (2.5, 2.0), atol=1e-6)
    assert np.allclose(state.velocity[BALL], 0.0, atol=1e-6)


def test_an_impulse_changes_momentum_and_angular_momentum_by_itself():
    scene, state = ball()
    pushed = push(scene, state, BALL, (0.3, -0.1), point=(2.5, 2.2))
    mass, inertia = 1 / scene.inverse_mass[BALL], 1 / scene.inverse_inertia[BALL]
    assert np.allclose(mass * pushed.velocity[BALL], (0.3, -0.1), rtol=1e-6)
    assert np.isclose(inertia * pushed.angular_velocity[BALL], -0.2 * 0.3, rtol=1e-6)  # arm x impulse


def test_what_cannot_move_is_not_pushed():
    scene, state = ball()
    assert not push(scene, state, 0, (5.0, 5.0)).velocity.any()


def test_motion_is_set_and_the_rest_is_kept():
    _, state = ball()
    moved = set_motion(state, BALL, velocity=(1.0, 2.0))
    assert moved.velocity[BALL].tolist() == [1.0, 2.0] and not moved.angular_velocity.any()
    turned = set_motion(moved, BALL, angular_velocity=3.0)
    assert turned.velocity[BALL].tolist() == [1.0, 2.0] and turned.angular_velocity[BALL] == 3.0


def test_a_trajectory_has_every_step_and_free_fall_has_its_closed_form(trajectory):
    scene, state = ball(y=4.0)
    actions = jnp.zeros((30, CAPACITY.actions))
    states, contacts = trajectory(scene, state, actions)
    n = np.arange(1, 31)
    assert np.allclose(states.position[:, BALL, 1], 4.0 - 10.0 * DT**2 * n * (n + 1) / 2, atol=1e-5)
    last, _ = ENGINE.rollout(scene, state, actions)
    assert np.allclose(states.position[-1], last.position, atol=1e-6) and contacts.active.shape[0] == 30


def test_the_floor_carries_the_weight_of_a_ball_at_rest(trajectory):
    scene, state = ball(y=0.6 - 0.005)
    _, contacts = trajectory(scene, state, jnp.zeros((120, CAPACITY.actions)))
    last = jax.tree.map(lambda leaf: leaf[-1], contacts)
    weight = 10.0 / scene.inverse_mass[BALL]
    assert np.allclose(last.impulse(0, BALL) / DT, (0.0, weight), atol=1e-2 * weight)
    assert np.allclose(last.impulse(BALL, 0), -last.impulse(0, BALL))
    assert not last.impulse(0, 1).any()  # two walls: a pair without contacts


def test_a_polygon_may_run_either_way_round():
    corners = [(0.0, 0.0), (0.0, 0.5), (0.6, 0.0)]
    made = []
    for order in (corners, [corners[0], *corners[:0:-1]]):
        builder = SceneBuilder(CAPACITY)
        builder.polygon((1.0, 1.0), order)
        made.append(builder.build())
    assert all(np.array_equal(a, b) for a, b in zip(*map(jax.tree.leaves, made), strict=True))


def test_the_package_says_its_version():
    from importlib.metadata import version

    assert jax2d.__version__ == version("jax2d")
