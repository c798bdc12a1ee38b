"""The state reconstructed from an observation: it has the same observation and steps as the true state."""

import re

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, SceneBuilder
from kinetix_env import Level, Role, make
from kinetix_env.errors import LevelError
from kinetix_env.generators import RandomLevels
from kinetix_env.levels import stack
from kinetix_env.observations import EntityObservation, FlatObservation, state_from_observation
from tests.kinetix_env.episodes import level

CAPACITY = Capacity(polygons=7, circles=2, joints=3, thrusters=2)
LEVELS, STEPS = 128, 4
SAME = (
    *("vertices", "vertex_count", "radius", "active", "inverse_mass", "inverse_inertia", "density", "friction"),
    *("restitution", "group", "gravity"),
)
ENV = make(CAPACITY)
SEE = EntityObservation().build(CAPACITY)


@pytest.fixture(scope="module")
def played():
    """States of random levels after random steps, and their reconstructions from observations."""
    keys = jax.random.split(jax.random.key(0), LEVELS)

    def play(key) -> object:
        state = ENV.start(RandomLevels().build(CAPACITY).sample_unfiltered(key))

        def step(state, key):
            return ENV.advance(state, ENV.action_space.sample(key))[0], None

        return jax.lax.scan(step, state, jax.random.split(key, STEPS))[0]

    states = jax.jit(jax.vmap(play))(keys)
    inverse = jax.jit(jax.vmap(lambda state: state_from_observation(CAPACITY, SEE(state))))(states)
    return states, inverse


def same(one, other, atol: float = 1e-5) -> None:
    """Assert that all leaves agree."""
    for path, leaf in jax.tree_util.tree_leaves_with_path(one):
        there = dict(jax.tree_util.tree_leaves_with_path(other))[path]
        leaf, there = np.asarray(leaf, float), np.asarray(there, float)
        np.testing.assert_allclose(there, leaf, atol=atol, rtol=1e-5, err_msg=jax.tree_util.keystr(path))


def test_observations_of_reconstructed_states_equal_the_given_ones(played) -> None:
    states, inverse = played
    see = jax.jit(jax.vmap(SEE))
    same(see(states), see(inverse))


def test_observing_the_inverse_of_a_flat_observation_gives_it_back(played) -> None:
    states, _ = played
    see = FlatObservation().build(CAPACITY)
    flat, again = jax.jit(
        jax.vmap(lambda state: (see(state), see(state_from_observation(CAPACITY, see(state), time=3))))
    )(states)
    assert np.unique(flat, axis=0).shape[0] == LEVELS
    np.testing.assert_allclose(again, flat, atol=1e-5, rtol=1e-5)


def test_the_reconstructed_scene_equals_the_true_scene(played) -> None:
    states, inverse = played
    true, found = states.level, inverse.level
    for name in SAME:
        np.testing.assert_allclose(getattr(found.scene, name), getattr(true.scene, name), rtol=1e-6, err_msg=name)
    here = np.asarray(true.scene.joints.active)
    loose = here & ~np.asarray(true.scene.joints.fixed)  # of a fixed joint no motor and no limits are seen
    for name in ("active", "body_a", "body_b", "anchor_a", "anchor_b", "fixed"):
        one, other = (np.asarray(getattr(level.scene.joints, name)) for level in (true, found))
        np.testing.assert_array_equal(one[here], other[here], err_msg=name)
    for name in ("motor", "motor_speed", "motor_power", "limited"):
        one, other = (np.asarray(getattr(level.scene.joints, name)) for level in (true, found))
        np.testing.assert_array_equal(one[loose], other[loose], err_msg=name)
    one, other = (np.exp(1j * np.asarray(level.scene.joints.rotation)) for level in (true, found))
    np.testing.assert_allclose(one[here], other[here], atol=1e-5)
    limited = loose & np.asarray(true.scene.joints.limited)
    assert limited.any()
    for name in ("min_angle", "max_angle"):
        one, other = (
            np.asarray(getattr(level.scene.joints, name) - level.scene.joints.rotation) for level in (true, found)
        )
        np.testing.assert_allclose(one[limited], other[limited], atol=1e-5, err_msg=name)
    there = np.asarray(true.scene.active)
    np.testing.assert_array_equal(np.asarray(true.role)[there], np.asarray(found.role)[there])
    np.testing.assert_array_equal(true.thruster_binding, found.thruster_binding)
    np.testing.assert_array_equal(np.asarray(true.motor_binding)[loose], np.asarray(found.motor_binding)[loose])
    one, other = (np.exp(1j * np.asarray(level.scene.thrusters.angle)) for level in (true, found))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_reconstructed_states_step_as_the_true_ones(played) -> None:
    """Without contacts and joints there are no accumulated impulses to lose: the next step is the same."""
    states, inverse = played
    actions = jax.vmap(ENV.action_space.sample)(jax.random.split(jax.random.key(1), LEVELS))
    step = jax.jit(jax.vmap(lambda state, action: ENV.advance(state, action)[0]))
    one, other = step(states, actions), step(inverse, actions)
    difference = np.abs(one.physics.position - other.physics.position).max((1, 2))
    alone = ~np.asarray(states.touching.any(1) | one.touching.any(1) | states.level.scene.joints.active.any(1))
    assert alone.sum() >= 3
    assert difference[alone].max() < 1e-5
    assert np.median(difference) < 0.01  # m, in 1/30 s


def arm(turns: int) -> Level:
    """A bar that hangs from another by a joint with limits; both have turned round some times."""
    builder = SceneBuilder(CAPACITY)
    angle = 3.0 + 2 * np.pi * turns
    a = builder.box((2.5, 3.0), width=0.6, height=0.1, angle=angle)
    b = builder.box((2.5, 3.0), width=0.6, height=0.1, angle=angle + 0.4)
    builder.revolute(a, b, anchor=(0.0, 0.0), motor=True, limits=(-0.2, 0.9))
    builder.fixed(b, builder.circle((2.5, 3.1), radius=0.1, angle=angle - 9.0), anchor=(0.0, 0.0))
    return level(builder, {a: Role.GREEN, b: Role.BLUE})


def test_reconstructed_joint_angles_lie_within_their_limits() -> None:
    levels = stack([arm(turns) for turns in (-2, 0, 1)])
    states = jax.vmap(ENV.start)(levels)
    found = jax.jit(jax.vmap(lambda state: state_from_observation(CAPACITY, SEE(state))))(states)
    joints, angle = found.level.scene.joints, np.asarray(found.physics.angle)
    a, b = (np.take_along_axis(angle, np.asarray(body), 1) for body in (joints.body_a, joints.body_b))
    joint = b - a - np.asarray(joints.rotation)
    np.testing.assert_allclose(joint[:, 1], 0, atol=1e-5)  # the fixed one
    assert (joint[:, 0] > joints.min_angle[:, 0]).all() and (joint[:, 0] < joints.max_angle[:, 0]).all()
    idle = jnp.zeros((3, *ENV.action_space.shape), ENV.action_space.dtype)
    after = jax.jit(jax.vmap(lambda state, action: ENV.advance(state, action)[0]))(found, idle)
    truly = jax.jit(jax.vmap(lambda state, action: ENV.advance(state, action)[0]))(states, idle)
    np.testing.assert_allclose(after.physics.position, truly.physics.position, atol=1e-3)


def test_angular_velocities_beyond_the_observed_range_are_clipped() -> None:
    spins = jnp.asarray([0.0, -3.0, 40.0, 500.0])

    def back(spin) -> jax.Array:
        state = ENV.start(arm(0))
        state = eqx.tree_at(lambda s: s.physics.angular_velocity, state, jnp.full(CAPACITY.bodies, spin))
        return state_from_observation(CAPACITY, SEE(state), time=7).physics.angular_velocity[4]

    np.testing.assert_allclose(jax.jit(jax.vmap(back))(spins), [0.0, -3.0, 40.0, 80.0], rtol=5e-3)


def test_other_shapes_are_refused() -> None:
    state = ENV.start(arm(0))
    seen = SEE(state)
    told = "state_from_observation: polygons must have shape (8, 27) for Capacity("
    with pytest.raises(LevelError, match=re.escape(told)):
        state_from_observation(Capacity(polygons=8, circles=2, joints=3, thrusters=2), seen)
    with pytest.raises(LevelError, match=r"the flat observation must have shape \(\d+,\) for .*, got \(7,\)\."):
        state_from_observation(CAPACITY, jnp.zeros(7))
    with pytest.raises(LevelError, match=r"got \(1, 7, 27\)\. For a batch use jax\.vmap\."):
        state_from_observation(CAPACITY, jax.tree.map(lambda x: x[None], seen))
