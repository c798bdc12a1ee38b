"""Conversion of observations and action spaces to Gymnasium spaces."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium import spaces

from jax2d import Capacity
from kinetix_env import ActionError, ConfigError
from kinetix_env.gym.spaces import action_space_of, checked_actions, observation_space_of, plain
from kinetix_env.task import ActionHeads, Continuous, Discrete, MultiDiscrete, heads_of

pytestmark = pytest.mark.versions

SMALL = Capacity.small()


class Parts(eqx.Module):
    real: Any
    flag: Any


class Pair(NamedTuple):
    first: Any
    second: Any


def test_observations_of_every_nesting_become_spaces_that_hold_them() -> None:
    seen = {
        "parts": Parts(real=jnp.full((2, 3), 7.0), flag=jnp.array([True, False])),
        "pair": Pair(jnp.arange(3, dtype=jnp.int32), (jnp.zeros((4, 4, 3), jnp.uint8), jnp.zeros(()))),
    }
    space = observation_space_of(jax.eval_shape(lambda: seen), bounds=(-10.0, 10.0))
    assert space["parts"]["real"] == spaces.Box(-10.0, 10.0, (2, 3))
    assert space["parts"]["flag"] == spaces.Box(0, 1, (2,), np.int8)
    assert space["pair"][1][0] == spaces.Box(0, 255, (4, 4, 3), np.uint8)
    assert jax.tree.map(np.asarray, plain(seen)) in space
    unbounded = observation_space_of(jax.eval_shape(lambda: seen))
    assert not unbounded["parts"]["real"].is_bounded()


def test_actions_become_the_spaces_of_their_kind() -> None:
    assert action_space_of(MultiDiscrete().build(SMALL)) == spaces.MultiDiscrete([3, 3, 3, 3, 2, 2], dtype=np.int32)
    assert action_space_of(Discrete().build(SMALL)) == spaces.Discrete(11)
    box = action_space_of(Continuous().build(SMALL))
    assert box == spaces.Box(np.array([-1, -1, -1, -1, 0, 0], np.float32), np.ones(6, np.float32))


def test_action_spaces_of_plugins_become_gymnasium_spaces_by_their_heads() -> None:
    class Strange(eqx.Module):
        bounds: Any = (-2.0, 0.5)
        shape: Any = (2,)
        dtype: Any = jnp.float32

        def heads(self) -> ActionHeads:
            return ActionHeads(reals=2)

        def controls(self, level: Any, action: Any) -> Any:
            return action

        def sample(self, key: Any) -> Any:
            return jnp.zeros(self.shape, self.dtype)

    assert action_space_of(Strange()) == spaces.Box(-2.0, 0.5, (2,))
    with pytest.raises(ConfigError, match=r"Strange has heads for real .*\(2,\), but .* are int32 of .*\(3,\)"):
        action_space_of(Strange(shape=(3,), dtype=jnp.int32))
    with pytest.raises(ConfigError, match=r"The action space object must have a method heads\(\)"):
        heads_of(object())


@pytest.mark.parametrize("kind", [MultiDiscrete, Continuous, Discrete])
def test_samples_are_actions_for_jax(kind: Any) -> None:
    ours, space = kind().build(SMALL), action_space_of(kind().build(SMALL))
    drawn = checked_actions("step", space, space.sample())
    assert drawn.dtype == ours.dtype and drawn.shape == ours.shape
    assert np.asarray(ours.sample(jax.random.key(0))) in space


@pytest.mark.parametrize(
    ("kind", "action", "message"),
    [
        (MultiDiscrete, np.zeros(5, int), r"MultiDiscrete\(\[3 3 3 3 2 2\].*got int64 of shape \(5,\)"),
        (MultiDiscrete, np.zeros(6), r"got float64 of shape \(6,\)"),
        (MultiDiscrete, np.zeros((1, 6), int), r"got int64 of shape \(1, 6\)"),
        (MultiDiscrete, [0, 0, 3, 0, 0, 0], r"got 3 at \(2,\); choices count from 0"),
        (MultiDiscrete, [0, 0, 0, 0, 0, 2], r"got 2 at \(5,\)"),
        (MultiDiscrete, [-1, 0, 0, 0, 0, 0], r"got -1 at \(0,\)"),
        (MultiDiscrete, [[0, 1], [2]], "got list that is no array"),
        (MultiDiscrete, None, r"got object of shape \(\)"),
        (Discrete, 11, r"Discrete\(11\), got 11; choices count from 0"),
        (Discrete, 1.0, r"got float64 of shape \(\)"),
        (Discrete, True, r"got bool of shape \(\)"),
        (Continuous, [0, 0, 0, 0, 0, 0], r"Box\(.*got int64 of shape \(6,\)"),
        (Continuous, [0.0, np.nan, 0.0, 0.0, 0.0, 0.0], r"got nan at \(1,\)"),
    ],
)
def test_wrong_actions_are_refused(kind: Any, action: Any, message: str) -> None:
    with pytest.raises(ActionError, match=f"step takes an action in .*{message}"):
        checked_actions("step", action_space_of(kind().build(SMALL)), action)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"either `choices` or `reals`, got \(\) and 0"),
        ({"choices": (2,), "reals": 1}, "either `choices` or `reals`"),
        ({"choices": (2, 2), "scalar": True}, r"scalar takes one choice, got `choices` \(2, 2\)"),
        ({"reals": 6, "motor": 1}, "must divide its 6 outputs among 4 motors"),
        ({"reals": 7, "motor": 1, "thruster": 1}, "must divide its 7 outputs"),
    ],
)
def test_invalid_heads_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ActionHeads(**settings)
