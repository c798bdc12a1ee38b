"""Action masks and bindings of transformers in each action space, in levels of the environment."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Engine
from kinetix_agents.policies.transformer import Transformer
from kinetix_env import KinetixEnv, Level, Role, empty_level
from kinetix_env.levels import stack
from kinetix_env.observations import Entities, EntityObservation
from kinetix_env.task import ActionHeads, MultiDiscrete, Sparse
from tests.kinetix_agents.transformer.scenes import SMALL, SPACES, STYLES, random_parameters, template
from tests.kinetix_env.episodes import CAPACITY, level, room
from tests.kinetix_env.transforms import permuted, with_rubbish


class Seen(NamedTuple):
    """Stacked levels and their observations."""

    levels: Level
    obs: Entities


def machine(motor: int, thruster: int, *, driven: bool = True, second: bool = False) -> Level:
    """A box with a wheel and perhaps a thruster, and another box."""
    builder = room()
    box = builder.box((2.0, 0.9), width=0.8, height=0.4, angle=0.3, density=2.0)
    builder.box((3.0, 2.0), width=0.2, height=0.5)
    circle = builder.circle((2.2, 0.95), radius=0.15)
    builder.revolute(box, circle, anchor=(0.2, 0.0), motor=driven, motor_speed=1.5)
    if second:
        builder.thruster(box, position=(-0.3, 0.1), angle=0.7, power=0.6)
    return level(builder, {box: Role.GREEN, circle: Role.RED}, motor=motor, thruster=thruster)


@cache
def look() -> Callable[[Level], Entities]:
    env = KinetixEnv(
        Engine(CAPACITY), MultiDiscrete().build(CAPACITY), EntityObservation().build(CAPACITY), Sparse().build()
    )

    def seen(levels: Level) -> Entities:
        obs: Entities = jax.vmap(lambda one: env.observation(env.start(one)))(levels)
        return obs

    return jax.jit(seen)


@cache
def seen() -> Seen:
    """A wheel, a wheel and a thruster, a wheel that turns freely, nothing."""
    machines = [*(machine(2, 0), machine(0, 1, second=True), machine(3, 0, driven=False), empty_level(CAPACITY))]
    levels = stack(machines)
    return Seen(levels, look()(levels))


def distribution(style: str, space: Any, obs: Entities) -> Any:
    built = Transformer(style=style, **SMALL).build(template(obs), space)
    params = random_parameters(built)
    return jax.jit(lambda obs: built.apply(params, (), obs, jnp.zeros(len(obs.polygons), bool))[1:])(obs)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("space", SPACES)
def test_sampled_actions_belong_to_the_space(style: str, space: str) -> None:
    _, obs = seen()
    actions, values = distribution(style, SPACES[space], obs)
    assert values.shape == (len(obs.polygons),)
    for chosen in (actions.sample(jax.random.key(0)), actions.mode()):
        assert chosen.shape == (len(obs.polygons), *SPACES[space].shape)
        assert chosen.dtype == SPACES[space].dtype
        assert np.isfinite(actions.log_prob(chosen)).all()
    assert np.isfinite(actions.entropy()).all() and (np.asarray(actions.entropy()) >= 0).all()


def test_multi_discrete_choices_are_masked_unless_effective_or_first() -> None:
    """Fast style: the environment's own `controls` decide which actuators an action component drives."""
    levels, obs = seen()
    space = SPACES["multi-discrete"]
    actions, _ = distribution("fast", space, obs)
    parts = np.split(np.exp(np.asarray(actions.logits)), [3, 6, 9, 12, 14], axis=1)
    joint_has_motor = np.asarray(levels.scene.joints.motor & levels.scene.joints.active)
    thruster_exists = np.asarray(levels.scene.thrusters.active)
    exists = np.concatenate([joint_has_motor, thruster_exists], axis=1)
    for number, part in enumerate(parts):
        for choice in range(part.shape[1]):
            action = jnp.zeros(6, jnp.int32).at[number].set(choice)
            does = np.asarray(jax.vmap(lambda one: space.controls(one, action))(levels)) * exists  # noqa: B023
            np.testing.assert_array_equal(part[:, choice] > 0, does.any(1) | (choice == 0))


def test_discrete_actions_are_masked_unless_effective_or_no_op() -> None:
    levels, obs = seen()
    space = SPACES["discrete"]
    actions, _ = distribution("fast", space, obs)
    exists = np.concatenate([levels.scene.joints.motor & levels.scene.joints.active, levels.scene.thrusters.active], 1)
    for number in range(space.count):
        does = np.asarray(jax.vmap(lambda one: space.controls(one, jnp.int32(number)))(levels)) * exists  # noqa: B023
        np.testing.assert_array_equal(np.exp(actions.logits[:, number]) > 0, does.any(1) | (number == 8))


def test_unbound_continuous_components_have_no_entropy() -> None:
    _, obs = seen()
    actions, _ = distribution("fast", SPACES["continuous"], obs)
    expected = [[2], [0, 5], [], []]
    assert [np.flatnonzero(row).tolist() for row in np.asarray(actions.used)] == expected
    assert actions.entropy()[2] == 0.0


def test_fast_style_ignores_entity_order_and_absent_rows() -> None:
    levels, obs = seen()
    order = [2, 0, 3, 1, 5, 4, 7, 6]  # walls, boxes, circles
    machines = [jax.tree.map(lambda x: x[row], levels) for row in range(2)]  # noqa: B023
    others = [permuted(one, CAPACITY, order) for one in machines]
    others += [with_rubbish(one, CAPACITY, 0) for one in machines]
    actions, values = distribution("fast", SPACES["multi-discrete"], look()(stack(others)))
    expected, expected_values = distribution("fast", SPACES["multi-discrete"], obs)
    for half in (slice(0, 2), slice(2, 4)):  # float32 sums in another order
        np.testing.assert_allclose(actions.logits[half], expected.logits[:2], atol=1e-5)
        np.testing.assert_allclose(values[half], expected_values[:2], atol=1e-5)


class Dial:
    """A custom action space of two dials."""

    shape = (2,)
    dtype = jnp.int32
    bounds = (0, (4, 1))

    def heads(self) -> ActionHeads:
        return ActionHeads(choices=(5, 2))

    def controls(self, level: Level, action: Any) -> jax.Array:
        return jnp.zeros(level.motor_binding.shape[-1] + level.thruster_binding.shape[-1])

    def sample(self, key: jax.Array) -> jax.Array:
        return jax.random.randint(key, (2,), 0, jnp.array(self.heads().choices))


@pytest.mark.parametrize("style", STYLES)
def test_any_other_action_space_has_a_head_of_the_whole_scene(style: str) -> None:
    _, obs = seen()
    actions, _ = distribution(style, Dial(), obs)
    assert actions.logits.shape == (4, 7)
    assert actions.sample(jax.random.key(0)).shape == (4, 2)


def test_scene_heads_depend_on_action_bindings() -> None:
    obs = look()(stack([machine(0, 0), machine(1, 0), machine(0, 0), machine(0, 0)]))
    _, values = distribution("fast", Dial(), obs)
    assert abs(values[0] - values[1]) > 1e-6 and values[0] == values[2]
