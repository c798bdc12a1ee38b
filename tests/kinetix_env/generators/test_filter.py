"""Filtered generation: no level is solved by no-op, and levels are functions of their keys."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine
from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES, Level, Role
from tests.kinetix_env.generators.batches import generator, unfiltered
from tests.kinetix_env.generators.level_laws import as_numpy, check_valid

S = SIZES["s"]
TINY = Capacity(polygons=4, circles=2, joints=0, thrusters=0)  # compiles quickly
COUNT = 512
STEPS = 128  # engine steps of the filter


@pytest.fixture(scope="module")
def filtered() -> Level:
    return as_numpy(jax.jit(generator(S).sample_batch, static_argnums=1)(jax.random.key(7), COUNT))


def self_solving(levels: Level) -> np.ndarray:
    """The levels that no-op solves, by the engine's table of touching bodies: [level]."""
    engine = Engine(S)
    role = jnp.asarray(levels.role)
    green, blue, red = (role == each for each in (Role.GREEN, Role.BLUE, Role.RED))

    def step(carry: tuple[object, jax.Array], _: None) -> tuple[tuple[object, jax.Array], None]:
        state, end = carry
        state, contacts = jax.vmap(engine.step)(levels.scene, state, jnp.zeros((len(role), S.actions)))
        solved, failed = ((contacts.touching & green[:, :, None] & x[:, None]).any((1, 2)) for x in (blue, red))
        return (state, jnp.where(end == 0, jnp.where(failed, -1, jnp.where(solved, 1, 0)), end)), None

    run = jax.jit(lambda: jax.lax.scan(step, (levels.state, jnp.zeros(len(role), jnp.int32)), None, STEPS)[0][1])
    return np.asarray(run()) == 1


def test_filtered_levels_do_not_solve_themselves(filtered: Level) -> None:
    check_valid(filtered, S)
    # 0.1 % of those that do are let through; chaos may tip a few more in another program.
    assert self_solving(filtered).sum() <= 3
    # The published generator: 19 %; five standard errors of 512 levels.
    assert abs(self_solving(unfiltered(S, RandomLevels(), COUNT)).mean() - 0.19) < 5 * np.sqrt(0.19 * 0.81 / COUNT)


def same(first: Level, other: Level) -> np.ndarray:
    """Which levels of two batches have the same bodies in the same places."""
    places = np.abs(first.state.position - other.state.position).max((1, 2)) < 1e-4
    same: np.ndarray = places & (first.role == other.role).all(1)
    return same


def test_a_level_is_a_function_of_its_key(filtered: Level) -> None:
    """A batch of another size has the same levels, except where rounding changes the filter's decision."""
    keys = jax.random.split(jax.random.key(7), COUNT)[:24]
    few = as_numpy(jax.jit(jax.vmap(generator(S).sample))(keys))
    assert same(few, jax.tree.map(lambda x: x[:24], filtered)).sum() >= 23


def test_levels_are_the_same_under_nested_vmaps() -> None:
    sample = RandomLevels().build(TINY).sample_unfiltered
    keys = jax.random.split(jax.random.key(1), (3, 4))
    nested = jax.jit(jax.vmap(jax.vmap(sample)))(keys)
    flat = jax.jit(jax.vmap(sample))(keys.reshape(12))
    np.testing.assert_allclose(nested.state.position.reshape(12, -1, 2), flat.state.position, atol=1e-5)
    one = jax.jit(sample)
    np.testing.assert_allclose(one(keys[1, 2]).state.position, nested.state.position[1, 2], atol=1e-5)
    # A key of the old kind holds the same numbers.
    np.testing.assert_allclose(one(jax.random.PRNGKey(3)).state.angle, one(jax.random.key(3)).state.angle, atol=1e-5)


def test_the_last_attempt_is_kept() -> None:
    """With one attempt the filter can reject nothing: the levels are the unfiltered ones of the first attempt."""
    keys = jax.random.split(jax.random.key(5), 64)
    once = RandomLevels(filter_attempts=1, filter_steps=1, filter_frame_skip=1).build(TINY)
    levels = as_numpy(jax.jit(jax.vmap(once.sample))(keys))
    first = jax.vmap(lambda key: jax.random.fold_in(key, 0))(keys)
    plain = as_numpy(jax.jit(jax.vmap(once.sample_unfiltered))(first))
    assert same(levels, plain).all()
    check_valid(levels, TINY)
