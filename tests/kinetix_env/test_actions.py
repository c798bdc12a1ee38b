"""Action spaces: the engine controls of each action, and invalid actions."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity
from kinetix_env import ActionError, Level, empty_level
from kinetix_env.task import Continuous, Discrete, MultiDiscrete

pytestmark = pytest.mark.versions

CAPACITY = Capacity(polygons=6, circles=1, joints=5, thrusters=3)
SPACES = {config.name: config().build(CAPACITY) for config in (MultiDiscrete, Continuous, Discrete)}
every_space = pytest.mark.parametrize("name", SPACES)


def bound() -> Level:
    """Joints bound to motors 0, 1, 2, 3 and 1 (auto), thrusters to 0, 1 and 1."""
    level = empty_level(CAPACITY)
    return Level(
        scene=level.scene,
        state=level.state,
        role=level.role,
        motor_binding=jnp.array([0, 1, 2, 3, 1], jnp.int32),
        motor_auto=jnp.array([False] * 4 + [True]),
        thruster_binding=jnp.array([0, 1, 1], jnp.int32),
    )


def controls(name: str, action: Any) -> list[float]:
    found: list[float] = np.asarray(SPACES[name].controls(bound(), jnp.asarray(action))).tolist()
    return found


@pytest.mark.parametrize(
    ("name", "action", "expected"),
    [
        ("multi-discrete", [0, 1, 2, 0, 0, 1], [0, 1, -1, 0, 1, 0, 1, 1]),
        ("multi-discrete", [2, 2, 0, 1, 1, 0], [-1, -1, 0, 1, 1, 1, 0, 0]),
        ("continuous", [0.5, -0.25, 2.0, -2.0, 0.5, -1.0], [0.5, -0.25, 1, -1, 1, 0.5, 0, 0]),
        ("discrete", 0, [-1, 0, 0, 0, 1, 0, 0, 0]),
        ("discrete", 1, [1, 0, 0, 0, 1, 0, 0, 0]),
        ("discrete", 7, [0, 0, 0, 1, 1, 0, 0, 0]),
        ("discrete", 8, [0, 0, 0, 0, 1, 0, 0, 0]),
        ("discrete", 9, [0, 0, 0, 0, 1, 1, 0, 0]),
        ("discrete", 10, [0, 0, 0, 0, 1, 0, 1, 1]),
    ],
)
def test_controls_of_each_action_space(name: str, action: Any, expected: list[float]) -> None:
    assert controls(name, action) == expected


@every_space
def test_samples_are_actions_and_cover_the_space(name: str) -> None:
    space = SPACES[name]
    drawn = np.asarray(jax.vmap(space.sample)(jax.random.split(jax.random.key(0), 4000)))
    assert drawn.shape == (4000, *space.shape)
    assert drawn.dtype == space.dtype
    if name == "continuous":
        assert np.allclose(drawn.mean(0), [0, 0, 0, 0, 0.5, 0.5], atol=0.05)
        assert np.allclose(drawn.min(0), [-1, -1, -1, -1, 0, 0], atol=0.01)
        assert np.allclose(drawn.max(0), 1, atol=0.01)
        return
    for column, count in zip(drawn.reshape(4000, -1).T, (3, 3, 3, 3, 2, 2) if drawn.ndim == 2 else (11,), strict=True):
        share = np.bincount(column) / 4000
        assert len(share) == count
        assert np.allclose(share, 1 / count, atol=5 * np.sqrt(1 / count / 4000))


@every_space
def test_wrong_actions_are_refused(name: str) -> None:
    space = SPACES[name]
    other = {"multi-discrete": jnp.zeros(6), "continuous": jnp.zeros(6, jnp.int32), "discrete": jnp.zeros(())}[name]
    for action in (other, jnp.zeros(5, space.dtype), jnp.zeros((2, 6), space.dtype), jnp.zeros((1, 1), space.dtype)):
        with pytest.raises(ActionError, match=rf"A {name} action is .* of shape .*, got {action.dtype} of shape"):
            space.controls(bound(), action)
