"""A scene's trajectory is its own: it does not depend on its neighbours in the batch, on its place there, on the
size of the batch, or on how `jax.vmap`, `jax.lax.scan` and `jax.jit` are nested around the step.

In one compiled program it is the same bit for bit. Programs for other sizes may round differently, since the
compiler is free to fuse a product and a sum; then 1e-6 is allowed, in the first steps, before contacts amplify it."""

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity, Engine
from tests.jax2d.strategies import random_scene, same

CAPACITY = Capacity(polygons=4, circles=2, joints=1, thrusters=1, static_polygons=2)
ENGINE = Engine(CAPACITY)
SIZES = (1, 2, 7, 8, 9, 127, 128, 129, 300)  # around the 8 lanes of a vector and the 128 lanes of a chunk
STEPS = 10

Batch = tuple[Any, Any, jax.Array]  # scenes, states, actions


@cache
def batch() -> Batch:
    """As many random scenes as the largest batch has, all of them full and in motion."""
    scenes = [random_scene(CAPACITY, seed, overlapping=True, full=True) for seed in range(max(SIZES))]
    scene, state = (jax.tree.map(lambda *leaves: jnp.stack(leaves), *part) for part in zip(*scenes, strict=True))
    actions = np.random.default_rng(0).uniform(-1, 1, (max(SIZES), CAPACITY.actions))
    return scene, state, jnp.asarray(actions, jnp.float32)


def take(tree: Any, index: Any) -> Any:
    return jax.tree.map(lambda field: field[index], tree)


@jax.jit
def simulate(scene: Any, state: Any, action: jax.Array) -> Any:
    """Scan of vmap: the poses of all steps and the last step's contacts, scene first."""

    def one(state: Any, _: None) -> Any:
        state, contacts = jax.vmap(ENGINE.step)(scene, state, action)
        return state, (state.position, state.angle, state.velocity, contacts)

    found = jax.lax.scan(one, state, length=STEPS)[1]
    return jax.tree.map(lambda field: jnp.moveaxis(field, 0, 1), found)


@cache
def reference() -> Any:
    return simulate(*batch())


def assert_close(found: Any, expected: Any) -> None:
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        if a.dtype == bool:
            assert (a == b).all()
        else:
            # relative for speeds of up to 100 m/s; absolute for coordinates
            assert np.asarray(a) == pytest.approx(np.asarray(b), rel=1e-5, abs=1e-5)


def test_the_batch_is_busy() -> None:
    contacts = reference()[3]
    assert (np.asarray(contacts.active).any(axis=(1, 2))).mean() > 0.9


def test_the_place_in_the_batch_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(max(SIZES))
    assert same(simulate(*take(batch(), order)), take(reference(), order))


def test_neighbours_do_not_matter() -> None:
    """One scene in three stays, the others become something else, or not even numbers."""
    kept = np.arange(max(SIZES)) % 3 == 0
    other = np.where(kept, np.arange(max(SIZES)), np.roll(np.arange(max(SIZES)), 100))
    found = simulate(*take(batch(), other))
    assert same(take(found, kept), take(reference(), kept))
    scene, state, action = batch()
    broken = jax.tree.map(
        lambda field: jnp.where(kept.reshape(-1, *[1] * (field.ndim - 1)), field, jnp.asarray(np.nan, field.dtype)),
        state,
    )
    found = simulate(scene, broken, action)
    assert same(take(found, kept), take(reference(), kept))
    assert np.isnan(found[0][1]).any()


@pytest.mark.parametrize("size", SIZES[:-1])
def test_the_size_of_the_batch_does_not_matter(size: int) -> None:
    assert_close(simulate(*take(batch(), slice(size))), take(reference(), slice(size)))
