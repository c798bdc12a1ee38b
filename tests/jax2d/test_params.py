"""Physics parameters per scene, and `Engine.rollout`."""

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Engine, PhysicsParams
from tests.jax2d.law_scenes import FULL, crash
from tests.jax2d.simulate import stack

SCENES, STEPS = 12, 20
# every number differs from its default; bounds are so low that bodies reach them
CHANGED = PhysicsParams(
    dt=1 / 80,
    slop=0.02,
    contact_bias=0.1,
    joint_bias=1.0,
    joint_correction=0.5,
    joint_stiffness=0.7,
    fixed_joint_bias=3.0,
    limit_bias=4.0,
    motor_speed=9.0,
    motor_power=300.0,
    motor_response=0.3,
    motor_fade=0.2,
    thruster_power=7.0,
    friction=0.3,
    max_position=0.5,
    max_velocity=2.5,
    max_angular_velocity=12.0,
)


@cache
def batch() -> tuple[Any, Any, jax.Array]:
    """Scenes with a box, a circle, motors and thrusters, and actions that vary: [SCENES, STEPS, action]."""
    scene, state = (stack(part) for part in zip(*(crash(FULL, seed) for seed in range(SCENES)), strict=True))
    actions = np.random.default_rng(0).uniform(-1, 1, (SCENES, STEPS, FULL.actions))
    return scene, state, jnp.asarray(actions, jnp.float32)


def steps(engine: Engine, params: PhysicsParams | None = None) -> Any:
    """Step by step: the states and the contacts of all steps, scene first."""
    scene, state, actions = batch()

    @jax.jit
    def run(params: PhysicsParams | None) -> Any:
        def one(state: Any, action: jax.Array) -> Any:
            state, contacts = jax.vmap(engine.step)(scene, state, action, params)
            return state, (state, contacts)

        found = jax.lax.scan(one, state, jnp.moveaxis(actions, 1, 0))[1]
        return jax.tree.map(lambda field: jnp.moveaxis(field, 0, 1), found)

    return run(params)


@cache
def of_each_scene() -> Any:
    """Half of the scenes with the default numbers, half with the changed ones, as arrays."""
    numbers = [CHANGED if k % 2 else PhysicsParams() for k in range(SCENES)]
    return steps(Engine(FULL), stack([jax.tree.map(jnp.float32, params) for params in numbers]))


@cache
def by_default() -> Any:
    return steps(Engine(FULL))


def assert_same(found: Any, expected: Any, tolerance: float = 1e-5, share: float = 0.7) -> None:
    """Two programs round differently, and a motor at full power on a light body amplifies that in a few scenes."""
    close = np.ones(len(jax.tree.leaves(expected)[0]), bool)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        pair = (np.asarray(field, np.float64).reshape(len(close), -1) for field in (a, b))
        close &= np.isclose(*pair, rtol=tolerance, atol=tolerance).all(axis=-1)
    assert close.mean() >= share


def every_other(tree: Any, first: int) -> Any:
    return jax.tree.map(lambda field: field[first::2], tree)


@pytest.mark.slow
def test_vmapped_params_equal_compiled_constants() -> None:
    """Parameters in vmapped arrays give the results of compiled constants, for default and changed values."""
    assert_same(every_other(of_each_scene(), 0), every_other(by_default(), 0))
    assert_same(every_other(of_each_scene(), 1), every_other(steps(Engine(FULL, params=CHANGED)), 1))


@pytest.mark.slow
def test_changed_params_change_trajectories() -> None:
    states, expected = of_each_scene()[0], by_default()[0]
    apart = np.abs(states.position - expected.position).max(axis=(1, 2, 3))
    assert (apart[1::2] > 0.01).all()
    assert np.abs(states.position[1::2, :, 1:]).max() <= CHANGED.max_position
    assert np.abs(states.velocity[1::2]).max() <= CHANGED.max_velocity < np.abs(states.velocity[::2]).max()


@pytest.mark.slow
@pytest.mark.parametrize(("count", "share"), [(1, 1.0), (3, 1.0), (STEPS, 0.6)])
def test_a_rollout_equals_repeated_steps(count: int, share: float) -> None:
    """The last state and the contacts of the last step."""
    scene, state, actions = batch()
    after, contacts = jax.jit(jax.vmap(Engine(FULL).rollout))(scene, state, actions[:, :count])
    states, of_steps = by_default()
    # seen after 3 steps: 3e-7 m; impulses and spins of light bodies are larger numbers
    assert_same(after, jax.tree.map(lambda field: field[:, count - 1], states), 1e-5 if count == 1 else 1e-4, share)
    assert_same(contacts, jax.tree.map(lambda field: field[:, count - 1], of_steps), 1e-4, share)


def test_default_params_equal_the_published_constants() -> None:
    """The constants of Jax2D 1.0.2."""
    params = Engine(FULL).params
    expected = {"dt": 1 / 60, "slop": 0.01, "contact_bias": 0.2, "joint_bias": 2.0, "joint_stiffness": 0.6}
    expected |= {"joint_correction": 0.7, "limit_bias": 5.0, "motor_speed": 6.0, "motor_power": 900.0}
    expected |= {"thruster_power": 10.0, "friction": 0.4, "max_position": 15.0, "max_velocity": 100.0}
    assert {name: getattr(params, name) for name in expected} == expected
    assert Engine(FULL).solver.iterations == 10
    assert Engine(FULL).solver.warm_starting
