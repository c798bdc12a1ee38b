"""Invalid calls of `KinetixEnv` raise errors that state what it got and what it takes."""

import os
import subprocess
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env import (
    ActionError,
    AutoReset,
    ConfigError,
    KinetixEnv,
    Level,
    LevelError,
    LevelPool,
    Role,
    UnknownNameError,
    empty_level,
    make,
)
from tests.kinetix_env.episodes import environment, level, void

KEY = jax.random.key(0)
ACTION = jnp.zeros(6, jnp.int32)
ROOM = r"5 polygons \(4 of them static\), 4 corners per polygon, 2 circles, 1 joints, 1 thrusters"


@pytest.fixture(scope="module")
def env() -> KinetixEnv:
    return make("kinetix-s")


@pytest.fixture(scope="module")
def small() -> Level:
    return empty_level(Capacity.small())


def stacked(level: Level, *shape: int) -> Level:
    copies: Level = jax.tree.map(lambda x: jnp.broadcast_to(x, (*shape, *x.shape)), level)
    return copies


def test_a_level_of_another_capacity_is_refused(env: KinetixEnv) -> None:
    large = empty_level(Capacity.large())
    message = f"KinetixEnv.reset: the level has room for 12 polygons .*; this environment plays .* {ROOM}"
    with pytest.raises(LevelError, match=message):
        env.reset(KEY, large)
    with pytest.raises(LevelError, match=r"kinetix_env.levels.pad gives a smaller level more room"):
        env.reset(KEY, empty_level(Capacity(polygons=4, circles=1, joints=0, thrusters=0)))
    with pytest.raises(LevelError, match=r"5 polygons \(5 of them static\).* room for 5 polygons \(4 of them static\)"):
        # as much room, but no polygon that moves
        env.reset(KEY, empty_level(Capacity(polygons=5, circles=2, joints=1, thrusters=1, static_polygons=5)))
    with pytest.raises(LevelError, match=r"KinetixEnv.reset: the level has room for 12 polygons"):
        jax.vmap(env.reset, in_axes=(None, 0))(KEY, stacked(large, 3))
    with pytest.raises(LevelError, match=r"KinetixEnv.reset: the level has room for 12 polygons"):
        AutoReset(env, LevelPool(stacked(large, 2))).reset(KEY)


def test_a_state_of_another_capacity_is_refused(env: KinetixEnv) -> None:
    other = make("kinetix-m")
    state = other.start(empty_level(Capacity.medium()))
    with pytest.raises(LevelError, match=r"KinetixEnv.step: the level has room for 6 polygons"):
        env.step(KEY, state, ACTION)


def test_an_unmapped_batch_is_refused_with_the_remedy(env: KinetixEnv, small: Level) -> None:
    with pytest.raises(LevelError, match=r"got a batch of levels of shape \(2, 3\), it takes one.*jax.vmap"):
        env.reset(KEY, stacked(small, 2, 3))
    state = jax.vmap(env.start)(stacked(small, 3))
    with pytest.raises(LevelError, match=r"KinetixEnv.step: got a batch of levels of shape \(3,\)"):
        env.step(KEY, state, jnp.zeros((3, 6), jnp.int32))
    with pytest.raises(ActionError, match=r"got int32 of shape \(3, 6\). For a batch wrap the call in jax.vmap"):
        env.step(KEY, env.start(small), jnp.zeros((3, 6), jnp.int32))


def test_a_batch_of_actions_of_another_size_than_the_states_is_refused(env: KinetixEnv, small: Level) -> None:
    """JAX itself raises the error, which names the sizes."""
    state = jax.vmap(env.start)(stacked(small, 3))
    with pytest.raises(ValueError, match=r"inconsistent sizes(.|\n)*3(.|\n)*2"):
        jax.vmap(env.step, in_axes=(None, 0, 0))(KEY, state, jnp.zeros((2, 6), jnp.int32))


def test_arrays_of_another_type_are_refused(env: KinetixEnv, small: Level) -> None:
    narrow = Level(
        scene=small.scene,
        state=small.state,
        role=jnp.zeros(small.role.shape, jnp.int16),
        motor_binding=small.motor_binding,
        motor_auto=small.motor_auto,
        thruster_binding=small.thruster_binding,
    )
    with pytest.raises(LevelError, match="role of the level must have type int32, got int16"):
        env.reset(KEY, narrow)


@pytest.mark.parametrize(
    ("action", "wrong", "message"),
    [
        ("multi-discrete", jnp.zeros(6), r"4 motors in \{0, 1, 2\}.* integers of shape \(6,\), got float32 of shape"),
        ("multi-discrete", jnp.zeros(5, jnp.int32), r"got int32 of shape \(5,\)"),
        ("multi-discrete", 1, r"got int32 of shape \(\)"),
        ("multi-discrete", "left", "integers of shape .*, got str"),
        ("multi-discrete", None, "integers of shape .*, got NoneType"),
        ("multi-discrete", [0, 0, 0, 3, 0, 0], r"2 thrusters in \{0, 1\}, got \[0, 0, 0, 3, 0, 0\]"),
        ("multi-discrete", [0, 0, 0, 0, 2, 0], r"got \[0, 0, 0, 0, 2, 0\]"),
        ("multi-discrete", [-1, 0, 0, 0, 0, 0], r"got \[-1, 0, 0, 0, 0, 0\]"),
        ("continuous", jnp.zeros(6, jnp.int32), r"real numbers of shape \(6,\), got int32"),
        ("continuous", jnp.zeros(7), r"got float32 of shape \(7,\)"),
        ("discrete", 11, "one number in 0 to 10, got 11"),
        ("discrete", jnp.zeros(1, jnp.int32), r"integers of shape \(\), got int32 of shape \(1,\)"),
        ("discrete", 1.0, r"got float32 of shape \(\)"),
    ],
)
def test_wrong_actions_are_refused(action: str, wrong: Any, message: str, small: Level) -> None:
    env = make("kinetix-s", action=action)
    with pytest.raises(ActionError, match=f"A {action} action is .*{message}"):
        env.step(KEY, env.start(small), wrong)


def test_shapes_are_refused_inside_jit_too(env: KinetixEnv, small: Level) -> None:
    state = env.start(small)
    with pytest.raises(ActionError, match=r"got float32 of shape \(6,\)"):
        jax.jit(env.step)(KEY, state, jnp.zeros(6))
    with pytest.raises(ActionError, match=r"got int32 of shape \(5,\)"):
        jax.jit(jax.vmap(env.step, in_axes=(None, 0, 0)))(
            KEY, jax.tree.map(lambda x: x[None], state), jnp.zeros((1, 5), jnp.int32)
        )


@pytest.mark.parametrize(
    ("action", "beyond", "same"),
    [
        ("multi-discrete", [3, -1, 7, 0, 5, -2], [0, 0, 0, 0, 1, 1]),
        ("continuous", [2.0, -9.0, 0.5, 0.0, 4.0, -1.0], [1.0, -1.0, 0.5, 0.0, 1.0, 0.0]),
        ("discrete", 99, 8),
        ("discrete", -1, 8),
    ],
)
def test_traced_actions_out_of_range_behave_as_documented(action: str, beyond: Any, same: Any) -> None:
    space, everything = make("kinetix-s", action=action).action_space, _wired()
    controls = jax.jit(space.controls)
    given = [jnp.asarray(one, space.dtype) for one in (beyond, same)]
    np.testing.assert_array_equal(*(controls(everything, one) for one in given))


def _wired() -> Level:
    """A level of its own capacity, with a joint on each motor and a thruster on each number."""
    wired = empty_level(Capacity(polygons=5, circles=0, joints=4, thrusters=2))
    return Level(
        scene=wired.scene,
        state=wired.state,
        role=wired.role,
        motor_binding=jnp.arange(4, dtype=jnp.int32),
        motor_auto=wired.motor_auto,
        thruster_binding=jnp.arange(2, dtype=jnp.int32),
    )


def test_stepping_a_finished_episode_keeps_its_outcome() -> None:
    """The episode stays done and gives no more reward, whatever its bodies touch."""
    builder = void()
    green = builder.circle((1.0, 2.0), radius=0.2, velocity=(3.0, 0.0))
    blue = builder.circle((1.8, 2.0), radius=0.2)
    env = environment()
    step = jax.jit(lambda state: env.step(KEY, state, ACTION))
    _, state = env.reset(KEY, level(builder, {green: Role.GREEN, blue: Role.BLUE}))
    told = []
    for _ in range(env.horizon + 3):
        _, state, reward, done, info = step(state)
        told.append((float(reward), bool(done), bool(info.solved), bool(info.truncated)))
    end = [done for _, done, _, _ in told].index(True)
    assert told[end][0] > 0.9 and told[end][2]
    assert told[end + 1 :] == [(0.0, True, False, False)] * (len(told) - end - 1)


def test_unknown_names_are_refused_with_the_closest() -> None:
    for arguments, message in (
        ({"name": "kinetix-z"}, "No environment called 'kinetix-z'. Did you mean 'kinetix-"),
        ({"observation": "entitty"}, "No observation called 'entitty'. Did you mean 'entity'. Known: "),
        ({"action": "multidiscrete"}, "No action space called 'multidiscrete'. Did you mean 'multi-discrete'"),
    ):
        with pytest.raises(UnknownNameError, match=message):
            make(**{"name": "kinetix-s", **arguments})
    with pytest.raises(ConfigError, match=r"No setting of kinetix-s called 'frame_skp'. Did you mean 'frame_skip'"):
        make("kinetix-s", frame_skp=1)


def test_objects_that_are_no_levels_or_states_are_refused() -> None:
    """Run in a new interpreter: here the run-time type checker of the tests would raise first."""
    code = """
import jax, jax.numpy as jnp
from jax2d import Capacity
from kinetix_env import LevelError, empty_level, make
from kinetix_env.levels import NamedLevel
env, key, action, small = make("kinetix-s"), jax.random.key(0), jnp.zeros(6, jnp.int32), Capacity.small()
named = NamedLevel(name="one", level=empty_level(small))
for call in (
    lambda: env.reset(key, named),
    lambda: env.reset(key, "suite:s/hover"),
    lambda: env.step(key, None, action),
    lambda: env.step(key, env.reset(key, named.level), action),
    lambda: jax.jit(env.step)(key, named.level, action),
):
    try:
        call()
    except LevelError as error:
        print(error)
"""
    variables = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "JAX_PLATFORMS")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=variables)
    assert done.stdout.splitlines() == [
        "KinetixEnv.reset: level must be a Level, got NamedLevel. Give its field `level`.",
        "KinetixEnv.reset: level must be a Level, got str.",
        "KinetixEnv.step: state must be an EnvState, as `reset` gives it, got NoneType.",
        "KinetixEnv.step: state must be an EnvState, as `reset` gives it, got tuple.",
        "KinetixEnv.step: state must be an EnvState, as `reset` gives it, got Level.",
    ], done.stderr
