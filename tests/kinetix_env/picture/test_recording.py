"""Recordings equal the environment stepped by hand, and end with the episode."""

import dataclasses
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env import ActionError, ConfigError, LevelError, empty_level, make
from kinetix_env.level import SIZES
from kinetix_env.play import record, record_all
from tests.kinetix_env.picture.scenes import SMALL, STEPS, env, hinge, recorded, rocket


def acts(*rows, steps=STEPS):
    """The rows as actions, repeated cyclically to the number of steps."""
    return np.resize(np.asarray(rows, np.int32), (steps, 6))


@pytest.fixture(scope="module")
def mixed():
    """A rocket whose thruster is on in every other step, and a hinge turned forward, not and backward."""
    levels = [rocket(gap=2.0), hinge()]
    actions = np.stack([acts([0] * 6, [0, 0, 0, 0, 1, 0]), acts([1] + [0] * 5, [0] * 6, [2] + [0] * 5)])
    return levels, actions, record_all(env(), levels, actions)


def test_the_recorded_states_are_those_of_stepping_the_environment_by_hand(mixed):
    """Compiled otherwise the same steps may differ by some roundings of a float32."""
    step = jax.jit(env().step)
    for level, actions, recording in zip(*mixed, strict=True):
        _, state = env().reset(jax.random.key(0), level)
        assert recording.steps == STEPS
        for moment in range(STEPS + 1):
            seen = recording.state(moment)
            for field in ("position", "angle", "velocity", "angular_velocity"):
                ours, theirs = getattr(seen, field), np.asarray(getattr(state.physics, field))
                np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5, err_msg=f"{field}, moment {moment}")
            if moment < STEPS:
                _, state, *_ = step(jax.random.key(0), state, jnp.asarray(actions[moment]))
    assert np.ptp(mixed[2][1].states.angle[:, SMALL.static_polygons]) > 0.01  # something has moved


def test_the_controls_are_those_of_the_actions(mixed):
    thrust, turn = (recording.controls for recording in mixed[2])
    assert thrust.tolist() == [[0.0, 0.0], [0.0, 1.0]] * (STEPS // 2)
    assert turn.tolist() == [[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0]] * (STEPS // 3)
    first = mixed[2][0]
    assert first.acting(0) is None and [first.acting(moment)[1] for moment in (1, 2, 3)] == [0, 1, 0]


def test_an_episode_ends_with_the_step_that_ends_it():
    """At 3 m/s and 1/30 s a step, 1 m takes ten steps, or a moment less since the thruster pushes."""
    met, lost, far = recorded()
    assert [one.ending for one in recorded()] == ["solved", "failed", "unfinished"]
    assert met.steps == lost.steps and 9 <= met.steps <= 10 and far.steps == STEPS
    for one in recorded():
        assert one.states.position.shape[0] == one.steps + 1 == len(one.controls) + 1
        assert one.seconds == pytest.approx(one.steps / 30)
    green = SMALL.polygons
    gap = met.states.position[:, green + 1, 0] - met.states.position[:, green, 0] - 0.4
    assert (gap[:-2] > 0.1).all() and abs(gap[-1]) < 0.05


def test_an_episode_without_outcome_times_out():
    short = make(SMALL, horizon=5, frame_skip=4)
    one = record(short, rocket(gap=2.0, speed=0.0), acts([0] * 6))
    assert (one.ending, one.steps, one.seconds) == ("timed out", 5, pytest.approx(5 * 4 / 60))


def test_non_finite_states_end_an_episode():
    """A circle that flies faster than a float32 can say."""
    level = rocket()
    speed = level.state.velocity.at[SMALL.polygons].set(jnp.inf)
    one = record(
        env(), dataclasses.replace(level, state=dataclasses.replace(level.state, velocity=speed)), acts([0] * 6)
    )
    assert (one.ending, one.steps) == ("broken", 1)


def test_moment_at_rounds_times_to_steps():
    (one, *_) = recorded()
    assert [one.moment_at(seconds) for seconds in (-1.0, 0.0, 0.016, 0.017, 1 / 30, 99.0)] == [0, 0, 0, 1, 1, one.steps]


def test_str_and_repr_of_a_recording_state_level_and_outcome():
    assert str(recorded()[0]) == f"met: solved after {recorded()[0].seconds:.1f} s"
    assert repr(recorded()[1]).startswith("<Recording of lost: failed after 0.")


def test_actions_of_all_spaces_are_recorded_as_controls():
    continuous = record(make(SMALL, action="continuous"), rocket(), np.full((3, 6), 0.5, np.float32))
    assert continuous.controls.tolist() == [[0.5, 0.5]] * 3
    discrete = record(make(SMALL, action="discrete"), rocket(), np.array([9, 8], np.int32))
    assert discrete.controls.tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_invalid_recordings_are_refused():
    with pytest.raises(
        ActionError, match=r"an array of shape \(steps, 6\) for each of 1 levels, got \(4, 5\) for each of 1"
    ):
        record(env(), rocket(), np.zeros((4, 5), np.int32))
    with pytest.raises(ActionError, match=r"for each of 2 levels, got \(4, 6\) for each of 1"):
        record_all(env(), [rocket(), rocket()], np.zeros((1, 4, 6), np.int32))
    with pytest.raises(ActionError, match=r"an array of shape \(steps,\) for each of 1 levels"):
        record(make(SMALL, action="discrete"), rocket(), np.zeros((4, 6), np.int32))
    with pytest.raises(ActionError, match="at least one step"):
        record(env(), rocket(), np.zeros((0, 6), np.int32))
    with pytest.raises(LevelError, match="at least one level, got none"):
        record_all(env(), [], np.zeros((0, 4, 6), np.int32))
    with pytest.raises(ConfigError, match="names must be one for each of 1 levels, got 2"):
        record_all(env(), [rocket()], np.zeros((1, 4, 6), np.int32), names=["a", "b"])
    with pytest.raises(LevelError, match="the level has room for 6 polygons"):
        record(env(), empty_level(SIZES["m"]), acts([0] * 6))


def test_a_wrapped_environment_is_refused_with_a_message():
    """Run in a new process without the run-time type checker of these tests."""
    script = (
        "import numpy as np\n"
        "from kinetix_env import EpisodeStats, empty_level, make\n"
        "from kinetix_env.play import record\n"
        "from kinetix_env.level.sizes import SIZES\n"
        "record(EpisodeStats(make('kinetix-s')), empty_level(SIZES['s']), np.zeros((1, 6), int))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.stderr.splitlines()[-1] == (
        "kinetix_env.errors.ConfigError: A recording is of a KinetixEnv, got EpisodeStats: leave wrappers out."
    )
